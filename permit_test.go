package mekenjai_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"mekenjai"
)

// Every role, every deed, own and foreign territory, every hand: allowed exactly
// as the table says.
func TestStaffMayDoWhatTheTableSaysAndNothingElse(t *testing.T) {
	const me, other = mekenjai.IIN("880417400013"), mekenjai.IIN("900101300017")
	roles := append([]mekenjai.Role{""}, mekenjai.Roles...)
	for _, p := range mekenjai.Permits {
		for _, role := range roles {
			for _, kato := range []string{"751110000", "791110000", ""} {
				for _, holder := range []mekenjai.IIN{"", me, other} {
					a := mekenjai.Actor{IIN: me, Method: mekenjai.ByEDS, Duty: mekenjai.Duty{Role: role, Office: "x", Territory: "75"}}
					var want error
					switch {
					case !slices.Contains(p.Roles, role), p.Territory && kato != "751110000":
						want = mekenjai.ErrForbidden
					case p.Hold == mekenjai.Free && holder != "":
						want = mekenjai.ErrConflict
					case p.Hold == mekenjai.Own && holder != me, p.Hold == mekenjai.Another && holder != other:
						want = mekenjai.ErrForbidden
					}
					got := a.Permitted(p.Deed, mekenjai.Matter{KATO: []string{kato}, Holder: holder})
					if !errors.Is(got, want) {
						t.Errorf("%s by %q at %q held by %q: %v, want %v", p.Deed, role, kato, holder, got, want)
					}
				}
			}
		}
	}
}

func TestADeedOutsideTheTableIsForNobody(t *testing.T) {
	for _, role := range mekenjai.Roles {
		a := mekenjai.Actor{IIN: "880417400013", Method: mekenjai.ByEDS, Duty: mekenjai.Duty{Role: role}}
		if err := a.Permitted("desk.burn", mekenjai.Matter{}); !errors.Is(err, mekenjai.ErrForbidden) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestStaffActByKeyAlone(t *testing.T) {
	a := mekenjai.Actor{IIN: "880417400013", Method: mekenjai.BySMS, Duty: mekenjai.Duty{Role: mekenjai.Officer}}
	if err := a.Permitted(mekenjai.DoList, mekenjai.Matter{}); !errors.Is(err, mekenjai.ErrForbidden) {
		t.Error(err)
	}
}

func TestADutyCoversItsTerritory(t *testing.T) {
	for _, x := range []struct {
		duty mekenjai.Duty
		kato []string
		want bool
	}{
		{mekenjai.Duty{Role: mekenjai.Officer, Territory: "75"}, []string{"751110000"}, true},
		{mekenjai.Duty{Role: mekenjai.Officer, Territory: "75"}, []string{"791110000", "751110000"}, true},
		{mekenjai.Duty{Role: mekenjai.Officer, Territory: "75"}, []string{"791110000"}, false},
		{mekenjai.Duty{Role: mekenjai.Officer, Territory: "75"}, nil, false},
		{mekenjai.Duty{Role: mekenjai.Officer, Territory: "75"}, []string{""}, false},
		{mekenjai.Duty{Role: mekenjai.Chief}, []string{""}, true},
		{mekenjai.Duty{}, []string{"751110000"}, false},
	} {
		if got := x.duty.Covers(x.kato...); got != x.want {
			t.Error(fmt.Sprintf("%+v of %v: %v", x.duty, x.kato, got))
		}
	}
}

func TestNoDeedStandsTwiceInTheTable(t *testing.T) {
	seen := map[mekenjai.Deed]bool{}
	for _, p := range mekenjai.Permits {
		if seen[p.Deed] || len(p.Roles) == 0 {
			t.Errorf("%s stands twice, or is for nobody", p.Deed)
		}
		seen[p.Deed] = true
	}
}
