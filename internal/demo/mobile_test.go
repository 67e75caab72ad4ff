package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mekenjai/internal/locale"
)

func TestThePhoneGoesOnlyWhereItsCodeAndItsListAllow(t *testing.T) {
	asked := 0
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		http.Error(w, "no such link", http.StatusNotFound)
	}))
	defer service.Close()
	s := openWith(t, strings.TrimPrefix(service.URL, "http://"))
	if body := s.get(t, "/demo/phone-signing?lang=en&code=mobileSign:"+service.URL); !strings.Contains(body, `value="mobileSign:`+service.URL) {
		t.Error("the code is not in the hand")
	}
	for code, c := range map[string]struct {
		status int
		says   string
	}{
		"hello":                              {http.StatusUnprocessableEntity, locale.EN.T("demo.mobile.code.error")},
		"mobileSign:http://elsewhere.test/":  {http.StatusUnprocessableEntity, locale.EN.T("demo.mobile.foreign")},
		"mobileSign:" + service.URL + "/m/x": {http.StatusOK, locale.EN.T("demo.mobile.refused", "status", "404")},
	} {
		if status, body := s.post(t, "/demo/phone-signing?lang=en", "code", code); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d without %q", code, status, c.says)
		}
	}
	if status, _ := s.post(t, "/demo/phone-signing/sign", "code", "mobileSign:"+service.URL, "who", "nobody"); status != http.StatusUnprocessableEntity {
		t.Errorf("a key of nobody: %d", status)
	}
	if asked != 2 {
		t.Errorf("the service was asked %d times", asked)
	}
}
