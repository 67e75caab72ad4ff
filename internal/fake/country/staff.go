package country

import (
	"slices"

	"mekenjai"
)

// The rows of the tables of staff in cast.go, by keys.
type (
	bureau struct {
		id             string
		kind           mekenjai.OfficeKind
		firm           string
		territory      string
		nameKK, nameRU string
	}
	post struct {
		who    string
		role   mekenjai.Role
		office string
	}
)

// Offices of the State Corporation and of the migration police.
func (c *Country) Offices() []mekenjai.ServiceOffice {
	var found []mekenjai.ServiceOffice
	for _, o := range offices {
		found = append(found, mekenjai.ServiceOffice{ID: o.id, Kind: o.kind, BIN: c.BIN(o.firm), Territory: o.territory,
			Name: mekenjai.Text{KK: o.nameKK, RU: o.nameRU}})
	}
	return found
}

// Post is an appointment of somebody of the cast.
type Post struct {
	Key      string
	IIN      mekenjai.IIN
	Role     mekenjai.Role
	Office   mekenjai.ServiceOffice
	Employer Organisation
}

// Staff of all offices.
func (c *Country) Staff() []Post {
	all := c.Offices()
	var found []Post
	for _, p := range posts {
		o := all[slices.IndexFunc(all, func(o mekenjai.ServiceOffice) bool { return o.ID == p.office })]
		found = append(found, Post{Key: p.who, IIN: c.IIN(p.who), Role: p.role, Office: o, Employer: c.organisation(o.BIN)})
	}
	return found
}

// Post of somebody of the cast; ok is false for who has none.
func (c *Country) Post(key string) (p Post, ok bool) {
	for _, p := range c.Staff() {
		if p.Key == key {
			return p, true
		}
	}
	return p, false
}

// Duty is the appointment as the actor of a verb carries it.
func (p Post) Duty() mekenjai.Duty {
	return mekenjai.Duty{Role: p.Role, Office: p.Office.ID, Territory: p.Office.Territory}
}

func (c *Country) organisation(bin mekenjai.BIN) Organisation {
	i := slices.IndexFunc(firms, func(f firm) bool { return c.BIN(f.key) == bin })
	f := firms[i]
	return Organisation{Key: f.key, BIN: bin, Name: mekenjai.Text{KK: f.nameKK, RU: f.nameRU}, Head: c.IIN(f.head)}
}
