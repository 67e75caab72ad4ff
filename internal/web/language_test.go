package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSwitchIsRememberedAndBeatsCookieAndBrowser(t *testing.T) {
	r := httptest.NewRequest("GET", "/page?x=1&lang=ru", nil)
	r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
	r.Header.Set("Accept-Language", "kk")
	w := serve(t, &Site{}, r, page)
	if !strings.Contains(w.Body.String(), `<html lang="ru">`) {
		t.Error("the switch did not switch")
	}
	c := w.Result().Cookies()
	if len(c) != 1 || c[0].Value != "ru" || !c[0].Secure || !c[0].HttpOnly {
		t.Errorf("cookies %v", c)
	}
	if !strings.Contains(w.Body.String(), `href="/page?lang=en&amp;x=1"`) {
		t.Error("the switch does not keep the page")
	}
}

func TestCookieBeatsBrowserAndKazakhIsTheDefault(t *testing.T) {
	for _, c := range []struct{ cookie, accept, want string }{
		{"en", "ru", "en"}, {"", "ru,en;q=0.5", "ru"}, {"", "", "kk"}, {"xx", "de", "kk"},
	} {
		r := httptest.NewRequest("GET", "/page", nil)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		}
		r.Header.Set("Accept-Language", c.accept)
		w := serve(t, &Site{}, r, page)
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%+v", c)
		}
	}
}

func TestReturnAddressStaysOnOurSite(t *testing.T) {
	for next, want := range map[string]string{
		"/a?b=1": "/a?b=1", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/a\nb": "/", "a": "/",
	} {
		if got := SafeNext(next); got != want {
			t.Errorf("%q: %q", next, got)
		}
	}
}

func TestBlockIsSentWithoutTheFrame(t *testing.T) {
	r := httptest.NewRequest("GET", "/page", nil)
	r.Header.Set("X-Fragment", "progress")
	if body := serve(t, &Site{}, r, page).Body.String(); body != "body" {
		t.Errorf("%q", body)
	}
}
