package state

import "mekenjai"

// Address is the answer of the Address Register to an address code: the row of
// s_buildings, s_pb, s_grounds or s_geonims in which it stands.
type Address struct {
	ARC      mekenjai.ARC         `json:"rca"`
	Kind     mekenjai.AddressKind `json:"kind"`
	Actual   bool                 `json:"actual"`
	PathKK   string               `json:"full_path_kaz"`
	PathRU   string               `json:"full_path_rus"`
	KATO     string               `json:"cato"`
	Building mekenjai.ARC         `json:"building_rca,omitempty"` // of a room
	Rooms    int                  `json:"rooms,omitempty"`        // of a building: flats that have codes of their own
}

// Dwelling is the address as the register of registrations keeps it.
func (a Address) Dwelling() mekenjai.Dwelling {
	return mekenjai.Dwelling{ARC: a.ARC, Kind: a.Kind, Address: mekenjai.Text{KK: a.PathKK, RU: a.PathRU}, KATO: a.KATO}
}
