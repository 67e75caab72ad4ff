package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

func TestDraftWaitsAtTheSameQuestion(t *testing.T) {
	inTurn(t, func(w *town) {
		aigul := w.applicant("sole_owner")
		list := w.answersOf(w.land.Story("sole_owner"))
		aigul.beginApplication(aigul.byKey).answers(list[:3])
		question := aigul.path()
		aigul.press("common.sign_out")

		aigul.press("portal.service.start").byKey().reads("portal.continue.title").sees(w.lang.Months(6))
		aigul.press("common.continue")
		if at := aigul.path(); at != question {
			t.Errorf("goes on at %s, left at %s", at, question)
		}
		aigul.answers(list[3:]).reads("portal.check.title")

		aigul.pressHref("months?change=1").fill("months", "3").press("common.continue") // straight back to the check
		aigul.reads("portal.check.title").sees(w.lang.Months(3))
		aigul.press("common.sign.button").caseBecomes("registered")
	})
}

func TestSubmittingTwiceMakesOneApplication(t *testing.T) {
	inTurn(t, func(w *town) {
		timur := w.applicant("non_owner").fillIn("non_owner")
		second := timur.second().open(timur.path()).reads("portal.check.title")

		timur.leads("the case", func() {
			timur.clickOn(buttons, w.word("common.sign.button"))
			timur.clickOn(buttons, w.word("common.sign.button")) // an impatient finger
		})
		timur.caseBecomes("awaiting_consent")
		filed := timur.path()

		second.press("common.sign.button")
		if at := second.path(); at != filed {
			t.Errorf("the second tab filed %s, the first %s", at, filed)
		}
		timur.leads("what the back button shows", func() { timur.do(chromedp.NavigateBack()) })
		if at := timur.path(); at != filed {
			t.Errorf("back leads to %s, not to the case", at)
		}
		second.open("/apply").reads("portal.in_progress.title")

		second.open("/account/history")
		lines, err := ask[int](second, `() => document.querySelectorAll("main li a").length`)
		if err != nil || lines != 1 {
			t.Errorf("%d applications (%v)", lines, err)
		}
	})
}

// What is typed wrongly is told beside the field and kept.
func TestFaultsStandBesideTheirFields(t *testing.T) {
	inEveryLanguage(t, func(w *town) {
		miras := w.applicant("no_title")
		list := w.answersOf(w.land.Story("no_title"))
		miras.beginApplication(miras.byKey)
		miras.press("common.continue").reads("portal.error.registrant").answers(list[:1])
		for _, months := range []string{"", "0", "13", "1.5"} {
			miras.fill("months", months).press("common.continue").reads("portal.error.months").holds("months", months)
		}
		miras.answers(list[1:2])
		miras.press("common.continue").reads("portal.error.is_owner").answers(list[2:3])
		miras.fill("q", "0000 0000 0000 0000").press("common.search")
		miras.fill("q", "зззз").press("common.search").reads("portal.dwelling.nothing").answers(list[3:4])
		for number, says := range map[string]string{"": "owner_empty", "123456789012": "owner_format", string(w.land.IIN("miras")): "owner_self"} {
			miras.fill("owner", number).press("common.continue").reads("portal.error."+says).holds("owner", number)
		}
		miras.answers(list[4:5])
		miras.press("common.continue").reads("portal.error.purpose").answers(list[5:6])
		miras.fill("arrival-day", "31").fill("arrival-month", "2").fill("arrival-year", "2026").press("common.continue").reads("portal.error.arrival_format")
		miras.fill("arrival-day", "1").fill("arrival-month", "1").fill("arrival-year", "2099").press("common.continue").reads("portal.error.arrival_future")
		miras.answers(list[6:]).reads("portal.check.title")
	})
}

func TestLanguageIsChangedWhereOneStands(t *testing.T) {
	in(t, func(w *town) {
		aigul := w.applicant("sole_owner")
		aigul.beginApplication(aigul.byKey).answers(w.answersOf(w.land.Story("sole_owner"))[:1])
		aigul.fill("months", "9")
		aigul.leads("the question in Russian", func() { aigul.clickOn(`a[hreflang=ru]`, "") })
		aigul.sees(locale.RU.T("portal.question.months"))
		aigul.leads("the question in English", func() { aigul.clickOn(`a[hreflang=en]`, "") })
		aigul.sees(locale.EN.T("portal.question.months"))
	}, locale.KK)
}

// holds checks what a field contains.
func (b *browser) holds(field, want string) *browser {
	b.Helper()
	got, err := ask[string](b, `n => document.querySelector("[name=" + n + "]").value`, field)
	if err != nil || got != want {
		b.Errorf("the field %s holds %q, want %q (%v)", field, got, want, err)
	}
	return b
}

// pressHref follows the link whose address ends so.
func (b *browser) pressHref(end string) *browser {
	b.Helper()
	b.leads(end, func() { b.clickOn(`a[href$="`+end+`"]`, "") })
	return b
}
