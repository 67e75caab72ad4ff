package portal

import (
	"testing"
	"time"

	"mekenjai/eds/pki"
	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

// mobileSights are the choice on the page of a text, and the page of a code in every
// state that people meet.
func (w *town) mobileSights(b *browser) []sight {
	w.Helper()
	path := b.fill("three_owners") + "/check"
	expired, _ := b.takesPhone(path)
	w.clock.Advance(6 * time.Minute)
	refusedPage, code := b.takesPhone(path)
	if err := w.phone().Sign(w.Context(), w.opens(code), w.key("timur", pki.Options{})); err == nil {
		w.Fatal("another's key was taken")
	}
	return []sight{{name: "mobile-choice", path: path}, {name: "mobile-expired", path: expired}, {name: "mobile-refused", path: refusedPage}}
}

func TestPhotographTheSigningByPhone(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	b := w.as("pavel")
	sights := w.mobileSights(b)
	b.carry(ctx)
	for _, s := range sights {
		w.photograph(ctx, s)
	}
	page, code := b.takesPhone(sights[0].path) // it takes the place of the one before
	w.photograph(ctx, sight{name: "mobile-code", path: page})
	w.opens(code)
	w.photograph(ctx, sight{name: "mobile-opened", path: page})
}

func TestSigningByPhonePassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	b := w.as("pavel")
	sights := w.mobileSights(b)
	b.carry(ctx)
	for i, s := range sights {
		w.examine(ctx, s, locale.KK)
		w.examine(ctx, s, locale.Langs[1+i%2])
	}
	page, _ := b.takesPhone(sights[0].path)
	for _, l := range locale.Langs {
		w.examine(ctx, sight{name: "mobile-code", path: page}, l)
	}
}
