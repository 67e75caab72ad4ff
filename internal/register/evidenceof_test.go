package register_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
)

// What was kept can be handed out, to be verified without this installation.
func TestEvidenceIsHandedOutAndAudited(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		if err := w.agree(bolat, requests[bolat]); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
		alone := &eds.Verifier{Anchors: verifierAnchors()}
		for id, of := range map[string]string{a.ID: "application", requests[bolat]: "consent"} {
			var e register.Evidence
			for range 200 {
				var err error
				if e, err = w.register.EvidenceOf(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if e.Archive != nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			report, err := alone.VerifyCMS(t.Context(), e.Archive, e.Text, eds.Options{At: w.clock.Now().AddDate(5, 0, 0), Usage: eds.UsageSign})
			if err != nil || !report.Valid() || e.Of != of {
				t.Errorf("%s: %+v %v", e.Of, report, err)
			}
			err = w.db.Read(t.Context(), func(tx database.Tx) error {
				entries, err := audit.Of(t.Context(), tx, id, 1000)
				if !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Verb == "evidence.hand_out" }) {
					t.Errorf("%s: no trace in the audit", of)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.register.EvidenceOf(t.Context(), "019394a2-0000-7000-8000-000000000000"); !errors.Is(err, mekenjai.ErrNotFound) {
			t.Errorf("of nothing: %v", err)
		}
	})
}
