package mekenjai

import (
	"slices"
	"testing"
)

// The three substitutes for the mark of removal from the consular register, and
// the passport that bears it (service page, rule R16).
func TestArrivalFromAbroadIsProvedByPassportOrOneOfThreePapers(t *testing.T) {
	want := []PaperKind{PassportPaper, MissionCertificate, ForeignDeregistration, StatelessnessExtract}
	if got := Proving(ProvesRemovalAbroad); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestEachProofOfTheServicePageHasAPaper(t *testing.T) {
	for _, p := range []Proof{ProvesIdentity, ProvesParenthood, ProvesGuardianship, ProvesAuthority, ProvesPermission,
		ProvesRemovalAbroad, ProvesConsent, ProvesPetition} {
		if len(Proving(p)) == 0 {
			t.Errorf("nothing proves %s", p)
		}
	}
	if EvidencePaper.Proves(ProvesIdentity) || PaperKind("diploma").IsKnown() {
		t.Error("a paper proves what it does not")
	}
}
