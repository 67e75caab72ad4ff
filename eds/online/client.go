// Package online asks certification authorities over HTTP: OCSP responders, time-
// stamping authorities and revocation lists. It goes only to addresses it was
// configured with; addresses found in certificates are an attacker's to choose and are
// never used.
package online

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// A Client is how the services are reached. The zero value is ready.
type Client struct {
	// HTTP does the requests; nil is a client of HTTP/1.1 that follows no redirects
	// and gives up after ten seconds.
	HTTP *http.Client
	// UserAgent is sent along; the national services turn an empty one away.
	UserAgent string
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	mu     sync.Mutex
	faults map[string]fault
}

// fault is a service that failed and is left alone for a while.
type fault struct {
	count int
	until time.Time
	err   error
}

// Limits of answers and of the patience with services that fail.
const (
	timeout      = 10 * time.Second
	maxAnswer    = 1 << 20
	maxList      = 64 << 20
	firstBackOff = time.Second
	maxBackOff   = time.Minute
)

// ErrUnavailable is wrapped by every failure to get an answer.
var ErrUnavailable = errors.New("online: the service is unavailable")

// plain is the default: redirects are answers of captive portals, not of authorities.
var plain = &http.Client{
	Timeout:       timeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4},
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// do sends a request and reads the answer. A service that fails is not asked again for
// one second, then two, then four, up to a minute.
func (c *Client) do(ctx context.Context, method, url, contentType string, body []byte, limit int64) ([]byte, error) {
	if err := c.backedOff(url); err != nil {
		return nil, err
	}
	out, err := c.send(ctx, method, url, contentType, body, limit)
	if err != nil {
		err = fmt.Errorf("%w: %s: %w", ErrUnavailable, url, err)
	}
	// A caller who gave up says nothing about the service.
	if ctx.Err() == nil {
		c.note(url, err)
	}
	return out, err
}

func (c *Client) send(ctx context.Context, method, url, contentType string, body []byte, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	agent := c.UserAgent
	if agent == "" {
		agent = "mekenjai-eds"
	}
	req.Header.Set("User-Agent", agent)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	client := c.HTTP
	if client == nil {
		client = plain
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	out, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(out)) > limit {
		err = fmt.Errorf("an answer of more than %d bytes", limit)
	}
	return out, err
}

// backedOff returns the last error of a service that is left alone now.
func (c *Client) backedOff(url string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.faults[url]; c.now().Before(f.until) {
		return f.err
	}
	return nil
}

// note remembers how a request ended.
func (c *Client) note(url string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		delete(c.faults, url)
		return
	}
	if c.faults == nil {
		c.faults = map[string]fault{}
	}
	f := c.faults[url]
	wait := min(firstBackOff<<min(f.count, 10), maxBackOff)
	c.faults[url] = fault{f.count + 1, c.now().Add(wait), err}
}
