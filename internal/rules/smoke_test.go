package rules

import "testing"

func TestSmoke(t *testing.T) {
	v := evaluate(t, good())
	t.Log(v.Outcome, codesOf(v), parties(v.Ask))
	v = evaluate(t, good(berikAgrees))
	t.Log(v.Outcome, codesOf(v))
	v = evaluate(t, good(byOwner))
	t.Log(v.Outcome, codesOf(v))
}
