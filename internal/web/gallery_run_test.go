package web

import (
	"io"
	"net/http"
	"testing"
)

func TestGalleryRenders(t *testing.T) {
	server := galleryServer(t)
	for _, g := range gallery {
		r, err := http.Get(server.URL + g.path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		if r.StatusCode != g.status {
			t.Errorf("%s: %d %.300s", g.path, r.StatusCode, b)
		}
	}
}
