package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
)

// Handler makes an http.Handler of a function that returns its error: the one
// place that shows errors does the rest.
func Handler(serve func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Pattern != "" {
			*visitOf(r.Context()).route = r.Pattern
		}
		if err := serve(w, r); err != nil {
			showFailure(w, r, err)
		}
	})
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var compressors = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}}

// Render writes a page. It is made whole before anything is sent, so that a
// fault inside it becomes an error page and not half of one.
func Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	text := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(text)
	text.Reset()
	if err := page.Render(r.Context(), text); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	if text.Len() < 1024 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		return send(w, status, text)
	}
	packed := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(packed)
	packed.Reset()
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(packed)
	if _, err := z.Write(text.Bytes()); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	h.Set("Content-Encoding", "gzip")
	return send(w, status, packed)
}

// send writes the answer. An error of the connection has nobody left to show a
// page to, so it ends here.
func send(w http.ResponseWriter, status int, body *bytes.Buffer) error {
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
	return nil
}

// Redirect sends the reader on after a POST.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// SessionExtended answers the page's wish for more time.
func SessionExtended(w http.ResponseWriter, ends time.Time) error {
	w.Header().Set("X-Session-Ends", strconv.FormatInt(ends.UnixMilli(), 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Friendly gives the answers of a mux to unknown addresses and methods as pages.
func Friendly(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		silent := &unheard{header: http.Header{}}
		answer.ServeHTTP(silent, r)
		switch silent.status {
		case http.StatusNotFound:
			showFailure(w, r, errNoPage)
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", silent.header.Get("Allow"))
			showFailure(w, r, errMethod)
		default: // a redirect to the clean path
			mux.ServeHTTP(w, r)
		}
	})
}

// unheard takes an answer that nobody reads.
type unheard struct {
	header http.Header
	status int
}

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) Write(b []byte) (int, error) { return len(b), nil }
func (u *unheard) WriteHeader(status int)      { u.status = status }
