package sample

import (
	"testing"

	"mekenjai"
)

func TestSamplesAreValidAndFitTogether(t *testing.T) {
	for _, iin := range []mekenjai.IIN{Applicant, Owner} {
		if _, err := mekenjai.ParseIIN(string(iin)); err != nil {
			t.Errorf("%s: %v", iin, err)
		}
	}
	if _, err := mekenjai.ParseARC(string(Dwelling().ARC)); err != nil {
		t.Error(err)
	}
	a, c, r := Application(), Consent(), Registration()
	if mekenjai.ParseCode(a.Number, 8) != a.Number || mekenjai.ParseCode(r.Number, 8) != r.Number {
		t.Errorf("numbers %s, %s", a.Number, r.Number)
	}
	if c.Application != a.ID || r.Application != a.ID || c.Holder.Party != a.Owner || string(a.Statement) != string(Statement().Text()) {
		t.Error("they speak of different applications")
	}
	if c.HasLapsed(c.Deadline) || !r.IsValidOn(mekenjai.DateOf(Now)) || a.Arrival.After(mekenjai.DateOf(a.SubmittedAt)) {
		t.Error("their times do not fit")
	}
}
