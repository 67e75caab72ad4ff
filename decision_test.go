package mekenjai_test

import (
	"strings"
	"testing"
	"time"

	"mekenjai"
)

func TestDecisionSaysItsGroundInBothLanguagesOfTheState(t *testing.T) {
	d := mekenjai.Decision{Case: "AAAA-BBBB", Ruling: mekenjai.Deny, Ground: "BAN_ON_USE", Reason: "Сот ұйғарымы",
		Considered: []mekenjai.Text{{KK: "тыйым", RU: "запрет"}}}
	text := string(d.Text("id-1", time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)))
	ground, _ := mekenjai.GroundOf("BAN_ON_USE")
	for _, want := range []string{ground.Name.KK, ground.Name.RU, ground.Norm.KK, ground.Norm.RU, "— тыйым", "— запрет", "Сот ұйғарымы",
		mekenjai.DecisionPurpose, "id-1 2026-11-24T00:00:00Z"} {
		if !strings.Contains(text, want) {
			t.Errorf("the decision does not say %q:\n%s", want, text)
		}
	}
	d.Ruling = mekenjai.Grant
	if strings.Contains(string(d.Text("id-1", time.Time{})), ground.Name.KK) {
		t.Error("a grant has a ground of refusal")
	}
}

func TestEveryRulingAndGroundIsWritten(t *testing.T) {
	for _, r := range mekenjai.Rulings {
		if text := string(mekenjai.Decision{Ruling: r}.Text("", time.Time{})); strings.Contains(text, "ШЕШІМ: \n") {
			t.Errorf("%s has no words", r)
		}
	}
	for _, g := range mekenjai.Grounds {
		if g.Name.KK == "" || g.Name.RU == "" || g.Norm.KK == "" || g.Norm.RU == "" {
			t.Errorf("ground %s: %+v", g.Code, g)
		}
	}
	if _, ok := mekenjai.GroundOf("NONE"); ok {
		t.Error("a ground that is none")
	}
}
