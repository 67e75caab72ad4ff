package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
)

// petitionVisit is the visit of who brings the petition of the university.
func (w *town) petitionVisit() (v country.Visit, head mekenjai.IIN) {
	w.Helper()
	o, building := w.land.Petitioner()
	v.ID, v.ARC = "petition", building
	v.Operator, _ = w.land.Post("ainur")
	return v, o.Head
}

// The petition of an organisation: a list with two wrong rows, the signature of the
// head with the organisation's key, and applications that are filed by themselves.
func TestPetitionOfAnOrganisationIsTakenWithItsReport(t *testing.T) {
	in(t, func(w *town) {
		v, head := w.petitionVisit()
		c := w.serving(v)
		list := filepath.Join(t.TempDir(), "students.csv")
		if err := os.WriteFile(list, w.table.open("/demo/counter").download("students.csv"), 0o600); err != nil {
			t.Fatal(err)
		}
		o, _ := w.land.Petitioner()
		c.press("office.nav.petitions").fill("bin", string(o.BIN)).fill("head", string(head)).fill("arc", string(v.ARC)).pick("language", "kk")
		c.do(chromedp.SetUploadFiles(`#list`, []string{list}))
		c.hits("office.petitions.begin", "N").reads("petition.row.months").reads("petition.row.iin")
		report := string(c.download("CSV"))
		if !strings.Contains(report, c.word("petition.report.wrong")) {
			t.Errorf("the report names no wrong row:\n%s", report)
		}
		kind, tail := c.shows(head)
		c.fill("iin", string(head)).pick("document", kind).fill("number", tail).hits("office.identify", "I")
		w.insertKey("university")
		c.press("office.petition.key").reads("office.signed.yes")
		c.holdKey()
		c.hits("office.lodge.button", "P").press("office.lodge.sign")
		filed := c.word("office.outcome.registered")
		c.renewsUntil("a student to be registered", func() bool { return strings.Contains(c.text(), filed) })
	}, locale.KK)
}

// An owner at the window asks to remove who stays in his flat: the person is told.
func TestOwnerAtTheWindowRemovesWhoStaysThere(t *testing.T) {
	in(t, func(w *town) {
		operator, _ := w.land.Post("dias")
		c := w.serving(country.Visit{ID: "removal", Operator: operator})
		owner, person := w.land.IIN("bolat"), w.land.IIN("dana")
		_, tail := c.shows(owner)
		c.press("office.nav.removal").fill("person", string(person)).fill("owner", string(owner)).fill("number", tail)
		c.hits("office.removal.go", "N").press("office.removal.sign").reads("office.removal.done")
		w.told(person)
	}, locale.RU)
}
