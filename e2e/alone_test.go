package e2e

import (
	"regexp"
	"strings"
	"testing"

	"mekenjai"
)

// The code and the Kazakh letters of the certificate are text, not pictures;
// anybody can check the code, and learns no more than the paper shows.
func TestSoleOwnerIsRegisteredAtOnceAndShowsTheCertificate(t *testing.T) {
	inEveryLanguage(t, func(w *town) {
		aigul := w.applicant("sole_owner").apply("sole_owner").caseBecomes("registered").reads("common.clock.spent")
		paper := w.readPDF(aigul.download(w.word("account.certificate." + string(w.lang))))
		for _, letters := range []string{"Нұрланова Айгүл Серікқызы", "Бостандық ауданы"} {
			if !strings.Contains(plain(paper), letters) {
				t.Errorf("the certificate does not say %q:\n%s", letters, paper)
			}
		}
		code := regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`).FindString(paper)
		if code == "" {
			t.Fatalf("the certificate has no code:\n%s", paper)
		}

		clerk := w.browser("a clerk").open("/").press("portal.service.check.link")
		clerk.fill("code", strings.ToLower(code)).press("account.check.button").reads("life.check.title.valid")
		clerk.mustNotSee(string(w.land.IIN("aigul")), w.land.Resident("aigul").Name.String())
		clerk.press("account.check.another").fill("code", "0000-0000-0000-0000").press("account.check.button").reads("account.check.unknown.title")
		clerk.open("/check").press("account.check.button").reads("account.check.empty")

		aigul.open("/account").reads("account.notices.title")
		aigul.open("/account/history").reads("account.state.registered")
		aigul.open("/account/property").sees(w.land.Resident("aigul").Name.String())
		aigul.open("/account/address").reads("account.address.permanent").reads("life.standing.valid")
		aigul.reads("account.checks.text") // who is spoken of learns that he was asked about
	})
}

func TestPersonWithoutAKeySignsInAndSignsBySMS(t *testing.T) {
	inTurn(t, func(w *town) {
		aigul := w.applicant("sole_owner")
		aigul.beginApplication(func() *browser {
			aigul.fill("iin", "123").press("portal.sign_in.sms.button").reads("portal.error.iin")
			aigul.fill("iin", string(w.land.IIN("aigul"))).press("portal.sign_in.sms.button")
			right := w.code("aigul")
			aigul.fill("code", wrongDigits(right)).press("portal.sign_in.button").reads("access.code.wrong", "left", 2)
			return aigul.fill("code", right).press("portal.sign_in.button")
		})
		aigul.answers(w.answersOf(w.land.Story("sole_owner"))).reads("portal.check.title")
		shown := aigul.shortCode()
		aigul.press("common.sign.sms").sees(shown).press("portal.signing_code.send").reads("portal.signing_code.sent")
		sms := w.message("aigul", regexp.MustCompile(`^(.*)$`))
		if !strings.Contains(sms, shown) {
			t.Errorf("the message %q does not name the text %s", sms, shown)
		}
		digits := codeMessage.FindStringSubmatch(sms)[1]
		aigul.fill("code", wrongDigits(digits)).press("portal.signing_code.sign").reads("access.code.wrong", "left", 2)
		aigul.fill("code", digits).press("portal.signing_code.sign").caseBecomes("registered")
	})
}

// wrongDigits differ from the right ones in one.
func wrongDigits(right string) string {
	return string('0'+(right[0]-'0'+1)%10) + right[1:]
}

// shortCode is the code of the text that the page asks to sign.
func (b *browser) shortCode() string {
	b.Helper()
	code, err := ask[string](b, `() => document.querySelector("main code").textContent`)
	if err != nil {
		b.Fatal(err)
	}
	return code
}

// The search knows both languages of the state, whatever the reader's is.
func TestDwellingIsFoundByItsAddress(t *testing.T) {
	inTurn(t, func(w *town) {
		words := map[string]string{"kk": "алматы абай 150", "ru": "алматы абая 150", "en": "алматы абая 150"}[string(w.lang)]
		zhanna := w.applicant("two_flats")
		zhanna.beginApplication(zhanna.byKey)
		list := w.answersOf(w.land.Story("two_flats"))
		list[3] = answer{mekenjai.StepDwelling, func(b *browser) {
			b.fill("q", words).sees(w.word("portal.dwelling.needs_unit")) // while typing
			b.leads("the house", func() { b.clickOn("#q-results a", "") })
			b.fill("q", "21").press("common.search")
			b.leads("the flat", func() { b.clickOn("#q-results a", "") })
			b.reads("portal.dwelling.confirm.title").sees("1201 8000 0010 2021")
		}}
		zhanna.answers(list).reads("portal.check.title").press("common.sign.button").caseBecomes("registered")
	})
}
