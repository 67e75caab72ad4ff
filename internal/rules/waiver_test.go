package rules

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestOfficerOverrulesWhatWasGivenToHim(t *testing.T) {
	ban := func(f *Facts) { f.Property.Encumbrances = []Encumbrance{{Type: BanOnUse}} }
	waived := func(f *Facts) { f.Waivers = []Waiver{{Rule: "R28", Code: "BAN_ON_USE"}} }
	v := evaluate(t, good(ban, waived))
	if v.Outcome == Manual || !slices.ContainsFunc(v.With(Manual), func(f Finding) bool { return f.Waived }) {
		t.Errorf("after the officer's decision: %s, %+v", v.Outcome, v.With(Manual))
	}
	other := func(f *Facts) { f.Waivers = []Waiver{{Rule: "R28", Code: "EVICTION"}} }
	finds(t, evaluate(t, good(ban, other)), Manual, "R28 BAN_ON_USE")
}

// Whatever an officer overrules, no consent, refusal or silent register is passed
// over with it.
func TestWaiverPassesOverNothingButManualFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		before, ok := judged(t, f)
		if !ok {
			return
		}
		for _, x := range before.Findings { // of every outcome
			f.Waivers = append(f.Waivers, x.Waiver())
		}
		after, _ := judged(t, f)
		if want := stops(before); want != stops(after) || after.Outcome == Manual {
			t.Fatalf("%s became %s: %+v", before.Outcome, after.Outcome, after.Findings)
		}
	})
}

// stops says whether something other than a MANUAL finding stands against the
// entry.
func stops(v Verdict) bool {
	return slices.ContainsFunc(v.Findings, func(f Finding) bool {
		return slices.Contains([]Outcome{Refuse, Cancel, Route, Pending, Ask}, f.Outcome)
	})
}
