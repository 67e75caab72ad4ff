package address

import (
	"iter"
	"testing"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/schema"
)

func mapped[A, B any](rows iter.Seq[A], to func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for row := range rows {
			if !yield(to(row), nil) {
				return
			}
		}
	}
}

// planSource reads the invented register in the shape of the open data.
func planSource(p gazetteer.Plan) Source {
	units := mapped(p.ATS(), func(a gazetteer.ATS) Place {
		return Place{ID: a.ID, Parent: a.Parent, Type: gazetteer.ATSTypes[a.TypeID-1].Text(), Name: text(a.NameKK, a.NameRU), RCO: a.RCO, KATO: a.CATO, Actual: a.Actual}
	})
	streets := mapped(p.Geonims(), func(g gazetteer.Geonim) Place {
		return Place{ID: g.ID, Geonim: true, Parent: g.Parent, ATS: g.ATS, Type: gazetteer.GeonimTypes[g.TypeID-1].Text(), Name: text(g.NameKK, g.NameRU), RCO: g.RCO, KATO: g.CATO, Actual: g.Actual}
	})
	return Source{
		Places: func(yield func(Place, error) bool) {
			for _, rows := range []iter.Seq2[Place, error]{units, streets} {
				for row, err := range rows {
					if !yield(row, err) {
						return
					}
				}
			}
		},
		Buildings: mapped(p.Buildings(), func(b gazetteer.Building) Building {
			return Building{ID: b.ID, ARC: string(b.RCA), Number: b.Number, Type: gazetteer.Pointers[b.PointerID-1].Text(), ATS: b.ATS, Geonim: b.Geonim, Parent: b.Parent, Actual: b.Actual}
		}),
		Rooms: mapped(p.Rooms(), func(m gazetteer.Room) Room {
			return Room{ID: m.ID, ARC: string(m.RCA), Building: m.Building, Number: m.Number, Type: gazetteer.RoomTypes[m.TypeID-1].Text(), Actual: m.Actual}
		}),
	}
}

// TestWholeAddressTypedBackFindsItsDwelling holds for every house and flat in
// both languages: what the system prints, a person may copy into the box.
func TestWholeAddressTypedBackFindsItsDwelling(t *testing.T) {
	plan := gazetteer.Demo
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		report := mustImport(t, db, planSource(plan))
		if len(report.Faults) != 0 {
			t.Errorf("faults in the invented register: %v", report.Faults)
		}
		var arcs []mekenjai.ARC
		n := 0
		for b := range plan.Buildings() {
			if n++; n%23 == 0 {
				arcs = append(arcs, b.RCA)
			}
		}
		for m := range plan.Rooms() {
			if n++; n%97 == 0 {
				arcs = append(arcs, m.RCA)
			}
		}
		if len(arcs) < 100 {
			t.Fatalf("only %d addresses", len(arcs))
		}
		for _, a := range arcs {
			d, more, err := Resolve(t.Context(), db, a)
			if err != nil || len(d.KATO) != 9 || more.Selectable == more.NeedsUnit {
				t.Fatalf("%s: %+v %+v %v", a, d, more, err)
			}
			for _, typed := range []string{d.Address.KK, d.Address.RU} {
				list, err := Search(t.Context(), db, typed, 10)
				if err != nil || len(list) == 0 || list[0].ARC != a {
					t.Errorf("%q finds %q, %v", typed, texts(list), err)
				}
			}
		}
	})
}
