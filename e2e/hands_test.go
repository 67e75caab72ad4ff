package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"mekenjai"
	"mekenjai/internal/locale"
)

// Signing with a key needs a script that speaks to NCALayer; all else does not.
func TestAllButTheKeyWorksWithoutScripts(t *testing.T) {
	in(t, func(w *town) {
		pavel := w.applicant("three_owners").withoutScripts()
		pavel.beginApplication(pavel.bySMS).reads("portal.question.registrant")
		pavel.answers(w.answersOf(w.land.Story("three_owners"))).reads("common.sign.noscript")
		pavel.press("common.sign.sms").press("portal.signing_code.send")
		pavel.fill("code", w.code("pavel")).press("portal.signing_code.sign").caseBecomes("awaiting_consent")

		zhanar := w.browser("zhanar").withoutScripts().open(w.request("zhanar")).bySMS()
		zhanar.reads("account.consent.title.asked").reads("common.sign.noscript").declines("Орын жоқ")
		pavel.press("common.live.refresh").caseBecomes("declined")
		pavel.press("common.account").press("common.sign_out")
	}, locale.RU)
}

// Tab, Enter, the space bar and letters carry through the whole application.
func TestKeyboardAloneIsEnough(t *testing.T) {
	in(t, func(w *town) {
		aigul := w.applicant("sole_owner").open("/")
		w.insertKey("aigul")
		aigul.tabTo("a", w.word("portal.service.start")).enter()
		aigul.tabTo("button", w.word("portal.sign_in.eds.button")).enter()
		for _, step := range w.answersOf(w.land.Story("sole_owner")) {
			aigul.until("the question "+string(step.step), func() bool { return strings.HasSuffix(aigul.path(), "/"+string(step.step)) })
			aigul.answerByKeyboard(step.step)
		}
		aigul.tabTo("button", w.word("common.sign.button")).enter().caseBecomes("registered")
	}, locale.KK)
}

func (b *browser) answerByKeyboard(step mekenjai.DraftStep) {
	b.Helper()
	next := func() { b.tabTo("button", b.word("common.continue")).enter() }
	switch step {
	case mekenjai.StepRegistrant, mekenjai.StepOwnership, mekenjai.StepPurpose:
		b.tabTo("input", "").keys(" ")
		next()
	case mekenjai.StepMonths:
		b.tabTo("input", "").keys("6").enter()
	case mekenjai.StepDwelling:
		b.tabTo("input", "").keys(string(b.land.Story("sole_owner").ARC)).enter()
		b.tabTo("#q-results a", "").enter()
		b.tabTo("button", b.word("portal.dwelling.confirm.yes")).enter()
	case mekenjai.StepArrival:
		for _, part := range strings.Split(today(), " ") {
			b.tabTo("input", "").keys(part)
		}
		next()
	}
}

// tabTo presses Tab until the focus stands on an element of the main part that
// matches and bears the words. Where the focus is can be seen everywhere on the
// way.
func (b *browser) tabTo(selector, words string) *browser {
	b.Helper()
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		at, err := ask[struct{ Fits, Seen bool }](b, `(selector, words) => {
			const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect()
			const marks = x => { const s = getComputedStyle(x); return s.outlineStyle !== "none" || s.boxShadow !== "none" || s.textDecorationLine !== "none" }
			const label = e.labels && e.labels[0]
			return {
				Fits: !!e.closest("main") && e.matches(selector) && (words === "" || e.innerText.replace(/\s+/g, " ").trim() === words),
				Seen: e === document.body || marks(e) || (label && (marks(label) || getComputedStyle(label, "::before").boxShadow !== "none" || getComputedStyle(label, "::before").outlineStyle !== "none")),
			}
		}`, selector, words)
		if err != nil {
			b.Fatal(err)
		}
		if !at.Seen {
			b.Errorf("the focus cannot be seen on %s", b.path())
		}
		if at.Fits {
			return b
		}
	}
	b.lost("Tab does not lead to " + selector + " «" + words + "»")
	return b
}

func (b *browser) keys(text string) *browser {
	b.Helper()
	b.do(chromedp.KeyEvent(text))
	return b
}

// enter presses Enter on what has the focus, and looks at the next page.
func (b *browser) enter() *browser {
	b.Helper()
	b.leads("the next page", func() { b.do(chromedp.KeyEvent(kb.Enter)) })
	return b
}
