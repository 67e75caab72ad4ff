package e2e

import (
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/fake/country"
)

// signIn opens the sign-in page with a key of one's own.
func (b *browser) signIn() *browser {
	b.Helper()
	b.insertKey(b.who)
	return b.open("/sign-in").press("portal.sign_in.eds.button")
}

// byKey answers a page that asks to sign in.
func (b *browser) byKey() *browser {
	b.Helper()
	b.insertKey(b.who)
	return b.press("portal.sign_in.eds.button")
}

// bySMS answers a page that asks to sign in, by a code to one's phone.
func (b *browser) bySMS() *browser {
	b.Helper()
	b.fill("iin", string(b.land.IIN(b.who))).press("portal.sign_in.sms.button").reads("portal.code.sent")
	return b.fill("code", b.code(b.who)).press("portal.sign_in.button")
}

// An answer is one page of the application.
type answer struct {
	step mekenjai.DraftStep
	give func(b *browser)
}

// answersOf are what the story tells its applicant to answer.
func (w *town) answersOf(s country.Story) []answer {
	today := mekenjai.DateOf(time.Now())
	ownership := "no"
	if s.IsOwner {
		ownership = "yes"
	}
	list := []answer{
		{mekenjai.StepRegistrant, func(b *browser) { b.choose("registrant", "self") }},
		{mekenjai.StepMonths, func(b *browser) { b.fill("months", "6") }},
		{mekenjai.StepOwnership, func(b *browser) { b.choose("is_owner", ownership) }},
		{mekenjai.StepDwelling, func(b *browser) {
			b.fill("q", string(s.ARC)).press("common.search")
			b.leads("the dwelling found", func() { b.clickOn("#q-results a", "") })
			b.reads("portal.dwelling.confirm.title")
		}},
		{mekenjai.StepOwner, func(b *browser) { b.fill("owner", string(s.Owner)) }},
		{mekenjai.StepPurpose, func(b *browser) { b.choose("purpose", "study") }},
		{mekenjai.StepArrival, func(b *browser) {
			text := today.String() // 2026-11-22
			b.fill("arrival-day", text[8:]).fill("arrival-month", text[5:7]).fill("arrival-year", text[:4])
		}},
	}
	if s.IsOwner {
		list = append(list[:4], list[5:]...)
	}
	return list
}

// beginApplication goes from the service page to the first question.
func (b *browser) beginApplication(signIn func() *browser) *browser {
	b.Helper()
	b.open("/").press("portal.service.start")
	signIn()
	return b.reads("portal.registrant.title")
}

// answers gives the answers, one page each, and stands on the page after them.
func (b *browser) answers(list []answer) *browser {
	b.Helper()
	for _, a := range list {
		b.until("the question "+string(a.step), func() bool { return strings.HasSuffix(b.path(), "/"+string(a.step)) })
		a.give(b)
		if a.step == mekenjai.StepDwelling {
			b.press("portal.dwelling.confirm.yes")
			continue
		}
		b.press("common.continue")
	}
	return b
}

// fillIn begins the application of the story and stands where it is signed.
func (b *browser) fillIn(story string) *browser {
	b.Helper()
	b.beginApplication(b.byKey).answers(b.answersOf(b.land.Story(story)))
	return b.reads("portal.check.title")
}

// apply files the application of the story, signed with one's own key.
func (b *browser) apply(story string) *browser {
	b.Helper()
	return b.fillIn(story).press("common.sign.button")
}

// applicant opens a browser for who the story tells of.
func (w *town) applicant(story string) *browser {
	w.Helper()
	return w.browser(w.nameOf(w.land.Story(story).Applicant))
}

// nameOf is how the cast is called in these tests and on the demo pages.
func (w *town) nameOf(iin mekenjai.IIN) string {
	w.Helper()
	for _, r := range w.land.People() {
		if r.IIN == iin {
			return r.Key
		}
	}
	w.Fatalf("nobody has the number %s", iin)
	return ""
}
