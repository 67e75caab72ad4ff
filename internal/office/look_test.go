package office

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

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

// A sight is a page to look at, or what comes of doing something there.
type sight struct{ name, path, do string }

// sights are the pages of the counter, after some visits.
func (b *browser) sights() (list []sight) {
	b.Helper()
	add := func(name, path string, do ...string) {
		s := sight{name: name, path: path}
		if len(do) > 0 {
			s.do = do[0]
		}
		list = append(list, s)
	}
	fresh := b.begin("nurlan", "almaty", 18)
	against := b.begin("timur", "almaty", 12)
	b.answers(against, "timur", "almaty", 12, "is_owner", "no", "owner", string(b.land.IIN("bolat"))).to()
	ready := b.begin("aigul", "almaty", 12)
	b.answers(ready, "aigul", "almaty", 12, "is_owner", "yes").to()
	b.identify(ready, "aigul").to()
	b.upload(ready+"/papers", "scan", scan(), "kind", "identity_card", "original", "yes").to()
	sign := b.get(ready).page(200).link(ready + "/sign/[0-9a-f]+")
	petition := b.petition(b.list("123;Біреу;13;01.03.2026;оқу\n=1+1;;;;\n", "askhat", "botagoz")).to()
	add("removal", removalPath)
	add("removal-wrong", removalPath, `document.querySelector("main form").submit()`)
	add("petitions", "/office/petitions")
	add("petitions-wrong", "/office/petitions", `document.querySelector("main form").submit()`)
	add("petition", petition)
	add("start", "/office/")
	add("start-wrong", "/office/", `document.querySelector("main form").submit()`)
	add("start-places", "/office/", `{ const f = document.querySelector("main form"); f.registrant.value = "`+string(b.land.IIN("aigul"))+`"; f.dwelling.value = "абая 150"; f.submit() }`)
	add("intake", fresh)
	add("intake-open", fresh, `document.querySelectorAll("details").forEach(d => d.open = true)`)
	add("intake-wrong", fresh, `{ const f = document.querySelector("#answers form"); f.owner.value = "123"; f.months.value = "13"; f.submit() }`)
	add("intake-against", against)
	add("refuse", against+"/refuse")
	add("drop", against+"/drop")
	add("sign", sign)
	add("sign-wrong", sign, `document.querySelector("#hand form").submit()`)
	add("intake-people", ready)
	return list
}

// show opens a page in a language and the window of an office.
func (w *town) show(ctx context.Context, s sight, l locale.Lang, width int64) {
	w.Helper()
	webtest.Open(w.T, ctx, w.server.URL+s.path+"?lang="+string(l), width)
	if s.do != "" {
		webtest.Act(w.T, ctx, s.do, strings.Contains(s.do, ".submit()"))
	}
}

// officeWindow is the window that offices have.
const officeWindow = 1366

func TestPhotographThePages(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	b := w.as("ainur")
	b.carry(ctx)
	for _, s := range b.sights() {
		for _, l := range []locale.Lang{locale.KK, locale.RU} {
			w.show(ctx, s, l, officeWindow)
			webtest.Photograph(t, ctx, s.name+"_"+string(l))
		}
	}
}

// A clerk may enlarge the page: it must not break in a narrow window either.
func TestEveryPagePassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	b := w.as("ainur")
	b.carry(ctx)
	for i, s := range b.sights() {
		w.show(ctx, s, locale.KK, 320)
		webtest.Examine(t, ctx, s.name, locale.KK)
		w.show(ctx, s, locale.Langs[1+i%2], officeWindow)
		webtest.Examine(t, ctx, s.name, locale.Langs[1+i%2])
	}
}
