// Package papers is what a scan may be. Accept reads a file that somebody sends,
// tells by its content what it is, refuses what is too large, damaged, hidden or
// alive, and gives back the same picture without the data about its author,
// place and device. Vault keeps what was accepted: encrypted, each paper under a
// key of its own.
package papers

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"

	"mekenjai"
)

// Type is what a file is, as a media type.
type Type string

// The types that are taken. A scanner and a telephone make nothing else.
const (
	PDF  Type = "application/pdf"
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
)

// Extension is the usual end of a file's name.
func (t Type) Extension() string {
	switch t {
	case PDF:
		return ".pdf"
	case JPEG:
		return ".jpg"
	}
	return ".png"
}

// Limits are what a paper may be at most. A zero is the usual one.
type Limits struct {
	Bytes    int64 // of the file; 10 MiB
	Pages    int   // of a PDF; 50
	Pixels   int   // of an image; 40 million: a sheet of A4 at 600 dots an inch has 35
	Unpacked int64 // of all compressed parts of a file together; 256 MiB
}

func (l Limits) orUsual() Limits {
	if l.Bytes == 0 {
		l.Bytes = 10 << 20
	}
	if l.Pages == 0 {
		l.Pages = 50
	}
	if l.Pixels == 0 {
		l.Pixels = 40_000_000
	}
	if l.Unpacked == 0 {
		l.Unpacked = 256 << 20
	}
	return l
}

// Scan is an accepted paper.
type Scan struct {
	Type     Type
	Bytes    []byte // as it is kept: without metadata
	Pages    int    // 1 for an image
	Hash     [sha256.Size]byte
	Original [sha256.Size]byte // of the file as it was sent
}

// atOnce bounds how many files are unpacked at a time: each may need memory of
// many times its size.
var atOnce = make(chan struct{}, 2)

// Accept reads a file and takes it, or says why not with a
// *mekenjai.FieldError for the input field. Of a file that is too large no more
// is read than shows it.
func Accept(file io.Reader, field string, l Limits) (Scan, error) {
	l = l.orUsual()
	sent, err := io.ReadAll(io.LimitReader(file, l.Bytes+1))
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return Scan{}, tooLarge(field, l)
		}
		return Scan{}, fmt.Errorf("read a paper: %w", err)
	}
	switch {
	case int64(len(sent)) > l.Bytes:
		return Scan{}, tooLarge(field, l)
	case len(sent) == 0:
		return Scan{}, refuse(field, "paper.error.empty")
	}
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	s := Scan{Original: sha256.Sum256(sent), Pages: 1}
	var fault *unfit
	switch s.Type = sniff(sent); s.Type {
	case PDF:
		s.Bytes, s.Pages, fault = cleanPDF(sent, l)
	case JPEG:
		s.Bytes, fault = cleanJPEG(sent, l)
	case PNG:
		s.Bytes, fault = cleanPNG(sent, l)
	default:
		fault = &unfit{key: "paper.error.type"}
	}
	if fault == nil && isAlsoSomethingElse(sent, s.Type) {
		fault = &unfit{key: "paper.error.polyglot"}
	}
	if fault != nil {
		return Scan{}, &mekenjai.FieldError{Field: field, Key: fault.key, Args: fault.args}
	}
	s.Hash = sha256.Sum256(s.Bytes)
	return s, nil
}

// unfit is why a file is not taken: a key of the catalogue.
type unfit struct {
	key  string
	args map[string]any
}

var (
	damaged   = &unfit{key: "paper.error.damaged"}
	truncated = &unfit{key: "paper.error.truncated"}
	bomb      = &unfit{key: "paper.error.bomb"}
	encrypted = &unfit{key: "paper.error.encrypted"}
	alive     = &unfit{key: "paper.error.active"}
)

func tooManyPixels(l Limits) *unfit {
	return &unfit{key: "paper.error.pixels", args: map[string]any{"megapixels": l.Pixels / 1_000_000}}
}

func tooLarge(field string, l Limits) error {
	return &mekenjai.FieldError{Field: field, Key: "paper.error.size", Args: map[string]any{"megabytes": int(l.Bytes >> 20)}}
}

func refuse(field, key string) error { return &mekenjai.FieldError{Field: field, Key: key} }

// sniff tells the type by the first bytes, "" for anything that is not taken. The
// signature must stand at the very beginning: what readers find further inside is
// how one file passes for two.
func sniff(b []byte) Type {
	switch {
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return JPEG
	case bytes.HasPrefix(b, []byte(pngSignature)):
		return PNG
	}
	return ""
}

// isAlsoSomethingElse finds a file that another program would read as another
// thing: a PDF whose header stands within the first kilobyte, an archive whose
// directory stands at the end, a page of a browser. Honest scanners make none.
func isAlsoSomethingElse(b []byte, t Type) bool {
	head, tail := b[:min(len(b), 1024)], b[max(0, len(b)-(64<<10)-22):]
	if t != PDF && bytes.Contains(head, []byte("%PDF-")) {
		return true
	}
	if bytes.Contains(tail, []byte("PK\x05\x06")) {
		return true
	}
	lower := bytes.ToLower(head)
	for _, mark := range []string{"<!doctype html", "<html", "<script", "<svg", "<?php", "#!/"} {
		if bytes.Contains(lower, []byte(mark)) {
			return true
		}
	}
	return false
}
