package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An order on egov.kz is signed here, and egov.kz gets the paper that it ends with: the
// certificate, or the act of refusal with its seal.
func TestOrderOnEgovEndsThereWithItsPaper(t *testing.T) {
	inTurn(t, func(w *town) {
		certificate := w.readPDF(w.ordered("sole_owner", "registered"))
		if name := "Нұрланова Айгүл Серікқызы"; !strings.Contains(plain(certificate), name) {
			t.Errorf("the certificate does not say %q:\n%s", name, certificate)
		}
		act := w.ordered("not_owner", "refused")
		if text := w.readPDF(act); !strings.Contains(text, "NOT_OWNER") {
			t.Errorf("the act does not say why:\n%s", text)
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "act.pdf")
		if err := os.WriteFile(file, act, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("pdfdetach", "-list", file).CombinedOutput(); err != nil || !strings.Contains(string(out), ".txt.p7s") {
			t.Errorf("the act has no seal in it: %v\n%s", err, out)
		}
	})
}

// ordered lets the applicant of a story order on egov.kz and sign here, and returns the
// paper that egov.kz then shows.
func (w *town) ordered(story, ends string) []byte {
	w.Helper()
	w.table.open("/demo/egov").pick("story", story).press("demo.egov.order").reads("demo.done.order")
	applicant := w.applicant(story).open("/apply").byKey().press("common.continue").reads("portal.check.title")
	applicant.press("common.sign.button").caseBecomes(ends)
	w.table.open("/demo/egov")
	link := w.word("demo.egov.file.open")
	w.table.renewsUntil("the paper of "+story, func() bool { // the newest order stands first
		there, err := ask[bool](w.table, `words => document.querySelector(".govuk-summary-card").textContent.includes(words)`, link)
		if err != nil {
			w.Fatal(err)
		}
		return there
	})
	return w.table.download(link)
}
