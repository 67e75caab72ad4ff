package e2e

import (
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mekenjai/internal/locale"
)

// daysPass moves the clock; sessions end meanwhile.
func (w *town) daysPass(n int) {
	w.Helper()
	w.table.open("/demo/")
	for range n {
		w.table.press("demo.clock.day").reads("demo.done.clock")
	}
	// A question to a register that was on its way while the clock jumped has an answer
	// from another day, which is none; it is put again some minutes later.
	time.Sleep(2 * time.Second)
	w.table.press("demo.clock.hour").reads("demo.done.clock")
}

var entryMessage = regexp.MustCompile(`https?://[^/]+(/e/[0-9A-Z]{4}-[0-9A-Z]{4})`)

// entryTold is the entry of which the next text message to somebody speaks.
func (w *town) entryTold(who string) string {
	w.Helper()
	return w.message(who, entryMessage)
}

// at opens a page in a browser of one's own, with one's own key.
func (w *town) at(who, path string) *browser {
	w.Helper()
	return w.browser(who).signIn().open(path)
}

// entryOf opens the person's own entry from the page of the address.
func (b *browser) entryOf() *browser {
	b.Helper()
	return b.open("/account/address").press("life.manage")
}

// resident opens the entry of somebody registered in the owner's dwelling.
func (b *browser) resident(name string) *browser {
	b.Helper()
	return b.open("/account/property").pressWords(name)
}

// asksToRemove lets an owner ask for the end of the entry before him.
func (b *browser) asksToRemove(reason string) *browser {
	b.Helper()
	b.press("life.remove.button").reads("life.remove.title").fill("reason", reason).press("common.continue")
	b.reads("life.remove.sign.title").sees(reason)
	b.insertKey(b.who)
	return b.press("life.remove.sign.button").reads("life.said.asked")
}

// onDuty seats an officer before a case or an entry, with the key of who employs him.
func (w *town) onDuty(who, path string) *browser {
	w.Helper()
	b := w.browser(who)
	b.width = 1366
	b.do(chromedp.EmulateViewport(b.width, 768))
	w.insertKey(who + "@work")
	return b.open(path).press("portal.sign_in.eds.button")
}

// pressesKey presses what bears an access key.
func (b *browser) pressesKey(access string) *browser {
	b.Helper()
	b.leads("what the key "+access+" leads to", func() { b.clickOn(`main [accesskey="`+access+`"]`, "") })
	return b
}

// opensTheDispute takes the first case of the queue and opens its data.
func (b *browser) opensTheDispute() *browser {
	b.Helper()
	b.leads("the case", func() { b.clickOn("main tbody a", "") })
	b.pressesKey("t")
	if _, err := ask[bool](b, `() => { document.querySelector("main select[name=reason]").value = "decide"; return true }`); err != nil {
		b.Fatal(err)
	}
	return b.pressesKey("o").reads("life.desk.dispute")
}

// resolves decides the dispute of the case, with a signature.
func (b *browser) resolves(resolution, reasons string) *browser {
	b.Helper()
	b.pressesKey("d").choose("resolution", resolution).fill("finding", reasons).press("life.desk.to_sign")
	b.insertKey(b.who + "@work")
	return b.press("desk.sign.button").reads("desk.state.closed")
}

func TestPersonEndsHisOwnRegistration(t *testing.T) {
	inTurn(t, func(w *town) {
		dana := w.browser("dana").signIn().entryOf().reads("life.title.own.valid")
		dana.press("life.own_end.button").reads("life.own_end.title").press("common.sign.sms")
		dana.press("portal.signing_code.send").fill("code", w.code("dana")).press("life.own_end.sign_code")
		dana.reads("life.said.ended").reads("life.title.own.ended").reads("account.end.REMOVED_BY_PERSON")
		if at := w.entryTold("dana"); at != dana.path() {
			t.Errorf("the message leads to %s, not to %s", at, dana.path())
		}
	})
}

func TestPersonEndsHisOwnRegistrationWithAKey(t *testing.T) {
	in(t, func(w *town) {
		dana := w.browser("dana").signIn().entryOf().press("life.own_end.button")
		w.insertKey("bolat") // somebody else's key lies in the reader
		dana.press("life.own_end.sign").reads("life.own_end.title")
		w.insertKey("dana")
		dana.press("life.own_end.sign").reads("life.said.ended")
	}, locale.RU)
}

func TestOwnerRemovesAfterThePersonCouldObject(t *testing.T) {
	inTurn(t, func(w *town) {
		name := w.land.Resident("dana").Name.String()
		w.browser("bolat").signIn().resident(name).asksToRemove("Шарт аяқталды").reads("life.title.owner.asked")
		link := w.entryTold("dana")
		dana := w.at("dana", link).reads("life.title.own.asked").reads("life.object.button")
		dana.reads("life.standing.valid") // nothing ends before the period is over
		w.daysPass(13)
		dana = w.at("dana", link).reads("life.title.own.ended").reads("account.end.REMOVED_BY_OWNER")
		dana.open(link + "/object").reads("life.said.late")
	})
}

func TestPersonObjectsAndAnOfficerKeepsHim(t *testing.T) {
	inTurn(t, func(w *town) {
		name := w.land.Resident("dana").Name.String()
		bolat := w.browser("bolat").signIn().resident(name).asksToRemove("Пәтерді сатамын")
		entry := bolat.path()
		dana := w.at("dana", entry).press("life.object.button").press("life.object.send").reads("life.error.objection_empty")
		dana.fill("reason", "Жалдау шарты желтоқсанға дейін").press("life.object.send").reads("life.said.objected").reads("life.title.own.objected")
		bolat.open(entry).reads("life.title.owner.objected").mustNotSee("Жалдау шарты")

		w.onDuty("rinat", "/desk/").opensTheDispute().sees("Жалдау шарты желтоқсанға дейін").resolves("upheld", "Шарт күшінде")
		dana.open(entry).reads("life.title.own.valid").reads("life.outcome.rejected").sees("Шарт күшінде")
		bolat.open(entry).reads("life.outcome.rejected.owner").reads("life.remove.button")
	})
}

func TestCoOwnersRefusalKeepsThePerson(t *testing.T) {
	in(t, func(w *town) {
		pavel := w.applicant("three_owners").apply("three_owners").caseBecomes("awaiting_consent")
		for _, who := range []string{"erlan", "zhanar", "meiram"} {
			w.asked(who).agrees()
		}
		pavel.caseBecomes("registered")
		erlan := w.browser("erlan").signIn().resident(w.land.Resident("pavel").Name.String()).asksToRemove("Договор закончился")
		entry := erlan.path()

		zhanar := w.at("zhanar", entry).reads("life.title.owner.confirm").press("life.confirm.button").sees("Договор закончился")
		w.insertKey("zhanar")
		zhanar.press("life.confirm.sign").reads("life.said.confirmed")
		pavel.open(entry).reads("life.title.own.asked").reads("life.request.confirmed", "n", "1", "total", "2").mustNotSee("Қасымова")

		meiram := w.at("meiram", entry).press("life.decline.button").press("life.decline.button").reads("life.said.declined")
		meiram.reads("life.outcome.refused.owner") // a court decides between owners
		erlan.open(entry).reads("life.outcome.refused")
		pavel.open(entry).reads("life.title.own.valid").reads("life.outcome.refused.own")
	}, locale.RU)
}

func TestOwnerWithdrawsHisRequest(t *testing.T) {
	in(t, func(w *town) {
		bolat := w.browser("bolat").signIn().resident(w.land.Resident("dana").Name.String()).asksToRemove("Ошибка")
		bolat.press("life.withdraw.button").press("life.keep").press("life.withdraw.button").press("life.withdraw.button")
		bolat.reads("life.said.withdrawn").reads("life.title.owner.valid")
		w.at("dana", bolat.path()).reads("life.title.own.valid")
	}, locale.RU)
}

// One button of an owner freezes the certificate; two officers annul the entry.
func TestNotMyTenantEndsInAnnulment(t *testing.T) {
	inTurn(t, func(w *town) {
		name := w.land.Resident("dana").Name.String()
		dana := w.browser("dana").signIn().entryOf()
		entry := dana.path()
		paper := w.readPDF(dana.download(w.word("account.certificate." + string(w.lang))))
		code := regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`).FindString(paper)
		clerk := w.browser("a clerk").open("/check/" + code).reads("life.check.title.valid")

		bolat := w.browser("bolat").signIn().resident(name).press("life.stranger.button").reads("life.dispute.title.owner")
		bolat.press("life.dispute.button.owner").reads("life.said.disputed").reads("life.title.owner.disputed")
		clerk.open("/check/" + code).reads("life.check.title.disputed")
		dana.open(entry).reads("life.title.own.disputed")

		w.onDuty("rinat", "/desk/").opensTheDispute().resolves("annul", "Қолтаңба оныкі емес")
		gaukhar := w.onDuty("gaukhar", "/desk/?shelf=confirming")
		gaukhar.leads("the proposal", func() { gaukhar.clickOn("main tbody a", "") })
		gaukhar.sees("Қолтаңба оныкі емес").pressesKey("c")
		w.insertKey("gaukhar@work")
		gaukhar.press("desk.sign.button").reads("desk.state.closed")
		clerk.open("/check/" + code).reads("life.check.title.annulled")
		dana.open(entry).reads("life.title.own.annulled")
		bolat.open(entry).reads("life.title.owner.annulled")
	})
}

func TestPersonSaysThatSheNeverApplied(t *testing.T) {
	in(t, func(w *town) {
		dana := w.browser("dana").signIn().entryOf().press("life.never.button").reads("life.dispute.title.own")
		dana.press("life.dispute.button.own").reads("life.said.disputed").reads("life.title.own.disputed")
		w.onDuty("rinat", "/desk/").opensTheDispute().resolves("dismissed", "The application bears her signature")
		dana.open(dana.path()).reads("life.title.own.valid").reads("life.decided.never_applied.dismissed")
	}, locale.EN)
}

func TestCourtActEndsARegistration(t *testing.T) {
	in(t, func(w *town) {
		entry := w.browser("dana").signIn().entryOf().path()
		number := entry[len("/e/"):]
		rinat := w.onDuty("rinat", "/desk/entries/"+number).press("life.desk.propose.button")
		rinat.choose("kind", "court").fill("paper", "№ 2-118, 02.11.2026").fill("finding", "Решение вступило в силу").press("life.desk.to_sign")
		w.insertKey("rinat@work")
		rinat.press("desk.sign.button").reads("life.desk.state.proposed")
		gaukhar := w.onDuty("gaukhar", "/desk/?shelf=confirming")
		gaukhar.leads("the proposal", func() { gaukhar.clickOn("main tbody a", "") })
		gaukhar.sees("№ 2-118").pressesKey("c")
		w.insertKey("gaukhar@work")
		gaukhar.press("desk.sign.button").reads("desk.state.closed")
		w.at("dana", entry).reads("account.end.REMOVED_COURT")
	}, locale.RU)
}

func TestExtensionIsOnePressBeforeTheEnd(t *testing.T) {
	inTurn(t, func(w *town) {
		tolegen := w.browser("tolegen").signIn().open("/account/address").press("life.extend.button")
		tolegen.choose("is_owner", "no").press("common.continue") // the entry was taken over from elsewhere
		tolegen.press("portal.dwelling.confirm.yes")
		tolegen.fill("owner", string(w.land.IIN("zhanna"))).press("common.continue")
		tolegen.choose("purpose", "work").press("common.continue").press("common.continue").reads("portal.check.title")
		w.insertKey("tolegen")
		tolegen.press("common.sign.button").caseBecomes("awaiting_consent")
		w.asked("zhanna").agrees()
		tolegen.caseBecomes("extended")
		tolegen.open("/account/address").reads("life.standing.ahead").reads("life.standing.valid")
	})
}

func TestRectorEndsManyRegistrationsAtOnce(t *testing.T) {
	in(t, func(w *town) {
		madina := w.applicant("dormitory").apply("dormitory").caseBecomes("awaiting_consent")
		w.asked("saule", "university").agrees()
		madina.caseBecomes("registered")
		saule := w.browser("saule")
		w.insertKey("university")
		saule.open("/sign-in").press("portal.sign_in.eds.button").resident(w.land.Resident("madina").Name.String())
		saule.press("life.remove.button").press("common.continue")
		w.insertKey("university")
		saule.press("life.remove.sign.button").reads("life.said.asked")
		madina.open("/account").press("account.notices.open").reads("life.title.own.asked")
	}, locale.KK)
}
