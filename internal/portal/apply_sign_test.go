package portal

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// applications are how many were made.
func (w *town) applications() (n int) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx database.Tx) error {
		return tx.QueryRow(w.Context(), `SELECT count(*) FROM application`).Scan(&n)
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestSignedApplicationLeadsToItsPage(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	page := b.get(path + "/check").page(200).shows(mekenjai.ShortCode(b.get(path + "/check").content()))
	to := b.post(path+"/sign", "signature", w.sign("aigul", page.content(), false)).to()
	if to != strings.Replace(path, "/apply/", "/applications/", 1) {
		t.Errorf("led to %q", to)
	}
}

func TestSendingTwiceFromManyTabsAndComingBackGiveOneApplication(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	signature := w.sign("aigul", b.get(path+"/check").content(), false)
	var group sync.WaitGroup
	led := make([]string, 8)
	for i := range led {
		group.Go(func() { led[i] = b.post(path+"/sign", "signature", signature).location })
	}
	group.Wait()
	want := strings.Replace(path, "/apply/", "/applications/", 1)
	for _, to := range led {
		if to != want {
			t.Errorf("a tab was led to %q", to)
		}
	}
	for _, back := range []string{"/check", "/months", "/code", "/sign"} { // the back button, an old tab
		if to := b.get(path + back).to(); to != want {
			t.Errorf("%s leads to %q", back, to)
		}
	}
	if to := b.post(path+"/months", "months", "3").to(); to != want {
		t.Errorf("an old form leads to %q", to)
	}
	if n := w.applications(); n != 1 {
		t.Errorf("%d applications", n)
	}
}

func TestSignatureThatIsNotTheApplicantsOwnOverThisTextLosesNothing(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	text := b.get(path + "/check").content()
	for message, signature := range map[string]string{
		"This key belongs to another person": w.sign("timur", text, false),
		"The signature":                      w.sign("aigul", append([]byte("not "), text...), false),
		"Try again":                          "",
	} {
		page := b.post(path+"/sign", "signature", signature).page(422).shows(message, "There is a problem", `href="#signature"`, "6 months")
		if string(page.content()) != string(text) {
			t.Error("the text to sign changed")
		}
	}
	if n := w.applications(); n != 0 {
		t.Errorf("%d applications", n)
	}
	b.post(path+"/sign", "signature", w.sign("aigul", text, false)).to()
}

func TestTextThatChangedInAnotherTabIsShownAgain(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.fill("sole_owner")
	old := b.get(path + "/check").content()
	b.post(path+"/months?change=1", "months", "2").to() // the other tab
	page := b.post(path+"/sign", "signature", w.sign("aigul", old, false)).page(http.StatusConflict)
	page.shows("The text to be signed has changed", "2 months")
	if string(page.content()) == string(old) {
		t.Error("the old text is asked for again")
	}
	b.post(path+"/sign", "signature", w.sign("aigul", old, false)).page(422).shows("does not match the text")
	b.post(path+"/sign", "signature", w.sign("aigul", page.content(), false)).to()
}

func TestSecondApplicationIsLedToTheOneUnderWay(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	first := b.fill("sole_owner")
	to := b.post(first+"/sign", "signature", w.sign("aigul", b.get(first+"/check").content(), false)).to()
	b.get("/apply").page(200).shows("already under way", `href="`+to+`"`)
	d, err := w.register.Begin(t.Context(), mekenjai.Actor{IIN: w.land.IIN("aigul")}) // from a tab left open
	if err != nil {
		t.Fatal(err)
	}
	second := "/apply/" + d.ID
	for _, x := range [][]string{{"registrant", "registrant", "self"}, {"months", "months", "1"}, {"ownership", "is_owner", "yes"},
		{"dwelling", "arc", string(w.land.Story("sole_owner").ARC)}, {"purpose", "purpose", "work"},
		{"arrival", "arrival-day", "1", "arrival-month", "3", "arrival-year", "2026"}} {
		b.post(second+"/"+x[0], x[1:]...).to()
	}
	b.post(second+"/sign", "signature", w.sign("aigul", b.get(second+"/check").content(), false)).page(http.StatusConflict).
		shows("already under way", `href="`+to+`"`)
}

func TestApplicationIsSignedByACodeForItsText(t *testing.T) {
	w := open(t)
	w.work()
	b := w.as("timur")
	path := b.fill("non_owner")
	b.get(path+"/code").page(200).shows("Get an SMS password", mekenjai.ShortCode(b.get(path+"/check").content()))
	if to := b.post(path + "/code").to(); to != path+"/code?sent=1" {
		t.Fatalf("led to %q", to)
	}
	b.get(path+"/code?sent=1").page(200).shows("Sign and send", "Send another code")
	code := w.code("timur")
	wrong := code[:5] + string('0'+(code[5]-'0'+1)%10)
	b.post(path+"/confirm", "code", wrong).page(422).shows("Tries left: 2", `href="#code"`, `value="`+wrong+`"`)
	b.post(path+"/confirm", "code", "12").page(422).shows("Enter the 6 digits")
	want := strings.Replace(path, "/apply/", "/applications/", 1)
	if to := b.post(path+"/confirm", "code", code).to(); to != want {
		t.Errorf("led to %q", to)
	}
	if to := b.post(path+"/confirm", "code", code).to(); to != want {
		t.Errorf("pressed twice, led to %q", to)
	}
	if n := w.applications(); n != 1 {
		t.Errorf("%d applications", n)
	}
}

func TestCodeForAnotherTextSignsNothing(t *testing.T) {
	w := open(t)
	w.work()
	b := w.as("timur")
	path := b.fill("non_owner")
	b.post(path + "/code").to()
	code := w.code("timur")
	b.post(path+"/months?change=1", "months", "12").to()
	b.post(path+"/confirm", "code", code).page(http.StatusConflict).shows("The text to be signed has changed", "12 months")
	b.post(path+"/confirm", "code", code).page(422).shows("Ask for a new one")
	if n := w.applications(); n != 0 {
		t.Errorf("%d applications", n)
	}
}

func TestUnfinishedDraftCannotBeSigned(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	path := b.draft()
	b.post(path + "/code").to()
	if to := b.post(path+"/sign", "signature", "AAAA").to(); to != path+"/registrant" {
		t.Errorf("led to %q", to)
	}
}

func TestKeyOfAnOrganisationDoesNotApply(t *testing.T) {
	w := open(t)
	b := w.asOrganisation("saule", "university")
	b.get("/apply").page(http.StatusForbidden).shows("You signed in with an organisation’s key", `action="/sign-out"`)
}

func TestSilentRegisterOfPersonsLosesNothing(t *testing.T) {
	w := open(t)
	w.work()
	b := w.browser() // by SMS: no certificate tells the name
	page := b.get(b.post("/sign-in/sms", "iin", string(w.land.IIN("timur")), "next", "/apply").to()).page(200)
	b.post("/sign-in/code", "id", page.hidden("id"), "code", w.code("timur"), "next", "/apply").to()
	path := b.fill("non_owner")
	w.land.Set(state.Persons, country.Fault{Kind: country.Down})
	b.get(path + "/check").page(http.StatusServiceUnavailable).shows("What you entered is saved")
	b.post(path + "/code").page(http.StatusServiceUnavailable)
	w.land.Heal()
	b.get(path+"/check").page(200).shows("6 months", "Оспанов")
}
