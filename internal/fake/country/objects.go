package country

import (
	"fmt"

	"mekenjai"
	"mekenjai/internal/state"
)

// The rows of the tables in cast.go, by keys.
type (
	holding struct {
		house        string
		room         int
		use          state.Use // "": a flat
		area, useful state.Area
		of           []share
		burdens      []burden
		tenant       string // of a registered lease that does not ban residents, "" for none
	}
	share struct {
		who          string
		part, shares int
	}
	burden struct {
		kind state.Term
		by   string // an organisation, or "" for a court
	}
	relation struct {
		of, who string
		kind    state.RelationKind
	}
	contract struct {
		house            string
		room             int
		landlord, tenant string
		named            []string
		leasedByState    bool
	}
	standing struct {
		person    string
		house     string
		room      int
		monthsAgo int
		months    mekenjai.Months
	}
)

func one(who string) []share { return []share{{who: who}} }

// build enters an object in the cadastre.
func (c *Country) build(i int, h holding) {
	arc := at(h.house, h.room)
	a := atlas()[arc]
	o := state.Object{
		ID: fmt.Sprintf("99%04d", i+1), CadastreNumber: fmt.Sprintf("99:%03d:%03d:%04d", i+1, i+1, i+1), Type: state.ObjectFlat,
		Area: h.area, UsefulArea: h.useful, PurposeUse: purposes[state.UseFlat],
		Address: state.AddressData{ARC: arc, Building: a.Building, KATO: a.KATO, NameRU: a.PathRU, NameKK: a.PathKK},
	}
	if h.room == 0 {
		o.Type = state.ObjectBuilding
	}
	if h.use != "" {
		o.PurposeUse = purposes[h.use]
	}
	since := c.today.AddMonths(-60 - i)
	for _, s := range h.of {
		share := mekenjai.Share{Numerator: s.part, Denominator: s.shares}
		o.Rights = append(o.Rights, title(c.subject(c.Party(s.who)), share, since, fmt.Sprintf("ҮЛГІ-%d", 1000+i)))
	}
	for _, b := range h.burdens {
		e := state.Encumbrance{
			Registered: c.today.AddMonths(-9), Type: b.kind, Interested: state.Subject{Name: court.NameRU},
			Basis: state.Paper{Type: decision, Number: fmt.Sprintf("ҮЛГІ-%d", 5000+i), Date: c.today.AddMonths(-9).AddDays(-3)},
		}
		if b.by != "" {
			e.Interested, e.Basis.Type = c.subject(c.Party(b.by)), leaseContract
		}
		o.Encumbrances = append(o.Encumbrances, e)
	}
	if h.tenant != "" {
		o.Leases = []state.Lease{{Tenant: c.subject(c.Party(h.tenant)), Registered: c.today.AddMonths(-8), Until: c.today.AddMonths(28)}}
	}
	c.objects[arc] = append(c.objects[arc], o)
}

func (c *Country) subject(p mekenjai.PartyID) state.Subject {
	return state.Subject{Party: p, Name: c.names[p], IsPerson: !p.IsOrganisation()}
}
