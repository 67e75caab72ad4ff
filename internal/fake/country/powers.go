package country

import (
	"mekenjai"
	"mekenjai/internal/state"
)

// power is a row of the notaries' register, by keys; months count from the day
// on which the country is made.
type power struct {
	principal, attorney, number string
	scopes                      []state.PowerScope
	issued                      int // months ago
	term                        int // months named in it, 0: none, a year by law
	cancelled                   bool
}

// The powers of attorney: in force, cancelled, too narrow, run out, and that of
// an owner who cannot come.
var powers = []power{
	{"samal", "yerbol", "ҮЛГІ-2118", []state.PowerScope{state.PowerToRegister}, 3, 36, false},
	{"rauan", "yerbol", "ҮЛГІ-2119", []state.PowerScope{state.PowerToRegister}, 5, 24, true},
	{"lyazzat", "yerbol", "ҮЛГІ-2120", []state.PowerScope{state.PowerOther}, 4, 0, false},
	{"nurlan", "yerbol", "ҮЛГІ-1907", []state.PowerScope{state.PowerToRegister, state.PowerToConsent}, 14, 0, false},
	{"zeynep", "yerbol", "ҮЛГІ-2121", []state.PowerScope{state.PowerToConsent}, 2, 12, false},
}

// PowerPaper is a power of attorney as it stands on paper.
type PowerPaper struct {
	Principal mekenjai.PartyID
	Attorney  mekenjai.IIN
	Number    string
}

// Powers are the powers of attorney of the country, for the demo page and tests.
func (c *Country) Powers() []PowerPaper {
	var found []PowerPaper
	for _, p := range powers {
		found = append(found, PowerPaper{c.Party(p.principal), c.IIN(p.attorney), p.number})
	}
	return found
}

// PowerOf is the number of the power that one of the cast gave to another.
func (c *Country) PowerOf(principal, attorney string) string {
	for _, p := range powers {
		if p.principal == principal && p.attorney == attorney {
			return p.number
		}
	}
	panic("country: no power of " + principal)
}

func (c *Country) empower(p power) {
	x := &state.Power{
		Principal: c.Party(p.principal), Attorney: c.IIN(p.attorney), Number: p.number, Notary: "Нотариус-образец", Notarised: true,
		Scopes: p.scopes, Issued: c.today.AddMonths(-p.issued),
	}
	if p.term > 0 {
		x.Until = x.Issued.AddMonths(p.term)
	}
	if p.cancelled {
		x.Cancelled = c.today.AddDays(-12).Start()
	}
	c.powers[state.PowerOf(x.Principal, x.Attorney, x.Number)] = x
}
