package office

import (
	"bytes"
	"context"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

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
	"mekenjai/internal/papers"
	"mekenjai/internal/portal"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// town is the counter over a real register, with the demo country around it.
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
	const since = 130 * 24 * time.Hour // the online-only pilot is over
	db, clock := databasetest.Open(t, database.SQLite, foundingtest.Settled(databasetest.Start.Add(since)))
	clock.Advance(since)
	keys, err := pki.New([]byte("office tests"), clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		t.Fatal(err)
	}
	w := &town{T: t, db: db, clock: clock, land: country.New(clock.Now), keys: keys, phones: phones.New(clock.Now)}
	verifier := &eds.Verifier{Anchors: keys.Anchors(), Revocation: keys}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	peers := w.land.Peers()
	w.server = httptest.NewUnstartedServer(nil)
	at := "http://" + w.server.Listener.Addr().String()
	phoneOf := func(ctx context.Context, iin mekenjai.IIN) (mekenjai.Phone, bool, error) {
		reply, err := peers.Citizen(ctx, iin)
		return reply.Value.Phone, reply.Value.Exists && reply.Value.Phone != "", err
	}
	w.access = access.New(db, verifier, phoneOf, w.phones.Send, access.Params{Origin: at, Logger: log})
	w.register = register.New(db, register.Options{Peers: peers, Verifier: verifier, SendSMS: w.phones.Send, BaseURL: at, Clock: clock.Now,
		Log: log, Papers: vault, Office: w.access.Office})
	site := &web.Site{Log: log, Demo: true, Insecure: true, TestChain: true, NCALayer: "ws://127.0.0.1:1", Nav: portal.Nav(), Uploads: Uploads}
	face := &Office{Register: w.register, Access: w.access, Addresses: address.In(db)}
	citizens := &portal.Portal{Register: w.register, Access: w.access, Addresses: address.In(db)}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", site.Assets())
	mux.Handle("/office/", w.access.Middleware(face.Handler()))
	mux.Handle("/", w.access.Middleware(citizens.Handler()))
	w.server.Config.Handler = site.Wrap(mux)
	w.server.Start()
	t.Cleanup(w.server.Close)
	return w
}

// sign signs with somebody's key as the signing program does.
func (w *town) sign(who string, o pki.Options, text []byte, attached bool) string {
	w.Helper()
	r := w.land.Resident(who)
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

// atWork is the key that a member of staff has of his employer.
func (w *town) atWork(who string) pki.Options {
	w.Helper()
	p, ok := w.land.Post(who)
	if !ok {
		w.Fatalf("%s has no post", who)
	}
	return pki.Options{BIN: string(p.Office.BIN), Organization: p.Employer.Name.RU, Roles: []eds.Role{eds.RoleEmployee}}
}

// browser is one browser with its cookies. It follows no redirects.
type browser struct {
	*town
	http.Client
	who  string
	lang locale.Lang
}

// as is a browser in which somebody of the cast has signed in by key, staff with
// that of the employer.
func (w *town) as(who string) *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	b := &browser{w, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, who, locale.EN}
	o := pki.Options{}
	if _, ok := w.land.Post(who); ok {
		o = w.atWork(who)
	}
	page := b.get("/sign-in").page(200)
	b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", "/account", "signature", w.sign(who, o, page.content(), true)).to()
	return b
}

// reply is what came back.
type reply struct {
	*browser
	status   int
	location string
	header   http.Header
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
	return reply{b, resp.StatusCode, strings.TrimPrefix(resp.Header.Get("Location"), b.server.URL), resp.Header, string(body)}
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
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", b.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// upload sends a form with a file, as a browser does: the file last.
func (b *browser) upload(path, input string, file io.Reader, fields ...string) reply {
	b.Helper()
	body, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		for i := 0; i+1 < len(fields); i += 2 {
			form.WriteField(fields[i], fields[i+1])
		}
		part, _ := form.CreateFormFile(input, "scan.exe") // a name says nothing
		io.Copy(part, file)
		form.Close()
		w.Close()
	}()
	r, err := http.NewRequest("POST", b.server.URL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
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
		if !strings.Contains(a.text(), t) {
			a.Errorf("the page does not show %q: %s", t, a.text())
		}
	}
	return a
}

// says asks for messages of the catalogue on the page.
func (a reply) says(key string, args ...any) reply {
	a.Helper()
	return a.shows(strings.Join(strings.Fields(a.lang.T(key, args...)), " "))
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

// link is the address of a link whose address matches.
func (a reply) link(pattern string) string {
	a.Helper()
	m := regexp.MustCompile(`(?:href|action)="(` + pattern + `)"`).FindStringSubmatch(a.body)
	if m == nil {
		a.Fatalf("the page leads to no %s: %s", pattern, a.text())
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

// tail is the end of a valid document of the person, with its kind.
func (w *town) tail(who string) (kind, number string) {
	w.Helper()
	p, err := w.land.Peers().Person(w.Context(), w.land.IIN(who))
	if err != nil {
		w.Fatal(err)
	}
	n := []rune(p.Value.Documents[0].Number)
	return "id_card", string(n[len(n)-4:])
}

// scan is a file as a scanner makes it.
func scan() io.Reader { return bytes.NewReader(sheet) }

// sheet is a PDF of one empty page.
var sheet = []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n" +
	"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \n" +
	"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n186\n%%EOF\n")

// finds is what a pattern with one group finds on the page.
func (a reply) finds(pattern string) string {
	a.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	if m == nil {
		a.Fatalf("the page has no %s: %s", pattern, a.text())
	}
	return html.UnescapeString(m[1])
}

// colleagueOf is an appointment at Ainur's counter.
func colleagueOf(w *town, who string) access.Appointment {
	p, _ := w.land.Post("ainur")
	return access.Appointment{IIN: w.land.IIN(who), BIN: p.Office.BIN, Role: mekenjai.Operator, Office: p.Office.ID}
}

// asColleague signs somebody in with a key of another's employer.
func (w *town) asColleague(who, of string) *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	b := &browser{w, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, who, locale.EN}
	page := b.get("/sign-in").page(200)
	b.post("/sign-in/eds", "challenge", page.hidden("challenge"), "next", "/account", "signature", w.sign(who, w.atWork(of), page.content(), true)).to()
	return b
}

// list is a spreadsheet of students of the dormitory; wrong rows follow.
func (w *town) list(wrong string, who ...string) io.Reader {
	w.Helper()
	var b strings.Builder
	b.WriteString("ЖСН;Аты-жөні;Мерзімі (ай);Келген күні;Келу мақсаты\n")
	for _, key := range who {
		r := w.land.Resident(key)
		b.WriteString(string(r.IIN) + ";" + r.Name.String() + ";10;" + typed(mekenjai.DateOf(w.clock.Now()).AddDays(-3)) + ";оқу\n")
	}
	return strings.NewReader(b.String() + wrong)
}
