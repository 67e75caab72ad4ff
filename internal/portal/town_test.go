package portal

import (
	"context"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
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
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding/foundingtest"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/state/mobile"
	"mekenjai/internal/web"
)

// town is the portal over a real register, with the demo country around it.
type town struct {
	*testing.T
	db       *database.DB
	clock    *databasetest.Clock
	land     *country.Country
	keys     *pki.Authority
	phones   *phones.Centre
	register *register.Register
	access   *access.Access
	server   *httptest.Server
}

func open(t *testing.T) *town {
	t.Helper()
	db, clock := databasetest.Open(t, database.SQLite, foundingtest.Settled(databasetest.Start))
	keys, err := pki.New([]byte("portal tests"), clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, db: db, clock: clock, land: country.New(clock.Now), keys: keys, phones: phones.New(clock.Now)}
	verifier := &eds.Verifier{Anchors: keys.Anchors(), Revocation: keys}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	peers := w.land.Peers()
	w.server = httptest.NewUnstartedServer(nil)
	url := "http://" + w.server.Listener.Addr().String()
	w.register = register.New(db, register.Options{Peers: peers, Verifier: verifier, SendSMS: w.phones.Send, Contacts: w.contacts, BaseURL: url, Clock: clock.Now, Log: log,
		Office: func(ctx context.Context, id string) (mekenjai.ServiceOffice, error) { return w.access.Office(ctx, id) }})
	phoneOf := func(ctx context.Context, iin mekenjai.IIN) (mekenjai.Phone, bool, error) {
		reply, err := peers.Citizen(ctx, iin)
		return reply.Value.Phone, reply.Value.Exists && reply.Value.Phone != "", err
	}
	w.access = access.New(db, verifier, phoneOf, w.phones.Send, access.Params{Origin: url, Logger: log})
	site := &web.Site{Log: log, Demo: true, Insecure: true, TestChain: true, NCALayer: "ws://127.0.0.1:1", Nav: Nav()}
	face := &Portal{Register: w.register, Access: w.access, Addresses: address.In(db),
		Mobile: &Mobile{Organisation: mobile.Organisation{NameRU: "Служба", NameKZ: "Қызмет", NameEN: "Service", BIN: "050140000011"}, Origin: url}}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", site.Assets())
	mux.Handle("/", w.access.Middleware(face.Handler()))
	w.server.Config.Handler = site.Wrap(mux)
	w.server.Start()
	t.Cleanup(w.server.Close)
	return w
}

// contacts are those that the access knows; it is made after the register.
func (w *town) contacts(ctx context.Context, iin mekenjai.IIN, phone mekenjai.Phone) ([]mekenjai.Phone, error) {
	return w.access.Contacts(ctx, iin, phone)
}

// work lets jobs run from now on.
func (w *town) work() {
	w.Helper()
	workers := river.NewWorkers()
	w.access.AddWorkers(workers)
	w.register.AddWorkers(workers)
	running, err := w.db.Work(context.Background(), workers, database.WorkOptions{})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { running.Stop(context.Background()) })
}

// settle waits for the jobs.
func (w *town) settle() { databasetest.Settle(w.T, w.db, w.clock) }

// sign signs with somebody's key as the signing program does.
func (w *town) sign(who string, text []byte, attached bool) string {
	w.Helper()
	return w.signWith(w.land.Resident(who), pki.Options{}, text, attached)
}

func (w *town) signWith(r country.Resident, o pki.Options, text []byte, attached bool) string {
	w.Helper()
	key, err := w.keys.Person(pki.Person{IIN: string(r.IIN), Surname: r.Name.Surname, Given: r.Name.Given, Patronymic: r.Name.Patronymic}, o)
	if err != nil {
		w.Fatal(err)
	}
	cms, err := eds.SignCMS(key, text, eds.SignOptions{Attached: attached, Time: w.clock.Now()})
	if err != nil {
		w.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(cms)
}

// browser is one browser with its cookies. It follows no redirects.
type browser struct {
	*town
	http.Client
	lang locale.Lang
}

func (w *town) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{w, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, locale.EN}
}

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
	resp, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{b, resp.StatusCode, strings.TrimPrefix(resp.Header.Get("Location"), b.server.URL), string(body)}
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

// shows asks for texts on the page.
func (a reply) shows(texts ...string) reply {
	a.Helper()
	for _, t := range texts {
		if !strings.Contains(html.UnescapeString(a.body), t) {
			a.Errorf("the page does not show %q: %s", t, a.text())
		}
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<(head|script|svg).*?</(head|script|svg)>|<[^>]+>`)

// text is the page as it is read.
func (a reply) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(a.body, " "))), " ")
}

// hidden is the value that a form of the page carries.
func (a reply) hidden(name string) string {
	a.Helper()
	m := regexp.MustCompile(`name="` + name + `"[^>]*value="([^"]*)"`).FindStringSubmatch(a.body)
	if m == nil {
		a.Fatalf("the page carries no %q: %s", name, a.text())
	}
	return html.UnescapeString(m[1])
}

var toSign = regexp.MustCompile(`data-content="([^"]*)"`)

// content are the bytes that the page asks a signature over.
func (a reply) content() []byte {
	a.Helper()
	m := toSign.FindStringSubmatch(a.body)
	if m == nil {
		a.Fatalf("the page asks for no signature: %s", a.text())
	}
	data, err := base64.StdEncoding.DecodeString(html.UnescapeString(m[1]))
	if err != nil {
		a.Fatal(err)
	}
	return data
}

// as is a browser in which somebody of the cast has signed in by key.
func (w *town) as(who string) *browser {
	w.Helper()
	return w.signedIn(func(text []byte) string { return w.sign(who, text, true) })
}

// asOrganisation has signed in with the key of the head of an organisation.
func (w *town) asOrganisation(head, firm string) *browser {
	w.Helper()
	o := pki.Options{BIN: string(w.land.BIN(firm)), Organization: w.land.Name(w.land.Party(firm)), Roles: []eds.Role{eds.RoleHead}}
	return w.signedIn(func(text []byte) string { return w.signWith(w.land.Resident(head), o, text, true) })
}

func (w *town) signedIn(sign func(text []byte) string) *browser {
	w.Helper()
	b := w.browser()
	page := b.get("/sign-in?next=/apply").page(200)
	to := b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", "/apply", "signature", sign(page.content())).to()
	if to != "/apply" {
		w.Fatalf("signed in to %q", to)
	}
	return b
}

// draft begins an application and gives the path of its questions.
func (b *browser) draft() string {
	b.Helper()
	to := b.get("/apply").to()
	return to[:strings.LastIndex(to, "/")]
}

// fill answers the questions of a story of the country and gives the path of the
// draft.
func (b *browser) fill(story string) string {
	b.Helper()
	s := b.land.Story(story)
	path := b.draft()
	is := "no"
	if s.IsOwner {
		is = "yes"
	}
	b.post(path+"/registrant", "registrant", "self").to()
	b.post(path+"/months", "months", "6").to()
	b.post(path+"/ownership", "is_owner", is).to()
	b.post(path+"/dwelling", "arc", string(s.ARC)).to()
	if !s.IsOwner {
		b.post(path+"/owner", "owner", string(s.Owner)).to()
	}
	b.post(path+"/purpose", "purpose", "work").to()
	b.post(path+"/arrival", "arrival-day", "27", "arrival-month", "2", "arrival-year", "2026").to()
	return path
}
