package e2e

import (
	"testing"

	"mekenjai/internal/locale"
)

func TestEntryIsMadeWhenEveryCoOwnerAgreed(t *testing.T) {
	inEveryLanguage(t, func(w *town) {
		pavel := w.applicant("three_owners").apply("three_owners").caseBecomes("awaiting_consent")
		pavel.reads("account.case.unfinished").reads("account.case.agreed", "agreed", 0, "total", 3)
		pavel.mustNotSee("Қасымова", "Мейрам") // whom he did not name himself

		w.asked("erlan").sees(w.land.Resident("pavel").Name.String()).agrees()
		w.asked("zhanar").agrees()
		pavel.renew()
		pavel.reads("account.case.agreed", "agreed", 2, "total", 3)
		meiram := w.asked("meiram").agrees()
		pavel.caseTurns("registered")

		meiram.open("/account/property").sees(w.land.Resident("pavel").Name.String())
	})
}

func TestApplicationIsRefusedWhenAnOwnerDeclines(t *testing.T) {
	inTurn(t, func(w *town) {
		pavel := w.applicant("three_owners").apply("three_owners").caseBecomes("awaiting_consent")
		erlan := w.asked("erlan").agrees()
		meiram := w.asked("meiram")

		zhanar := w.asked("zhanar").press("account.consent.no.decline")
		zhanar.press("account.decline.button").reads("portal.error.reason_empty")
		zhanar.fill("reason", "Үйде орын жоқ").press("account.decline.button").reads("account.consent.title.declined").sees("Үйде орын жоқ")

		pavel.caseTurns("declined").mustNotSee("Үйде орын жоқ") // the reason is the owner's and the officer's
		pavel.reads("account.case.duty.title")
		meiram.press("account.consent.agree.button").reads("account.consent.late.title")
		erlan.open("/account").reads("account.requests.answered")
	})
}

func TestApplicationLapsesWhenAnOwnerIsSilentForAnHour(t *testing.T) {
	inTurn(t, func(w *town) {
		timur := w.applicant("non_owner").apply("non_owner").caseBecomes("awaiting_consent")
		at := timur.path()
		bolat := w.asked("bolat")

		w.anHourPasses()
		bolat.press("account.consent.agree.button").reads("portal.sign_in.consent.title") // his proof is old by now
		bolat.byKey().reads("account.consent.title.lapsed")

		timur.open(at).reads("portal.sign_in.expired").byKey().caseBecomes("lapsed")
		timur.press("account.case.file_again").reads("portal.question.registrant")
	})
}

func TestOwnerSaysThatTheDwellingIsNotHis(t *testing.T) {
	inTurn(t, func(w *town) {
		timur := w.applicant("non_owner").apply("non_owner").caseBecomes("awaiting_consent")
		bolat := w.asked("bolat").press("account.consent.no.disown").reads("account.disown.title")
		bolat.press("account.keep").press("account.consent.no.disown").press("account.disown.button").reads("account.consent.title.not_mine")
		timur.caseTurns("referred")
	})
}

func TestHeadConsentsForTheDormitory(t *testing.T) {
	in(t, func(w *town) {
		madina := w.applicant("dormitory").apply("dormitory").caseBecomes("awaiting_consent")
		saule := w.asked("saule", "university")
		saule.agrees()
		madina.caseBecomes("registered")
		saule.open("/account/property").sees(w.land.Resident("madina").Name.String())
		saule.open("/apply").reads("portal.organisation.title") // an organisation lives nowhere
	}, locale.RU)
}

// The link of the message may be opened on the applicant's own machine, by
// mistake or not.
func TestConsentLinkShowsTheApplicantNothing(t *testing.T) {
	in(t, func(w *town) {
		timur := w.applicant("non_owner").apply("non_owner").caseBecomes("awaiting_consent")
		link := w.request("bolat")
		timur.open(link).reads("portal.sign_in.consent.title").mustNotSee("Жүнісов", "Оспанов")
		timur.byKey().reads("common.error.404.title").mustNotSee("Жүнісов")

		stranger := w.browser("miras").open(link).byKey()
		stranger.reads("common.error.404.title").mustNotSee("Жүнісов", "Оспанов")

		bolat := w.browser("bolat").signIn() // an ordinary sign-in is no proof for this one thing
		bolat.press("account.requests.open").reads("portal.sign_in.consent.title")
		bolat.byKey().reads("account.consent.title.asked").agrees()
		timur.open("/account/history").reads("account.state.registered")
	}, locale.KK)
}

func TestConsentIsTakenBackBeforeTheDecision(t *testing.T) {
	in(t, func(w *town) {
		erlan := w.applicant("co_owner").apply("co_owner").caseBecomes("awaiting_consent")
		zhanar := w.asked("zhanar").agrees()
		zhanar.press("account.take_back.button").reads("account.take_back.title")
		zhanar.press("account.take_back.button").reads("account.consent.title.withdrawn")
		erlan.caseBecomes("taken_back")
	}, locale.EN)
}

func TestApplicantWithdraws(t *testing.T) {
	in(t, func(w *town) {
		timur := w.applicant("non_owner").apply("non_owner").caseBecomes("awaiting_consent")
		bolat := w.asked("bolat")
		timur.press("account.case.withdraw").press("account.withdraw.keep").press("account.case.withdraw")
		timur.press("account.withdraw.button").caseBecomes("withdrawn")
		bolat.press("account.consent.agree.button").reads("account.consent.late.title")
	}, locale.RU)
}
