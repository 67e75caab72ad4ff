package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// upload is a form with a file; values stand before it.
func upload(t *testing.T, file io.Reader, values map[string]string) *http.Request {
	t.Helper()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		for name, value := range values {
			form.WriteField(name, value)
		}
		part, _ := form.CreateFormFile("scan", `../../etc/"passwd`)
		io.Copy(part, file)
		form.Close()
		w.Close()
	}()
	request := httptest.NewRequest("POST", "/", r)
	request.Header.Set("Content-Type", form.FormDataContentType())
	return request
}

func TestFormWithAFileIsRead(t *testing.T) {
	f, file, err := ParseUpload(upload(t, strings.NewReader("\xff\xd8 \x00 bytes"), map[string]string{"kind": " паспорт ", "checked": "yes"}), "scan", 100)
	if err != nil {
		t.Fatal(err)
	}
	if string(file.Bytes) != "\xff\xd8 \x00 bytes" || f.Value("kind") != "паспорт" || f.Value("checked") != "yes" {
		t.Errorf("%q %q", file, f.values)
	}
}

// What is beyond the limit is read, or the browser would show a broken connection
// in place of our answer; it is not kept.
func TestOfATooLargeFileOneByteMoreIsKept(t *testing.T) {
	large := io.LimitReader(endless{}, 20<<20)
	_, file, err := ParseUpload(upload(t, large, nil), "scan", 1000)
	if err != nil || len(file.Bytes) != 1001 {
		t.Errorf("%d bytes, %v", len(file.Bytes), err)
	}
	if n, _ := large.Read(make([]byte, 1)); n != 0 {
		t.Error("the rest was not read")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, bytes.Repeat([]byte("x"), len(b))), nil }

func TestFormWithoutItsFileHasNone(t *testing.T) {
	_, file, err := ParseUpload(upload(t, strings.NewReader(""), nil), "other", 10)
	if err != nil || file.Bytes != nil {
		t.Errorf("%v %v", file, err)
	}
}

func TestBrokenUploadIsRefused(t *testing.T) {
	plain := httptest.NewRequest("POST", "/", strings.NewReader("a=b"))
	plain.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	cut := httptest.NewRequest("POST", "/", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a\"\r\n\r\nhalf"))
	cut.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	much := upload(t, strings.NewReader(""), map[string]string{"words": strings.Repeat("x", 70<<10)})
	for want, r := range map[int]*http.Request{http.StatusUnsupportedMediaType: plain, http.StatusBadRequest: cut, http.StatusRequestEntityTooLarge: much} {
		_, _, err := ParseUpload(r, "scan", 10)
		if got := statusOf(err); err == nil || got != want {
			t.Errorf("%d (%v), want %d", got, err, want)
		}
	}
}

func TestOnlyRequestsWithAFileMayBeLarge(t *testing.T) {
	s := &Site{Uploads: func(r *http.Request) bool { return r.URL.Path == "/scan" }}
	h := s.Wrap(Handler(func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	}))
	for path, want := range map[string]int{"/scan": http.StatusOK, "/other": http.StatusRequestEntityTooLarge} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", path, io.LimitReader(endless{}, 1<<20)))
		if w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
	if !errors.Is(broken(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
}
