package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
)

// The link in the message may be opened on the applicant's machine, or by the
// owner who is signed in already: both prove who they are anew.
func TestConsentAsksAnewWhoeverIsSignedIn(t *testing.T) {
	w := open(t)
	w.work()
	applicant, _ := w.file("non_owner")
	path := w.request("bolat")
	for name, b := range map[string]*browser{"nobody": w.browser(), "the applicant": applicant, "the owner": w.as("bolat")} {
		for _, page := range []string{"", "/decline", "/not-mine", "/withdraw"} {
			if to := b.get(path + page).to(); to != path+"/sign-in" {
				t.Errorf("%s is led from %s to %q", name, page, to)
			}
		}
		for _, verb := range []string{"/agree", "/decline", "/not-mine", "/withdraw"} {
			if got := b.post(path+verb, "reason", "no"); got.location != path+"/sign-in" {
				t.Errorf("%s: %s gives %d, %q", name, verb, got.status, got.location)
			}
		}
	}
	if to := applicant.get("/c/0000-0000").to(); to != "/c/0000-0000/sign-in" {
		t.Errorf("a number that was never given is led to %q: it tells which are", to)
	}
	applicant.prove("bolat", path) // on the applicant's machine, with the owner's key
	applicant.get(path).page(http.StatusOK).shows("Жүнісов Б. М.")
	w.clock.Advance(16 * time.Minute)
	if to := applicant.get(path).to(); to != path+"/sign-in" {
		t.Errorf("a quarter of an hour later led to %q", to)
	}
}

func TestRequestExistsForItsRightHolderAlone(t *testing.T) {
	w := open(t)
	w.work()
	w.file("three_owners")
	path := w.request("zhanar")
	for _, who := range []string{"pavel", "meiram", "aigul"} {
		b := w.consenter(who, path)
		for _, page := range []string{"", "/decline", "/not-mine", "/withdraw"} {
			if got := b.get(path + page); got.status != http.StatusNotFound {
				t.Errorf("%s gets %d of %s", who, got.status, page)
			}
			if got := b.post(path+"/decline", "reason", "no"); got.status != http.StatusNotFound {
				t.Errorf("%s declines: %d", who, got.status)
			}
		}
	}
}

func TestConsentPageWorksWithoutTheApplicantsContext(t *testing.T) {
	w := open(t)
	w.work()
	w.file("three_owners")
	path := w.request("zhanar")
	page := w.consenter("zhanar", path).get(path).page(http.StatusOK)
	page.shows("Лебедев Павел Андреевич", "Тәуелсіздік даңғылы", "проспект Независимости", grouped("0202100000000105"), // who, where
		"6 months from the day of the entry", "Work", "27 February 2026", // for how long, what for, since when
		"Co-owner, share 1/4", "2 other right-holders", "real estate cadastre named you", // why you
		"no right to the dwelling", "your bills may rise", "10 MCI", "5 MCI", "7 working days", // what it means
		"At 10:00 the request closes and nobody is registered", // what happens without an answer
		mekenjai.ShortCode(page.content()), "Decline", "I am not the owner")
	if text := page.text(); strings.Contains(text, "Мейрам") || strings.Contains(text, "Ерлан") {
		t.Error("the other right-holders are named: ", text)
	}
}

func TestEachAnswerIsRecordedAndShown(t *testing.T) {
	w := open(t)
	w.work()
	for _, c := range []struct {
		name  string
		do    func(b *browser, path string) reply
		shows []string
	}{
		{"agree and take back", func(b *browser, path string) reply {
			text := b.get(path).content()
			b.post(path+"/agree", "signature", w.sign("zhanar", text, false)).to()
			b.get(path).page(http.StatusOK).shows("Your consent is recorded", mekenjai.ShortCode(text), "Withdraw consent")
			b.get(path+"/withdraw").page(http.StatusOK).shows("Withdraw your consent?", "cannot be restored")
			return b.post(path + "/withdraw")
		}, []string{"You withdrew your consent", "may apply again"}},
		{"disown", func(b *browser, path string) reply {
			b.get(path+"/not-mine").page(http.StatusOK).shows("Is this dwelling not yours?", "An officer of the migration police")
			return b.post(path + "/not-mine")
		}, []string{"Your answer “I am not the owner” is recorded", "officer"}},
		{"decline", func(b *browser, path string) reply {
			b.get(path+"/decline").page(http.StatusOK).shows("Why do you not agree?", "it is your duty to register", "1414")
			return b.post(path+"/decline", "reason", "Мен бұл адамды танымаймын")
		}, []string{"Your refusal is recorded", "Мен бұл адамды танымаймын"}},
	} {
		applicant, filed := w.file("three_owners")
		path := w.request("zhanar")
		b := w.consenter("zhanar", path)
		if to := c.do(b, path).to(); to != path {
			t.Errorf("%s leads to %q", c.name, to)
		}
		w.settle()
		b.get(path).page(http.StatusOK).shows(c.shows...)
		b.post(path+"/agree", "signature", w.sign("zhanar", []byte("late"), false)).page(http.StatusConflict).shows("This answer was not accepted")
		if verb, ok := map[string]string{"agree and take back": "/withdraw", "disown": "/not-mine", "decline": "/decline"}[c.name]; ok {
			b.post(path+verb, "reason", "again").to() // the second of two clicks
		}
		applicant.post(filed + "/withdraw") // a free hand for the next, where there is one
	}
}

func TestLastConsentMakesTheEntryAndThePageSaysSo(t *testing.T) {
	w := open(t)
	w.work()
	w.file("non_owner")
	w.agree("bolat")
	path := w.request("bolat")
	page := w.consenter("bolat", path).get(path).page(http.StatusOK).shows("You agreed, and the person is registered", "My property")
	if strings.Contains(page.text(), "Withdraw consent") {
		t.Error("a consent that has done its work is offered to be withdrawn")
	}
}

func TestOrganisationAnswersWithItsOwnKey(t *testing.T) {
	w := open(t)
	w.work()
	b, filed := w.file("dormitory")
	university := w.asOrganisation("saule", "university")
	page := university.get("/account").page(http.StatusOK).shows("Your consent is requested", "Төлегенова Мадина")
	_, rest, _ := strings.Cut(page.body, `href="/c/`)
	id, _, _ := strings.Cut(rest, `"`)
	sign := university.get("/c/" + id).to()
	o := w.organisationKey("university")
	page = university.get(sign).page(http.StatusOK)
	university.post("/sign-in/eds", "challenge", page.hidden("challenge"), "for", id,
		"signature", w.signWith(w.land.Resident("saule"), o, page.content(), true)).to()
	page = university.get("/c/" + id).page(http.StatusOK).shows("Дала")
	own := w.signWith(w.land.Resident("saule"), personalKey, page.content(), false)
	university.post("/c/"+id+"/agree", "signature", own).page(http.StatusUnprocessableEntity)
	university.post("/c/"+id+"/agree", "signature", w.signWith(w.land.Resident("saule"), o, page.content(), false)).to()
	w.settle()
	b.get(filed).shows("You are temporarily registered")
}

func TestRefusedSignatureLosesNothing(t *testing.T) {
	w := open(t)
	w.work()
	w.file("non_owner")
	path := w.request("bolat")
	b := w.consenter("bolat", path)
	text := b.get(path).content()
	for message, signature := range map[string]string{
		"This key belongs to another person": w.sign("timur", text, false),
		"The signature":                      w.sign("bolat", append([]byte("not "), text...), false),
		"Try again":                          "",
	} {
		page := b.post(path+"/agree", "signature", signature).page(http.StatusUnprocessableEntity).shows(message, `href="#signature"`)
		if string(page.content()) != string(text) {
			t.Error("the text to sign changed")
		}
	}
	b.post(path+"/agree", "signature", w.sign("bolat", text, false)).to()
}

func TestAnswerThatComesTooLateSaysHowItStands(t *testing.T) {
	w := open(t)
	w.work()
	w.file("non_owner")
	path := w.request("bolat")
	w.clock.Advance(55 * time.Minute)
	b := w.consenter("bolat", path)
	text := b.get(path).page(http.StatusOK).content()
	w.clock.Advance(6 * time.Minute)
	b.post(path+"/agree", "signature", w.sign("bolat", text, false)).page(http.StatusConflict).
		shows("This answer was not accepted", "The time to answer has passed", "Nobody is registered")
	b.post(path+"/decline", "reason", "late").page(http.StatusConflict)
	if to := b.get(path + "/decline").to(); to != path {
		t.Errorf("a closed request asks for a reason at %q", to)
	}
}

func TestReasonIsAskedForAndShownAsItWasWritten(t *testing.T) {
	w := open(t)
	w.work()
	applicant, filed := w.file("non_owner")
	path := w.request("bolat")
	b := w.consenter("bolat", path)
	b.post(path+"/decline", "reason", " \n ").page(http.StatusUnprocessableEntity).shows(`href="#reason"`)
	long := strings.Repeat("ә", 501)
	b.post(path+"/decline", "reason", long).page(http.StatusUnprocessableEntity).shows(long, "500")
	const nasty = `<script>alert("ә")</script> & <img src=x onerror=alert(1)>`
	b.post(path+"/decline", "reason", nasty).to()
	w.settle()
	page := b.get(path).shows(nasty)
	if strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<img src=x") {
		t.Error("the reason is not escaped")
	}
	if strings.Contains(applicant.get(filed).body, "alert(") {
		t.Error("the applicant is told the reason")
	}
}

// Nobody is told "not revoked" while the authority is silent, and nobody has to
// come back for it.
func TestSignatureThatCannotBeJudgedYetIsKeptAndSaidSo(t *testing.T) {
	w := open(t)
	w.work()
	applicant, filed := w.file("non_owner")
	path := w.request("bolat")
	b := w.consenter("bolat", path)
	text := b.get(path).content()
	able := w.register.Verifier
	w.register.Verifier = &eds.Verifier{Anchors: w.keys.Anchors()} // whom to ask of revocation it does not know
	if to := b.post(path+"/agree", "signature", w.sign("bolat", text, false)).to(); to != path {
		t.Errorf("led to %q", to)
	}
	b.get(path).page(http.StatusOK).shows("Your signature was received and is being checked", "does not count yet", "need not sign again")
	applicant.get(filed).shows("0 of 1 right-holders agreed")
	w.register.Verifier = able
	w.pass(10 * time.Minute)
	applicant.get(filed).shows("You are temporarily registered")
	b.get(path).shows("You agreed, and the person is registered")
}
