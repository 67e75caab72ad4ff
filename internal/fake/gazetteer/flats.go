package gazetteer

import (
	"slices"
	"strconv"

	"mekenjai"
)

// firstFree is the first street on which no fixed house stands: there every house
// is made up, so that the n-th flat is found by arithmetic alone.
const firstFree = Dostyk + 1

// Flat is a flat of a plan with the building in which it is.
type Flat struct {
	Room     Room
	Building Building
	KATO     string
}

// CountFlats is how many flats FlatAt knows.
func (p Plan) CountFlats() int { return len(streeted) * p.FlatsOfUnit() }

// FlatsOfUnit is how many of them each unit has: those of a unit follow one
// another, units in the order of the tree.
func (p Plan) FlatsOfUnit() int {
	return max(0, p.Streets-firstFree) * (p.Houses / flatsEvery) * p.Flats
}

// FlatAt makes the n-th flat of the plan, counted from 0, without making the
// others.
func (p Plan) FlatAt(n int) Flat {
	h, number := p.houseAt(n)
	b := h.building()
	return Flat{Room: h.room(b, number), Building: b, KATO: unitByID(h.Unit).cato}
}

// FlatOf is the number of the flat with the code, false when it is none that
// FlatAt makes.
func (p Plan) FlatOf(arc mekenjai.ARC) (n int, ok bool) {
	if len(arc) != 16 || arc[0] != '1' {
		return 0, false
	}
	id, err := strconv.ParseInt(string(arc[5:]), 10, 64)
	if err != nil || id/1000 < FirstGenerated || p.Houses == 0 {
		return 0, false
	}
	at := int(id/1000 - FirstGenerated)
	house, street, unit := at%p.Houses, at/p.Houses%p.Streets, at/p.Houses/p.Streets
	if unit >= len(streeted) || street < firstFree || (house+1)%flatsEvery != 0 {
		return 0, false
	}
	n = ((unit*(p.Streets-firstFree)+street-firstFree)*(p.Houses/flatsEvery)+(house+1)/flatsEvery-1)*p.Flats + int(id%1000) - 1
	if id%1000 < 1 || int(id%1000) > p.Flats || p.FlatAt(n).Room.RCA != arc {
		return 0, false
	}
	return n, true
}

// houseAt is the house of the n-th flat, and which of its flats that is.
func (p Plan) houseAt(n int) (House, int) {
	block, number := n/p.Flats, n%p.Flats+1
	ofStreet := p.Houses / flatsEvery
	house, street := (block%ofStreet+1)*flatsEvery, block/ofStreet%(p.Streets-firstFree)+firstFree
	unit := block / ofStreet / (p.Streets - firstFree)
	id := FirstGenerated + int64((unit*p.Streets+street)*p.Houses+house-1)
	return House{ID: id, Unit: streeted[unit].id, Street: street, Number: strconv.Itoa(house), Pointer: 1, Room: 1, Rooms: p.Flats}, number
}

// streeted are the units with streets: their houses are the first that a plan
// makes up, in this order.
var streeted = slices.DeleteFunc(slices.Clone(units), func(u unit) bool { return !u.streets })
