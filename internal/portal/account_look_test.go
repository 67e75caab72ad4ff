package portal

import (
	"strings"
	"testing"
	"time"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
	"mekenjai/internal/web/webtest"
)

// A view is a page as one reader sees it.
type view struct {
	by *browser
	sight
}

// views are the pages of cases, consents, the account and the check, after some
// days in the life of the town. Each begins with "account-".
func (w *town) views() []view {
	w.Helper()
	w.seal()
	w.work()
	var list []view
	add := func(by *browser, name, path string, do ...string) {
		list = append(list, view{by, sight{name: "account-" + name, path: path, do: strings.Join(do, ";")}})
	}
	const unfold = `document.querySelectorAll("details").forEach(d => d.open = true)`

	timur, lapsed := w.file("non_owner")
	late := w.request("bolat")
	w.pass(61 * time.Minute) // everybody's session ends
	timur = w.as("timur")
	add(timur, "lapsed", lapsed)

	aigul, registered := w.file("sole_owner")
	add(aigul, "registered", registered)
	add(aigul, "registered-open", registered, unfold)
	add(aigul, "address", "/account/address")
	add(aigul, "property", "/account/property")
	add(aigul, "empty", "/account")
	add(w.consenter("bolat", late), "consent-lapsed", late)

	pavel, waiting := w.file("three_owners")
	erlan := w.request("erlan")
	w.agree("erlan")
	owner := w.consenter("erlan", erlan)
	add(owner, "consent-agreed", erlan)
	add(owner, "take-back", erlan+"/withdraw")
	add(pavel, "waiting", waiting)
	add(pavel, "under-way", "/account")
	add(pavel, "withdraw", waiting+"/withdraw")
	zhanar := w.request("zhanar")
	asked := w.consenter("zhanar", zhanar)
	add(asked, "consent", zhanar)
	add(asked, "consent-open", zhanar, unfold)
	add(asked, "consent-wrong", zhanar, press("signature", "AAAA"))
	add(asked, "decline", zhanar+"/decline")
	add(asked, "decline-empty", zhanar+"/decline", press("reason", ""))
	add(asked, "disown", zhanar+"/not-mine")
	add(asked, "asked", "/account")

	_, moved := w.file("moved")
	_ = moved
	sergey := w.request("sergey")
	no := w.consenter("sergey", sergey)
	no.post(sergey+"/decline", "reason", "Мен бұл адамды танымаймын.").to()
	w.settle()
	add(no, "consent-declined", sergey)
	add(w.as("dana"), "declined", moved)

	add(w.as("dana"), "complaint-owner", moved+"/owner-complaint")
	add(w.as("dana"), "complaint-owner-wrong", moved+"/owner-complaint", press("words", ""))

	timur, refusal := w.file("not_owner")
	text := timur.post(refusal+"/complaint", "words", wrongly).to()
	complaint := timur.post(text+"/sign", "signature", timur.sign("timur", timur.get(text).page(200).content(), false)).to()
	add(timur, "complaint-receipt", complaint)
	add(timur, "complaint-case", refusal)

	pass := w.as("ruslan")
	form := pass.fill("private_tenant")
	pass.post(form + "/code").to()
	w.settle()
	if _, err := w.land.ChangePhone(w.land.IIN("ruslan")); err != nil {
		w.Fatal(err)
	}
	add(pass, "held", form+"/code", `document.querySelector("main form").submit()`)
	add(pass, "sessions-changed", "/account/sessions")

	miras, refused := w.file("no_title")
	add(miras, "refused", refused)
	unsigned := miras.post(refused+"/complaint", "words", wrongly).to()
	add(miras, "complaint-sign", unsigned)
	add(miras, "complaint-code", unsigned+"/code?sent=1")
	add(miras, "complaint-form", refused+"/complaint", unfold)
	add(miras, "complaint-form-wrong", refused+"/complaint", press("words", "жоқ"))
	add(miras, "history", "/account/history")
	viktoria, routed := w.file("minor_owner")
	add(viktoria, "routed", routed)
	gulnar, referred := w.file("arrested")
	add(gulnar, "referred", referred)
	w.wantsPaper("madi")
	add(gulnar, "paper-wanted", referred)
	add(gulnar, "looks", "/account/looks")

	university := w.asOrganisation("saule", "university")
	_, _ = w.file("dormitory")
	add(university, "organisation", "/account")
	add(university, "organisation-history", "/account/history")
	add(w.as("aigul"), "sessions", "/account/sessions")

	stranger := w.browser()
	add(stranger, "check", "/check")
	add(stranger, "check-wrong", "/check", press("code", "123"))
	add(stranger, "check-valid", "/check/"+aigul.checkCode("aigul", registered))
	add(stranger, "check-unknown", "/check/AAAA-AAAA-AAAA-AAAA")

	w.land.Set(state.Properties, country.Fault{Kind: country.Down})
	kairat, silent := w.file("village")
	add(kairat, "silent", silent)
	add(kairat, "property-silent", "/account/property")
	return list
}

func TestPhotographTheAccount(t *testing.T) {
	webtest.Looking(t)
	ctx, w := webtest.Browser(t), open(t)
	for _, v := range w.views() {
		v.by.carry(ctx)
		w.photograph(ctx, v.sight)
	}
}

func TestEveryPageOfTheAccountPassesAxeAndFitsANarrowWindow(t *testing.T) {
	ctx, w := webtest.Browser(t), open(t)
	for i, v := range w.views() {
		v.by.carry(ctx)
		w.examine(ctx, v.sight, locale.KK)
		w.examine(ctx, v.sight, locale.Langs[1+i%2])
	}
}
