package web

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

var look = flag.String("look", "", "photograph the gallery into this folder")

// browser starts Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs Chromium")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, done := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(done)
	return ctx
}

// open shows a page in a window of the width.
func open(t *testing.T, ctx context.Context, url string, width int64) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(url), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestPhotographTheGallery(t *testing.T) {
	if *look == "" {
		t.Skip("for eyes: -look DIR")
	}
	ctx := browser(t)
	server := galleryServer(t)
	for _, l := range locale.Langs {
		for _, g := range append(gallery, galleryPage{path: "/nowhere"}, galleryPage{path: "/fault"}) {
			for _, width := range []int64{320, 390, 1100} {
				open(t, ctx, server.URL+g.path+"?lang="+string(l), width)
				picture := ask(t, ctx, chromedp.FullScreenshot(90))
				name := strings.Trim(g.path, "/") + "_" + string(l) + "_" + map[int64]string{320: "xs", 390: "phone", 1100: "desk"}[width] + ".jpg"
				if err := os.WriteFile(filepath.Join(*look, name), picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// axe is the accessibility engine, from the packages of ui.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../ui/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("needs the packages of ui")
	}
	return string(text)
}

func TestEveryComponentPassesAxe(t *testing.T) {
	ctx := browser(t)
	engine := axe(t)
	server := galleryServer(t)
	const run = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html).join(" | "))))`
	for _, g := range append(gallery, galleryPage{path: "/nowhere"}) {
		for _, l := range locale.Langs {
			open(t, ctx, server.URL+g.path+"?lang="+string(l), 390)
			ask(t, ctx, chromedp.Evaluate[chromedp.Void](engine))
			found := ask(t, ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
			var list []string
			if err := json.Unmarshal([]byte(found), &list); err != nil {
				t.Fatal(err)
			}
			for _, fault := range list {
				t.Errorf("%s %s: %s", g.path, l, fault)
			}
		}
	}
}

func TestNoPageIsWiderThanANarrowWindow(t *testing.T) {
	ctx := browser(t)
	server := galleryServer(t)
	for _, g := range gallery {
		for _, l := range locale.Langs {
			open(t, ctx, server.URL+g.path+"?lang="+string(l), 320)
			width := ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
			if width > 320 {
				t.Errorf("%s %s is %d px wide in a window of 320", g.path, l, width)
			}
		}
	}
}

// The budget of a first visit: page, style, scripts and fonts over the wire.
func TestFirstVisitIsSmall(t *testing.T) {
	ctx := browser(t)
	server := galleryServer(t)
	open(t, ctx, server.URL+"/", 390)
	const sum = `[performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0)`
	ask(t, ctx, chromedp.Evaluate[chromedp.Void](`document.fonts.ready`))
	total := ask(t, ctx, chromedp.Evaluate[int](sum))
	t.Logf("%d bytes", total)
	if total > 100_000 || total < 10_000 {
		t.Errorf("the first page costs %d bytes", total)
	}
}
