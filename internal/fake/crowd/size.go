package crowd

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is how many there are of everything.
type Size struct {
	Persons   int `json:"persons"`
	Dwellings int `json:"dwellings"`
	Entries   int `json:"entries"` // persons with a temporary registration
}

// The largest crowd: as many as there are numbers for, and streets.
const (
	MostPersons   = 100_000_000
	MostDwellings = 50_000_000
)

// Check says in a sentence why there is no crowd of this size.
func (s Size) Check() error {
	switch {
	case s.Dwellings < 12 || s.Dwellings > MostDwellings:
		return fmt.Errorf("a crowd has between 12 and %d dwellings, not %d", MostDwellings, s.Dwellings)
	case s.Persons < 2*s.Dwellings+s.Entries || s.Persons > MostPersons:
		return fmt.Errorf("a crowd of %d dwellings and %d entries has between %d and %d persons (two owners a dwelling, and those with an entry), not %d",
			s.Dwellings, s.Entries, 2*s.Dwellings+s.Entries, MostPersons, s.Persons)
	case s.Entries < 0:
		return fmt.Errorf("%d entries cannot be", s.Entries)
	}
	return nil
}

// String is the form that UnmarshalText reads.
func (s Size) String() string {
	if s == (Size{}) {
		return ""
	}
	return fmt.Sprintf("persons=%d,dwellings=%d,entries=%d", s.Persons, s.Dwellings, s.Entries)
}

// UnmarshalText reads "persons=200000,dwellings=60000,entries=60000", in any
// order; entries may be left out.
func (s *Size) UnmarshalText(text []byte) error {
	*s = Size{}
	if len(text) == 0 {
		return nil
	}
	for part := range strings.SplitSeq(string(text), ",") {
		name, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		field := map[string]*int{"persons": &s.Persons, "dwellings": &s.Dwellings, "entries": &s.Entries}[name]
		if err != nil || field == nil {
			return fmt.Errorf("%q is not a part of a size such as persons=200000,dwellings=60000,entries=60000", part)
		}
		*field = n
	}
	return s.Check()
}
