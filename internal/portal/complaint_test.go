package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
)

const wrongly = "Меншік иесі өзгерді, тіркелім мұны әлі білмеген."

// complain writes, signs and files the complaint against a refusal and gives its
// path.
func (b *browser) complain(who, refused string) string {
	b.Helper()
	text := b.post(refused+"/complaint", "words", wrongly).to()
	page := b.get(text).page(http.StatusOK).shows("Check and sign the complaint")
	return b.post(text+"/sign", "signature", b.sign(who, page.content(), false)).to()
}

func TestARefusedApplicantComplainsByKey(t *testing.T) {
	w := open(t)
	w.work()
	b, refused := w.file("not_owner")
	b.get(refused).page(http.StatusOK).shows(refused+"/complaint", "Complain")
	b.get(refused+"/complaint").page(http.StatusOK).shows("Last day to complain", "3 working days", "20 working days")
	b.post(refused+"/complaint", "words", "no").page(http.StatusUnprocessableEntity).shows(`href="#words"`, "at least 20")
	path := b.complain("timur", refused)
	receipt := b.get(path).page(http.StatusOK).shows("The complaint is received", wrongly, "Last day of the answer")
	number := strings.TrimPrefix(path, "/complaints/")
	receipt.shows(number)
	b.get(refused).page(http.StatusOK).shows(path, "A complaint against the refusal was filed")
	if to := b.get(refused + "/complaint").to(); to != path {
		t.Errorf("complaining again leads to %q", to)
	}
	w.settle()
	b.get("/account").page(http.StatusOK).shows(path)
	for _, stranger := range []*browser{w.as("bolat"), w.asOrganisation("saule", "university")} {
		stranger.get(path).page(http.StatusNotFound)
		stranger.get(refused + "/complaint").page(http.StatusNotFound)
		stranger.post(refused+"/complaint", "words", wrongly).page(http.StatusNotFound)
	}
}

func TestARefusedApplicantComplainsByCode(t *testing.T) {
	w := open(t)
	w.work()
	b, refused := w.file("not_owner")
	text := b.post(refused+"/complaint", "words", wrongly).to()
	if to := b.post(text + "/code").to(); to != text+"/code?sent=1" {
		t.Fatalf("led to %q", to)
	}
	w.settle()
	b.get(text + "/code?sent=1").page(http.StatusOK)
	b.post(text+"/confirm", "code", "000000").page(http.StatusUnprocessableEntity).shows(`href="#code"`)
	path := b.post(text+"/confirm", "code", w.code("timur")).to()
	b.get(path).page(http.StatusOK).shows("The complaint is received")
	// Back in the history of the browser, the text leads to what became of it.
	if to := b.get(text).to(); to != path {
		t.Errorf("the signed text leads to %q", to)
	}
}

func TestALateComplaintIsToldTheGroundAndAsksForTheTerm(t *testing.T) {
	w := open(t)
	w.work()
	_, refused := w.file("not_owner")
	w.pass(100 * 24 * time.Hour)
	b := w.as("timur")
	b.get(refused+"/complaint").page(http.StatusOK).shows("The term for complaints is over", "article 92")
	b.post(refused+"/complaint", "words", wrongly).page(http.StatusUnprocessableEntity).shows(`href="#restore"`, wrongly)
	text := b.post(refused+"/complaint", "words", wrongly, "restore", "Ауруханада жаттым, анықтама бар.").to()
	page := b.get(text).page(http.StatusOK)
	path := b.post(text+"/sign", "signature", b.sign("timur", page.content(), false)).to()
	b.get(path).page(http.StatusOK).shows("Why the term should be given back", "Ауруханада")
}

func TestAForgedSignatureUnderAComplaintChangesNothing(t *testing.T) {
	w := open(t)
	w.work()
	b, refused := w.file("not_owner")
	text := b.post(refused+"/complaint", "words", wrongly).to()
	page := b.get(text).page(http.StatusOK)
	b.post(text+"/sign", "signature", b.sign("bolat", page.content(), false)).page(http.StatusUnprocessableEntity).shows(`href="#signature"`)
	b.post(text+"/sign", "signature", "AAAA").page(http.StatusUnprocessableEntity)
	b.get(refused).page(http.StatusOK).shows("Complain")
	if to := b.get(refused + "/complaint/019394a2-0000-7000-8000-000000000000").to(); to != refused+"/complaint" {
		t.Errorf("an unknown text leads to %q", to)
	}
}

func TestATenantComplainsOfAnOwnerWhoDeclined(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("non_owner")
	b.get(path + "/owner-complaint").to() // nobody has refused yet
	request := w.request("bolat")
	no := w.consenter("bolat", request)
	no.post(request+"/decline", "reason", "Тіркегім келмейді.").to()
	w.settle()
	b.get(path).page(http.StatusOK).shows(path + "/owner-complaint")
	form := b.get(path + "/owner-complaint").page(http.StatusOK).shows(grouped(string(w.land.Party("bolat"))))
	form.shows("15 working days")
	b.post(path+"/owner-complaint").page(http.StatusUnprocessableEntity).
		shows(`href="#since"`, `href="#pays"`, `href="#evidence"`, `href="#words"`)
	fields := func(pays, against string) []string {
		return []string{"against", against, "since-day", "1", "since-month", "1", "since-year", "2026", "pays", pays,
			"evidence", "payments", "words", "Екі ай бойы тіркеуді сұрадым, иесі бас тартты."}
	}
	b.post(path+"/owner-complaint", fields("no", string(w.land.Party("bolat")))...).page(http.StatusUnprocessableEntity).shows("not let")
	b.post(path+"/owner-complaint", fields("yes", string(w.land.Party("aigul")))...).page(http.StatusUnprocessableEntity).shows("has no right to this dwelling")
	text := b.post(path+"/owner-complaint", fields("yes", grouped(string(w.land.Party("bolat"))))...).to()
	page := b.get(text).page(http.StatusOK)
	complaint := b.post(text+"/sign", "signature", b.sign("timur", page.content(), false)).to()
	b.get(complaint).page(http.StatusOK).shows("The migration police of the place consider it", "Receipts or transfers")
	w.pass(40 * 24 * time.Hour)
	w.as("timur").get(complaint).page(http.StatusOK).shows("There was no answer in time", "turn to the court")
}

func TestComplaintPagesSpeakKazakhAndRussian(t *testing.T) {
	w := open(t)
	w.work()
	b, refused := w.file("not_owner")
	path := b.complain("timur", refused)
	for l, words := range map[locale.Lang]string{locale.KK: "Шағым қабылданды", locale.RU: "Жалоба принята"} {
		b.lang = l
		b.get(path).page(http.StatusOK).shows(words)
	}
}

func TestEvidenceIsPutToAComplaint(t *testing.T) {
	w := open(t)
	vault, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		t.Fatal(err)
	}
	w.register.Papers = vault
	w.work()
	b, refused := w.file("not_owner")
	path := b.complain("timur", refused)
	b.upload(path+"/paper", []byte("no scan")).page(http.StatusUnprocessableEntity).shows(`href="#scan"`)
	w.as("bolat").upload(path+"/paper", scan(t)).page(http.StatusNotFound)
	b.upload(path+"/paper", scan(t)).to()
	b.get(path).page(http.StatusOK).shows("A paper was added")
}
