package state

import "mekenjai"

// Guardians are the guardianships over a ward. Messages are not public: the
// shape is ours.
type Guardians struct {
	Ward      mekenjai.IIN `json:"ward"`
	Guardians []Guardian   `json:"guardians"`
}

// Guardian is one appointment.
type Guardian struct {
	IIN       mekenjai.IIN  `json:"iin"`
	Name      string        `json:"name"`
	Trustee   bool          `json:"trustee"` // попечитель of 14–17 and of limited capacity, else опекун
	Act       string        `json:"act"`
	Begin     mekenjai.Date `json:"begin"`
	End       mekenjai.Date `json:"end,omitzero"`
	Permitted []Permission  `json:"permissions,omitempty"`
}

// Permission is a prior permission of the body to let or lend the ward's
// property (Family Code, art. 128(2)).
type Permission struct {
	ARC    mekenjai.ARC  `json:"arc"`
	Number string        `json:"number"`
	Until  mekenjai.Date `json:"until"`
}

// On is the guardianship in force on the day d.
func (g Guardians) On(d mekenjai.Date) []Guardian {
	var found []Guardian
	for _, x := range g.Guardians {
		if !d.Before(x.Begin) && (x.End.IsZero() || !d.After(x.End)) {
			found = append(found, x)
		}
	}
	return found
}
