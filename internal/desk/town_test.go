package desk

import (
	"context"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding/foundingtest"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

// town is the desk over a real register, with the demo country around it. Who is
// before the browser stands in a cookie: how one signs in is tested elsewhere.
type town struct {
	*testing.T
	db       *database.DB
	clock    *databasetest.Clock
	land     *country.Country
	keys     *pki.Authority
	register *register.Register
	server   *httptest.Server
}

const whoCookie = "who"

func open(t *testing.T) *town {
	t.Helper()
	return openKept(t, state.Keeper{})
}

// openKept is the desk beside the state's register.
func openKept(t *testing.T, keeper state.Keeper) *town {
	t.Helper()
	db, clock := databasetest.Open(t, database.SQLite, foundingtest.Settled(databasetest.Start))
	keys, err := pki.New([]byte("desk tests"), clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, db: db, clock: clock, land: country.New(clock.Now), keys: keys}
	verifier := &eds.Verifier{Anchors: keys.Anchors(), Revocation: keys}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	seal, err := keys.Person(pki.Person{}, pki.Options{BIN: string(w.land.BIN("police")), Organization: "Seal", Roles: []eds.Role{eds.RoleInformationSystem}})
	if err != nil {
		t.Fatal(err)
	}
	vault, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		t.Fatal(err)
	}
	sms := phones.New(clock.Now)
	w.register = register.New(db, register.Options{Peers: w.land.Peers(), Keeper: keeper, Verifier: verifier, SendSMS: sms.Send, Seal: seal, Papers: vault,
		BaseURL: "http://desk.example", Clock: clock.Now, Log: log,
		Timestamp: func(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
			return keys.Token(signature, d, clock.Now())
		}})
	entry := access.New(db, verifier, nil, sms.Send, access.Params{Logger: log})
	site := &web.Site{Log: log, Demo: true, Insecure: true, TestChain: true, NCALayer: "ws://127.0.0.1:1"}
	face := (&Desk{Register: w.register, Access: entry}).Handler()
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", site.Assets())
	mux.HandleFunc("/desk/", func(rw http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(whoCookie); err == nil {
			actor := w.actor(c.Value)
			actor.Language = string(locale.From(r.Context()))
			r = r.WithContext(access.WithActor(r.Context(), actor))
		}
		face.ServeHTTP(rw, r)
	})
	w.server = httptest.NewServer(site.Wrap(mux))
	t.Cleanup(w.server.Close)
	workers := river.NewWorkers()
	w.register.AddWorkers(workers)
	running, err := db.Work(context.Background(), workers, database.WorkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { running.Stop(context.Background()) })
	return w
}

// actor is somebody of the cast: staff with the key of who employs them.
func (w *town) actor(key string) mekenjai.Actor {
	r := w.land.Resident(key)
	a := mekenjai.Actor{IIN: r.IIN, Name: r.Name, Method: mekenjai.ByEDS, Session: "s", Fresh: w.clock.Now(), Language: "ru"}
	if post, ok := w.land.Post(key); ok {
		a.BIN, a.Duty = post.Employer.BIN, post.Duty()
	}
	return a
}

// sign signs with the key with which somebody came.
func (w *town) sign(key string, text []byte) []byte {
	w.Helper()
	a := w.actor(key)
	o := pki.Options{}
	if a.BIN != "" {
		o.BIN, o.Organization = string(a.BIN), "Organisation"
	}
	k, err := w.keys.Person(pki.Person{IIN: string(a.IIN), Surname: a.Name.Surname, Given: a.Name.Given}, o)
	if err != nil {
		w.Fatal(err)
	}
	cms, err := eds.SignCMS(k, text, eds.SignOptions{Time: w.clock.Now()})
	if err != nil {
		w.Fatal(err)
	}
	return cms
}

func (w *town) settle() { databasetest.Settle(w.T, w.db, w.clock) }

// file makes the application of a story and gives it.
func (w *town) file(story string) mekenjai.Application {
	w.Helper()
	s := w.land.Story(story)
	var key string
	for _, r := range w.land.People() {
		if r.IIN == s.Applicant {
			key = r.Key
		}
	}
	actor := w.actor(key)
	ctx := w.Context()
	d, err := w.register.Begin(ctx, actor)
	if err != nil {
		w.Fatal(err)
	}
	is := map[bool]string{true: "yes", false: "no"}[s.IsOwner]
	in := mekenjai.Input{Registrant: "self", Months: "6", IsOwner: is, ARC: string(s.ARC), Owner: string(s.Owner), Purpose: "study", Day: "1", Month: "3", Year: "2026"}
	for _, step := range (mekenjai.Draft{IsOwner: &s.IsOwner}).Steps() {
		if err := w.register.Answer(ctx, actor, d.ID, step, in); err != nil {
			w.Fatal(err)
		}
	}
	if d, err = w.register.Prepare(ctx, actor, d.ID); err != nil {
		w.Fatal(err)
	}
	a, err := w.register.Submit(ctx, actor, d.ID, register.Signature{CMS: w.sign(key, d.Statement)})
	if err != nil {
		w.Fatal(err)
	}
	w.settle()
	return a
}

// caseOf is the case about an application.
func (w *town) caseOf(a mekenjai.Application) string {
	w.Helper()
	q, err := w.register.Queue(w.Context(), w.actor("gaukhar"), register.QueueFilter{})
	if err != nil {
		w.Fatal(err)
	}
	for _, l := range q.Lines {
		if l.Subject == a.ID {
			return l.Number
		}
	}
	w.Fatalf("no case about %s", a.Number)
	return ""
}

// browser is somebody before the pages. It follows no redirects.
type browser struct {
	*town
	who  string
	lang locale.Lang
}

func (w *town) as(who string) *browser { return &browser{w, who, locale.RU} }

// reply is what came back.
type reply struct {
	*browser
	status   int
	location string
	body     string
}

func (b *browser) send(r *http.Request) reply {
	b.Helper()
	r.Header.Set("Accept-Language", string(b.lang))
	if b.who != "" {
		r.AddCookie(&http.Cookie{Name: whoCookie, Value: b.who})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{b, resp.StatusCode, resp.Header.Get("Location"), string(body)}
}

func (b *browser) get(path string) reply {
	b.Helper()
	r, err := http.NewRequest("GET", b.server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.send(r)
}

func (b *browser) post(path string, fields ...string) reply {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", b.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// to asks for a redirect and gives where it leads.
func (a reply) to() string {
	a.Helper()
	if a.status != http.StatusSeeOther {
		a.Fatalf("status %d, want a redirect: %s", a.status, a.text())
	}
	return a.location
}

// page asks for a page of this status.
func (a reply) page(status int) reply {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d to %q, want %d: %s", a.status, a.location, status, a.text())
	}
	return a
}

// shows asks for texts on the page, hides that they are not there.
func (a reply) shows(texts ...string) reply {
	a.Helper()
	for _, t := range texts {
		if !strings.Contains(a.text(), t) {
			a.Errorf("the page does not show %q: %s", t, a.text())
		}
	}
	return a
}

func (a reply) hides(texts ...string) reply {
	a.Helper()
	for _, t := range texts {
		if t != "" && strings.Contains(html.UnescapeString(a.body), t) {
			a.Errorf("the page shows %q: %s", t, a.text())
		}
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<(head|script|svg).*?</(head|script|svg)>|<[^>]+>`)

// text is the page as it is read.
func (a reply) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(a.body, " "))), " ")
}

var toSign = regexp.MustCompile(`data-content="([^"]*)"`)

// signs signs the text of the page and sends it.
func (a reply) signs(path string) reply {
	a.Helper()
	m := toSign.FindStringSubmatch(a.body)
	if m == nil {
		a.Fatalf("the page asks for no signature: %s", a.text())
	}
	data, err := base64.StdEncoding.DecodeString(html.UnescapeString(m[1]))
	if err != nil {
		a.Fatal(err)
	}
	return a.post(path, "signature", base64.StdEncoding.EncodeToString(a.sign(a.who, data)))
}
