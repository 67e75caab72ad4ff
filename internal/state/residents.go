package state

import "mekenjai"

// ResidentList is who is permanently registered at an address code, as RP DRN
// answers; the answer is always found, nobody is an empty list. The norm of the
// capital counts them and asks how each is related to the owner. Messages are
// not public: the shape is ours.
type ResidentList struct {
	ARC     mekenjai.ARC   `json:"arc"`
	Persons []mekenjai.IIN `json:"persons"`
}

// Count of the permanently registered.
func (r ResidentList) Count() int { return len(r.Persons) }
