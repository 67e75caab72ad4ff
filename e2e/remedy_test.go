package e2e

import (
	"regexp"
	"strings"
	"testing"

	"mekenjai/internal/locale"
)

// A refused applicant complains; the body that refused forwards the complaint, the
// higher body answers, and the applicant reads the answer with its reasons.
func TestComplaintGoesFromTheRefusalToItsAnswer(t *testing.T) {
	in(t, func(w *town) {
		timur := w.applicant("not_owner").apply("not_owner").caseBecomes("refused")
		path := timur.path()
		timur.press("remedy.file").reads("remedy.how.title")
		timur.press("common.continue").reads("remedy.error.words", "least", 20)
		timur.fill("words", "Тұрғын үй бұрыннан Болаттікі, тіркелімдегі дерек ескірген.").press("common.continue").reads("remedy.check.title")
		timur.sees("Тұрғын үй бұрыннан Болаттікі")
		timur.press("remedy.check.button").reads("remedy.title.received")
		complaint := timur.path()
		timur.open(path).sees(w.word("remedy.step.filed.refusal"))

		serik := w.officer("serik")
		serik.takesOf("desk.kind.complaint").sees("Тұрғын үй бұрыннан Болаттікі")
		serik.follows(`form[action$="/forward"] button`).reads("desk.case.stands")

		gaukhar := w.officer("gaukhar")
		gaukhar.takesOf("desk.kind.complaint").follows(`a[href$="/rule"]`)
		gaukhar.choose("ruling", "dismissed").fill("reason", "Кадастр бойынша меншік иесі басқа адам, бас тарту дұрыс.")
		gaukhar.press("desk.decide.button").sees("Кадастр бойынша меншік иесі басқа адам")
		gaukhar.press("desk.sign.button").reads("desk.case.stands")

		timur.open(complaint).reads("remedy.title.dismissed").sees("Кадастр бойынша меншік иесі басқа адам").reads("remedy.court.title")
		w.message("timur", regexp.MustCompile(`(/complaints/)`))
	}, locale.KK)
}

// Somebody's number is taken over: both phones are told, the new one opens the door
// but signs nothing, a key signs as before.
func TestChangedPhoneSignsNothing(t *testing.T) {
	in(t, func(w *town) {
		aigul := w.applicant("sole_owner")
		aigul.beginApplication(aigul.bySMS).answers(w.answersOf(w.land.Story("sole_owner"))).reads("portal.check.title")
		w.table.open("/demo/registers")
		if _, err := ask[bool](w.table, `v => { document.querySelector("[name=owner]").value = v; return true }`, string(w.land.IIN("aigul"))); err != nil {
			t.Fatal(err)
		}
		w.table.press("demo.changes.phone.button").reads("demo.done.phone")
		w.heard["aigul"] = 0 // the page of her phone is that of the new number now

		aigul.press("common.sign.sms").press("portal.signing_code.send").reads("remedy.held.title")
		told := w.message("aigul", regexp.MustCompile(`^(.*1414.*)$`))
		w.table.open("/demo/phones").sees(told)
		former := strings.Count(w.table.text(), plain(told))
		if former < 2 {
			t.Errorf("the change is told on %d phones", former)
		}
		aigul.press("remedy.held.back").reads("portal.check.title")
		w.insertKey("aigul")
		aigul.press("common.sign.button").caseBecomes("registered")
		aigul.open("/account/sessions").reads("remedy.safety.phone_changed")
	}, locale.RU)
}

// officer opens the desk with somebody's key of work.
func (w *town) officer(who string) *browser {
	w.Helper()
	b := w.browser(who)
	w.insertKey(who + "@work")
	return b.open("/sign-in").press("portal.sign_in.eds.button")
}

// takes opens the case of a kind, takes it and opens its data.
func (b *browser) takesOf(kind string) *browser {
	b.Helper()
	b.open("/desk/")
	b.leads("the case", func() { b.clickOn(`a[href^="/desk/cases/"]`, "") })
	b.reads(kind).follows(`form[action$="/take"] button`)
	b.until("the form of the reason", func() bool { return strings.Contains(b.text(), b.word("desk.reveal.reason")) })
	if _, err := ask[bool](b, `() => { document.querySelector("[name=reason]").value = "decide"; return true }`); err != nil {
		b.Fatal(err)
	}
	return b.follows(`form[action$="/reveal"] button`)
}

// follows presses what stands on the page once; its words may carry a key beside them.
func (b *browser) follows(selector string) *browser {
	b.Helper()
	b.leads("the page behind "+selector, func() { b.clickOn(selector, "") })
	return b
}
