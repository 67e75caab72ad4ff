package faults

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/check"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/web/webread"
)

// stories whose people can be on their way at the same time, and again when they
// have come to the end.
var stories = []string{"sole_owner", "non_owner", "no_title", "co_owner", "moved", "three_owners", "state_rental",
	"private_tenant", "minor_owner", "norm_relative", "village", "two_flats", "mortgaged"}

// people go through the service and write down what they are told.
type people struct {
	url       string
	transport http.RoundTripper
	journal   *journal
	land      *country.Country
	authority *pki.Authority
	deadline  time.Duration // how long one step is tried before somebody gives up

	mu   sync.Mutex
	keys map[mekenjai.IIN]*eds.Key

	laps, again atomic.Int64 // stories come to their end; steps that had to be done again
	slowest     atomic.Int64 // the longest time in which a step did not succeed, in nanoseconds
}

func newPeople(url string, transport http.RoundTripper, j *journal, giveUp time.Duration) (*people, error) {
	authority, err := pki.New(demo.Seed, time.Now())
	if err != nil {
		return nil, err
	}
	return &people{url: url, transport: transport, journal: j, land: country.New(nil), authority: authority,
		deadline: giveUp, keys: map[mekenjai.IIN]*eds.Key{}}, nil
}

// errAgain means: the answer was lost or is not the one hoped for, do it again as
// a person would.
var errAgain = errors.New("again")

// insist repeats a step until it succeeds.
func (p *people) insist(ctx context.Context, what string, step func() error) error {
	begun := time.Now()
	for {
		err := step()
		lasted := time.Since(begun)
		if err == nil {
			return nil
		}
		for {
			was := p.slowest.Load()
			if int64(lasted) <= was || p.slowest.CompareAndSwap(was, int64(lasted)) {
				break
			}
		}
		if lasted > p.deadline {
			return fmt.Errorf("%s was given up after %s: %w", what, lasted.Round(time.Second), err)
		}
		if !errors.Is(err, errAgain) {
			p.again.Add(1)
		}
		if err := pause(ctx, 30*time.Millisecond); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

// live is a story again and again, until closing: who is on the way comes to the
// end.
func (p *people) live(ctx context.Context, closing <-chan struct{}, id string) error {
	for {
		select {
		case <-closing:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if err := p.lap(ctx, p.land.Story(id)); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		p.laps.Add(1)
	}
}

// lap is the story of one application from the sign-in to its end, and of the
// entry to the end that its person gives it.
func (p *people) lap(ctx context.Context, story country.Story) error {
	b, err := p.signIn(ctx, story.Applicant, "/sign-in?next=/apply", "/apply")
	if err != nil {
		return err
	}
	application, err := p.apply(ctx, b, story)
	if err != nil {
		return err
	}
	topic := string(story.End)
	for i, party := range story.Asked {
		if err := p.respond(ctx, application, story.Signers[i], party == story.Declines); err != nil {
			return err
		}
		if party == story.Declines {
			topic = "declined"
			break // nobody is asked any more
		}
	}
	page, err := p.end(ctx, b, application, topic)
	if err != nil {
		return err
	}
	if err := p.journal.tell(check.Line{Deed: check.Ended, Person: story.Applicant, Application: application, State: story.End}); err != nil {
		return err
	}
	switch story.End {
	case mekenjai.Registered:
		return p.stay(ctx, b, story.Applicant, application, page)
	case mekenjai.Refused:
		return p.take(ctx, b, "/applications/"+application+"/act.pdf")
	}
	return nil
}

// end waits for the page that tells the end of an application.
func (p *people) end(ctx context.Context, b *visitor, application, topic string) (page string, err error) {
	err = p.insist(ctx, "the end of an application as "+topic, func() (err error) {
		_, page, err = b.get("/applications/" + application)
		if err != nil {
			return err
		}
		if !strings.Contains(html.UnescapeString(page), locale.KK.T("account.case.title."+topic)) {
			return errAgain
		}
		return nil
	})
	return page, err
}

// stay takes the certificate and ends the entry again.
func (p *people) stay(ctx context.Context, b *visitor, person mekenjai.IIN, application, page string) error {
	m := certificateLink.FindStringSubmatch(page)
	if m == nil {
		return fmt.Errorf("the page of application %s names no certificate", application)
	}
	if err := p.take(ctx, b, m[0]); err != nil {
		return err
	}
	number := m[1]
	if err := p.journal.tell(check.Line{Deed: check.Entered, Person: person, Application: application, Entry: number}); err != nil {
		return err
	}
	here := "/e/" + number
	err := p.insist(ctx, "the end of an entry", func() error {
		to, text, err := b.get(here + "/end")
		if err != nil {
			return err
		}
		if to == here { // ended already, the answer was lost
			return nil
		}
		to, err = b.post(here+"/end/sign?own=1", url.Values{"text": {webread.Field(text, "text")}, "signature": {p.sign(person, webread.ToSign(text), false)}})
		if err != nil || to != here+"?said=ended" {
			return errors.Join(err, fmt.Errorf("led to %q", to))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.journal.tell(check.Line{Deed: check.Left, Person: person, Application: application, Entry: number})
}

// take downloads a paper twice, as people do.
func (p *people) take(ctx context.Context, b *visitor, path string) error {
	for range 2 {
		err := p.insist(ctx, "a paper", func() error {
			_, paper, err := b.get(path)
			if err != nil || !strings.HasPrefix(paper, "%PDF") {
				return errors.Join(err, errors.New("it is no PDF"))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// signIn signs the challenge of the page with the person's key.
func (p *people) signIn(ctx context.Context, iin mekenjai.IIN, page, want string) (*visitor, error) {
	b := newVisitor(ctx, p.url, p.transport)
	return b, p.insist(ctx, "a sign-in", func() error {
		_, text, err := b.get(page)
		if err != nil {
			return err
		}
		to, err := b.post("/sign-in/eds", url.Values{"challenge": {webread.Field(text, "challenge")}, "next": {want},
			"signature": {p.sign(iin, webread.ToSign(text), true)}})
		if err != nil || !strings.HasPrefix(to, want) {
			return errors.Join(err, fmt.Errorf("led to %q", to))
		}
		return nil
	})
}

// sign signs with the person's own key, which is made once.
func (p *people) sign(iin mekenjai.IIN, text []byte, attached bool) string {
	key, err := p.key(iin)
	if err != nil {
		return ""
	}
	cms, err := eds.SignCMS(key, text, eds.SignOptions{Attached: attached})
	if err != nil {
		return "" // the service says what it thinks of that
	}
	return base64.StdEncoding.EncodeToString(cms)
}

func (p *people) key(iin mekenjai.IIN) (*eds.Key, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if key := p.keys[iin]; key != nil {
		return key, nil
	}
	for _, seat := range demo.Seats(p.land) {
		if seat.Person.IIN == string(iin) && seat.BIN == "" {
			key, err := p.authority.Person(seat.Person, pki.Options{})
			p.keys[iin] = key
			return key, err
		}
	}
	return nil, errors.New("nobody of the demo country")
}
