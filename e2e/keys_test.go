package e2e

import (
	"testing"

	"mekenjai/internal/locale"
)

// Whatever is wrong with a key, the page says so, and nothing that was typed is
// lost.
func TestWrongKeyLosesNothing(t *testing.T) {
	inTurn(t, func(w *town) {
		timur := w.applicant("non_owner").open("/").press("portal.service.start")
		for kind, says := range map[string]string{"expired": "expired", "not_yet_valid": "not_yet_valid", "revoked": "revoked", "wrong_authority": "untrusted"} {
			w.insertKey("timur", kind)
			timur.press("portal.sign_in.eds.button").reads("access.signature." + says)
		}
		w.nextDialog("cancel")
		timur.clickOn(buttons, w.word("portal.sign_in.eds.button"))
		timur.reads("common.sign.state.cancelled")
		timur.byKey().answers(w.answersOf(w.land.Story("non_owner"))).reads("portal.check.title")

		w.insertKey("bolat")
		timur.press("common.sign.button").reads("access.signature.signer").sees(w.lang.Months(6))
		w.insertKey("timur", "revoked")
		timur.press("common.sign.button").reads("access.signature.revoked")
		w.nextDialog("fail")
		timur.clickOn(buttons, w.word("common.sign.button"))
		timur.reads("common.sign.state.failed")
		w.insertKey("timur")
		timur.press("common.sign.button").caseBecomes("awaiting_consent")

		bolat := w.asked("bolat")
		w.insertKey("timur") // who would like to consent for the owner
		bolat.press("account.consent.agree.button").reads("access.signature.signer")
		w.insertKey("bolat")
		bolat.agrees()
		timur.caseBecomes("registered")
	})
}

// Whoever finds a session of his that he does not know ends all of them.
func TestSessionsAreEndedEverywhere(t *testing.T) {
	in(t, func(w *town) {
		aigul := w.browser("aigul").signIn().open("/account/sessions").reads("account.sessions.current")
		elsewhere := w.browser("aigul").open("/sign-in").bySMS().open("/account").reads("common.account")
		aigul.open("/account/sessions").press("account.sessions.end").reads("account.sessions.ended")
		elsewhere.open("/account/address").reads("portal.sign_in.title")
		aigul.press("account.sessions.all.button")
		aigul.open("/account").reads("portal.sign_in.title")
	}, locale.EN)
}
