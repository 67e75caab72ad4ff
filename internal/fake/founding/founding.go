// Package founding settles the demo country in an empty database: its address
// register becomes our searchable copy, the temporary registrations that its
// stories need stand in our register. Doing it again changes nothing.
package founding

import (
	"context"
	"fmt"
	"iter"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/register"
)

// Settle imports the addresses of a plan of the country, unless they are there,
// and adopts the entries. The plan is c.Plan(), or a smaller one for tests.
func Settle(ctx context.Context, db *database.DB, r *register.Register, c *country.Country, plan gazetteer.Plan) error {
	if err := Addresses(ctx, db, plan); err != nil {
		return err
	}
	return Adopt(ctx, db, r, c)
}

// Adopt takes over the entries that the stories need; the addresses are there.
func Adopt(ctx context.Context, db *database.DB, r *register.Register, c *country.Country) error {
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

// Staff opens the offices of the country and appoints who works there.
func Staff(ctx context.Context, a *access.Access, c *country.Country) error {
	for _, o := range c.Offices() {
		if err := a.OpenOffice(ctx, o); err != nil {
			return fmt.Errorf("office %s of the demo country: %w", o.ID, err)
		}
	}
	for _, p := range c.Staff() {
		if err := a.Appoint(ctx, access.Appointment{IIN: p.IIN, BIN: p.Office.BIN, Role: p.Role, Office: p.Office.ID}); err != nil {
			return fmt.Errorf("appoint %s in the demo country: %w", p.Key, err)
		}
	}
	return nil
}

// Small is the plan with the country's own houses alone.
func Small(c *country.Country) gazetteer.Plan {
	p := c.Plan()
	p.Houses, p.Flats, p.Villages = 0, 0, min(p.Villages, 1)
	return p
}

// Addresses imports an invented address register. The last room stands for all:
// an import that was interrupted is repeated.
func Addresses(ctx context.Context, db *database.DB, plan gazetteer.Plan) error {
	var last mekenjai.ARC
	for r := range plan.Rooms() {
		last = r.RCA
	}
	if _, _, err := address.Resolve(ctx, db, last); err == nil {
		return nil
	}
	if _, err := address.Import(ctx, db, Source(plan), address.Options{}); err != nil {
		return fmt.Errorf("addresses of the demo country: %w", err)
	}
	return nil
}

// Source reads the tables of a plan as the address package wants them.
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
