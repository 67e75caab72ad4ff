package address

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/database"
)

// Details is what the register says of a code beside the address.
type Details struct {
	Actual     bool // in use
	NeedsUnit  bool // a building in which a flat must be chosen (rule R24)
	Selectable bool // may be the dwelling of an application
	Purpose    string
	Type       mekenjai.Text
	Building   mekenjai.ARC // of a room
}

// Resolve tells what a code names, with the whole address in both languages.
// mekenjai.ErrNotFound when it stands in no table.
func Resolve(ctx context.Context, db *database.DB, arc mekenjai.ARC) (d mekenjai.Dwelling, more Details, err error) {
	err = db.Read(ctx, func(tx database.Tx) (err error) {
		d, more, err = ResolveIn(ctx, tx, arc)
		return err
	})
	return d, more, err
}

// ResolveIn is Resolve within the caller's transaction.
func ResolveIn(ctx context.Context, tx database.Tx, arc mekenjai.ARC) (mekenjai.Dwelling, Details, error) {
	return newReader(ctx, tx).resolve(arc)
}

// resolve looks from the smallest thing to the largest, so that a code that the
// register gave twice names the more exact one.
func (r *reader) resolve(arc mekenjai.ARC) (mekenjai.Dwelling, Details, error) {
	for _, look := range []func(mekenjai.ARC) (mekenjai.Dwelling, Details, bool){r.resolveRoom, r.resolveBuilding, r.resolvePlot, r.resolvePlace} {
		d, more, ok := look(arc)
		if r.err != nil {
			return mekenjai.Dwelling{}, Details{}, fmt.Errorf("resolve address: %w", r.err)
		}
		if ok {
			d.ARC = arc
			return d, more, nil
		}
	}
	return mekenjai.Dwelling{}, Details{}, fmt.Errorf("resolve address: %w", mekenjai.ErrNotFound)
}

func (r *reader) resolveRoom(arc mekenjai.ARC) (mekenjai.Dwelling, Details, bool) {
	m := r.roomByARC(arc)
	if m == nil {
		return mekenjai.Dwelling{}, Details{}, false
	}
	b := r.buildings([]int64{m.building})[m.building]
	if b == nil {
		return mekenjai.Dwelling{}, Details{}, false
	}
	s := roomSuggestion(m, r.suggestBuilding(b).Text)
	return r.dwelling(s, b.place), Details{Actual: m.actual && b.actual, Selectable: m.actual && b.actual, Purpose: b.purpose, Type: m.typ, Building: b.arc}, true
}

func (r *reader) resolveBuilding(arc mekenjai.ARC) (mekenjai.Dwelling, Details, bool) {
	b := r.buildingByARC(arc)
	if b == nil {
		return mekenjai.Dwelling{}, Details{}, false
	}
	s := r.suggestBuilding(b)
	return r.dwelling(s, b.place), Details{Actual: b.actual, NeedsUnit: s.NeedsUnit, Selectable: s.Selectable, Purpose: b.purpose, Type: b.typ}, true
}

func (r *reader) resolvePlot(arc mekenjai.ARC) (mekenjai.Dwelling, Details, bool) {
	type plot struct {
		place  placeID
		number string
		actual bool
	}
	found := ask(r, func(row database.Row) (p plot, err error) { return p, row.Scan(&p.place, &p.number, &p.actual) },
		"SELECT place, number, actual FROM address_plot WHERE arc = $1 ORDER BY actual DESC, id LIMIT 1", arc)
	if len(found) == 0 {
		return mekenjai.Dwelling{}, Details{}, false
	}
	p := found[0]
	s := Suggestion{Kind: mekenjai.KindPlot}
	if at := r.places([]placeID{p.place})[p.place]; at != nil {
		s.Text = join(at.path, numberLabel(p.number, mekenjai.Text{}, plotType))
	}
	return r.dwelling(s, p.place), Details{Actual: p.actual}, true
}

var plotType = mekenjai.Text{KK: "жер учаскесі", RU: "земельный участок"}

// resolvePlace knows the codes of settlements and streets, which people take for
// the code of their home.
func (r *reader) resolvePlace(arc mekenjai.ARC) (mekenjai.Dwelling, Details, bool) {
	p := first(ask(r, scanPlace, "SELECT "+placeColumns+" FROM address_place WHERE rco = $1 ORDER BY actual DESC, id LIMIT 1", string(arc)))
	if p == nil {
		return mekenjai.Dwelling{}, Details{}, false
	}
	return r.dwelling(placeSuggestion(p), p.id), Details{Actual: p.actual, Type: p.typ}, true
}

// dwelling adds the administrative unit: the code of the place, or of the
// nearest place above it that has one.
func (r *reader) dwelling(s Suggestion, at placeID) mekenjai.Dwelling {
	d := mekenjai.Dwelling{Kind: s.Kind, Address: s.Text}
	p := r.places([]placeID{at})[at]
	if p == nil {
		return d
	}
	if d.KATO = p.kato; d.KATO != "" {
		return d
	}
	above := r.places(p.ancestors)
	for i := len(p.ancestors) - 1; i >= 0 && d.KATO == ""; i-- {
		if a := above[p.ancestors[i]]; a != nil {
			d.KATO = a.kato
		}
	}
	return d
}

// Choose is the answer of a form to what a person typed or picked as the code of
// his dwelling: the dwelling, or a *mekenjai.FieldError on the input field that
// says what is wrong with it.
func Choose(ctx context.Context, db *database.DB, field, typed string) (mekenjai.Dwelling, error) {
	refuse := func(key string, args map[string]any) (mekenjai.Dwelling, error) {
		return mekenjai.Dwelling{}, &mekenjai.FieldError{Field: field, Key: key, Args: args}
	}
	arc, err := mekenjai.ParseARC(typed)
	if err != nil {
		return refuse("address.error.format", nil)
	}
	d, more, err := Resolve(ctx, db, arc)
	switch {
	case errors.Is(err, mekenjai.ErrNotFound):
		return refuse("address.error.unknown", nil)
	case err != nil:
		return mekenjai.Dwelling{}, err
	case d.Kind == mekenjai.KindPlot:
		return refuse("address.error.plot", map[string]any{"address": d.Address})
	case d.Kind != mekenjai.KindBuilding && d.Kind != mekenjai.KindRoom:
		return refuse("address.error.place", map[string]any{"address": d.Address})
	case !more.Actual:
		return refuse("address.error.not_actual", map[string]any{"address": d.Address})
	case more.NeedsUnit:
		return refuse("address.error.needs_unit", map[string]any{"address": d.Address})
	}
	return d, nil
}
