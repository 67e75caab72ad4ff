package demo

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

var look = flag.String("look", "", "photograph the pages into this folder")

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

func ask[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// lived is a demo in which something has happened.
func lived(t *testing.T) site {
	s := open(t)
	s.post(t, "/demo/key", "who", "university")
	for _, m := range [][2]string{
		{"timur", "Мекенжай: 482913 — кіру коды. Ешкімге айтпаңыз."},
		{"bolat", "Мекенжай: Т. Оспанов үйіңізге тіркелуді сұрайды, 18:05 дейін: http://localhost:8080/c/0J7K-22QD"},
		{"bolat", "Мекенжай: үйіңізге Т. Оспанов тіркелді. http://localhost:8080/property"},
	} {
		if err := s.Phones.Send(t.Context(), s.Country.Resident(m[0]).Phone, m[1]); err != nil {
			t.Fatal(err)
		}
	}
	s.post(t, "/demo/registers", "fault-civil", "down")
	s.Clock.Advance(26 * time.Hour)
	return s
}

var looked = []string{"/demo/", "/demo/?done=clock", "/demo/stories/three_owners", "/demo/stories/dormitory", "/demo/people", "/demo/key", "/demo/phones", "/demo/phones/bolat", "/demo/registers"}

func TestPhotographThePages(t *testing.T) {
	if *look == "" {
		t.Skip("for eyes: -look DIR")
	}
	ctx, s := browser(t), lived(t)
	for _, l := range locale.Langs {
		for _, path := range looked {
			for _, width := range []int64{390, 1100} {
				show(t, ctx, s, path, l, width)
				name := fmt.Sprintf("%s_%s_%d.jpg", strings.NewReplacer("/demo", "", "/", "-", "?", "-").Replace(path), l, width)
				if err := os.WriteFile(filepath.Join(*look, "demo"+name), ask(t, ctx, chromedp.FullScreenshot(80)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func show(t *testing.T, ctx context.Context, s site, path string, l locale.Lang, width int64) {
	t.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	url := s.URL + path + mark + "lang=" + string(l)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(url), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
}

func TestEveryPagePassesAxeAndFitsANarrowWindow(t *testing.T) {
	engine, err := os.ReadFile("../../ui/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("needs the packages of ui")
	}
	ctx, s := browser(t), lived(t)
	const run = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html).join(" | "))))`
	for _, path := range looked {
		for _, l := range locale.Langs {
			show(t, ctx, s, path, l, 320)
			if wide := ask(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 320 {
				t.Errorf("%s %s is %d wide", path, l, wide)
			}
			ask(t, ctx, chromedp.Evaluate[chromedp.Void](string(engine)))
			var list []string
			if err := json.Unmarshal([]byte(ask(t, ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))), &list); err != nil {
				t.Fatal(err)
			}
			for _, fault := range list {
				t.Errorf("%s %s: %s", path, l, fault)
			}
		}
	}
}
