// Package webtest looks at pages as people do, in Chromium: for the tests of the
// faces. A machine without a browser fails these tests and says what to install;
// -short leaves them out.
package webtest

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

var look = flag.String("look", "", "photograph the pages into this folder")

// Sizes of the windows in which pages are photographed, by the ending of the
// picture's name. 320 pixels are also a telephone at 200 % zoom.
var Sizes = map[string]int64{"xs": 320, "phone": 390, "desk": 1100}

// Browser starts Chromium for one test.
func Browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is not started in short runs")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test needs Chromium: apt-get install chromium")
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, done := context.WithTimeout(ctx, 6*time.Minute)
	t.Cleanup(done)
	return ctx
}

// Open shows a page in a window of the width. The wait is for styles and fonts.
func Open(t *testing.T, ctx context.Context, url string, width int64) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(url), chromedp.Sleep(150*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
}

// Ask runs one action that answers.
func Ask[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Do runs a script for what it does.
func Do(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	Ask(t, ctx, chromedp.Evaluate[chromedp.Void](script))
}

// Act does something on the open page and waits for what comes of it. leaves says
// that another page comes: however busy the machine is, it is waited for.
func Act(t *testing.T, ctx context.Context, script string, leaves bool) {
	t.Helper()
	Do(t, ctx, `window.mkBefore = true; `+script+"; undefined")
	if !leaves {
		if err := chromedp.Do(ctx, chromedp.Sleep(150*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		return
	}
	for range 200 {
		// While pages change there may be none to ask: that is no answer yet.
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.mkBefore && !!document.body && document.readyState === "complete"`))
		if err == nil && there {
			if err := chromedp.Do(ctx, chromedp.Sleep(150*time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			return
		}
		if err := chromedp.Do(ctx, chromedp.Sleep(50*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("no other page came")
}

// rules are those of WCAG 2.2 AA, and what its authors recommend beside.
const rules = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html).join(" | "))))`

// Examine fails the test for whatever on the open page keeps people out, and for a
// page wider than its window. The name is the page's.
func Examine(t *testing.T, ctx context.Context, name string, l locale.Lang) {
	t.Helper()
	if wide := Ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - window.innerWidth`)); wide > 0 {
		t.Errorf("%s %s is %d pixels wider than its window", name, l, wide)
	}
	Do(t, ctx, engine(t))
	var faults []string
	if err := json.Unmarshal([]byte(Ask(t, ctx, chromedp.Evaluate[string](rules, chromedp.EvalAwaitPromise))), &faults); err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Errorf("%s %s: %s", name, l, fault)
	}
}

// engine is axe-core, from the npm packages of the pages.
func engine(t *testing.T) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../../ui/node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatalf("this test needs the npm packages of the pages: make build (%v)", err)
	}
	return string(text)
}

// Looking says whether the run is for eyes, and skips the test when it is not.
func Looking(t *testing.T) {
	t.Helper()
	if *look == "" {
		t.Skip("for eyes: -look DIR")
	}
}

// Photograph writes the open page, whole, as a picture.
func Photograph(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(*look, name+".png"), Ask(t, ctx, chromedp.FullScreenshot(100)), 0o600); err != nil {
		t.Fatal(err)
	}
}
