package portal

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

var (
	look   = flag.String("look", "", "photograph the pages into this folder")
	lookAt = flag.String("look-at", "", "only the pages whose name begins so")
)

// chromium starts a browser, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
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
	ctx, done := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(done)
	return ctx
}

// carry gives Chromium the cookies of a browser of the tests.
func (b *browser) carry(ctx context.Context) {
	b.Helper()
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(at) {
		if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: b.server.URL}); err != nil {
			b.Fatal(err)
		}
	}
}

func run[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// show opens a page in a language and a window.
func (w *town) show(ctx context.Context, s sight, l locale.Lang, width int64) {
	w.Helper()
	mark := "?"
	if strings.Contains(s.path, "?") {
		mark = "&"
	}
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(w.server.URL+s.path+mark+"lang="+string(l)),
		chromedp.Sleep(150*time.Millisecond))
	if err == nil && s.do != "" {
		run(w.T, ctx, chromedp.Evaluate[chromedp.Void](s.do+"; undefined"))
		err = chromedp.Do(ctx, chromedp.Sleep(300*time.Millisecond))
	}
	if err != nil {
		w.Fatal(err)
	}
}

// press sends the form of a page with something in one of its inputs.
func press(input, value string) string {
	return fmt.Sprintf(`{ const i = document.querySelector("main [name='%s']"); if (i.type !== "radio") i.value = "%s"; i.form.submit() }`, input, value)
}

// A sight is a page to look at, or what comes of doing something there.
type sight struct{ name, path, do string }

// sights are the pages of this face in the order in which people meet them.
func (w *town) sights(b *browser) []sight {
	w.Helper()
	path := b.fill("three_owners")
	house := string(w.land.Dwelling("almaty", 0))
	const consent = "019394a2-0000-7000-8000-000000000000"
	return []sight{
		{name: "service", path: "/"},
		{name: "service-open", path: "/", do: `document.querySelectorAll("details").forEach(d => d.open = true)`},
		{name: "signin-consent", path: "/c/" + consent + "/sign-in"},
		{name: "signin-wrong", path: "/c/" + consent + "/sign-in", do: press("iin", "880417499008")},
		{name: "signin-refused", path: "/c/" + consent + "/sign-in", do: press("signature", "AAAA")},
		{name: "code", path: "/sign-in/code?next=%2Fapply&id=" + consent},
		{name: "code-again", path: "/sign-in/code?next=%2Fapply&again=1&id=" + consent},
		{name: "code-wrong", path: "/sign-in/code?next=%2Fapply&id=" + consent, do: press("code", "123456")},
		{name: "continue", path: "/apply"},
		{name: "registrant", path: path + "/registrant", do: `document.querySelector("[value=other]").click()`},
		{name: "months", path: path + "/months"},
		{name: "months-wrong", path: path + "/months", do: press("months", "13")},
		{name: "ownership", path: path + "/ownership"},
		{name: "dwelling-chosen", path: path + "/dwelling"},
		{name: "dwelling-found", path: path + "/dwelling?q=" + url.QueryEscape("абая 150")},
		{name: "dwelling-house", path: path + "/dwelling?in=" + house},
		{name: "dwelling-nothing", path: path + "/dwelling?q=zzzz"},
		{name: "dwelling-wrong", path: path + "/dwelling", do: press("arc", house)},
		{name: "owner", path: path + "/owner", do: `document.querySelector("details").open = true`},
		{name: "owner-wrong", path: path + "/owner", do: press("owner", "791205399048")},
		{name: "purpose", path: path + "/purpose"},
		{name: "arrival", path: path + "/arrival"},
		{name: "arrival-wrong", path: path + "/arrival", do: press("arrival-month", "13")},
		{name: "check", path: path + "/check"},
		{name: "check-refused", path: path + "/check", do: press("signature", "AAAA")},
		{name: "signing-ask", path: path + "/code"},
		{name: "signing-code", path: path + "/code?sent=1"},
	}
}

func TestPhotographThePages(t *testing.T) {
	if *look == "" {
		t.Skip("for eyes: -look DIR")
	}
	ctx := chromium(t)
	w := open(t)
	sizes := map[int64]string{320: "xs", 390: "phone", 1100: "desk"}
	photograph := func(s sight) {
		if !strings.HasPrefix(s.name, *lookAt) {
			return
		}
		for _, l := range locale.Langs {
			for width, size := range sizes {
				w.show(ctx, s, l, width)
				name := filepath.Join(*look, s.name+"_"+string(l)+"_"+size+".png")
				if err := os.WriteFile(name, run(t, ctx, chromedp.FullScreenshot(100)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	photograph(sight{name: "signin", path: "/sign-in?next=/apply"})
	b := w.as("pavel")
	b.carry(ctx)
	for _, s := range w.sights(b) {
		photograph(s)
	}
}

// axe is the engine that looks for what keeps people out, or skips the test
// where it is not installed.
func axe(t *testing.T) string {
	t.Helper()
	engine, err := os.ReadFile("../../ui/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Skip("needs the packages of ui")
	}
	return string(engine)
}

// examine opens a page in a window of 320 pixels, which is also a phone at 200 %
// zoom: the long words of Kazakh must break there; and nothing may keep anybody
// out.
func (w *town) examine(ctx context.Context, engine string, s sight, l locale.Lang) {
	w.Helper()
	const script = `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.html).join(" | "))))`
	w.show(ctx, s, l, 320)
	if wide := run(w.T, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 320 {
		w.Errorf("%s %s is %d pixels wide", s.name, l, wide)
	}
	run(w.T, ctx, chromedp.Evaluate[chromedp.Void](engine))
	var faults []string
	if err := json.Unmarshal([]byte(run(w.T, ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))), &faults); err != nil {
		w.Fatal(err)
	}
	for _, fault := range faults {
		w.Errorf("%s %s: %s", s.name, l, fault)
	}
}

func TestEveryPagePassesAxeAndFitsANarrowWindow(t *testing.T) {
	engine, ctx := axe(t), chromium(t)
	w := open(t)
	b := w.as("pavel")
	b.carry(ctx)
	for _, s := range w.sights(b) {
		for _, l := range locale.Langs {
			w.examine(ctx, engine, s, l)
		}
	}
}
