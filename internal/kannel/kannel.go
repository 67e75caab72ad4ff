// Package kannel sends text messages through Kannel, Debian's gateway to the SMS
// centres of the operators, over the HTTP interface of its smsbox, and hears from it
// what became of them. It knows several routes: one that fails is left alone for a
// while and the next is used. It keeps no text and no number, and repeats nothing: an
// error means that no route took the message, and the job that sent it comes again.
package kannel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

// Options are what an operator chooses. Routes, User, Password and From are needed.
type Options struct {
	Routes   []string // addresses of sendsms, the preferred one first; ParseRoute says which are good
	User     string
	Password string
	From     string // what the telephone shows as sender, as agreed with the operators
	Reports  string // address of this service as Kannel reaches it; "": no reports are asked for
	Secret   []byte // keys the marks in the addresses of reports; the same in all processes

	HTTP  *http.Client     // nil: one of its own, without proxies, that follows no redirect
	Clock func() time.Time // of rests of routes; nil: time.Now
	Log   *slog.Logger     // nil: slog.Default()
}

// How long a centre of an operator tries to reach a telephone. A code is worth
// nothing after its five minutes; a notice is news for a day.
const (
	noticeValidity = 24 * time.Hour
	codeValidity   = 5 * time.Minute
)

// routeTimeout is how long one route may take: the job of a code has 20 seconds for
// all of them.
const routeTimeout = 5 * time.Second

// Centre hands messages to Kannel. Its methods may be called at the same time.
type Centre struct {
	db     *database.DB
	routes []*route
	http   *http.Client
	marks  marks
	Options
}

// senders are the two forms that networks carry: eleven letters, or a number.
var senders = regexp.MustCompile(`^(?:[A-Za-z0-9][A-Za-z0-9 .-]{0,10}|\+?[0-9]{3,15})$`)

// Check refuses options that cannot be meant.
func (o Options) Check() error {
	for _, text := range o.Routes {
		if _, err := ParseRoute(text); err != nil {
			return err
		}
	}
	switch {
	case len(o.Routes) == 0:
		return errors.New("no route")
	case !isHeader(o.User) || !isHeader(o.Password):
		return errors.New("user and password of Kannel's sendsms-user are needed, printable and in one line")
	case !senders.MatchString(o.From):
		return fmt.Errorf("the sender %q is neither a name of at most 11 Latin letters and digits nor a number", o.From)
	}
	_, err := reportsAt(o.Reports)
	return err
}

// New makes the one centre of a process, over options that pass their Check.
func New(db *database.DB, o Options) (*Centre, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Centre{db: db, http: o.HTTP, marks: newMarks(o.Secret), Options: o}
	if c.http == nil {
		c.http = &http.Client{Transport: &http.Transport{IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 8},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	for _, text := range o.Routes {
		r, _ := ParseRoute(text) // checked above
		c.routes = append(c.routes, &route{Route: r})
	}
	return c, nil
}

// Send hands over a notice. Nil means that Kannel has it and answers for it; an
// error that no route took it, and that it should be tried again.
func (c *Centre) Send(ctx context.Context, to mekenjai.Phone, text string) error {
	return c.send(ctx, to, text, noticeValidity)
}

// SendCode is Send for what is worth nothing after some minutes.
func (c *Centre) SendCode(ctx context.Context, to mekenjai.Phone, text string) error {
	return c.send(ctx, to, text, codeValidity)
}

// send tries the routes one after another. One that did not answer in time may have
// the message after all: a message too many does less harm than one too few.
func (c *Centre) send(ctx context.Context, to mekenjai.Phone, text string, validity time.Duration) error {
	m, err := compose(to, text, validity)
	if err != nil {
		return fmt.Errorf("send a message to %s: %w", to.Masked(), err)
	}
	var failures []error
	for _, r := range c.inOrder() {
		mark := newMark() // of its own for each try: two routes may both have taken it
		queued, err := c.ask(ctx, r.Route, m, mark)
		if ctx.Err() != nil && err != nil { // not the route's fault
			return fmt.Errorf("send a message to %s: %w", to.Masked(), context.Cause(ctx))
		}
		c.learn(ctx, r, queued, err)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if err := c.keep(ctx, mark, r.Name); err != nil { // it is on its way all the same
			c.Log.WarnContext(ctx, "a message was handed over, its delivery is not followed", "route", r.Name, "error", err)
		}
		return nil
	}
	return fmt.Errorf("send a message to %s: %w: %w", to.Masked(), mekenjai.ErrUnavailable, errors.Join(failures...))
}
