package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/locale"
)

// code is the check code of somebody's certificate of a case.
func (b *browser) checkCode(who, path string) string {
	b.Helper()
	c, err := b.register.Certificate(b.Context(), b.actor(who), b.entry(path), string(locale.KK))
	if err != nil {
		b.Fatal(err)
	}
	return c.Code
}

func TestAnybodyChecksACertificateAndLearnsLittle(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("sole_owner")
	code := b.checkCode("aigul", path)
	stranger := w.browser()
	stranger.get("/check").page(http.StatusOK).shows("Check a certificate", w.server.Listener.Addr().String())
	if to := stranger.post("/check", "code", strings.ToLower(strings.ReplaceAll(code, "-", " "))).to(); to != "/check/"+code {
		t.Fatalf("the typed code leads to %q", to)
	}
	page := stranger.get("/check/"+code).page(http.StatusOK).shows("Valid now", "Нұрланова А. С.", "Абай даңғылы", b.entry(path), "until 2 September 2026", "09:00", "certificates are checked only at")
	for _, secret := range []string{"Айгүл", "Серікқызы", string(w.land.IIN("aigul")), "Bolat"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the check tells %q", secret)
		}
	}
	b.get("/account/address").shows("Who checked is not asked", "2 March 2026, 09:00")
	w.pass(200 * 24 * time.Hour)
	stranger.get("/check/"+code).page(http.StatusOK).shows("No longer valid", "has ended")
}

func TestCodeThatWasNeverIssuedHasOneAnswer(t *testing.T) {
	w := open(t)
	b := w.browser()
	want := ""
	for _, code := range []string{"AAAA-AAAA-AAAA-AAAA", "ZZZZZZZZZZZZZZZZ", "1", "x'y", "%D0%B0", strings.Repeat("9", 300)} {
		text := b.get("/check/" + code).page(http.StatusNotFound).text()
		if want == "" {
			want = text
		}
		if text != want {
			t.Errorf("%s is answered %q, want %q", code, text, want)
		}
	}
	for typed, message := range map[string]string{"": "Enter the code", "123": "16 letters", "<b>": "16 letters"} {
		b.post("/check", "code", typed).page(http.StatusUnprocessableEntity).shows(message, typed, `href="#code"`)
	}
}

func TestCheckingIsLimitedByAddress(t *testing.T) {
	w := open(t)
	b := w.browser()
	for range 30 {
		b.get("/check/AAAA-AAAA-AAAA-AAAA").page(http.StatusNotFound)
	}
	b.get("/check/AAAA-AAAA-AAAA-AAAA").page(http.StatusTooManyRequests)
	b.get("/check").page(http.StatusOK)
	w.clock.Advance(time.Minute)
	b.get("/check/AAAA-AAAA-AAAA-AAAA").page(http.StatusNotFound)
}
