package country

import (
	"fmt"
	"strings"

	"mekenjai"
	"mekenjai/internal/state"
)

// Ordinary is somebody of whom the registers know nothing that a rule minds: an
// adult citizen with a card and a home.
type Ordinary struct {
	IIN   mekenjai.IIN
	Name  mekenjai.Name
	Born  mekenjai.Date
	Woman bool
	Card  string // number of the identity card
	Since mekenjai.Date
	Home  state.Address
}

// Person is the entry of the register of persons.
func (o Ordinary) Person() state.Person {
	p := newPerson(o.IIN, o.Name, o.Born, o.Woman)
	p.Documents = []state.Document{document(p, identityCard, o.Card, o.Since, 120)}
	p.RegAddress = homeAt(o.Home, o.Since)
	return *p
}

// Stays adds a temporary registration to the entry of a person.
func Stays(p *state.Person, at mekenjai.ARC, period mekenjai.Period) {
	p.Addresses = append(p.Addresses, state.PersonAddress{Type: temporary, Country: kazakhstan, Begin: period.From, End: period.To, ARC: at})
}

// Flat is a flat as the cadastre describes it: of the owners in equal shares,
// without burdens.
func Flat(serial int, a state.Address, area, useful state.Area, since mekenjai.Date, owners ...state.Subject) state.Object {
	o := state.Object{
		ID: fmt.Sprintf("98%08d", serial), CadastreNumber: fmt.Sprintf("98:%03d:%03d:%04d", serial/10_000_000%1000, serial/10_000%1000, serial%10_000),
		Type: state.ObjectFlat, Area: area, UsefulArea: useful, PurposeUse: purposes[state.UseFlat],
		Address: state.AddressData{ARC: a.ARC, Building: a.Building, KATO: a.KATO, NameRU: a.PathRU, NameKK: a.PathKK},
	}
	share := mekenjai.Share{}
	if len(owners) > 1 {
		share = mekenjai.Share{Numerator: 1, Denominator: len(owners)}
	}
	for _, owner := range owners {
		o.Rights = append(o.Rights, title(owner, share, since, fmt.Sprintf("ҮЛГІ-%d", serial)))
	}
	return o
}

func newPerson(iin mekenjai.IIN, name mekenjai.Name, born mekenjai.Date, isWoman bool) *state.Person {
	p := &state.Person{
		IIN: iin, Surname: name.Surname, Given: name.Given, Patronymic: name.Patronymic, BirthDate: born,
		Gender: male, Nationality: nationality, Citizenship: kazakhstan, LifeStatus: alive,
	}
	if isWoman {
		p.Gender = female
	}
	if strings.HasSuffix(name.Patronymic, "ұлы") || strings.HasSuffix(name.Patronymic, "қызы") {
		p.Nationality = kazakh
	}
	return p
}

// homeAt is a permanent registration at the address.
func homeAt(a state.Address, since mekenjai.Date) *state.PersonAddress {
	steps := strings.Split(a.PathRU, ", ")
	last := func(prefix string) string {
		for _, s := range steps {
			if rest, ok := strings.CutPrefix(s, prefix+" "); ok {
				return rest
			}
		}
		return ""
	}
	return &state.PersonAddress{
		Country: kazakhstan, City: last("город"), Street: last("улица") + last("проспект"), Building: last("дом"), Flat: last("квартира"),
		Begin: since, Status: registered, ARC: a.ARC,
	}
}

// title is a line of rights of the cadastre; a share that is not stated makes it
// the only owner's.
func title(owner state.Subject, share mekenjai.Share, since mekenjai.Date, contract string) state.TitleRight {
	r := state.TitleRight{
		Registered: since, Owner: owner, Type: ownership,
		Basis: state.Paper{Type: saleContract, Number: contract, Date: since.AddDays(-7)},
	}
	if share.Denominator > 0 {
		r.Type, r.Share = sharedOwnership, share
	}
	return r
}
