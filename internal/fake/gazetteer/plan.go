package gazetteer

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// House is a building that a plan must hold at a known address. Its id is below
// FirstGenerated.
type House struct {
	ID      int64
	Unit    int64
	Street  int // number in the stock of names, NoStreet in a village without streets
	Number  string
	Pointer int // of Pointers
	Rooms   int
	Room    int // of RoomTypes
	Gone    bool
}

// FirstGenerated is the id of the first building that a plan makes up.
const FirstGenerated int64 = 10_000

// flatsEvery is how often a house is one of flats.
const flatsEvery = 4

// Plan is the size of a register. Every unit with streets has Streets of them,
// with Houses each; every fourth house is one of flats. Villages have Houses
// without streets.
type Plan struct {
	Fixed    []House
	Streets  int
	Houses   int
	Flats    int // of each house of flats, at most 999
	Villages int
}

// Demo is the size of the demo country: some thousands of rows, made in a
// moment. Country adds its own houses.
var Demo = Plan{Streets: len(streets), Houses: 12, Flats: 12, Villages: 3}

// National is about as many rows as the real register has: a good two million
// buildings and six million rooms.
var National = Plan{Streets: 3000, Houses: 100, Flats: 11, Villages: 6000}

// ATS yields the administrative tree, parents first.
func (p Plan) ATS() iter.Seq[ATS] {
	return func(yield func(ATS) bool) {
		for u := range p.units() {
			ru, kk := path(u)
			row := ATS{
				ID: u.id, RCO: fmt.Sprintf("%09d", u.id), NameRU: u.ru, NameKK: u.kk, FullPathRU: ru, FullPathKK: kk,
				TypeID: u.kind, CATO: u.cato, Parent: u.parent, Actual: true, Modified: modified,
			}
			if !yield(row) {
				return
			}
		}
	}
}

// Geonims yields the streets.
func (p Plan) Geonims() iter.Seq[Geonim] {
	return func(yield func(Geonim) bool) {
		for u := range p.units() {
			for i := range p.streetsOf(u) {
				ru, kk := path(u)
				s, name := streets[i%len(streets)], numbered(i)
				row := Geonim{
					ID: geonimID(u.id, i), RCO: fmt.Sprintf("1%08d", geonimID(u.id, i)%100_000_000),
					NameRU: s.ru + name, NameKK: s.kk + name,
					FullPathRU: ru + ", " + streetRU(i), FullPathKK: kk + ", " + streetKK(i),
					CATO: u.cato, ATS: u.id, TypeID: s.kind, Actual: true, Modified: modified,
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// Buildings yields the fixed houses, then those made up.
func (p Plan) Buildings() iter.Seq[Building] {
	return func(yield func(Building) bool) {
		for h := range p.houses() {
			if !yield(h.building()) {
				return
			}
		}
	}
}

// Rooms yields the rooms, building by building in the order of Buildings.
func (p Plan) Rooms() iter.Seq[Room] {
	return func(yield func(Room) bool) {
		for h := range p.houses() {
			b := h.building()
			for n := 1; n <= h.Rooms; n++ {
				if !yield(h.room(b, n)) {
					return
				}
			}
		}
	}
}

func (p Plan) units() iter.Seq[unit] {
	return func(yield func(unit) bool) {
		for _, u := range units {
			if !yield(u) {
				return
			}
		}
		for i := range p.Villages {
			n := strconv.Itoa(i + 1)
			u := unit{firstVillage + int64(i), villagesOf, 6, "Жанаауыл-" + n, "Жаңаауыл-" + n, fmt.Sprintf("%09d", villageCATOFirst+i), false}
			if !yield(u) {
				return
			}
		}
	}
}

// houses counts the made-up buildings from FirstGenerated on, so that an id
// always means the same house of a plan.
func (p Plan) houses() iter.Seq[House] {
	return func(yield func(House) bool) {
		for _, h := range p.Fixed {
			if !yield(h) {
				return
			}
		}
		id := FirstGenerated
		for u := range p.units() {
			rows := p.streetsOf(u)
			if !u.streets && u.kind == 6 {
				rows = 1
			}
			for i := range rows {
				for n := 1; n <= p.Houses; n++ {
					h := House{ID: id, Unit: u.id, Street: i, Number: strconv.Itoa(n), Pointer: 1, Room: 1}
					if !u.streets {
						h.Street = NoStreet
					} else if n%flatsEvery == 0 {
						h.Rooms = p.Flats
					}
					id++
					if !p.taken(h) && !yield(h) {
						return
					}
				}
			}
		}
	}
}

// taken says whether a fixed house already stands at the address.
func (p Plan) taken(h House) bool {
	return slices.ContainsFunc(p.Fixed, func(f House) bool {
		return f.Unit == h.Unit && f.Street == h.Street && f.Number == h.Number
	})
}

// streetsOf counts at least the streets on which fixed houses may stand.
func (p Plan) streetsOf(u unit) int {
	if !u.streets {
		return 0
	}
	return max(p.Streets, Dostyk+1)
}
