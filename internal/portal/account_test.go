package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds/pki"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state"
)

func TestAccountShowsWhatWaitsFirst(t *testing.T) {
	w := open(t)
	w.work()
	b := w.as("zhanar")
	b.get("/account").page(http.StatusOK).shows("You have no application under way", "History of services", "Residential address", "My property", "Sign-ins and devices")
	path := b.draft()
	b.post(path+"/registrant", "registrant", "self").to()
	b.get("/account").shows("Unfinished application", path+"/months")
	pavel, filed := w.file("three_owners")
	pavel.get("/account").shows("Application under way", "Awaiting consent", filed, "Waiting for the owners")
	b.get("/account").shows("Your consent is requested", "Лебедев Павел Андреевич", w.request("zhanar"), "until 10:00")
}

func TestOrganisationsActorSeesOnlyWhatConcernsTheOrganisation(t *testing.T) {
	w := open(t)
	w.work()
	saule := w.as("saule") // has a draft of her own
	saule.post(saule.draft()+"/registrant", "registrant", "self").to()
	w.file("dormitory")
	b := w.asOrganisation("saule", "university")
	page := b.get("/account").page(http.StatusOK).shows("Organisation, BIN", "Your consent is requested", "My property")
	for _, own := range []string{"Unfinished application", "/account/history", "/account/address", "/apply"} {
		if strings.Contains(page.body, own) {
			t.Errorf("the organisation's account shows %q", own)
		}
	}
	for _, path := range []string{"/account/history", "/account/address"} {
		b.get(path).page(http.StatusForbidden).shows("with your own key")
	}
	b.get("/account/property").page(http.StatusOK)
	if text := saule.get("/account").text(); strings.Contains(text, "Your consent is requested") {
		t.Error("the head sees the organisation's request under her own name")
	}
}

func TestKeyWithoutTheRightToSignSeesNothingOfTheOrganisation(t *testing.T) {
	w := open(t)
	w.work()
	w.file("dormitory")
	b := w.signedIn(func(text []byte) string {
		return w.signWith(w.land.Resident("askar"), pki.Options{BIN: string(w.land.BIN("university")), Organization: "University"}, text, true)
	})
	page := b.get("/account").page(http.StatusOK).shows("does not let you sign for the organisation")
	if strings.Contains(page.text(), "Төлегенова") || strings.Contains(page.body, "/account/property") {
		t.Error("an employee sees the organisation's affairs:", page.text())
	}
	b.get("/account/property").page(http.StatusForbidden)
}

func TestHistoryIsShownInPages(t *testing.T) {
	w := open(t)
	b := w.as("aigul")
	b.get("/account/history").page(http.StatusOK).shows("You have not applied yet")
	var paths []string
	for range 21 {
		path := b.submit("sole_owner")
		b.post(path + "/withdraw").to()
		paths = append(paths, path)
	}
	first := b.get("/account/history").page(http.StatusOK).shows(paths[20], paths[1], "Ended", "Earlier applications")
	if strings.Contains(first.body, paths[0]) {
		t.Error("the first page has more than twenty applications")
	}
	older := "/account/history?before=" + strings.TrimPrefix(paths[1], "/applications/")
	first.shows(older)
	b.get(older).page(http.StatusOK).shows(paths[0], "Back to the latest")
}

func TestResidencePageTellsBothLinesAndEveryEnd(t *testing.T) {
	w := open(t)
	w.work()
	dana, _ := w.file("moved") // from an entry that was taken over
	w.agree("sergey")
	page := dana.get("/account/address").page(http.StatusOK).shows("Permanent registration", "Registered from", "In force", "Ended", "You registered at a new address", "Nobody has checked")
	if n := strings.Count(page.body, "/kk.pdf"); n != 1 {
		t.Errorf("%d certificates are offered, want that of the current entry", n)
	}
	w.land.Set(state.Persons, country.Fault{Kind: country.Down})
	dana.get("/account/address").page(http.StatusOK).shows("The register of persons is not answering now", "It is not lost", "In force")
}

func TestCertificateIsForItsPersonWhileItIsInForce(t *testing.T) {
	w := open(t)
	w.work()
	b, path := w.file("sole_owner")
	number := b.entry(path)
	for _, l := range locale.Langs {
		if got := b.get("/certificates/" + number + "/" + string(l) + ".pdf").page(http.StatusOK); !strings.HasPrefix(got.body, "%PDF-") {
			t.Errorf("%s is no PDF", l)
		}
	}
	for _, file := range []string{"de.pdf", "kk", "kk.txt", ".pdf"} {
		b.get("/certificates/" + number + "/" + file).page(http.StatusNotFound)
	}
	w.as("timur").get("/certificates/" + number + "/kk.pdf").page(http.StatusNotFound)
	w.asOrganisation("saule", "university").get("/certificates/" + number + "/kk.pdf").page(http.StatusNotFound)
	w.pass(200 * 24 * time.Hour)
	w.as("aigul").get("/certificates/" + number + "/kk.pdf").page(http.StatusConflict)
}

// entry is the number of the entry that a case led to.
func (b *browser) entry(path string) string {
	b.Helper()
	_, rest, ok := strings.Cut(b.get(path).page(http.StatusOK).body, "/certificates/")
	if !ok {
		b.Fatal("the case offers no certificate")
	}
	number, _, _ := strings.Cut(rest, "/")
	return number
}

func TestPropertyShowsWhoIsRegisteredAndWhatToDoAboutAStranger(t *testing.T) {
	w := open(t)
	w.work()
	bolat := w.as("bolat")
	bolat.get("/account/property").page(http.StatusOK).shows("Рахымова Дана", "Call 1414 at once", "Press “Not my tenant”")
	w.file("non_owner")
	w.agree("bolat")
	bolat.get("/account/property").shows("2 people are temporarily registered here", "Оспанов Тимур Асқарұлы", "until 2 September 2026")
	w.as("timur").get("/account/property").page(http.StatusOK).shows("The cadastre has no dwelling of yours")
	w.land.Set(state.Properties, country.Fault{Kind: country.Down})
	bolat.get("/account/property").page(http.StatusOK).shows("The real estate cadastre is not answering now", "Оспанов Тимур")
}

func TestSessionsAreEndedOneByOneAndTogether(t *testing.T) {
	w := open(t)
	here, there := w.as("aigul"), w.as("aigul")
	page := here.get("/account/sessions").page(http.StatusOK).shows("This device", "Sign out this device")
	here.post("/account/sessions/end", "session", page.hidden("session")).to()
	here.get("/account/sessions?ended").page(http.StatusOK).shows("That device is signed out")
	if to := there.get("/account").to(); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("the ended session is led to %q", to)
	}
	here.post("/account/sessions/end", "session", page.hidden("session")).to() // a second click
	strangers := w.as("timur")
	id := strangers.sessionID("timur")
	here.post("/account/sessions/end", "session", id).to()
	strangers.get("/account").page(http.StatusOK)
	if to := here.post("/account/sessions/end-all").to(); to != "/" {
		t.Errorf("led to %q", to)
	}
	if to := here.get("/account").to(); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("signed out everywhere, and led to %q", to)
	}
}

func (w *town) sessionID(who string) (id string) {
	w.Helper()
	err := w.db.Read(w.Context(), func(tx database.Tx) error {
		return tx.QueryRow(w.Context(), `SELECT id FROM access_session WHERE iin = $1`, w.land.IIN(who)).Scan(&id)
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func TestNamesAreShownAsTextWhateverTheyHold(t *testing.T) {
	w := open(t)
	who := country.Resident{IIN: w.land.IIN("aigul"), Name: mekenjai.Name{Surname: `<b>"Х"</b>`, Given: "<script>alert(1)</script>"}}
	b := w.signedIn(func(text []byte) string { return w.signWith(who, pki.Options{}, text, true) })
	if body := b.get("/account").page(http.StatusOK).body; strings.Contains(body, "<script>alert") || strings.Contains(body, `<b>"`) {
		t.Error("a name is not escaped")
	}
}

// A missing key panics under test, so every page must come back whole in every
// language.
func TestPagesOfTheAccountSpeakThreeLanguages(t *testing.T) {
	w := open(t)
	for _, v := range w.views() {
		for _, v.by.lang = range locale.Langs {
			got := v.by.get(v.path)
			if got.status >= 500 || got.status == http.StatusSeeOther || !strings.Contains(got.body, `<html lang="`+string(v.by.lang)+`"`) {
				t.Errorf("%s in %s: status %d to %q", v.name, v.by.lang, got.status, got.location)
			}
		}
	}
}
