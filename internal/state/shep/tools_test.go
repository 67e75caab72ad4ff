package shep_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// recorder keeps a reply.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}
func (r *recorder) WriteHeader(int)             {}
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

var (
	header = regexp.MustCompile(`(?s)<soap:Header>.*</soap:Header>`)
	bodyID = regexp.MustCompile(`<soap:Body [^>]*>`)
)

// unsigned takes the signature off a message.
func unsigned(raw []byte) []byte {
	return bodyID.ReplaceAll(header.ReplaceAll(raw, nil), []byte("<soap:Body>"))
}

// endless is a reply that does not end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// swapped changes the places of two leaves.
func swapped(raw, a, b string) string {
	x := regexp.MustCompile(`<` + a + `>[^<]*</` + a + `>`).FindString(raw)
	y := regexp.MustCompile(`<` + b + `>[^<]*</` + b + `>`).FindString(raw)
	return strings.NewReplacer(x, y, y, x).Replace(raw)
}

func post(t *testing.T, url string, raw []byte) string {
	t.Helper()
	r, err := http.Post(url, "text/xml; charset=utf-8", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
