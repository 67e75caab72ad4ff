package shep

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
)

//go:embed schema
var schemaFiles embed.FS

// Schemas are the WSDL and XSD files of the channels. Each namespace is one file, and
// every import of it names that file: libxml2 takes only the first of several.
var Schemas = func() fs.FS {
	sub, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // a name in this file
	}
	return sub
}()

var (
	toSchema      = regexp.MustCompile(`schemaLocation="([a-z-]+\.xsd)"`)
	toDescription = regexp.MustCompile(`location="([a-z-]+)\.wsdl"`)
	nameOfSchema  = regexp.MustCompile(`^[a-z-]+\.xsd$`)
	nameOfWSDL    = regexp.MustCompile(`^[a-z-]+$`)
)

// serveSchemas shows the description of a channel at ?wsdl, further parts of it at
// ?wsdl=NAME and schemas at ?xsd=NAME, those of services too. It returns false for
// everything else.
func serveSchemas(w http.ResponseWriter, r *http.Request, channel string, services fs.FS) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	q := r.URL.Query()
	var file string
	switch {
	case q.Has("wsdl") || q.Has("WSDL"):
		file = channel + ".wsdl"
		if name := q.Get("wsdl"); nameOfWSDL.MatchString(name) {
			file = name + ".wsdl"
		}
	case nameOfSchema.MatchString(q.Get("xsd")):
		file = q.Get("xsd")
	default:
		return false
	}
	raw, err := fs.ReadFile(Schemas, file)
	if err != nil && services != nil {
		raw, err = fs.ReadFile(services, file)
	}
	if err != nil {
		http.NotFound(w, r)
		return true
	}
	here := address(r)
	raw = toSchema.ReplaceAll(raw, []byte(`schemaLocation="`+here+`?xsd=$1"`))
	raw = toDescription.ReplaceAll(raw, []byte(`location="`+here+`?wsdl=$1"`))
	raw = bytes.ReplaceAll(raw, []byte(`location="http://localhost/"`), []byte(`location="`+here+`"`))
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(raw)
	return true
}

// address is where the request came to. A proxy says under which scheme.
func address(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return escape(scheme + "://" + r.Host + r.URL.EscapedPath())
}
