package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

// patience is how long a person waits for something to happen on a page.
const patience = 30 * time.Second

// widths of the windows: Kazakh is read on a phone, English on a small one.
var widths = map[locale.Lang]int64{locale.KK: 390, locale.RU: 1100, locale.EN: 360}

// browser is a browser with its own cookies, and somebody before it. It is used
// through what can be seen: buttons and links by their words, fields by their
// names.
type browser struct {
	*town
	who    string
	window window
	ctx    context.Context // of this journey
	width  int64
	quiet  bool // scripts are off
}

// browser opens one for somebody: no cookies, one window.
func (w *town) browser(who string) *browser {
	w.Helper()
	own, err := windows.open()
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { windows.release(own) })
	return w.before(own, who)
}

// second opens another window of the same browser: it shares the cookies.
func (b *browser) second() *browser {
	b.Helper()
	other, err := openWindow(b.window.profile)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = chromedp.Cancel(other.ctx) })
	return b.before(other, b.who)
}

// before seats somebody before a window.
func (w *town) before(own window, who string) *browser {
	w.Helper()
	ctx, cancel := context.WithCancel(own.ctx)
	w.Cleanup(cancel)
	b := &browser{town: w, who: who, window: own, ctx: ctx, width: widths[w.lang]}
	b.listen()
	b.do(chromedp.EmulateViewport(b.width, 800))
	return b
}

// withoutScripts turns them off, as some people and some networks do.
func (b *browser) withoutScripts() *browser {
	b.Helper()
	b.quiet = true
	b.allowScripts(false)
	return b
}

func (b *browser) allowScripts(yes bool) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !yes}); err != nil {
		b.Fatal(err)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatalf("%s: %v", b.who, err)
	}
}

// ask evaluates a function of the page.
func ask[T any](b *browser, function string, args ...any) (T, error) {
	list, err := json.Marshal(append([]any{}, args...)) // never null
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T]("("+function+")(..."+string(list)+")", chromedp.EvalAwaitPromise))
}

// until waits for a condition. What the page shows when it does not come true is
// part of the message.
func (b *browser) until(what string, true func() bool) {
	b.Helper()
	for deadline := time.Now().Add(patience); !true(); time.Sleep(25 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.lost("waited in vain for " + what)
		}
	}
}

// renewsUntil reloads the page now and then until the condition comes true.
func (b *browser) renewsUntil(what string, true func() bool) {
	b.Helper()
	for deadline := time.Now().Add(patience); !true(); b.renew() {
		if time.Now().After(deadline) {
			b.lost("waited in vain for " + what)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// renew reloads the page.
func (b *browser) renew() {
	b.Helper()
	b.leads("the same page", func() { _, _ = ask[bool](b, `() => { location.reload(); return true }`) })
}

// lost ends the journey where it stands.
func (b *browser) lost(why string) {
	b.Helper()
	at, _ := ask[string](b, `() => location.href`)
	text, _ := ask[string](b, `() => document.body ? document.body.innerText : ""`)
	b.Fatalf("%s: %s\nat %s\n%s", b.who, why, at, text)
}

// document tells one page from the next.
type document struct {
	Origin float64
	Ready  bool
	Status int
}

func (b *browser) document() document {
	d, err := ask[document](b, `() => ({Origin: performance.timeOrigin, Ready: document.readyState === "complete",
		Status: (performance.getEntriesByType("navigation")[0] || {}).responseStatus || 0})`)
	if err != nil {
		return document{} // between two pages
	}
	return d
}

// leads does something that leads to another page and looks at it.
func (b *browser) leads(to string, deed func()) {
	b.Helper()
	before := b.document()
	deed()
	var now document
	b.until(to, func() bool { now = b.document(); return now.Ready && now.Origin != before.Origin })
	if now.Status >= 500 {
		b.lost(fmt.Sprintf("status %d", now.Status))
	}
	b.inspect()
}

// open types an address of the service.
func (b *browser) open(path string) *browser {
	b.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	if !strings.HasPrefix(path, b.url) {
		path = b.url + path
	}
	b.leads(path, func() { b.do(chromedp.Navigate(path + mark + "lang=" + string(b.lang))) })
	return b
}

// path is where the browser stands.
func (b *browser) path() string {
	b.Helper()
	at, err := ask[string](b, `() => location.pathname`)
	if err != nil {
		b.Fatal(err)
	}
	return at
}

// text is what the page says, in one line.
func (b *browser) text() string {
	text, err := ask[string](b, `() => (document.querySelector("main") || document.body).innerText`)
	if err != nil {
		return ""
	}
	return plain(text)
}

func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// word is a text of the catalogue in the language of the journey.
func (w *town) word(key string, args ...any) string {
	w.Helper()
	if !w.lang.Has(key) {
		w.Fatalf("the catalogue has no %s", key)
	}
	return plain(w.lang.T(key, args...))
}

// fill writes into a field, in place of what it held.
func (b *browser) fill(field, text string) *browser {
	b.Helper()
	b.clickOn(`[name="`+field+`"]:not([type=hidden])`, "")
	if _, err := ask[bool](b, `() => { document.activeElement.select(); return true }`); err != nil {
		b.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		b.Fatal(err)
	}
	return b
}

// choose presses the label of a choice.
func (b *browser) choose(field, value string) *browser {
	b.Helper()
	id, err := ask[string](b, `(n, v) => document.querySelector("input[name='" + n + "'][value='" + v + "']")?.id || ""`, field, value)
	if err != nil || id == "" {
		b.lost("no choice " + field + " " + value)
	}
	b.clickOn(`label[for="`+id+`"]`, "")
	return b
}

// press clicks the button or link with these words of the catalogue, and looks
// at the page to which it leads.
func (b *browser) press(key string, args ...any) *browser {
	b.Helper()
	return b.pressWords(b.word(key, args...))
}

func (b *browser) pressWords(words string) *browser {
	b.Helper()
	b.leads("the page behind «"+words+"»", func() { b.clickOn(buttons, words) })
	return b
}

const buttons = "a, button"

// clickOn clicks in the middle of the first visible element that matches and,
// unless they are empty, bears the words.
func (b *browser) clickOn(selector, words string) {
	b.Helper()
	var at struct{ X, Y float64 }
	b.until("«"+words+"» "+selector, func() bool {
		found, err := ask[*struct{ X, Y float64 }](b, locate, selector, words)
		if err != nil || found == nil {
			return false
		}
		at = *found
		return true
	})
	b.do(chromedp.MouseClickXY(at.X, at.Y))
}

// locate brings an element into view and gives its middle. What stands in the
// main part of the page comes before the frame around it.
const locate = `(selector, words) => {
	const plain = s => s.replace(/\s+/g, " ").trim()
	const fits = e => e.checkVisibility({visibilityProperty: true}) && (words === "" ||
		plain(e.innerText) === words || e.getAttribute("aria-label") === words)
	const all = [...document.querySelectorAll(selector)].filter(fits)
	const one = all.find(e => e.closest("main")) || all[0]
	if (!one) return null
	one.scrollIntoView({block: "center", behavior: "instant"})
	const r = one.getClientRects()[0]
	return {X: r.x + r.width / 2, Y: r.y + r.height / 2}
}`

// sees waits until the page says all of this, which scripts may write later.
func (b *browser) sees(texts ...string) *browser {
	b.Helper()
	for _, t := range texts {
		b.until("«"+t+"»", func() bool { return strings.Contains(b.text(), plain(t)) })
	}
	return b
}

// reads waits for texts of the catalogue.
func (b *browser) reads(key string, args ...any) *browser {
	b.Helper()
	return b.sees(b.word(key, args...))
}

// mustNotSee is for what this reader must not learn.
func (b *browser) mustNotSee(texts ...string) *browser {
	b.Helper()
	page := b.text()
	for _, t := range texts {
		if strings.Contains(page, plain(t)) {
			b.Errorf("%s reads «%s» on %s", b.who, t, b.path())
		}
	}
	return b
}
