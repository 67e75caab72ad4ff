package mekenjai

import "testing"

func TestIINNeedsItsCheckDigit(t *testing.T) {
	for s, want := range map[string]bool{
		"791028302728": true, "061211600012": true, "900101300811": true, // the last one by the second row of weights
		"780322300455": false, "791028302729": false, "79102830272": false, "7910283027280": false, "": false, "79102830272a": false,
		"791328302728": false, "7910 2830 2728": true,
	} {
		if _, err := ParseIIN(s); (err == nil) != want {
			t.Errorf("ParseIIN(%q): %v", s, err)
		}
	}
}

func TestNoCheckDigitFitsANumberForWhichBothRowsGiveTen(t *testing.T) {
	for k := byte('0'); k <= '9'; k++ {
		if _, err := ParseIIN("89040231584" + string(k)); err == nil {
			t.Errorf("accepted with check digit %c", k)
		}
	}
}

func TestIINCarriesTheBirthDate(t *testing.T) {
	d, ok := IIN("791028302728").BirthDate()
	if !ok || d.String() != "1979-10-28" {
		t.Errorf("got %v %v", d, ok)
	}
	if d, ok = IIN("061211600012").BirthDate(); !ok || d.String() != "2006-12-11" {
		t.Errorf("got %v %v", d, ok)
	}
}

func TestTheFifthDigitTellsAPersonFromAnOrganisation(t *testing.T) {
	if PartyID("791028302728").IsOrganisation() || !PartyID("050140000016").IsOrganisation() {
		t.Error("mistaken for one another")
	}
}

func TestNumbersMaskThemselvesForLogs(t *testing.T) {
	if got := IIN("791028302728").LogValue().String(); got != "7910••••••28" {
		t.Errorf("got %q", got)
	}
}
