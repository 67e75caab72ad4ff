package country

import (
	"sync"

	"mekenjai"
	"mekenjai/internal/fake/gazetteer"
	"mekenjai/internal/state"
)

// houses of the stories. The numbers of the buildings are invented and stay
// below gazetteer.FirstGenerated.
var houses = map[string]gazetteer.House{
	"home":     {ID: 101, Unit: gazetteer.Karaganda, Street: gazetteer.BukharZhyrau, Number: "47", Pointer: 1, Rooms: 60, Room: 1},
	"almaty":   {ID: 102, Unit: gazetteer.AlmatyBostandyk, Street: gazetteer.Abai, Number: "150", Pointer: 1, Rooms: 40, Room: 1},
	"astana":   {ID: 103, Unit: gazetteer.AstanaEsil, Street: gazetteer.Kenesary, Number: "40", Pointer: 1, Rooms: 36, Room: 1},
	"shymkent": {ID: 104, Unit: gazetteer.ShymkentAbai, Street: gazetteer.TaukeKhan, Number: "12", Pointer: 1, Rooms: 24, Room: 1},
	"kostanay": {ID: 105, Unit: gazetteer.Kostanay, Street: gazetteer.Tauelsizdik, Number: "83", Pointer: 1, Room: 1},
	"dorm":     {ID: 106, Unit: gazetteer.AlmatyBostandyk, Street: gazetteer.Timiryazev, Number: "71/2", Pointer: 2, Room: 1},
	"new":      {ID: 107, Unit: gazetteer.AstanaEsil, Street: gazetteer.Turan, Number: "99", Pointer: 1, Rooms: 20, Room: 1},
	"offices":  {ID: 108, Unit: gazetteer.AlmatyMedeu, Street: gazetteer.Dostyk, Number: "300", Pointer: 2, Rooms: 30, Room: 2},
	"village":  {ID: 109, Unit: gazetteer.Akbulak, Street: gazetteer.NoStreet, Number: "14", Pointer: 1, Room: 1},
	"pulled":   {ID: 110, Unit: gazetteer.Karaganda, Street: gazetteer.Abai, Number: "5", Pointer: 1, Room: 1, Gone: true},
}

// order in which the plan lists them.
var order = []string{"home", "almaty", "astana", "shymkent", "kostanay", "dorm", "new", "offices", "village", "pulled"}

// at is the code of a room of a house, of the house itself when room is 0.
func at(house string, room int) mekenjai.ARC {
	h, ok := houses[house]
	if !ok || room > h.Rooms {
		panic("country: no such dwelling: " + house)
	}
	if room == 0 {
		return gazetteer.BuildingARC(h.ID)
	}
	return gazetteer.RoomARC(h.ID, room)
}

// Plan is the address register of the country: its own houses among thousands
// of invented ones.
func (c *Country) Plan() gazetteer.Plan { return plan() }

func plan() gazetteer.Plan {
	p := gazetteer.Demo
	for _, key := range order {
		p.Fixed = append(p.Fixed, houses[key])
	}
	return p
}

// atlas finds a code of the plan. It is the same for every country.
var atlas = sync.OnceValue(func() map[mekenjai.ARC]state.Address {
	found, p := map[mekenjai.ARC]state.Address{}, plan()
	kato := map[int64]string{}
	for u := range p.ATS() {
		kato[u.ID] = u.CATO
	}
	buildings := map[int64]gazetteer.Building{}
	for b := range p.Buildings() {
		buildings[b.ID] = b
		found[b.RCA] = state.Address{
			ARC: b.RCA, Kind: mekenjai.KindBuilding, Actual: b.Actual, PathKK: b.FullPathKK, PathRU: b.FullPathRU,
			KATO: kato[b.ATS], Rooms: b.Rooms,
		}
	}
	for r := range p.Rooms() {
		b := buildings[r.Building]
		found[r.RCA] = state.Address{
			ARC: r.RCA, Kind: mekenjai.KindRoom, Actual: r.Actual, PathKK: r.FullPathKK, PathRU: r.FullPathRU,
			KATO: kato[b.ATS], Building: b.RCA,
		}
	}
	return found
})
