package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/egovmobile"
	"mekenjai/internal/fake/ncalayer"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Now().Add(c.Ahead()) }
func (c *clock) Ahead() time.Duration    { return time.Duration(c.ahead.Load()) }
func (c *clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

type site struct {
	Options
	*httptest.Server
}

func open(t *testing.T) site {
	t.Helper()
	return openWith(t, "")
}

// openWith is a demo whose phone knows one host.
func openWith(t *testing.T, host string) site {
	t.Helper()
	authority, err := pki.New([]byte("demo"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	o := Options{
		Country: country.New(c.Now), Phones: phones.New(c.Now), Clock: c, OverBus: true,
		NCALayer: ncalayer.New(ncalayer.Options{Keys: ncalayer.FromAuthority(authority)}),
		Mobile:   egovmobile.Phone{Host: host},
	}
	o.Egov = portal(t, o, authority)
	mux := http.NewServeMux()
	mux.Handle("/demo/", New(o))
	whole := &web.Site{Demo: true, Insecure: true}
	mux.Handle("GET /assets/", whole.Assets())
	server := httptest.NewServer(whole.Wrap(mux))
	t.Cleanup(server.Close)
	return site{o, server}
}

func (s site) get(t *testing.T, path string) string {
	t.Helper()
	r, err := http.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, r.StatusCode, body)
	}
	return string(body)
}

func (s site) post(t *testing.T, path string, fields ...string) (status int, body string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.PostForm(s.URL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(b)
}

func TestEveryPageShowsInEveryLanguage(t *testing.T) {
	s := open(t)
	_ = s.Phones.Send(t.Context(), s.Country.Resident("bolat").Phone, "Мекенжай: 123456 http://localhost:8080/c/abc.")
	paths := []string{"/demo/", "/demo/people", "/demo/counter", "/demo/key", "/demo/phones", "/demo/phones/bolat", "/demo/phones/kairat", "/demo/registers"}
	for _, story := range s.Country.Stories() {
		paths = append(paths, "/demo/stories/"+story.ID)
	}
	for _, l := range locale.Langs {
		for _, path := range paths {
			body := s.get(t, path+"?lang="+string(l))
			if !strings.Contains(body, `<html lang="`+string(l)+`"`) || strings.Contains(body, "demo.") && strings.Contains(body, ">demo.") {
				t.Errorf("%s in %s: a text is missing", path, l)
			}
		}
	}
}

func TestStoryTellsWhatToType(t *testing.T) {
	s := open(t)
	story := s.Country.Story("non_owner")
	body := s.get(t, "/demo/stories/non_owner")
	for _, want := range []string{string(story.Applicant), string(story.ARC), string(story.Owner), "/demo/phones/bolat", `value="timur"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if r, _ := http.Get(s.URL + "/demo/stories/nothing"); r.StatusCode != http.StatusNotFound {
		t.Errorf("unknown story: %d", r.StatusCode)
	}
}

func TestChosenKeyIsInNCALayer(t *testing.T) {
	s := open(t)
	status, body := s.post(t, "/demo/key", "who", "aigul", "algorithm", "rsa_sha256", "kind", "revoked")
	seat, _ := s.NCALayer.Seated()
	if status != http.StatusOK || seat.Person.IIN != string(s.Country.IIN("aigul")) || seat.Algorithm != eds.RSASHA256 || seat.Kind != pki.Revoked {
		t.Errorf("%d, seat %+v", status, seat)
	}
	if !strings.Contains(body, "Нұрланова Айгүл Серікқызы") {
		t.Error("the page does not say whose key it is")
	}
	s.post(t, "/demo/key", "who", "university")
	seat, _ = s.NCALayer.Seated()
	if seat.BIN != string(s.Country.BIN("university")) || seat.Person.IIN != string(s.Country.IIN("saule")) || seat.Roles[0] != eds.RoleHead {
		t.Errorf("seat of the organisation %+v", seat)
	}
	s.post(t, "/demo/key", "who", "timur", "kind", "login_only")
	if seat, _ = s.NCALayer.Seated(); seat.Algorithm != eds.RSASHA256 {
		t.Errorf("a key for signing in alone is %v", seat.Algorithm)
	}
	for _, wrong := range [][]string{{"who", "nobody"}, {"who", "timur", "algorithm", "x"}, {"who", "timur", "kind", "x"}} {
		if status, _ := s.post(t, "/demo/key", wrong...); status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", wrong, status)
		}
	}
	s.post(t, "/demo/key/eject")
	if _, seated := s.NCALayer.Seated(); seated {
		t.Error("the key is still there")
	}
	s.post(t, "/demo/key/next", "answer", "cancel")
	if q := s.NCALayer.Queued(); len(q) != 1 || q[0] != ncalayer.Cancel {
		t.Errorf("queue %v", q)
	}
}

func TestReturnStaysOnTheDemoPages(t *testing.T) {
	s := open(t)
	for next, want := range map[string]string{
		"/demo/stories/village": "/demo/stories/village", "//evil.example": "/demo/key", "https://evil.example/": "/demo/key", "/sign-out": "/demo/key",
	} {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := client.PostForm(s.URL+"/demo/key", url.Values{"who": {"timur"}, "next": {next}})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Location"); got != want+"?done=key" {
			t.Errorf("%s leads to %s", next, got)
		}
	}
}

func TestFaultsAreSetAndMended(t *testing.T) {
	s := open(t)
	s.post(t, "/demo/registers", "fault-property", "stuck")
	if f := s.Country.Fault(state.Properties); f.Kind != country.Slow || f.Delay != 5*time.Minute || faultOf(f) != stuck {
		t.Errorf("fault %+v", f)
	}
	for _, wrong := range [][]string{{"fault-property", "x"}, {"fault-persons", "down", "fault-civil", "mismatch"}} {
		if status, _ := s.post(t, "/demo/registers", wrong...); status != http.StatusBadRequest {
			t.Errorf("%v: %d", wrong, status)
		}
	}
	if f := s.Country.Fault(state.Persons); f.Kind != country.Works {
		t.Errorf("a form that was refused did something: %+v", f)
	}
	s.post(t, "/demo/registers", "fault-kdp", "refused", "fault-persons", "unsigned")
	if k, p := s.Country.Fault(bus.Consents), s.Country.Fault(state.Persons); k.Kind != bus.Refused || p.Kind != bus.Unsigned {
		t.Errorf("faults of the bus %+v %+v", k, p)
	}
	s.post(t, "/demo/heal")
	if f := s.Country.Fault(state.Properties); f.Kind != country.Works {
		t.Errorf("fault %+v", f)
	}
	if _, known := (face{}).faultNamed(state.Persons, "unsigned"); known {
		t.Error("without a bus its faults can be set")
	}
}

func TestTitlePassesAndDeathIsEntered(t *testing.T) {
	s := open(t)
	story := s.Country.Story("non_owner")
	sell := []string{"arc", string(story.ARC), "from", string(story.Owner), "to", string(s.Country.Party("aigul")), "when", "now"}
	if status, _ := s.post(t, "/demo/owners", sell...); status != http.StatusOK {
		t.Errorf("sold: %d", status)
	}
	if status, _ := s.post(t, "/demo/owners", sell...); status != http.StatusUnprocessableEntity {
		t.Errorf("sold twice: %d", status)
	}
	if status, _ := s.post(t, "/demo/owners", "arc", "1", "from", "2", "to", "3"); status != http.StatusUnprocessableEntity {
		t.Errorf("nonsense: %d", status)
	}
	s.post(t, "/demo/deaths", "dead", string(story.Applicant))
	if p, _ := s.Country.Peers().Person(t.Context(), story.Applicant); !p.Value.IsDead() {
		t.Error("alive")
	}
}

func TestClockMovesForwardAndBack(t *testing.T) {
	s := open(t)
	s.post(t, "/demo/clock", "by", "hour")
	s.post(t, "/demo/clock", "by", "day")
	if got := s.Clock.Ahead(); got != 25*time.Hour {
		t.Errorf("ahead %v", got)
	}
	s.post(t, "/demo/clock", "by", "reset")
	if status, _ := s.post(t, "/demo/clock", "by", "year"); s.Clock.Ahead() != 0 || status != http.StatusBadRequest {
		t.Errorf("ahead %v, %d", s.Clock.Ahead(), status)
	}
}

func TestLinkAndCodeOfAMessageAreFound(t *testing.T) {
	text := "Мекенжай: 045678 — коды. https://mekenjai.example/c/A1-123456."
	if got := linkIn(text); got != "https://mekenjai.example/c/A1-123456" {
		t.Errorf("link %q", got)
	}
	if got := codeIn(text); got != "045678" {
		t.Errorf("code %q", got)
	}
	if codeIn("0202100000000101") != "" || linkIn("javascript:alert(1)") != "" {
		t.Error("found what is not there")
	}
}
