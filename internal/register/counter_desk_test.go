package register_test

import (
	"testing"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
)

// An application of the counter that goes to an officer shows him who signed how:
// what was written by hand is never taken for a verified key.
func TestTheOfficerSeesHowThePartiesSignedAtTheCounter(t *testing.T) {
	atTheCounter(t, func(t *testing.T, w *world) {
		v := w.counter("ainur", "aigul", "almaty", 25, byOwner).begin().identify("aigul", "tolegen").signs().consents("tolegen", "tolegen", "")
		text, err := w.register.PrepareAcceptance(t.Context(), v.operator, v.id)
		if err != nil {
			t.Fatal(err)
		}
		w.land.Set(state.Properties, country.Fault{Kind: country.Mismatch}) // for an officer
		a, err := w.register.AcceptIntake(t.Context(), v.operator, text.ID, register.Signature{CMS: w.sign(v.operator, text.Text)})
		if err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Referred)
		serik, number := w.staff("serik"), w.caseOf(a)
		w.opened(serik, number)
		d, err := w.register.Dossier(t.Context(), serik, number)
		if err != nil || len(d.Consents) != 1 || d.Consents[0].Method != mekenjai.ByHand || d.Consents[0].Operator != v.operator.IIN {
			t.Errorf("consents %+v, %v", d.Consents, err)
		}
		if len(d.Papers) != 2 {
			t.Errorf("%d papers came along with the application", len(d.Papers))
		}
		checks, err := w.register.VerifySignatures(t.Context(), serik, number)
		if err != nil {
			t.Fatal(err)
		}
		verdicts := map[string]eds.Status{}
		for _, c := range checks {
			verdicts[c.Kind+" "+string(c.Method)] = c.Status
		}
		want := map[string]eds.Status{"application written": "", "consent written": "", mekenjai.AttestationPurpose + " eds": eds.StatusValid}
		for k, status := range want {
			if got, ok := verdicts[k]; !ok || got != status {
				t.Errorf("%s: %q, there is %v", k, got, verdicts)
			}
		}
	})
}
