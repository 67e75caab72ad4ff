package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"mekenjai/internal/web/webread"
)

// browser is one browser of one person: its cookies and the address from which it
// comes. It follows a redirect when it is told to, so that each request is
// measured by itself.
type browser struct {
	client  *http.Client
	base    string
	from    string // as the reverse proxy in front of the server names it
	cookies map[string]string
}

// page is an answer.
type page struct {
	status   int
	location string // path of a redirect
	body     []byte
}

// wrongAnswer is an answer that nobody expected. Its text is short and names no
// person: it stands in reports.
type wrongAnswer struct{ kind string }

func (e *wrongAnswer) Error() string { return e.kind }

func wrong(format string, args ...any) error { return &wrongAnswer{fmt.Sprintf(format, args...)} }

func (b *browser) get(ctx context.Context, path string) (page, error) {
	return b.send(ctx, http.MethodGet, path, nil)
}

func (b *browser) post(ctx context.Context, path string, form url.Values) (page, error) {
	return b.send(ctx, http.MethodPost, path, form)
}

func (b *browser) send(ctx context.Context, method, path string, form url.Values) (page, error) {
	r, err := http.NewRequestWithContext(ctx, method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, err
	}
	r.Header.Set("X-Forwarded-For", b.from)
	r.Header.Set("Accept-Language", "kk")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := b.client.Do(r)
	if err != nil {
		var refused *url.Error
		if errors.As(err, &refused) { // without the address, which may name somebody
			err = refused.Err
		}
		return page{}, err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	body, err := io.ReadAll(resp.Body)
	return page{resp.StatusCode, strings.TrimPrefix(resp.Header.Get("Location"), b.base), body}, err
}

// fetch loads a file of the site as it travels, packed.
func (b *browser) fetch(ctx context.Context, path string) (body []byte, packed bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return nil, false, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("X-Forwarded-For", b.from)
	resp, err := b.client.Do(r)
	if err != nil {
		return nil, false, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, false, wrong("status %d where a file was expected", resp.StatusCode)
	}
	body, err = io.ReadAll(resp.Body)
	return body, resp.Header.Get("Content-Encoding") == "gzip", err
}

// shown asks for a page.
func shown(p page, err error) (page, error) {
	if err == nil && p.status != http.StatusOK {
		err = wrong("status %d where a page was expected", p.status)
	}
	return p, err
}

// led asks for a redirect and gives where it leads.
func led(p page, err error) (string, error) {
	if err == nil && p.status != http.StatusSeeOther {
		err = wrong("status %d where a redirect was expected%s", p.status, p.says())
	}
	return p.location, err
}

// says is what stands beside the field that was refused.
func (p page) says() string {
	if list := webread.Messages(string(p.body)); len(list) > 0 {
		return ": " + list[0]
	}
	return ""
}

// toSign are the bytes over which the page asks for a signature.
func (p page) toSign() ([]byte, error) {
	text := webread.ToSign(string(p.body))
	if text == nil {
		return nil, wrong("a page without a text to sign")
	}
	return text, nil
}

func (p page) challenge() (string, error) {
	challenge := webread.Field(string(p.body), "challenge")
	if challenge == "" {
		return "", wrong("a sign-in page without a challenge")
	}
	return challenge, nil
}

// isEntered says whether the page of a case tells that the entry is made.
func (p page) isEntered() bool { return bytes.Contains(p.body, []byte("govuk-panel--confirmation")) }
