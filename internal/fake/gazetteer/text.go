package gazetteer

import (
	"fmt"
	"strconv"
)

// path is the text of a unit: from the Republic down, in Russian "type name",
// in Kazakh "name type".
func path(u unit) (ru, kk string) {
	if u.parent == 0 {
		return "Республика Казахстан", "Қазақстан Республикасы"
	}
	for _, v := range units {
		if v.id == u.parent {
			ru, kk = path(v)
		}
	}
	t := ATSTypes[u.kind-1]
	name := t.ValueRU + " " + u.ru
	if adjective := u.kind == 2 || u.kind == 5 || u.kind == 4 && u.ru[len(u.ru)-2:] == "й"; adjective {
		name = u.ru + " " + t.ValueRU // «Карагандинская область»
	}
	return ru + ", " + name, kk + ", " + u.kk + " " + t.ValueKK
}

func unitByID(id int64) unit {
	for _, u := range units {
		if u.id == id {
			return u
		}
	}
	n := strconv.FormatInt(id-firstVillage+1, 10)
	return unit{id, villagesOf, 6, "Жанаауыл-" + n, "Жаңаауыл-" + n, fmt.Sprintf("%09d", villageCATOFirst+id-firstVillage), false}
}

func geonimID(unit int64, street int) int64 { return unit*100_000 + int64(street) + 1 }

// numbered tells apart the streets beyond the stock of names.
func numbered(i int) string {
	if n := i / len(streets); n > 0 {
		return "-" + strconv.Itoa(n+1)
	}
	return ""
}

func streetRU(i int) string {
	s := streets[i%len(streets)]
	return GeonimTypes[s.kind-1].ValueRU + " " + s.ru + numbered(i)
}

func streetKK(i int) string {
	s := streets[i%len(streets)]
	return s.kk + numbered(i) + " " + GeonimTypes[s.kind-1].ValueKK
}

func (h House) building() Building {
	ru, kk := path(unitByID(h.Unit))
	var geonim int64
	if h.Street != NoStreet {
		ru, kk = ru+", "+streetRU(h.Street), kk+", "+streetKK(h.Street)
		geonim = geonimID(h.Unit, h.Street)
	}
	t := Pointers[h.Pointer-1]
	return Building{
		ID: h.ID, RCA: BuildingARC(h.ID), Number: h.Number, PointerID: h.Pointer, ATS: h.Unit, Geonim: geonim,
		FullPathRU: ru + ", " + t.ValueRU + " " + h.Number, FullPathKK: kk + ", " + h.Number + " " + t.ValueKK,
		Actual: !h.Gone, Modified: modified, Rooms: h.Rooms,
	}
}

func (h House) room(b Building, n int) Room {
	t, number := RoomTypes[h.Room-1], strconv.Itoa(n)
	return Room{
		ID: RoomID(h.ID, n), RCA: RoomARC(h.ID, n), Number: number, TypeID: h.Room, Building: h.ID,
		FullPathRU: b.FullPathRU + ", " + t.ValueRU + " " + number, FullPathKK: b.FullPathKK + ", " + number + " " + t.ValueKK,
		Actual: !h.Gone, Modified: modified,
	}
}
