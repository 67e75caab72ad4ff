package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/country"
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
			for _, story := range []string{"sole_owner", "non_owner", "co_owner", "moved", "state_rental", "private_tenant", "norm_relative", "village"} {
				p.live(story)
			}
			s.stop()
			p.prove(dsn)
		})
	}
}

// server is the program in a process of its own.
type server struct {
	t    *testing.T
	url  string
	args []string

	mu    sync.Mutex
	cmd   *exec.Cmd
	log   bytes.Buffer
	ended chan struct{} // closed when the last kill is over
}

func startServer(t *testing.T, dsn string) *server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	listener.Close()
	s := &server{t: t, url: "http://" + address, ended: make(chan struct{}),
		args: []string{"serve", "--database=" + dsn, "--listen=" + address, "--url=http://" + address, "--log-format=text", "--log-level=warn"}}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(os.Args[0], s.args...)
	s.cmd.Env = append(os.Environ(), asProgram+"=1")
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Error(err)
	}
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// killing kills and starts the process n times, each time some moments after it
// began to answer.
func (s *server) killing(n int) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	go func() {
		defer close(s.ended)
		for range n {
			s.await()
			time.Sleep(time.Duration(20+random.IntN(700)) * time.Millisecond)
			s.kill()
			s.start()
		}
	}()
}

// await waits until the server answers.
func (s *server) await() {
	for range 1200 {
		if r, err := http.Get(s.url + "/healthz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.t.Errorf("the server does not come up: %s", s.log.String())
}

func (s *server) stop() {
	<-s.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
	s.cmd = nil
}

// people go through the service and remember what they were told.
type people struct {
	t         *testing.T
	s         *server
	land      *country.Country
	authority *pki.Authority
	told      []told
}

// told is an application that somebody was told is registered, with the parties
// whose consent was acknowledged.
type told struct {
	application string
	person      mekenjai.IIN
	agreed      []mekenjai.PartyID
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

// live is the story of an application from the sign-in to the entry.
func (p *people) live(id string) {
	p.t.Helper()
	story := p.land.Story(id)
	b := p.signIn(story.Applicant, "/sign-in?next=/apply", "/apply")
	application := p.apply(b, story)
	now := told{application: application, person: story.Applicant}
	for i, party := range story.Asked {
		p.consent(story.Signers[i], application)
		now.agreed = append(now.agreed, party)
	}
	p.insist("registration of "+id, func() error {
		_, page, err := b.get("/applications/" + application)
		if err != nil || !strings.Contains(page, "/certificates/") {
			return errors.Join(err, errAgain)
		}
		return nil
	})
	p.told = append(p.told, now)
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
func (p *people) consent(iin mekenjai.IIN, application string) {
	p.t.Helper()
	owner := p.signIn(iin, "/sign-in?next=/account", "/account")
	var request string
	p.insist("request for consent", func() error {
		_, text, err := owner.get("/account")
		if m := requestLink.FindStringSubmatch(text); m != nil {
			request = m[1]
			return nil
		}
		return errors.Join(err, errAgain)
	})
	p.insist("consent", func() error {
		b := p.signIn(iin, request+"/sign-in", request)
		_, text, err := b.get(request)
		if err != nil {
			return err
		}
		if content(text) == nil { // agreed already, the answer was lost
			return nil
		}
		to, err := b.post(request+"/agree", url.Values{"signature": {p.sign(iin, content(text), false)}})
		if err != nil || to != request {
			return errors.Join(err, errAgain, fmt.Errorf("led to %q", to))
		}
		return nil
	})
}

// prove reads what became of everything that was acknowledged.
func (p *people) prove(dsn string) {
	p.t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	one := func(what string, want int, sql string, args ...any) {
		var n int
		err := db.Read(ctx, func(tx database.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&n) })
		if err != nil || n != want {
			p.t.Errorf("%s: %d, want %d (%v)", what, n, want, err)
		}
	}
	for _, x := range p.told {
		one("applications of the person", 1, `SELECT count(*) FROM application WHERE person = $1`, x.person)
		one("registered application", 1, `SELECT count(*) FROM application WHERE id = $1 AND state = 'registered'`, x.application)
		one("entries", 1, `SELECT count(*) FROM registration WHERE application = $1 AND state = 'current'`, x.application)
		one("current entries of the person", 1, `SELECT count(*) FROM registration WHERE person = $1 AND state = 'current'`, x.person)
		one("submissions in the audit", 1, `SELECT count(*) FROM audit_entry WHERE verb = 'application.submit' AND outcome = 'done' AND subject = $1`, x.application)
		one("requests", len(x.agreed), `SELECT count(*) FROM consent WHERE application = $1`, x.application)
		for _, party := range x.agreed {
			one("consents of the party", 1, `SELECT count(*) FROM consent WHERE application = $1 AND party = $2 AND answer = 'agreed' AND signature IS NOT NULL`, x.application, party)
			one("notices of the entry to the party", 1, `SELECT count(*) FROM notice WHERE application = $1 AND party = $2 AND kind = 'entry_at_mine'`, x.application, party)
		}
		one("notices of the entry to the person", 1, `SELECT count(*) FROM notice WHERE application = $1 AND kind = 'registered'`, x.application)
	}
	one("notices that were told twice", 0, `SELECT count(*) FROM (SELECT application, party, kind FROM notice GROUP BY application, party, kind HAVING count(*) > 1) x`)
	p.t.Logf("%d people were registered while the process was killed %d times", len(p.told), *kills)
}

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
