package state

import "mekenjai"

// Student is who studies where; not found is "no student". Messages are not
// public: the shape is ours.
type Student struct {
	IIN      mekenjai.IIN  `json:"iin"`
	School   string        `json:"school"`
	KATO     string        `json:"kato"` // of the school
	FullTime bool          `json:"fullTime"`
	Begin    mekenjai.Date `json:"begin"`
	End      mekenjai.Date `json:"end"`
}

// IsFullTimeOn says whether the norm of the capital exempts the student (Law on
// Migration, art. 51(2)(1)): full time, now, in the place whose KATO begins so.
func (s Student) IsFullTimeOn(d mekenjai.Date, katoPrefix string) bool {
	return s.FullTime && !d.Before(s.Begin) && !d.After(s.End) &&
		len(s.KATO) >= len(katoPrefix) && s.KATO[:len(katoPrefix)] == katoPrefix
}
