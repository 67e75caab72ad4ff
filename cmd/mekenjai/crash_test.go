package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"html"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/schema"
)

var kills = flag.Int("kills", 12, "how often the serving process is killed on each engine")

// asProgram makes the test binary the program itself: what is killed is the real
// thing.
const asProgram = "MEKENJAI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestKillingTheProcessLosesAndDoublesNothing lets people go through the service
// while the serving process is killed at random moments and started again, and
// then reads from the database that nothing acknowledged is lost and nothing is
// there twice.
func TestKillingTheProcessLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("the program is killed and started many times: not in short runs, and not under the race detector, which slows each start")
	}
	for _, engine := range []string{database.SQLite, database.Postgres} {
		t.Run(engine, func(t *testing.T) {
			dsn := databasetest.DSN(t, engine, schema.FS)
			s := startServer(t, dsn)
			s.killing(*kills)
			p := newPeople(t, s)
			for _, story := range []string{"sole_owner", "non_owner", "no_title", "co_owner", "moved", "three_owners",
				"state_rental", "private_tenant", "minor_owner", "norm_relative", "village"} {
				p.live(story)
			}
			s.stop()
			p.prove(dsn)
		})
	}
}

// people go through the service and remember what they were told.
type people struct {
	t         *testing.T
	s         *server
	land      *country.Country
	authority *pki.Authority
	told      []told
}

// told is an application whose end somebody was told, with the answers that were
// acknowledged.
type told struct {
	application string
	person      mekenjai.IIN
	end         mekenjai.State
	asked       int
	agreed      []mekenjai.PartyID
	declined    mekenjai.PartyID
}

func newPeople(t *testing.T, s *server) *people {
	authority, err := pki.New(demoSeed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return &people{t: t, s: s, land: country.New(nil), authority: authority}
}

// errAgain means: the answer was lost or is not the one hoped for, do it again as
// a person would.
var errAgain = errors.New("again")

// insist repeats a step until it succeeds.
func (p *people) insist(what string, step func() error) {
	p.t.Helper()
	var err error
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); {
		if err = step(); err == nil {
			return
		}
		p.s.await()
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("%s: %v", what, err)
}

// live is the story of an application from the sign-in to its end.
func (p *people) live(id string) {
	p.t.Helper()
	story := p.land.Story(id)
	b := p.signIn(story.Applicant, "/sign-in?next=/apply", "/apply")
	now := told{application: p.apply(b, story), person: story.Applicant, end: story.End, asked: len(story.Asked)}
	for i, party := range story.Asked {
		if party == story.Declines {
			p.decline(story.Signers[i])
			now.declined = party
			break // nobody is asked any more
		}
		p.consent(story.Signers[i])
		now.agreed = append(now.agreed, party)
	}
	topic := string(story.End)
	if now.declined != "" {
		topic = "declined"
	}
	var page string
	p.insist("the end of "+id, func() (err error) {
		_, page, err = b.get("/applications/" + now.application)
		if err != nil || !strings.Contains(html.UnescapeString(page), locale.KK.T("account.case.title."+topic)) {
			return errors.Join(err, errAgain)
		}
		return nil
	})
	if story.End == mekenjai.Registered {
		p.take(b, certificateLink.FindString(page))
	}
	if story.End == mekenjai.Refused {
		p.take(b, "/applications/"+now.application+"/act.pdf")
	}
	p.told = append(p.told, now)
}

// take downloads a paper twice, as people do.
func (p *people) take(b *visitor, path string) {
	p.t.Helper()
	for range 2 {
		p.insist(path, func() error {
			_, paper, err := b.get(path)
			if err != nil || !strings.HasPrefix(paper, "%PDF") {
				return errors.Join(err, errAgain)
			}
			return nil
		})
	}
}

// signIn signs the challenge of the page with the person's key.
func (p *people) signIn(iin mekenjai.IIN, page, want string) *visitor {
	p.t.Helper()
	b := newVisitor(p.t, p.s.url)
	p.insist("sign-in", func() error {
		_, text, err := b.get(page)
		if err != nil {
			return err
		}
		to, err := b.post("/sign-in/eds", url.Values{"challenge": {field(text, "challenge")}, "next": {want},
			"signature": {p.sign(iin, content(text), true)}})
		if err != nil || !strings.HasPrefix(to, want) {
			return errors.Join(err, errAgain, fmt.Errorf("led to %q", to))
		}
		return nil
	})
	return b
}

func (p *people) sign(iin mekenjai.IIN, text []byte, attached bool) string {
	p.t.Helper()
	for _, seat := range demo.Seats(p.land) {
		if seat.Person.IIN != string(iin) || seat.BIN != "" {
			continue
		}
		key, err := p.authority.Person(seat.Person, pki.Options{})
		if err != nil {
			p.t.Fatal(err)
		}
		cms, err := eds.SignCMS(key, text, eds.SignOptions{Attached: attached})
		if err != nil {
			p.t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(cms)
	}
	p.t.Fatal("nobody of the demo country")
	return ""
}

// apply answers the questions, signs, and gives the application's id.
func (p *people) apply(b *visitor, s country.Story) (id string) {
	p.t.Helper()
	var path string
	p.insist("begin", func() error {
		to, _, err := b.get("/apply")
		if i := strings.LastIndex(to, "/"); err == nil && strings.HasPrefix(to, "/apply/") {
			path = to[:i]
			return nil
		}
		// The page that offers to continue the draft of an attempt before.
		_, text, err := b.get("/apply")
		if m := draftLink.FindStringSubmatch(text); m != nil {
			path = m[1]
			return nil
		}
		return errors.Join(err, errAgain)
	})
	today := mekenjai.DateOf(time.Now())
	owner := "no"
	if s.IsOwner {
		owner = "yes"
	}
	questions := []struct {
		step   string
		answer url.Values
	}{
		{"registrant", url.Values{"registrant": {"self"}}}, {"months", url.Values{"months": {"6"}}}, {"ownership", url.Values{"is_owner": {owner}}},
		{"dwelling", url.Values{"arc": {string(s.ARC)}}}, {"owner", url.Values{"owner": {string(s.Owner)}}}, {"purpose", url.Values{"purpose": {"work"}}},
		{"arrival", url.Values{"arrival-day": {fmt.Sprint(today.Day)}, "arrival-month": {fmt.Sprint(int(today.Month))}, "arrival-year": {fmt.Sprint(today.Year)}}},
	}
	for _, q := range questions {
		if q.step == "owner" && s.IsOwner {
			continue
		}
		p.insist(q.step, func() error {
			to, err := b.post(path+"/"+q.step, q.answer)
			if err != nil || !strings.HasPrefix(to, "/apply/") {
				return errors.Join(err, errAgain, fmt.Errorf("led to %q", to))
			}
			return nil
		})
	}
	p.insist("submit", func() error {
		to, text, err := b.get(path + "/check")
		if strings.HasPrefix(to, "/applications/") { // sent already, the answer was lost
			id = strings.TrimPrefix(to, "/applications/")
			return nil
		}
		if err != nil || content(text) == nil {
			return errors.Join(err, errAgain)
		}
		to, err = b.post(path+"/sign", url.Values{"signature": {p.sign(s.Applicant, content(text), false)}})
		if err != nil || !strings.HasPrefix(to, "/applications/") {
			return errors.Join(err, errAgain, fmt.Errorf("led to %q", to))
		}
		id = strings.TrimPrefix(to, "/applications/")
		return nil
	})
	return id
}

// consent finds the request in the account and agrees to it.
func (p *people) consent(iin mekenjai.IIN) {
	p.t.Helper()
	p.respond(iin, func(b *visitor, request, page string) (string, error) {
		return b.post(request+"/agree", url.Values{"signature": {p.sign(iin, content(page), false)}})
	})
}

// decline finds the request in the account and says no.
func (p *people) decline(iin mekenjai.IIN) {
	p.t.Helper()
	p.respond(iin, func(b *visitor, request, _ string) (string, error) {
		return b.post(request+"/decline", url.Values{"reason": {"Орын жоқ"}})
	})
}

// respond proves who one is for the request that waits, and answers it.
func (p *people) respond(iin mekenjai.IIN, answer func(b *visitor, request, page string) (to string, err error)) {
	p.t.Helper()
	owner := p.signIn(iin, "/sign-in?next=/account", "/account")
	var request string
	p.insist("request for consent", func() error {
		_, text, err := owner.get("/account")
		if m := requestLink.FindStringSubmatch(text); m != nil && strings.Contains(text, "data-clock") {
			request = m[1]
			return nil
		}
		return errors.Join(err, errAgain)
	})
	p.insist("answer", func() error {
		b := p.signIn(iin, request+"/sign-in", request)
		_, text, err := b.get(request)
		if err != nil {
			return err
		}
		if content(text) == nil { // answered already, the confirmation was lost
			return nil
		}
		to, err := answer(b, request, text)
		if err != nil || to != request {
			return errors.Join(err, errAgain, fmt.Errorf("led to %q", to))
		}
		return nil
	})
}

// prove reads from the database that what was acknowledged is there, once.
func (p *people) prove(dsn string) {
	p.t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	one := func(what string, want int, sql string, args ...any) {
		p.t.Helper()
		var n int
		err := db.Read(ctx, func(tx database.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&n) })
		if err != nil || n != want {
			p.t.Errorf("%s: %d, want %d (%v)", what, n, want, err)
		}
	}
	for _, x := range p.told {
		one("applications of the person", 1, `SELECT count(*) FROM application WHERE person = $1`, x.person)
		one("the application in its end", 1, `SELECT count(*) FROM application WHERE id = $1 AND state = $2`, x.application, string(x.end))
		one("steps into the end", 1, `SELECT count(*) FROM application_step WHERE application = $1 AND state = $2`, x.application, string(x.end))
		one("submissions in the audit", 1, `SELECT count(*) FROM audit_entry WHERE verb = 'application.submit' AND outcome = 'done' AND subject = $1`, x.application)
		one("requests", x.asked, `SELECT count(*) FROM consent WHERE application = $1`, x.application)
		agreed := "agreed"
		if x.declined != "" {
			agreed = "void" // another's "no" voids a consent; its signature stays
		}
		for _, party := range x.agreed {
			one("consents of the party", 1, `SELECT count(*) FROM consent WHERE application = $1 AND party = $2 AND answer = $3 AND signature IS NOT NULL`,
				x.application, party, agreed)
		}
		if x.declined != "" {
			one("refusals of the party", 1, `SELECT count(*) FROM consent WHERE application = $1 AND party = $2 AND answer = 'declined'`, x.application, x.declined)
		}
		entered, refused := 0, 0
		switch x.end {
		case mekenjai.Registered:
			entered = 1
			for _, party := range x.agreed {
				one("notices of the entry to the party", 1, `SELECT count(*) FROM notice WHERE application = $1 AND party = $2 AND kind = 'entry_at_mine'`, x.application, party)
			}
		case mekenjai.Refused:
			refused = 1
		}
		one("entries", entered, `SELECT count(*) FROM registration WHERE application = $1 AND state = 'current'`, x.application)
		one("notices of the entry to the person", entered, `SELECT count(*) FROM notice WHERE application = $1 AND kind = 'registered'`, x.application)
		one("certificates", entered, `SELECT count(*) FROM certificate c JOIN registration r ON r.id = c.registration WHERE r.application = $1`, x.application)
		one("acts of refusal", refused, `SELECT count(*) FROM act WHERE application = $1`, x.application)
	}
	one("people with two current entries", 0, `SELECT count(*) FROM (SELECT person FROM registration WHERE state = 'current' GROUP BY person HAVING count(*) > 1) x`)
	one("notices that were told twice", 0, `SELECT count(*) FROM (SELECT application, party, kind FROM notice GROUP BY application, party, kind HAVING count(*) > 1) x`)
	p.t.Logf("%d applications came to their end while the process was killed %d times", len(p.told), *kills)
}
