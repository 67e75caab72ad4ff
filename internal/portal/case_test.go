package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
)

func TestCaseOfAnotherPersonDoesNotExist(t *testing.T) {
	w := open(t)
	w.seal()
	w.work()
	_, path := w.file("no_title")
	for name, b := range map[string]*browser{
		"another person": w.as("aigul"), "an organisation": w.asOrganisation("saule", "university"),
	} {
		for _, page := range []string{"", "/withdraw", "/receipt.pdf", "/act.pdf", "/act.txt", "/act.p7s"} {
			if got := b.get(path + page); got.status != http.StatusNotFound {
				t.Errorf("%s gets %d of %s", name, got.status, page)
			}
		}
		b.post(path + "/withdraw").page(http.StatusNotFound)
	}
	if to := w.browser().get(path).to(); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("a stranger is led to %q", to)
	}
}

// The applicant learns roles and counts. He typed one owner's number; he never
// typed a name, nor the numbers of the others.
func TestApplicantNeverLearnsWhoTheOwnersAre(t *testing.T) {
	w := open(t)
	w.seal()
	w.work()
	b, path := w.file("three_owners")
	secrets := func(when string) {
		t.Helper()
		for _, page := range []string{path, path + "/withdraw", path + "/act.txt", "/account", "/account/history"} {
			for _, b.lang = range locale.Langs {
				body := b.get(page).body
				for _, who := range []string{"erlan", "zhanar", "meiram"} {
					r := w.land.Resident(who)
					words := []string{r.Name.Surname, r.Name.Given, r.Name.Patronymic}
					if who != "erlan" {
						words = append(words, string(r.IIN), grouped(string(r.IIN)), r.IIN.Masked())
					}
					for _, word := range words {
						if strings.Contains(body, word) {
							t.Errorf("%s: %s in %s tells %q", when, page, b.lang, word)
						}
					}
				}
			}
		}
		b.lang = locale.EN
	}
	b.get(path).page(http.StatusOK).shows("0 of 3 right-holders agreed", "Co-owner (named by you)", "Answer awaited")
	secrets("waiting")
	w.agree("zhanar")
	b.get(path).shows("1 of 3 right-holders agreed", "A right-holder agreed")
	secrets("one agreed")
	no := w.request("meiram")
	w.consenter("meiram", no).post(no+"/decline", "reason", "Қасымов Мейрам: жоқ").to()
	w.settle()
	b.get(path).shows("One of the right-holders did not agree", "The act (PDF)")
	secrets("declined")
}

func TestReceiptNamesNobodyWhomTheApplicantDidNotType(t *testing.T) {
	w := open(t)
	w.work()
	_, path := w.file("three_owners")
	w.agree("zhanar")
	actor := w.actor("pavel")
	c, err := w.register.Case(t.Context(), actor, strings.TrimPrefix(path, "/applications/"))
	if err != nil {
		t.Fatal(err)
	}
	s := submission(c, locale.RU)
	var who []string
	for _, sig := range s.Signatures {
		if sig.Who != "" {
			who = append(who, sig.Who)
		}
	}
	if got, want := strings.Join(who, "; "), "Лебедев Павел Андреевич; "+w.land.IIN("erlan").Masked(); got != want {
		t.Errorf("the copy names %q, want %q", got, want)
	}
	if len(s.Signatures) != 4 {
		t.Errorf("%d signatures, want the applicant's and three of co-owners", len(s.Signatures))
	}
}

func TestSentToTheOwnersIsNotTakenForRegistered(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("non_owner")
	page := b.get(path).page(http.StatusOK).shows("Sent to the owners. You are not registered yet", "This is not a registration yet", "0 of 1", "10:00")
	if strings.Contains(page.body, "/certificates/") {
		t.Error("a certificate is offered before the entry")
	}
	w.agree("bolat")
	b.get(path).shows("You are temporarily registered", "Entry No.", "/kk.pdf", "/ru.pdf", "/en.pdf", "until 2 September 2026")
}

func TestPageRenewsItselfWhileTheCaseIsUnderWay(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("three_owners")
	key := func() string {
		r, err := http.NewRequest("GET", b.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Fragment", "case")
		body := b.send(r).page(http.StatusOK).body
		if strings.Contains(body, "<html") || !strings.Contains(body, `data-live="`) {
			t.Error("no renewing block alone:", body)
		}
		_, rest, _ := strings.Cut(body, `data-live-key="`)
		key, _, _ := strings.Cut(rest, `"`)
		return key
	}
	first := key()
	if again := key(); again != first {
		t.Errorf("nothing happened, and %q became %q", first, again)
	}
	w.agree("erlan")
	if again := key(); again == first {
		t.Error("an answer does not renew the page")
	}
}

func TestWithdrawingAsksFirstAndIsDoneOnce(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("non_owner")
	b.get(path+"/withdraw").page(http.StatusOK).shows("Withdraw the application?", "Yes, withdraw it")
	b.get(path).shows("Sent to the owners")
	for range 2 {
		if to := b.post(path+"/withdraw", "withdraw", "yes").to(); to != path {
			t.Errorf("led to %q", to)
		}
	}
	b.get(path).shows("You withdrew the application", "Apply again")
	if to := b.get(path + "/withdraw").to(); to != path {
		t.Errorf("an ended application is withdrawn at %q", to)
	}
}

func TestLapseIsNoRefusalAndIsFiledAgainAtOnce(t *testing.T) {
	w := open(t)
	w.work()
	_, path := w.file("non_owner")
	w.pass(time.Hour + time.Second)
	b := w.as("timur") // an hour later he signs in again
	b.get(path).page(http.StatusOK).shows("The time to answer has passed", "This is not a refusal", "Apply again", `href="/apply"`)
	if again := b.file("non_owner"); again == path {
		t.Error("filing again gave the old application")
	}
}

func TestSilentRegisterIsNamedAndNothingIsLost(t *testing.T) {
	w := open(t)
	w.work()
	w.land.Set(state.Properties, country.Fault{Kind: country.Down})
	b, path := w.file("sole_owner")
	b.get(path).page(http.StatusOK).shows("A state register is not answering yet", "the property register", "nothing is lost", "asked again at")
	w.land.Heal()
	w.pass(time.Minute)
	b.get(path).shows("You are temporarily registered")
}

func TestRefusalSaysWhyByWhatLawAndHowToComplain(t *testing.T) {
	w := open(t)
	w.seal()
	w.work()
	b, path := w.file("no_title")
	b.get(path).page(http.StatusOK).shows("Registration was refused", "Law on Housing Relations", "3 months", "within 20 working days", "Apply again", "The provider’s EDS (P7S)")
	if got := b.get(path + "/act.pdf").page(http.StatusOK); !strings.HasPrefix(got.body, "%PDF-") {
		t.Error("the act is no PDF")
	}
	text, seal := b.get(path+"/act.txt").page(http.StatusOK), b.get(path+"/act.p7s").page(http.StatusOK)
	verifier := &eds.Verifier{Anchors: w.keys.Anchors(), Revocation: w.keys}
	report, err := verifier.VerifyCMS(t.Context(), []byte(seal.body), []byte(text.body), eds.Options{At: w.clock.Now()})
	if err != nil || report.Status != eds.StatusValid {
		t.Errorf("the downloaded seal does not fit the downloaded text: %+v, %v", report, err)
	}
}

func TestWhereToGoIsToldPlainly(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("minor_owner")
	b.get(path).shows("This cannot be completed on the portal", "This is not a refusal", "State Corporation", "The owner must come too")
	b, path = w.file("no_permanent")
	page := b.get(path).shows("permanent")
	if strings.Contains(page.body, "The owner must come too") {
		t.Error("who must first register permanently is sent with the owner to an office")
	}
	b, path = w.file("arrested")
	b.get(path).shows("An officer is looking at your application", "migration police", "Withdraw the application")
}

func TestPapersAreNotKeptByAnybodyBetween(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("sole_owner")
	r, err := http.NewRequest("GET", b.server.URL+path+"/receipt.pdf", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for name, want := range map[string]string{"Content-Type": "application/pdf", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `inline; filename="mekenjai-application-`) {
		t.Errorf("Content-Disposition: %s", got)
	}
}
