package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// MaxUpload is how large a request with a file may be: large enough that a scan of
// 200 MB gets an answer and not a broken connection. Of what is beyond the file's
// own limit nothing is kept.
const MaxUpload = 256 << 20

// File is what came in a form with a file.
type File struct {
	Name  string // as the sender calls it; never a name on our side
	Bytes []byte
}

// mostValues bounds what a form holds beside its file.
const mostValues = 64 << 10

// ParseUpload reads a form with a file in the named input. Of a file that is larger
// than limit one byte more is kept, which shows it; the rest is read to nothing, so
// that the answer reaches the reader.
func ParseUpload(r *http.Request, input string, limit int64) (*Form, File, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, File{}, statusError{http.StatusUnsupportedMediaType, fmt.Errorf("a form of type %q", kind)}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, File{}, BadRequest(err)
	}
	f := &Form{values: url.Values{}}
	var file File
	left := int64(mostValues)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, file, nil
		}
		if err != nil {
			return nil, File{}, broken(err)
		}
		most := left
		isFile := part.FormName() == input && part.FileName() != ""
		if isFile {
			most = limit
		}
		text, err := io.ReadAll(io.LimitReader(part, most+1))
		switch {
		case err != nil:
			return nil, File{}, broken(err)
		case isFile:
			file = File{Name: clean(part.FileName()), Bytes: text}
			if _, err := io.Copy(io.Discard, part); err != nil {
				return nil, File{}, broken(err)
			}
			continue
		case int64(len(text)) > most:
			return nil, File{}, statusError{http.StatusRequestEntityTooLarge, errors.New("a form with too much beside its file")}
		}
		left -= int64(len(text))
		if part.FileName() == "" {
			f.values.Add(part.FormName(), clean(string(text)))
		}
	}
}

// broken is an error of a request that could not be read: too large, or not whole.
func broken(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return err
	}
	return BadRequest(err)
}
