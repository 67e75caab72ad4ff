package country

import (
	"mekenjai"
	"mekenjai/internal/state"
)

// A trait makes a person of the cast differ from a citizen with a card, a home,
// a telephone, an account and a key.
type trait func(c *Country, p *state.Person, s *state.Citizen)

func traits(t ...trait) []trait { return t }

// lives: permanently registered elsewhere than in the house "home".
func lives(house string, room int) trait {
	return func(c *Country, p *state.Person, _ *state.Citizen) { c.settle(p, at(house, room)) }
}

func noPhone(_ *Country, _ *state.Person, s *state.Citizen) { s.Exists, s.Phone = false, "" }

// offline: neither telephone nor account nor key.
func offline(c *Country, p *state.Person, s *state.Citizen) {
	noPhone(c, p, s)
	s.OnPortal, s.HasEDS = false, false
}

// child of a person of the cast, with a birth certificate; an identity card is
// issued from 16 on.
func child(parent string) trait {
	return func(c *Country, p *state.Person, s *state.Citizen) {
		p.BirthCertificate = &state.CivilAct{Number: "ҮЛГІ-" + string(p.IIN[:6]), Begin: p.BirthDate.AddDays(9)}
		c.parents[p.IIN] = &state.Parents{
			Child: p.IIN, Record: p.BirthCertificate.Number, Parents: []state.Parent{{IIN: c.IIN(parent), Name: c.nameOf(parent)}},
		}
		if p.AgeOn(c.today) < 14 {
			p.Documents = nil
			offline(c, p, s)
		}
	}
}

// student of the university of the demo, full time.
func student(house string) trait {
	return func(c *Country, p *state.Person, _ *state.Citizen) {
		c.students[p.IIN] = &state.Student{
			IIN: p.IIN, School: c.nameOf("university"), KATO: atlas()[at(house, 1)].KATO, FullTime: true,
			Begin: c.today.AddMonths(-15), End: c.today.AddMonths(33),
		}
	}
}

func incapableFor(guardian string) trait {
	return func(c *Country, p *state.Person, _ *state.Citizen) {
		since := c.today.AddMonths(-40)
		p.Capable = &state.CapableStatus{Status: incapable, Begin: since, Number: "ҮЛГІ-2/17", Court: court}
		c.guardians[p.IIN] = &state.Guardians{Ward: p.IIN, Guardians: []state.Guardian{
			{IIN: c.IIN(guardian), Name: c.nameOf(guardian), Act: "ҮЛГІ-118", Begin: since.AddDays(30)},
		}}
	}
}

// limitedBy: a court limited the person's capacity, a trustee consents to his deeds.
func limitedBy(trustee string) trait {
	return func(c *Country, p *state.Person, _ *state.Citizen) {
		since := c.today.AddMonths(-18)
		p.Capable = &state.CapableStatus{Status: limited, Begin: since, Number: "ҮЛГІ-2/44", Court: court}
		c.guardians[p.IIN] = &state.Guardians{Ward: p.IIN, Guardians: []state.Guardian{
			{IIN: c.IIN(trustee), Name: c.nameOf(trustee), Trustee: true, Act: "ҮЛГІ-231", Begin: since.AddDays(20)},
		}}
	}
}

// lets: the guardianship body permitted that the ward's dwelling be used.
func lets(house string, room int) trait {
	return func(c *Country, p *state.Person, _ *state.Citizen) {
		g := &c.guardians[p.IIN].Guardians[0]
		g.Permitted = append(g.Permitted, state.Permission{ARC: at(house, room), Number: "ҮЛГІ-57", Until: c.today.AddMonths(10)})
	}
}

func died(c *Country, p *state.Person, s *state.Citizen) {
	c.bury(p, c.today.AddMonths(-5))
	offline(c, p, s)
}

func vanished(c *Country, p *state.Person, s *state.Citizen) {
	p.Missing = &state.SearchStatus{
		On: true, Begin: c.today.AddMonths(-14), Number: "ҮЛГІ-7",
		Prosecutor: term("35", "Прокуратура Карагандинской области (вымышленная)", "Қарағанды облысының прокуратурасы (ойдан шығарылған)"),
	}
	noPhone(c, p, s)
}

// returned: a citizen who came back from abroad and is not yet struck from the
// consular register.
func returned(c *Country, p *state.Person, _ *state.Citizen) {
	p.Nationality = nationality
	p.Documents = []state.Document{document(p, passport, "N9900024", c.today.AddMonths(-30), 120)}
	p.Addresses = append(p.Addresses, state.PersonAddress{Type: departure, Country: germany, City: "Köln", Begin: c.today.AddMonths(-80)})
}

func foreigner(c *Country, p *state.Person, _ *state.Citizen) {
	p.Citizenship, p.Nationality = georgia, nationality
	p.Documents = []state.Document{document(p, residencePermit, "990000025", c.today.AddMonths(-26), 120)}
}

// oldCard: the identity card ran out last month and there is no passport.
func oldCard(c *Country, p *state.Person, _ *state.Citizen) {
	p.Documents = []state.Document{document(p, identityCard, "990000035", c.today.AddMonths(-121), 120)}
}

func document(p *state.Person, kind state.Term, number string, begin mekenjai.Date, months int) state.Document {
	return state.Document{
		Type: kind, Number: number, Begin: begin, End: begin.AddMonths(months).AddDays(-1), Issuer: interiorMinistry, Status: valid,
		Surname: p.Surname, Given: p.Given, Patronymic: p.Patronymic, BirthDate: p.BirthDate,
	}
}
