package country

import (
	"mekenjai"
)

// Resident is somebody of the cast, as the demo page lists him.
type Resident struct {
	Key       string
	IIN       mekenjai.IIN
	Name      mekenjai.Name
	BirthDate mekenjai.Date
	Phone     mekenjai.Phone // "" when the Mobile Citizens Database has none
	HasEDS    bool
	Heads     []Organisation // organisations whose key he may use
	Work      *Post          // where he works for the state; nil for most
}

// Organisation is one of the country.
type Organisation struct {
	Key  string
	BIN  mekenjai.BIN
	Name mekenjai.Text
	Head mekenjai.IIN
}

// People are the cast, in its order, without the stranger of whom wrong peers
// speak.
func (c *Country) People() []Resident {
	var found []Resident
	for _, r := range cast {
		if r.key != "stranger" {
			found = append(found, c.Resident(r.key))
		}
	}
	return found
}

// Resident by key.
func (c *Country) Resident(key string) Resident {
	iin := c.IIN(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	p, s := c.persons[iin], c.citizens[iin]
	r := Resident{Key: key, IIN: iin, Name: p.Name(), BirthDate: p.BirthDate, Phone: s.Phone, HasEDS: s.HasEDS}
	for _, f := range firms {
		if f.head == key {
			r.Heads = append(r.Heads, Organisation{
				Key: f.key, BIN: c.numbers[f.key].BIN(), Name: mekenjai.Text{KK: f.nameKK, RU: f.nameRU}, Head: iin,
			})
		}
	}
	if p, ok := c.Post(key); ok {
		r.Work = &p
	}
	return r
}

// Name of a party as the registers write it, "" for nobody of the country.
func (c *Country) Name(p mekenjai.PartyID) string { return c.names[p] }
