package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mekenjai"
)

type tooMany struct{ error }

func (tooMany) RetryAfter() time.Duration { return 90 * time.Second }
func (tooMany) Unwrap() error             { return mekenjai.ErrTooMany }

// serve asks a site with one route for it.
func serve(t *testing.T, site *Site, r *http.Request, answer func(http.ResponseWriter, *http.Request) error) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /page", Handler(answer))
	mux.Handle("POST /page", Handler(answer))
	mux.Handle("GET /assets/", site.Assets())
	if site.Log == nil {
		site.Log = slog.New(slog.DiscardHandler)
	}
	w := httptest.NewRecorder()
	site.Wrap(mux).ServeHTTP(w, r)
	return w
}

func page(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, http.StatusOK, with(Shell(PageFor(r, "Title")), Text("body")))
}

// errGone is what a database says that is away.
var errGone = errors.New("secret: connection refused")

func TestErrorsBecomePagesInTheReadersLanguage(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{fmt.Errorf("load: %w", mekenjai.ErrNotFound), 404, "Страница не найдена"},
		{mekenjai.ErrForbidden, 403, "У вас нет доступа"},
		{mekenjai.ErrConflict, 409, "Данные уже изменились"},
		{mekenjai.ErrStale, 409, "Данные уже изменились"},
		{mekenjai.ErrTooMany, 429, "Подождите немного"},
		{fmt.Errorf("code: %w", tooMany{errors.New("wait")}), 429, "через 2 минуты"},
		{mekenjai.ErrUnavailable, 503, "Государственный реестр"},
		{fmt.Errorf("%w: %w", mekenjai.ErrUnavailable, errGone), 503, "Государственный реестр"},
		{fmt.Errorf("load: %w", errGone), 503, "Сервис сейчас не отвечает"},
		{ErrAway, 503, "Сервис сейчас не отвечает"},
		{mekenjai.FieldErrors{{Field: "iin", Key: "x"}}, 422, "не приняты"},
		{&mekenjai.SignatureError{Code: "text"}, 422, "не приняты"},
		{BadRequest(errors.New("unreadable zz")), 400, "не удалось разобрать"},
		{&http.MaxBytesError{Limit: 1}, 413, "слишком много"},
		{errors.New("secret detail"), 500, "произошёл сбой"},
	} {
		site := &Site{Away: func(err error) bool { return errors.Is(err, errGone) }}
		w := serve(t, site, httptest.NewRequest("GET", "/page?lang=ru", nil), func(http.ResponseWriter, *http.Request) error { return c.err })
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.says) || !strings.Contains(body, "<title>Ошибка: ") {
			t.Errorf("%v: %d, want %d with %q", c.err, w.Code, c.status, c.says)
		}
		if strings.Contains(body, "secret") || strings.Contains(body, c.err.Error()) {
			t.Errorf("%v: the page tells the text of the error", c.err)
		}
	}
}

func TestWaitIsToldToProgramsToo(t *testing.T) {
	w := serve(t, &Site{}, httptest.NewRequest("GET", "/page", nil), func(http.ResponseWriter, *http.Request) error { return tooMany{errors.New("x")} })
	if got := w.Header().Get("Retry-After"); got != "90" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestWhoMustSignInIsSentThereAndComesBack(t *testing.T) {
	site := &Site{SignIn: "/enter"}
	w := serve(t, site, httptest.NewRequest("GET", "/page?a=1&lang=ru", nil), func(http.ResponseWriter, *http.Request) error { return mekenjai.ErrSignIn })
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/enter?next=%2Fpage%3Fa%3D1" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	r := httptest.NewRequest("GET", "/page", nil)
	r.Header.Set("X-Fragment", "x")
	w = serve(t, site, r, func(http.ResponseWriter, *http.Request) error { return mekenjai.ErrSignIn })
	if w.Code != http.StatusUnauthorized {
		t.Errorf("a script that asks for a block: %d", w.Code)
	}
}

func TestPanicIsAPageWithTheIncidentThatTheLogHas(t *testing.T) {
	var log bytes.Buffer
	w := serve(t, &Site{Log: slog.New(slog.NewTextHandler(&log, nil))}, httptest.NewRequest("GET", "/page", nil),
		func(http.ResponseWriter, *http.Request) error { panic("boom") })
	_, after, _ := strings.Cut(log.String(), "incident=")
	if w.Code != 500 || !strings.Contains(w.Body.String(), after[:10]) || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d, log %s", w.Code, log.String())
	}
}

func TestUnknownAddressAndMethodArePages(t *testing.T) {
	w := serve(t, &Site{}, httptest.NewRequest("GET", "/nowhere", nil), page)
	if w.Code != 404 || !strings.Contains(w.Body.String(), "Бет табылмады") {
		t.Errorf("unknown address: %d", w.Code)
	}
	w = serve(t, &Site{}, httptest.NewRequest("DELETE", "/page", nil), page)
	if w.Code != 405 || !strings.Contains(w.Header().Get("Allow"), "POST") || !strings.Contains(w.Body.String(), "<h1>") {
		t.Errorf("unknown method: %d %v", w.Code, w.Header())
	}
}

func TestRequestOfAnotherSiteIsRefused(t *testing.T) {
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		r := httptest.NewRequest("POST", "/page", strings.NewReader("a=1"))
		r.Header.Set(header[0], header[1])
		if w := serve(t, &Site{}, r, page); w.Code != 403 {
			t.Errorf("%v: %d", header, w.Code)
		}
	}
}

func TestBodyHasALimit(t *testing.T) {
	r := httptest.NewRequest("POST", "/page", strings.NewReader("a="+strings.Repeat("x", 2000)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := serve(t, &Site{MaxBody: 1000}, r, func(w http.ResponseWriter, r *http.Request) error {
		_, err := ParseForm(r)
		return err
	})
	if w.Code != 413 {
		t.Errorf("%d", w.Code)
	}
}

func TestHeadersKeepOtherSitesOut(t *testing.T) {
	w := serve(t, &Site{NCALayer: "ws://127.0.0.1:9"}, httptest.NewRequest("GET", "/page", nil), page)
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self' ws://127.0.0.1:9 ", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %q in %q", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("unsafe policy %q", policy)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNoPageHasInlineScriptOrStyle(t *testing.T) {
	server := galleryServer(t)
	for _, g := range gallery {
		body := fetch(t, server.URL+g.path)
		for _, bad := range []string{" style=", "<style", "onclick=", "onsubmit=", "<script>", "javascript:"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", g.path, bad)
			}
		}
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestLogHoldsNeitherQueryNorPath(t *testing.T) {
	var log bytes.Buffer
	serve(t, &Site{Log: slog.New(slog.NewTextHandler(&log, nil))}, httptest.NewRequest("GET", "/page?iin=900101300811", nil), page)
	if strings.Contains(log.String(), "900101") || !strings.Contains(log.String(), `route="GET /page"`) || !strings.Contains(log.String(), "status=200") {
		t.Error(log.String())
	}
}

func TestAssetsAreKeptAndCompressed(t *testing.T) {
	r := httptest.NewRequest("GET", asset("main.css"), nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := serve(t, &Site{}, r, page)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "br" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") ||
		w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := serve(t, &Site{}, httptest.NewRequest("GET", "/assets/manifest.json", nil), page); w.Code != 404 {
		t.Errorf("an asset that is none: %d", w.Code)
	}
}

// Only of what was sent to a database that then went away it is not known whether it
// was taken: who looks at a page, or meets a node that takes nothing, reads less.
func TestWhoSentSomethingIsToldThatItIsNotKnownWhetherItWasTaken(t *testing.T) {
	for _, c := range []struct {
		method string
		err    error
		want   bool
	}{{"GET", errGone, false}, {"POST", errGone, true}, {"POST", ErrAway, false}} {
		site := &Site{Away: func(err error) bool { return errors.Is(err, errGone) }}
		r := httptest.NewRequest(c.method, "/page?lang=ru", nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := serve(t, site, r, func(http.ResponseWriter, *http.Request) error { return c.err })
		if says := strings.Contains(w.Body.String(), "пока неизвестно"); w.Code != 503 || says != c.want {
			t.Errorf("%s, %v: %d, says it: %t", c.method, c.err, w.Code, says)
		}
	}
}
