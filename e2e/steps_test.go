package e2e

import (
	"fmt"
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
			date := strings.Fields(today())
			b.fill("arrival-day", date[0]).fill("arrival-month", date[1]).fill("arrival-year", date[2])
		}},
	}
	if s.IsOwner {
		list = append(list[:4], list[5:]...)
	}
	return list
}

// today as it is typed: day, month, year.
func today() string {
	d := mekenjai.DateOf(time.Now())
	return fmt.Sprintf("%02d %02d %d", d.Day, d.Month, d.Year)
}

// beginApplication goes from the service page to the first question.
func (b *browser) beginApplication(signIn func() *browser) *browser {
	b.Helper()
	b.open("/").press("portal.service.start")
	signIn()
	return b.reads("portal.question.registrant")
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

// caseBecomes asks for the page of the case until it stands so. The page renews
// itself too, see caseTurns, but every four seconds only.
func (b *browser) caseBecomes(topic string) *browser {
	b.Helper()
	title := b.word("account.case.title." + topic)
	b.renewsUntil("the case to be "+topic, func() bool { return strings.Contains(b.text(), title) })
	return b
}

// caseTurns waits until the open page of the case has renewed itself.
func (b *browser) caseTurns(topic string) *browser {
	b.Helper()
	return b.reads("account.case.title." + topic)
}

// asked opens a browser for who was asked for consent: the link of the text
// message, and the proof of identity that it wants. speaksFor is the
// organisation whose key is used, if it is one's.
func (w *town) asked(who string, speaksFor ...string) *browser {
	w.Helper()
	link := w.request(who)
	b := w.browser(who).open(link).reads("portal.sign_in.consent.title")
	w.insertKey(append(speaksFor, who)[0])
	return b.press("portal.sign_in.eds.button").reads("account.consent.title.asked")
}

// agrees signs the text that the applicant signed. When it was the last consent
// the entry may stand before the page is there.
func (b *browser) agrees() *browser {
	b.Helper()
	b.press("account.consent.agree.button")
	b.until("the receipt of the consent", func() bool {
		page := b.text()
		return strings.Contains(page, b.word("account.consent.title.agreed")) || strings.Contains(page, b.word("account.consent.title.entered"))
	})
	return b
}

// declines says no, with a reason.
func (b *browser) declines(reason string) *browser {
	b.Helper()
	b.press("account.consent.no.decline").reads("account.decline.title")
	return b.fill("reason", reason).press("account.decline.button").reads("account.consent.title.declined")
}
