package e2e

import (
	"strings"
	"testing"

	"mekenjai/internal/locale"
)

// Somebody with a phone and no signing program: he signs in by SMS and signs in eGov
// Mobile. So does the owner, who first takes up the wrong key.
func TestApplicantAndOwnerSignInEGovMobile(t *testing.T) {
	in(t, func(w *town) {
		timur := w.applicant("non_owner")
		timur.beginApplication(timur.bySMS).answers(w.answersOf(w.land.Story("non_owner"))).reads("portal.check.title")
		timur.press("common.sign.mobile.button").reads("mobile.scan.title")
		timur.takesPhone("timur")
		w.table.reads("demo.mobile.accepted")
		timur.until("the page to go on by itself", func() bool { return strings.HasPrefix(timur.path(), "/applications/") })
		timur.caseBecomes("awaiting_consent")

		bolat := w.browser("bolat").open(w.request("bolat")).bySMS().reads("account.consent.title.asked")
		bolat.press("common.sign.mobile.button").reads("mobile.scan.title")
		bolat.takesPhone("timur") // who would like to consent for the owner
		w.table.reads("demo.mobile.refused.text")
		bolat.reads("mobile.refused.title").reads("access.signature.signer").reads("mobile.refused.whose", "iin", w.land.IIN("bolat").Masked())
		bolat.takesPhone("bolat")
		w.table.reads("demo.mobile.accepted")
		bolat.until("the page to go on by itself", func() bool { return strings.HasPrefix(bolat.path(), "/c/") })
		timur.caseBecomes("registered")
	}, locale.KK)
}

// Without scripts there is a link that asks how it stands.
func TestPageOfThePhoneNeedsNoScripts(t *testing.T) {
	in(t, func(w *town) {
		pavel := w.applicant("three_owners").withoutScripts()
		pavel.beginApplication(pavel.bySMS).answers(w.answersOf(w.land.Story("three_owners")))
		pavel.press("common.sign.mobile.button").reads("mobile.scan.title")
		pavel.takesPhone("pavel")
		w.table.reads("demo.mobile.accepted")
		pavel.press("common.live.refresh")
		pavel.caseBecomes("awaiting_consent")
	}, locale.RU)
}
