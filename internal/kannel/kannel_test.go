package kannel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

const aigul = mekenjai.Phone("+77010000001")

// smsbox is a double of Kannel's: it answers as it is told and keeps what it got.
type smsbox struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	words  string
	hangs  bool
	got    []*http.Request
	texts  []string
}

func newSmsbox(t *testing.T) *smsbox {
	b := &smsbox{status: http.StatusAccepted, words: "0: Accepted for delivery"}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		b.got, b.texts = append(b.got, r), append(b.texts, string(text))
		status, words, hangs := b.status, b.words, b.hangs
		b.mu.Unlock()
		if hangs {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, words)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *smsbox) answers(status int, words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status, b.words = status, words
}

func (b *smsbox) taken() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// newCentre is one over the doubles, with a clock to move and a log to read.
func newCentre(t *testing.T, db *database.DB, boxes ...*smsbox) (c *Centre, clock *databasetest.Clock, log *bytes.Buffer) {
	t.Helper()
	log, clock = &bytes.Buffer{}, databasetest.NewClock(databasetest.Start)
	o := Options{User: "mekenjai", Password: "open sesame", From: "Mekenjai", Reports: "http://10.0.0.1:8080/", Clock: clock.Now,
		Secret: []byte(strings.Repeat("s", 32)), Log: slog.New(slog.NewTextHandler(log, nil))}
	for _, b := range boxes {
		o.Routes = append(o.Routes, b.URL+"/cgi-bin/sendsms")
	}
	c, err := New(db, o)
	if err != nil {
		t.Fatal(err)
	}
	return c, clock, log
}

func TestAMessageTravelsOutsideOfAddresses(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	box := newSmsbox(t)
	c, _, _ := newCentre(t, db, box)
	if err := c.SendCode(t.Context(), aigul, "Код: 123456"); err != nil {
		t.Fatal(err)
	}
	r := box.got[0]
	if r.Method != http.MethodPost || r.URL.String() != "/cgi-bin/sendsms" || box.texts[0] != "Код: 123456" {
		t.Errorf("%s %s: %s", r.Method, r.URL, box.texts[0])
	}
	for name, want := range map[string]string{"To": string(aigul), "From": "Mekenjai", "Username": "mekenjai", "Password": "open sesame",
		"Coding": "2", "Validity": "5", "Dlr-Mask": "27", "Smsc": ""} {
		if got := r.Header.Get("X-Kannel-" + name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	report := r.Header.Get("X-Kannel-Dlr-Url")
	if !strings.HasPrefix(report, "http://10.0.0.1:8080/sms/reports/") || !strings.HasSuffix(report, "/%d") || strings.Contains(report, "7010000001") {
		t.Errorf("reports go to %s", report)
	}
}

// Handed over is what bearerbox has, and nothing that only sounds like it.
func TestOnlyWhatKannelHasIsHandedOver(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	for _, a := range []struct {
		status        int
		words         string
		handed, rests bool
	}{
		{202, "0: Accepted for delivery", true, false},
		{202, "0: Accepted for delivery\n", true, false},
		{202, "3: Queued for later delivery", true, true},
		{202, "Sent.", false, true}, // immediate-sendsms-reply: smsbox alone knows of it
		{202, "", false, true},
		{202, "<html>welcome</html>", false, true},
		{202, "4: something new", false, true},
		{202, "0: " + strings.Repeat("x", 5000), false, true},
		{200, "0: Accepted for delivery", false, true},
		{302, "0: Accepted for delivery", false, true},
		{400, "Empty text and UDH not allowed, rejected", false, false}, // the message, not the route
		{403, "Authorization failed for sendsms", false, true},
		{403, "Forbidden +77010000001", false, true},
		{404, "", false, true},
		{503, "Temporal failure, try again later.", false, true},
	} {
		box := newSmsbox(t)
		box.answers(a.status, a.words)
		c, _, log := newCentre(t, db, box)
		err := c.Send(t.Context(), aigul, "Сәлем")
		if (err == nil) != a.handed || err != nil && !errors.Is(err, mekenjai.ErrUnavailable) {
			t.Errorf("%d %.40q: %v", a.status, a.words, err)
		}
		if state := c.Routes()[0]; state.Resting != a.rests || (state.Cause != nil) != a.rests {
			t.Errorf("%d %.40q: the route is %+v", a.status, a.words, state)
		}
		said := log.String()
		if err != nil {
			said += err.Error()
		}
		for _, secret := range []string{"7010000001", "Сәлем", "open sesame"} {
			if strings.Contains(said, secret) {
				t.Errorf("%d %.40q: the log has %q: %s", a.status, a.words, secret, said)
			}
		}
		if box.taken() != 1 {
			t.Errorf("%d %.40q: asked %d times, or sent on elsewhere", a.status, a.words, box.taken())
		}
	}
}

func TestARouteThatFailsIsLeftAloneForAWhile(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	one, two := newSmsbox(t), newSmsbox(t)
	c, clock, _ := newCentre(t, db, one, two)
	send := func(wantOne, wantTwo int, wants error) {
		t.Helper()
		if err := c.Send(t.Context(), aigul, "Сәлем"); !errors.Is(err, wants) {
			t.Fatalf("%v, not %v", err, wants)
		}
		if one.taken() != wantOne || two.taken() != wantTwo {
			t.Fatalf("the routes were asked %d and %d times, not %d and %d", one.taken(), two.taken(), wantOne, wantTwo)
		}
	}
	send(1, 0, nil) // the preferred one
	one.hangs = true
	send(2, 1, nil) // breaks off: the other one
	send(2, 2, nil) // left alone
	clock.Advance(firstRest)
	send(3, 3, nil) // tried again, and it fails
	clock.Advance(firstRest)
	send(3, 4, nil) // the rest is longer now
	two.answers(503, "Temporal failure, try again later.")
	send(4, 5, mekenjai.ErrUnavailable) // before nobody is asked, everybody is
	one.hangs = false
	send(5, 5, nil) // both rest: the preferred one first, which works again
	if state := c.Routes(); state[0].Resting || state[0].Cause != nil || !state[1].Resting {
		t.Errorf("%+v", state)
	}
	one.answers(202, "3: Queued for later delivery") // its operator is away
	send(6, 5, nil)
	two.answers(202, "0: Accepted for delivery")
	clock.Advance(firstRest - time.Second) // both rest no longer than that
	send(7, 5, nil)                        // both rest still, the preferred one first
	clock.Advance(time.Second)
	send(8, 5, nil)
	send(8, 6, nil) // what is queued waits there, the next one does not
}

func TestAJobThatEndsBlamesNoRoute(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	box := newSmsbox(t)
	c, _, _ := newCentre(t, db, box)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Send(ctx, aigul, "Сәлем"); !errors.Is(err, context.Canceled) || c.Routes()[0].Resting {
		t.Errorf("%v, %+v", err, c.Routes())
	}
}

func TestARouteIsAskedWithoutSendingAnything(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema.FS)
	box := newSmsbox(t)
	c, _, _ := newCentre(t, db, box)
	for words, status := range map[string]int{"Missing receiver(s) number(s), rejected": 400, "Authorization failed for sendsms": 403, "0: Accepted for delivery": 202} {
		box.answers(status, words)
		if h := c.Ask(t.Context()); len(h) != 1 || (h[0].Err == nil) != (status == 400) {
			t.Errorf("%s: %+v", words, h)
		}
	}
	for _, r := range box.got {
		if r.Header.Get("X-Kannel-To") != "" {
			t.Error("somebody would have got it")
		}
	}
}

func TestPartsAndCodings(t *testing.T) {
	for _, x := range []struct {
		text   string
		coding coding
		parts  int
	}{
		{"Code: 123456", gsm, 1},
		{strings.Repeat("a", 160), gsm, 1},
		{strings.Repeat("a", 161), gsm, 2},
		{strings.Repeat("a", 307), gsm, 3},
		{"Тіркеу", ucs2, 1},
		{"ұ", ucs2, 1},
		{"5 €", ucs2, 1},
		{strings.Repeat("ә", 70), ucs2, 1},
		{strings.Repeat("ә", 71), ucs2, 2},
		{strings.Repeat("😀", 36), ucs2, 2},
		{strings.Repeat("ә", 670), ucs2, 10},
	} {
		if c, p := codingOf(x.text), Parts(x.text); c != x.coding || p != x.parts {
			t.Errorf("%.20s…: coding %d in %d parts", x.text, c, p)
		}
	}
	for text, to := range map[string]mekenjai.Phone{strings.Repeat("ә", 671): aigul, "": aigul, "a\xff": aigul, "a": "+7701\r\nX: 1", "b": "77010000001"} {
		if _, err := compose(to, text, codeValidity); err == nil {
			t.Errorf("%.20q to %q goes out", text, to)
		}
	}
}

func TestRoutesAndOptionsThatCannotBeMeant(t *testing.T) {
	if r, err := ParseRoute("https://sms.example/cgi-bin/sendsms?smsc=one"); err != nil || r != (Route{"sms.example one", "https://sms.example/cgi-bin/sendsms", "one"}) {
		t.Errorf("%+v %v", r, err)
	}
	for _, text := range []string{"", "kannel", "http://127.0.0.1:13013", "http://sms.example/cgi-bin/sendsms", "http://8.8.8.8/cgi-bin/sendsms",
		"http://u:p@127.0.0.1/x", "ftp://127.0.0.1/x", "http://127.0.0.1/x?password=p", "http://127.0.0.1/x?smsc=a&smsc=b", "http://127.0.0.1/x?smsc=a%0Ab"} {
		if _, err := ParseRoute(text); err == nil {
			t.Errorf("%q is a route", text)
		}
	}
	good := Options{Routes: []string{"http://[::1]:13013/cgi-bin/sendsms"}, User: "u", Password: "p", From: "+77010000000", Reports: "https://mekenjai.example"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Options){
		"no route":           func(o *Options) { o.Routes = nil },
		"no user":            func(o *Options) { o.User = "" },
		"password of lines":  func(o *Options) { o.Password = "a\nb" },
		"Cyrillic sender":    func(o *Options) { o.From = "Мекенжай" },
		"long sender":        func(o *Options) { o.From = "MekenjaiMekenjai" },
		"reports to a path":  func(o *Options) { o.Reports = "http://10.0.0.1/x" },
		"reports to nowhere": func(o *Options) { o.Reports = "here" },
	} {
		o := good
		if change(&o); o.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
