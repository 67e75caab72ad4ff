// Package founding settles the demo country in an empty database: its address
// register becomes our searchable copy, the temporary registrations that its
// stories need stand in our register. Doing it again changes nothing.
package founding

import (
	"context"
	"fmt"
	"iter"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/register"
)

// Settle imports the addresses, unless they are there, and adopts the entries.
func Settle(ctx context.Context, db *database.DB, r *register.Register, c *country.Country) error {
	if err := Addresses(ctx, db, c.Plan()); err != nil {
		return err
	}
	peers := c.Peers()
	for _, e := range c.Entries() {
		dwelling, _, err := address.Resolve(ctx, db, e.ARC)
		if err != nil {
			return fmt.Errorf("entry of the demo country at %s: %w", e.ARC, err)
		}
		person, err := peers.Person(ctx, e.Person)
		if err != nil {
			return fmt.Errorf("entry of the demo country: %w", err)
		}
		if err := r.Adopt(ctx, e.Person, person.Value.Name(), dwelling, mekenjai.NewPeriod(e.From, e.Months, false)); err != nil {
			return fmt.Errorf("entry of the demo country: %w", err)
		}
	}
	return nil
}

// Addresses imports an invented address register.
func Addresses(ctx context.Context, db *database.DB, plan gazetteer.Plan) error {
	for b := range plan.Buildings() { // the first building stands for all: imports are complete or repeated
		if _, _, err := address.Resolve(ctx, db, b.RCA); err == nil && len(plan.Fixed) > 0 {
			return nil
		}
		break
	}
	if _, err := address.Import(ctx, db, Source(plan), address.Options{}); err != nil {
		return fmt.Errorf("addresses of the demo country: %w", err)
	}
	return nil
}

// Source reads the tables of a plan as the address package wants them. The
// buildings come last of all rows that Addresses looks for, and rooms after.
func Source(p gazetteer.Plan) address.Source {
	return address.Source{
		Places: func(yield func(address.Place, error) bool) {
			for u := range p.ATS() {
				if !yield(unit(u), nil) {
					return
				}
			}
			for g := range p.Geonims() {
				if !yield(street(g), nil) {
					return
				}
			}
		},
		Buildings: each(p.Buildings(), building),
		Rooms:     each(p.Rooms(), room),
	}
}

func each[A, B any](rows iter.Seq[A], convert func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for row := range rows {
			if !yield(convert(row), nil) {
				return
			}
		}
	}
}

func unit(u gazetteer.ATS) address.Place {
	return address.Place{ID: u.ID, Parent: u.Parent, Type: gazetteer.ATSTypes[u.TypeID-1].Text(),
		Name: mekenjai.Text{KK: u.NameKK, RU: u.NameRU}, RCO: u.RCO, KATO: u.CATO, Actual: u.Actual}
}

func street(g gazetteer.Geonim) address.Place {
	return address.Place{ID: g.ID, Geonim: true, Parent: g.Parent, ATS: g.ATS, Type: gazetteer.GeonimTypes[g.TypeID-1].Text(),
		Name: mekenjai.Text{KK: g.NameKK, RU: g.NameRU}, RCO: g.RCO, KATO: g.CATO, Actual: g.Actual}
}

func building(b gazetteer.Building) address.Building {
	return address.Building{ID: b.ID, ARC: string(b.RCA), Number: b.Number, Type: gazetteer.Pointers[b.PointerID-1].Text(),
		ATS: b.ATS, Geonim: b.Geonim, Parent: b.Parent, MultiFlat: b.Rooms > 0, Actual: b.Actual}
}

func room(r gazetteer.Room) address.Room {
	return address.Room{ID: r.ID, ARC: string(r.RCA), Building: r.Building, Number: r.Number,
		Type: gazetteer.RoomTypes[r.TypeID-1].Text(), Actual: r.Actual}
}
