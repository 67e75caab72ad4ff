package portal

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

var lookAt = flag.String("look-at", "", "only the pages whose name begins so, parted by commas")

func isLookedAt(name string) bool {
	return slices.ContainsFunc(strings.Split(*lookAt, ","), func(begin string) bool { return strings.HasPrefix(name, begin) })
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

// show opens a page in a language and a window, and does what the sight says.
func (w *town) show(ctx context.Context, s sight, l locale.Lang, width int64) {
	w.Helper()
	mark := "?"
	if strings.Contains(s.path, "?") {
		mark = "&"
	}
	webtest.Open(w.T, ctx, w.server.URL+s.path+mark+"lang="+string(l), width)
	if s.do != "" {
		webtest.Act(w.T, ctx, s.do, strings.Contains(s.do, ".submit()"))
	}
}

// photograph takes the sight in every language and window.
func (w *town) photograph(ctx context.Context, s sight) {
	w.Helper()
	if !isLookedAt(s.name) {
		return
	}
	for _, l := range locale.Langs {
		for size, width := range webtest.Sizes {
			w.show(ctx, s, l, width)
			webtest.Photograph(w.T, ctx, s.name+"_"+string(l)+"_"+size)
		}
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
	text := b.get("/c/" + consent + "/sign-in").page(200)
	w.keys.Silence(true) // from now on a good signature waits
	waits := fmt.Sprintf(`{ const f = document.querySelector("main [name=signature]").form; f.challenge.value = "%s"; f.signature.value = "%s"; f.submit() }`,
		text.hidden("challenge"), w.sign("pavel", text.content(), true))
	return []sight{
		{name: "service", path: "/"},
		{name: "service-open", path: "/", do: `document.querySelectorAll("details").forEach(d => d.open = true)`},
		{name: "signin-consent", path: "/c/" + consent + "/sign-in"},
		{name: "signin-wrong", path: "/c/" + consent + "/sign-in", do: press("iin", "880417499008")},
		{name: "signin-refused", path: "/c/" + consent + "/sign-in", do: press("signature", "AAAA")},
		{name: "signin-waiting", path: "/c/" + consent + "/sign-in", do: waits},
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
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	w.photograph(ctx, sight{name: "signin", path: "/sign-in?next=/apply"})
	b := w.as("pavel")
	sights := w.sights(b)
	b.carry(ctx)
	for _, s := range sights {
		w.photograph(ctx, s)
	}
}

// examine opens a page in a window of 320 pixels, which is also a phone at 200 %
// zoom: the long words of Kazakh must break there; and nothing may keep anybody
// out.
func (w *town) examine(ctx context.Context, s sight, l locale.Lang) {
	w.Helper()
	w.show(ctx, s, l, 320)
	webtest.Examine(w.T, ctx, s.name, l)
}

func TestEveryPagePassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	w.examine(ctx, sight{name: "signin", path: "/sign-in?next=/apply"}, locale.KK)
	b := w.as("pavel")
	sights := w.sights(b)
	b.carry(ctx)
	for i, s := range sights {
		w.examine(ctx, s, locale.KK)
		w.examine(ctx, s, locale.Langs[1+i%2])
	}
}
