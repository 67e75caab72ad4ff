package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

func TestPhotographTheGallery(t *testing.T) {
	webtest.Looking(t)
	ctx := webtest.Browser(t)
	server := galleryServer(t)
	for _, l := range locale.Langs {
		for _, g := range append(gallery, galleryPage{path: "/nowhere"}, galleryPage{path: "/fault"}) {
			for size, width := range webtest.Sizes {
				webtest.Open(t, ctx, server.URL+g.path+"?lang="+string(l), width)
				webtest.Photograph(t, ctx, strings.Trim(g.path, "/")+"_"+string(l)+"_"+size)
			}
		}
	}
}

func TestEveryComponentPassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx := webtest.Browser(t)
	server := galleryServer(t)
	for _, g := range append(gallery, galleryPage{path: "/nowhere"}) {
		for _, l := range locale.Langs {
			webtest.Open(t, ctx, server.URL+g.path+"?lang="+string(l), 320)
			webtest.Examine(t, ctx, g.path, l)
		}
	}
}

// The budget of a first visit: page, style, scripts and fonts over the wire.
func TestFirstVisitIsSmall(t *testing.T) {
	ctx := webtest.Browser(t)
	server := galleryServer(t)
	webtest.Open(t, ctx, server.URL+"/", 390)
	const sum = `[performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0)`
	webtest.Do(t, ctx, `document.fonts.ready`)
	total := webtest.Ask(t, ctx, chromedp.Evaluate[int](sum))
	t.Logf("%d bytes", total)
	if total > 100_000 || total < 10_000 {
		t.Errorf("the first page costs %d bytes", total)
	}
}
