package kannel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Route is one way to the telephones: a smsbox, or one of the connections to
// operators (smsc-id) behind it.
type Route struct {
	Name string // host and smsc-id: what logs, metrics and the doctor call it
	URL  string // of sendsms, without a query
	SMSC string // smsc-id that messages are bound to; "": Kannel chooses
}

// ParseRoute reads an address such as http://127.0.0.1:13013/cgi-bin/sendsms?smsc=one.
// Codes and numbers travel there: in the clear to this machine or to a private
// address alone.
func ParseRoute(text string) (Route, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Path == "" || u.User != nil || u.Fragment != "" ||
		u.Scheme != "https" && u.Scheme != "http" {
		return Route{}, errors.New("a route is an address such as http://127.0.0.1:13013/cgi-bin/sendsms, with user and password apart")
	}
	if u.Scheme == "http" && !isNear(u.Hostname()) {
		return Route{}, fmt.Errorf("the route to %s needs https: codes and numbers must not travel in the clear", u.Host)
	}
	r := Route{Name: u.Host}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Route{}, fmt.Errorf("the route to %s has a query that cannot be read", u.Host)
	}
	for name, values := range query {
		if name != "smsc" || len(values) != 1 || !isHeader(values[0]) {
			return Route{}, fmt.Errorf("the route to %s may name one smsc in its query, and nothing else", u.Host)
		}
		r.SMSC = values[0]
		r.Name += " " + r.SMSC
	}
	u.RawQuery = ""
	r.URL = u.String()
	return r, nil
}

// isNear says that a host is this machine or stands in a private network.
func isNear(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsLoopback() || a.IsPrivate())
}

// A route that failed is left alone for firstRest, twice as long after each further
// failure, longestRest at most: what came back must be noticed while a code lives.
const (
	firstRest   = 5 * time.Second
	longestRest = time.Minute
)

type route struct {
	Route
	mu    sync.Mutex // guards what follows
	rest  time.Duration
	until time.Time // left alone until then; zero: used
	cause error     // why
}

// Condition is how a route is treated now.
type Condition struct {
	Route   string
	Resting bool  // it failed, and is used only when no other takes a message
	Cause   error // of the last failure; nil when it was used with success since
}

// Routes tells how each is treated, in the order of the options.
func (c *Centre) Routes() (list []Condition) {
	now := c.Clock()
	for _, r := range c.routes {
		r.mu.Lock()
		list = append(list, Condition{Route: r.Name, Resting: now.Before(r.until), Cause: r.cause})
		r.mu.Unlock()
	}
	return list
}

// inOrder gives those that work, the preferred first, and behind them those that rest:
// before nobody is asked at all, one that failed is asked once more.
func (c *Centre) inOrder() []*route {
	list := slices.Clone(c.routes)
	now := c.Clock()
	resting := func(r *route) int {
		r.mu.Lock()
		defer r.mu.Unlock()
		if now.Before(r.until) {
			return 1
		}
		return 0
	}
	order := map[*route]int{}
	for _, r := range list {
		order[r] = resting(r)
	}
	slices.SortStableFunc(list, func(a, b *route) int { return order[a] - order[b] })
	return list
}

// errQueued is why a route rests that took a message: its way to the operator is
// broken, and what Kannel keeps for it arrives late.
var errQueued = errors.New("takes messages and cannot pass them on now")

// learn remembers how a route did. A message that it refuses says nothing about the
// next one.
func (c *Centre) learn(ctx context.Context, r *route, queued bool, err error) {
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
		return
	}
	if queued {
		err = errQueued
	}
	r.mu.Lock()
	before := r.cause
	r.cause = err
	if err == nil {
		r.rest, r.until = 0, time.Time{}
	} else if now := c.Clock(); !now.Before(r.until) { // several that failed at once are one failure
		r.rest = min(max(2*r.rest, firstRest), longestRest)
		r.until = now.Add(r.rest)
	}
	r.mu.Unlock()
	switch {
	case err != nil && before == nil:
		c.Log.WarnContext(ctx, "a route of text messages fails and is left alone for a while", "route", r.Name, "error", err)
	case err == nil && before != nil:
		c.Log.InfoContext(ctx, "a route of text messages works again", "route", r.Name)
	}
}

// RefusedError is an answer of Kannel that is not "I have it".
type RefusedError struct {
	Route  string
	Status int
	Words  string // of Kannel, without digits
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("route %s answers %d %s", e.Route, e.Status, strconv.Quote(e.Words))
}

// ask hands the message to one route. Handed over is what bearerbox has taken: status
// 202 with "0: …" or, queued, with "3: …". "Sent." (immediate-sendsms-reply) means
// that only smsbox knows of it, and would be lost with it.
func (c *Centre) ask(ctx context.Context, r Route, m message, mark string) (queued bool, err error) {
	header := http.Header{
		"X-Kannel-To":       {string(m.to)},
		"X-Kannel-From":     {c.From},
		"X-Kannel-Coding":   {strconv.Itoa(int(m.coding))},
		"X-Kannel-Validity": {m.minutes()},
	}
	if c.Reports != "" {
		header["X-Kannel-DLR-Mask"] = []string{strconv.Itoa(dlrMask)}
		header["X-Kannel-DLR-Url"] = []string{c.reportURL(mark)}
	}
	status, words, err := c.post(ctx, r, header, m.text)
	switch {
	case err != nil:
		return false, err
	case status == http.StatusAccepted && strings.HasPrefix(words, "0: "):
		return false, nil
	case status == http.StatusAccepted && strings.HasPrefix(words, "3: "):
		return true, nil
	}
	return false, &RefusedError{Route: r.Name, Status: status, Words: without(words)}
}

// answerSize is more than any answer of Kannel.
const answerSize = 1 << 10

func (c *Centre) post(ctx context.Context, r Route, header http.Header, text string) (status int, words string, err error) {
	ctx, cancel := context.WithTimeout(ctx, routeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, strings.NewReader(text))
	if err != nil {
		return 0, "", fmt.Errorf("route %s: %w", r.Name, err)
	}
	request.Header = header
	header["Content-Type"] = []string{"text/plain; charset=UTF-8"}
	header["X-Kannel-Username"] = []string{c.User}
	header["X-Kannel-Password"] = []string{c.Password}
	if r.SMSC != "" {
		header["X-Kannel-SMSC"] = []string{r.SMSC}
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("route %s does not answer: %w", r.Name, reason(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerSize+1))
	if err != nil {
		return 0, "", fmt.Errorf("route %s breaks off: %w", r.Name, reason(err))
	}
	if len(body) > answerSize {
		return 0, "", fmt.Errorf("route %s answers at length: this is no sendsms of Kannel", r.Name)
	}
	return response.StatusCode, strings.TrimSpace(string(body)), nil
}

// reason is an error of the network in few words.
func reason(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return context.DeadlineExceeded
	}
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

var digits = regexp.MustCompile(`[0-9]{3,}`)

// without is an answer as it may be logged: short, and without what could be a number.
func without(words string) string {
	words = digits.ReplaceAllString(strings.ToValidUTF8(words, "?"), "…")
	if r := []rune(words); len(r) > 80 {
		words = string(r[:80])
	}
	return words
}

// Health is what a route answered to a question that sends nothing.
type Health struct {
	Route   string
	Latency time.Duration
	Err     error
}

// Ask asks each route whether it would take a message of ours: one without a receiver,
// which it refuses after it has looked at user and password.
func (c *Centre) Ask(ctx context.Context) (list []Health) {
	for _, r := range c.routes {
		start := time.Now()
		status, words, err := c.post(ctx, r.Route, http.Header{}, "?")
		if err == nil && (status != http.StatusBadRequest || !strings.Contains(words, "receiver")) {
			err = &RefusedError{Route: r.Name, Status: status, Words: without(words)}
		}
		list = append(list, Health{Route: r.Name, Latency: time.Since(start), Err: err})
	}
	return list
}
