package main

import (
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// visitor is a browser with its cookies.
type visitor struct {
	http.Client
	base string
}

func newVisitor(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{base: base, Client: http.Client{Jar: jar, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get gives where a page leads, or its text.
func (v *visitor) get(path string) (to, text string, err error) {
	return v.read(v.Get(v.base + path))
}

func (v *visitor) post(path string, form url.Values) (to string, err error) {
	request, err := http.NewRequest(http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", v.base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	to, _, err = v.read(v.Do(request))
	return to, err
}

func (v *visitor) read(r *http.Response, err error) (to, text string, _ error) {
	if err != nil {
		return "", "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", "", err
	}
	if r.StatusCode >= 400 {
		err = fmt.Errorf("status %d: %s", r.StatusCode, faults(string(body)))
	}
	return strings.TrimPrefix(r.Header.Get("Location"), v.base), string(body), err
}

var (
	dataContent = regexp.MustCompile(`data-content="([^"]*)"`)
	draftLink   = regexp.MustCompile(`href="(/apply/[0-9a-f-]{36})/`)
	requestLink = regexp.MustCompile(`href="(/c/[0-9A-Z-]+)"`)

	certificateLink = regexp.MustCompile(`/certificates/[^"]+/kk\.pdf`)
)

// content is what the page asks to be signed, nil when nothing.
func content(page string) []byte {
	m := dataContent.FindStringSubmatch(page)
	if m == nil {
		return nil
	}
	text, _ := base64.StdEncoding.DecodeString(html.UnescapeString(m[1]))
	return text
}

// field is the value of a hidden field.
func field(page, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

var errorText = regexp.MustCompile(`(?s)class="govuk-error-message"[^>]*>(.*?)</p>`)

// faults are the messages of a page that came back.
func faults(page string) string {
	var list []string
	for _, m := range errorText.FindAllStringSubmatch(page, -1) {
		list = append(list, strings.Join(strings.Fields(m[1]), " "))
	}
	return strings.Join(list, "; ")
}
