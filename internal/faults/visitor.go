package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"mekenjai/internal/web/webread"
)

// balancer connects to any node that accepts, as the load balancer before them
// does: whoever loses his node finds himself on another.
type balancer []*Node

func (b balancer) dial(ctx context.Context, _, _ string) (conn net.Conn, err error) {
	// Many people behind one address would meet the limits by address.
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+rand.IntN(250)), byte(rand.IntN(256)), byte(1+rand.IntN(250)))}
	err = errors.New("there is no node")
	for _, i := range rand.Perm(len(b)) {
		d := net.Dialer{LocalAddr: from, Timeout: time.Second}
		_, port, _ := net.SplitHostPort(b[i].Address)
		if conn, err = d.DialContext(ctx, "tcp4", "127.0.0.1:"+port); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// patience is how long somebody waits for a page before he tries again.
const patience = 12 * time.Second

// visitor is a browser with its cookies.
type visitor struct {
	http.Client
	base string
	ctx  context.Context
}

func newVisitor(ctx context.Context, base string, transport http.RoundTripper) *visitor {
	jar, _ := cookiejar.New(nil) // it has no way to fail
	return &visitor{base: base, ctx: ctx, Client: http.Client{Jar: jar, Timeout: patience, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get gives where a page leads, or its text.
func (v *visitor) get(path string) (to, text string, err error) {
	request, err := http.NewRequestWithContext(v.ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		return "", "", err
	}
	return v.read(v.Do(request))
}

func (v *visitor) post(path string, form url.Values) (to string, err error) {
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", v.base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	to, _, err = v.read(v.Do(request))
	return to, err
}

// status is an answer that is a refusal.
type status struct {
	code int
	says string
}

func (s *status) Error() string { return fmt.Sprintf("status %d: %s", s.code, s.says) }

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
		err = &status{r.StatusCode, strings.Join(webread.Messages(string(body)), "; ")}
	}
	return strings.TrimPrefix(r.Header.Get("Location"), v.base), string(body), err
}

var (
	draftLink       = regexp.MustCompile(`href="(/apply/[0-9a-f-]{36})/`)
	requestLink     = regexp.MustCompile(`href="(/c/[0-9A-Z-]+)"`)
	certificateLink = regexp.MustCompile(`/certificates/([^"/]+)/kk\.pdf`)
)
