package address

import (
	"strconv"
	"strings"

	"mekenjai"
)

// KindArea is an administrative unit: oblast, district, city, village. The root
// has no such kind, since nobody can live in one.
const KindArea mekenjai.AddressKind = "area"

// Node names a place of the tree: "" the country, "a71" the unit 71 of s_ats,
// "g12" the street 12 of s_geonims, 16 digits a building or a room.
type Node string

// placeID is the key of address_place: units and streets in one space.
type placeID int64

func newPlaceID(id int64, geonim bool) placeID {
	if geonim {
		return placeID(id<<1 | 1)
	}
	return placeID(id << 1)
}

func (p placeID) isGeonim() bool { return p&1 == 1 }

func (p placeID) kind() mekenjai.AddressKind {
	if p.isGeonim() {
		return mekenjai.KindStreet
	}
	return KindArea
}

func (p placeID) node() Node {
	if p == 0 {
		return ""
	}
	if p.isGeonim() {
		return Node("g" + strconv.FormatInt(int64(p>>1), 10))
	}
	return Node("a" + strconv.FormatInt(int64(p>>1), 10))
}

// place reads the nodes that name a place.
func (n Node) place() (placeID, bool) {
	if n == "" {
		return 0, true
	}
	if n[0] != 'a' && n[0] != 'g' || len(n) > 20 {
		return 0, false
	}
	id, err := strconv.ParseInt(string(n[1:]), 10, 62)
	if err != nil || id <= 0 || strings.HasPrefix(string(n[1:]), "+") {
		return 0, false
	}
	return newPlaceID(id, n[0] == 'g'), true
}

// packIDs and unpackIDs keep a short list of places in one column.
func packIDs(ids []placeID) string {
	var b []byte
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(b)
}

func unpackIDs(s string) []placeID {
	if s == "" {
		return nil
	}
	ids := make([]placeID, 0, strings.Count(s, ",")+1)
	for part := range strings.SplitSeq(s, ",") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			ids = append(ids, placeID(id))
		}
	}
	return ids
}
