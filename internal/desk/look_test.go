package desk

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
	"mekenjai/internal/web/webtest"
)

// clerk is the window of an office: 1366 × 768.
const clerk = 1366

// A sight is a page as one officer sees it.
type sight struct{ name, who, path, do string }

const unfold = `document.querySelectorAll("details").forEach(d => d.open = true)`

// sights are the pages of the desk in the order in which an officer meets them.
func (w *town) sights() []sight {
	w.Helper()
	a := w.file("arrested")
	number := w.caseOf(a)
	free := w.caseOf(w.file("missing_owner"))
	madi := w.as("madi")
	madi.opened(number)
	text := madi.post(casePath(number)+"/decide", "ruling", "refuse", "ground", "BAN_ON_USE", "text", "Тыйым салу туралы сот ұйғарымы күшінде").to()
	serik, gaukhar := w.as("serik"), w.as("gaukhar")
	sign := serik.post("/desk/protection/new", "iin", string(w.land.IIN("zhanna")), "ground", "DOMESTIC_VIOLENCE", "paper", "№ 17, 20.02.2026", "months", "6").to()
	protection := serik.get(sign).page(200).signs(sign).to()
	confirm := gaukhar.post(protection+"/step", "step", "confirm_sealing").to()
	return []sight{
		{"queue", "gaukhar", "/desk/", ""},
		{"queue-mine", "madi", "/desk/?shelf=mine", ""},
		{"queue-empty", "rinat", "/desk/", ""},
		{"case-masked", "gaukhar", casePath(free), ""},
		{"case-open", "madi", casePath(number), ""},
		{"case-unfolded", "madi", casePath(number), unfold},
		{"case-verified", "madi", casePath(number), `document.querySelector("[name=verify]").form.submit()`},
		{"case-others", "gaukhar", casePath(number), ""},
		{"return", "madi", casePath(number) + "/return", ""},
		{"paper", "madi", casePath(number) + "/paper", ""},
		{"decide", "madi", casePath(number) + "/decide", ""},
		{"decide-wrong", "madi", casePath(number) + "/decide", `document.querySelector("[name=text]").form.submit()`},
		{"sign", "madi", text, ""},
		{"search", "madi", "/desk/search", ""},
		{"search-found", "madi", "/desk/search", `{ const f = document.querySelector("[name=q]").form; f.q.value = "` + a.Number + `"; f.reason.value = "check"; f.submit() }`},
		{"search-wrong", "madi", "/desk/search", `document.querySelector("[name=q]").form.submit()`},
		{"protections", "gaukhar", "/desk/protection", ""},
		{"protection-new", "serik", "/desk/protection/new", ""},
		{"protection", "gaukhar", protection, ""},
		{"protection-sign", "gaukhar", confirm, ""},
		{"forbidden", "ainur", "/desk/", ""},
	}
}

// show opens a page before somebody, in a language and a window.
func (w *town) show(ctx context.Context, s sight, l locale.Lang, width int64) {
	w.Helper()
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: whoCookie, Value: s.who, URL: w.server.URL}); err != nil {
		w.Fatal(err)
	}
	mark := "?"
	if s.path == "/desk/?shelf=mine" {
		mark = "&"
	}
	webtest.Open(w.T, ctx, w.server.URL+s.path+mark+"lang="+string(l), width)
	if s.do != "" {
		webtest.Act(w.T, ctx, s.do, s.do != unfold)
	}
}

func TestPhotographTheDesk(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	for _, s := range w.sights() {
		for _, l := range locale.Langs[:2] {
			w.show(ctx, s, l, clerk)
			webtest.Photograph(t, ctx, s.name+"_"+string(l))
		}
	}
}

func TestEveryPageOfTheDeskPassesAxe(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	for i, s := range w.sights() {
		w.show(ctx, s, locale.Langs[i%3], clerk)
		webtest.Examine(t, ctx, s.name, locale.Langs[i%3])
		w.show(ctx, s, locale.KK, 320) // at 400 %
		webtest.Examine(t, ctx, s.name+" narrow", locale.KK)
	}
}
