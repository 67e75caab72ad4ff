package bench

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/crowd"
)

// town is what everybody of a run shares.
type town struct {
	crowd  *crowd.Crowd
	client *http.Client
	base   string
	phones *telephones
	tally  *tally

	// pace lets its caller think before a step, and says when he has had enough;
	// nil: nobody thinks.
	pace  func(ctx context.Context) error
	phase func() *tally // of a run in phases, else nil

	// isCold: every browser is a new one, with connections of its own, and loads
	// what the first page it opens is made of.
	isCold bool
}

// errCounted ends an application whose failure stands in the tally already.
var errCounted = errors.New("counted")

// browserOf is a new browser of person i: the first for his own affairs, others
// for requests to him.
func (t *town) browserOf(i, n int) *browser {
	b := &browser{client: t.client, base: t.base, from: addressOf(i, n), cookies: map[string]string{}}
	if t.isCold {
		b.client = clientFor(2)
	}
	return b
}

// step thinks and then measures one request.
func (t *town) step(ctx context.Context, name string, do func() error) error {
	if t.pace != nil && thoughtful(name) {
		if err := t.pace(ctx); err != nil {
			return err
		}
	}
	return t.current().time(name, do)
}

// current is where it is counted now: each phase of a run counts by itself.
func (t *town) current() *tally {
	if t.phase != nil {
		return t.phase()
	}
	return t.tally
}

// thoughtful says before which requests a person thinks: not before one that the
// browser makes by itself after another.
func thoughtful(name string) bool {
	return strings.HasPrefix(name, "POST") || name == "GET link of the message"
}

// application is one that is filled in and signed, but not sent.
type application struct {
	person    int
	browser   *browser
	path      string // of the draft
	statement []byte
	signature string
	owners    [2]owner
}

// owner is one of those who must consent.
type owner struct {
	person    int
	key       *eds.Key
	signature string // over the statement
}

// prepare lets applicant n sign in and fill everything in, and makes all signatures
// that can be made before anybody is asked: all but those over the challenges of
// the owners' sign-ins.
func (t *town) prepare(ctx context.Context, keys *keyring, n int) (*application, error) {
	person, dwelling := t.crowd.Applicant(n)
	key, err := keys.key(person)
	if err != nil {
		return nil, err
	}
	a := &application{person: person, browser: t.browserOf(person, 0)}
	if err := t.signIn(ctx, a.browser, key); err != nil {
		return nil, err
	}
	if a.statement, err = t.fill(ctx, a, dwelling); err != nil {
		return nil, err
	}
	if a.signature, err = sign(key, a.statement, false); err != nil {
		return nil, err
	}
	for k, i := range t.crowd.Owners(dwelling) {
		key, err := keys.key(i)
		if err != nil {
			return nil, err
		}
		signature, err := sign(key, a.statement, false)
		if err != nil {
			return nil, err
		}
		a.owners[k] = owner{i, key, signature}
	}
	return a, nil
}

// signIn proves who the person is, for the own affairs.
func (t *town) signIn(ctx context.Context, b *browser, key *eds.Key) error {
	var p page
	if err := t.step(ctx, "GET sign-in", func() (err error) {
		p, err = shown(b.get(ctx, "/sign-in?next=/apply"))
		return err
	}); err != nil {
		return err
	}
	form, err := answerTo(p, key)
	if err != nil {
		return err
	}
	form.Set("next", "/apply")
	return t.step(ctx, "POST sign-in", func() error {
		to, err := led(b.post(ctx, "/sign-in/eds", form))
		if err == nil && to != "/apply" {
			err = wrong("a sign-in that led elsewhere")
		}
		return err
	})
}

// answerTo signs the challenge of a sign-in page.
func answerTo(p page, key *eds.Key) (url.Values, error) {
	text, err := p.toSign()
	if err != nil {
		return nil, err
	}
	challenge, err := p.challenge()
	if err != nil {
		return nil, err
	}
	signature, err := sign(key, text, true)
	return url.Values{"challenge": {challenge}, "signature": {signature}}, err
}

// fill answers the questions of the form and gives the statement to sign.
func (t *town) fill(ctx context.Context, a *application, dwelling int) (statement []byte, err error) {
	b, begun := a.browser, ""
	if err := t.step(ctx, "GET apply", func() (err error) {
		begun, err = led(b.get(ctx, "/apply"))
		return err
	}); err != nil {
		return nil, err
	}
	a.path = path.Dir(begun)
	arrival := mekenjai.DateOf(time.Now()).AddDays(-2)
	for _, step := range []struct {
		name string
		form url.Values
	}{
		{"registrant", url.Values{"registrant": {"self"}}},
		{"months", url.Values{"months": {"6"}}},
		{"ownership", url.Values{"is_owner": {"no"}}},
		{"dwelling", url.Values{"arc": {string(t.crowd.ARC(dwelling))}}},
		{"owner", url.Values{"owner": {string(crowd.IIN(t.crowd.Owners(dwelling)[0]))}}},
		{"purpose", url.Values{"purpose": {"work"}}},
		{"arrival", url.Values{"arrival-day": {strconv.Itoa(arrival.Day)}, "arrival-month": {strconv.Itoa(int(arrival.Month))},
			"arrival-year": {strconv.Itoa(arrival.Year)}}},
	} {
		if err := t.step(ctx, "POST answer", func() error {
			_, err := led(b.post(ctx, a.path+"/"+step.name, step.form))
			return err
		}); err != nil {
			return nil, err
		}
	}
	var p page
	if err := t.step(ctx, "GET check", func() (err error) {
		p, err = shown(b.get(ctx, a.path+"/check"))
		return err
	}); err != nil {
		return nil, err
	}
	return p.toSign()
}

// patience is how long one application may take from its submission to its entry.
const patience = 60 * time.Second

// thinking is how much longer that may be when everybody thinks.
const thinking = 10 * time.Minute

// complete sends an application and plays everybody until the entry stands. It
// gives the time from the moment at which the last signature was sent to the one at
// which the applicant was told of the entry.
func (t *town) complete(ctx context.Context, a *application) (entered time.Duration, err error) {
	limit := patience
	if t.pace != nil {
		limit += thinking
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	inbox, done := t.phones.inbox(a.person)
	defer done()
	asked := make([]<-chan string, len(a.owners))
	for k, o := range a.owners {
		inbox, done := t.phones.inbox(o.person)
		defer done()
		asked[k] = inbox
	}
	start, err := t.submit(ctx, a)
	if err != nil {
		return 0, err
	}
	var group sync.WaitGroup
	signed, failed := make([]time.Time, len(a.owners)), make([]error, len(a.owners))
	for k := range a.owners {
		group.Go(func() { signed[k], failed[k] = t.consent(ctx, &a.owners[k], asked[k], start) })
	}
	group.Wait()
	if err := errors.Join(failed...); err != nil {
		return 0, err
	}
	if _, err := hear(ctx, inbox, "message about the entry"); err != nil {
		t.current().fail("entry", err)
		return 0, errCounted
	}
	last := signed[0]
	if signed[1].After(last) {
		last = signed[1]
	}
	entered = time.Since(last)
	return entered, t.step(ctx, "GET case at the end", func() error {
		p, err := shown(a.browser.get(ctx, casePath(a)))
		if err == nil && !p.isEntered() {
			err = wrong("the applicant's page does not tell of an entry")
		}
		return err
	})
}

// casePath is the page of the application that the draft becomes.
func casePath(a *application) string { return "/applications/" + path.Base(a.path) }

// submit gives the moment at which the application was sent, after its applicant has
// thought about it.
func (t *town) submit(ctx context.Context, a *application) (sent time.Time, err error) {
	var to string
	if err := t.step(ctx, "POST submit", func() (err error) {
		sent = time.Now()
		to, err = led(a.browser.post(ctx, a.path+"/sign", url.Values{"signature": {a.signature}}))
		return err
	}); err != nil {
		return sent, err
	}
	return sent, t.step(ctx, "GET case", func() error {
		_, err := shown(a.browser.get(ctx, to))
		return err
	})
}

// consent lets an owner open the request that the message names, prove who he is
// and agree. It gives the moment at which the signature was sent.
func (t *town) consent(ctx context.Context, o *owner, inbox <-chan string, since time.Time) (signed time.Time, err error) {
	text, err := hear(ctx, inbox, "request for consent")
	link := requestLink.FindString(text)
	if err == nil && link == "" {
		err = wrong("a message without a link to a request")
	}
	if err != nil {
		t.current().fail("consent", err)
		return signed, errCounted
	}
	t.current().add("from submit to the owner's message", time.Since(since))
	b := t.browserOf(o.person, 1)
	if t.isCold {
		defer b.client.CloseIdleConnections()
	}
	if err := t.prove(ctx, b, o, link); err != nil {
		return signed, err
	}
	if err := t.see(ctx, "GET request", b, link); err != nil {
		return signed, err
	}
	if err := t.step(ctx, "POST consent", func() error {
		signed = time.Now()
		_, err := led(b.post(ctx, link+"/agree", url.Values{"signature": {o.signature}}))
		return err
	}); err != nil {
		return signed, err
	}
	return signed, t.see(ctx, "GET request answered", b, link)
}

func (t *town) see(ctx context.Context, step string, b *browser, at string) error {
	return t.step(ctx, step, func() error {
		_, err := shown(b.get(ctx, at))
		return err
	})
}

// prove signs in for one request, as who opens the link of the message must.
func (t *town) prove(ctx context.Context, b *browser, o *owner, link string) error {
	var p page
	if err := t.step(ctx, "GET link of the message", func() error {
		to, err := led(b.get(ctx, link))
		if err == nil && to != link+"/sign-in" {
			err = wrong("a request that asks for no proof of identity")
		}
		return err
	}); err != nil {
		return err
	}
	if err := t.step(ctx, "GET sign-in for consent", func() (err error) {
		p, err = shown(b.get(ctx, link+"/sign-in"))
		return err
	}); err != nil {
		return err
	}
	if t.isCold {
		if err := t.loadAssets(ctx, b, p); err != nil {
			return err
		}
	}
	form, err := answerTo(p, o.key)
	if err != nil {
		t.current().fail("sign-in for consent", err)
		return errCounted
	}
	form.Set("for", path.Base(link))
	return t.step(ctx, "POST sign-in for consent", func() error {
		to, err := led(b.post(ctx, "/sign-in/eds", form))
		if err == nil && to != link {
			err = wrong("a sign-in that led elsewhere")
		}
		return err
	})
}
