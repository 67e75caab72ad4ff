package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"mekenjai"
	"mekenjai/ui"
)

const assetsPath = "/assets/"

// asset is the address of a built file.
func asset(name string) string { return assetsPath + ui.Name(name) }

// Assets serves the styles, scripts, fonts and pictures under /assets/. Their
// names change with their content, so browsers keep them for a year.
func (s *Site) Assets() http.Handler {
	return Handler(func(w http.ResponseWriter, r *http.Request) error {
		name := strings.TrimPrefix(r.URL.Path, assetsPath)
		if !ui.Has(name) {
			return mekenjai.ErrNotFound
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		body, encoding, err := smallest(name, r.Header.Get("Accept-Encoding"))
		if err != nil {
			return err
		}
		if encoding != "" {
			h.Set("Content-Encoding", encoding)
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
		return nil
	})
}

func init() {
	// The table of the machine may lack the type.
	_ = mime.AddExtensionType(".woff2", "font/woff2")
}

// smallest is the smallest form of the file that the browser takes.
func smallest(name, accepted string) (body []byte, encoding string, err error) {
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !strings.Contains(accepted, form.encoding) {
			continue
		}
		if body, err := fs.ReadFile(ui.Files, name+form.suffix); err == nil {
			return body, form.encoding, nil
		}
	}
	body, err = fs.ReadFile(ui.Files, name)
	return body, "", err
}
