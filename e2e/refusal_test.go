package e2e

import (
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/locale"
)

// A refusal is an act in both languages of the state, sealed by the provider,
// that names the rule, the facts and where to complain.
func TestRuleRefusesByAnActUnderSeal(t *testing.T) {
	inEveryLanguage(t, func(w *town) {
		miras := w.applicant("no_title").apply("no_title").caseBecomes("refused")
		miras.reads("account.case.why").reads("account.case.complaint.title")
		miras.renewsUntil("the seal", func() bool { return strings.Contains(miras.text(), w.word("account.act.seal")) })
		paper := w.readPDF(miras.download(w.word("account.act.pdf")))
		for _, phrase := range []string{"Дүйсенбаев Мирас Талғатұлы", "БАС ТАРТУ", "ОТКАЗ"} {
			if !strings.Contains(strings.ToUpper(plain(paper)), strings.ToUpper(phrase)) {
				t.Errorf("the act does not say %q:\n%s", phrase, paper)
			}
		}
		act, seal := miras.download(w.word("account.act.txt")), miras.download(w.word("account.act.seal"))
		authority, err := pki.New([]byte("mekenjai demo country"), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		verifier := eds.Verifier{Anchors: authority.Anchors(), NoRevocation: true}
		report, err := verifier.VerifyCMS(t.Context(), seal, act, eds.Options{Usage: eds.UsageSign})
		if err != nil || !report.Valid() {
			t.Errorf("the seal does not fit the act: %v %+v", err, report)
		}
		miras.press("account.case.file_again").reads("portal.question.registrant")
	})
}

func TestMinorOwnerLeadsToTheCounter(t *testing.T) {
	inTurn(t, func(w *town) {
		viktoria := w.applicant("minor_owner").apply("minor_owner").caseBecomes("routed")
		viktoria.reads("account.case.where.title")
	})
}

func TestBanOnUseIsDecidedByAnOfficer(t *testing.T) {
	in(t, func(w *town) {
		w.applicant("arrested").apply("arrested").caseBecomes("referred").reads("account.case.officer.title")
	}, locale.EN)
}

// A register that does not answer keeps the case where it is: it is neither
// granted nor refused for that.
func TestSilentRegisterKeepsTheCaseWaiting(t *testing.T) {
	in(t, func(w *town) {
		w.fault("property", "down")
		aigul := w.applicant("sole_owner").apply("sole_owner").caseBecomes("silent")
		w.table.open("/demo/registers").press("demo.registers.heal").reads("demo.done.heal")
		aigul.caseBecomes("registered")
	}, locale.KK)
}

// fault breaks a register of the country.
func (w *town) fault(peer, kind string) {
	w.Helper()
	w.table.open("/demo/registers")
	if _, err := ask[bool](w.table, `(n, v) => { document.querySelector("[name=" + n + "]").value = v; return true }`, "fault-"+peer, kind); err != nil {
		w.Fatal(err)
	}
	w.table.press("demo.registers.set").reads("demo.done.fault")
}
