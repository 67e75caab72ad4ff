package rules

import (
	"fmt"
	"slices"

	"mekenjai"
)

const maxArea = 1e7 // square metres; more is no building

func (c *checker) application() {
	a := c.f.Application
	c.notLater(a.FiledAt, "application.filed_at")
	if a.Filer != nil && a.Filer.IIN == a.Registrant {
		c.wrong("application.filer.iin", "the registrant files for himself: leave filer out")
	}
	if a.Arrival.After(mekenjai.DateOf(c.f.filed())) {
		c.wrong("application.arrival", "is later than the day of filing")
	}
	isFiler := a.DeclaredOwner != "" && (a.DeclaredOwner.IIN() == a.Registrant ||
		a.Filer != nil && a.DeclaredOwner.IIN() == a.Filer.IIN)
	switch {
	case !a.DeclaresOwnership && a.DeclaredOwner == "":
		c.errs.add("application.declared_owner", MissingFact, "is missing: who does not declare ownership names the owner")
	case a.DeclaresOwnership && a.DeclaredOwner != "" && !isFiler:
		c.wrong("application.declared_owner", "names somebody else although ownership is declared")
	}
	if a.Signature.Method == ByWriting && c.f.Channel != OfficeWindow {
		c.wrong("application.signature.method", "nothing is written by hand outside an office")
	}
	if a.ClockSeconds < 0 {
		c.wrong("application.clock_seconds", "is negative")
	}
}

func (c *checker) persons() {
	once(&c.shaper, c.f.Persons, "persons", "iin", func(p Person) mekenjai.IIN { return p.IIN })
	if len(c.f.Persons) > 0 && c.f.person(c.f.Application.Registrant) == nil {
		c.errs.add("persons", MissingFact, "the registrant is not among the persons")
	}
	today := mekenjai.DateOf(c.f.At)
	for i, p := range c.f.Persons {
		at := fmt.Sprintf("persons[%d]", i)
		if p.BirthDate.After(today) {
			c.wrong(at+".birth_date", "is later than the instant of evaluation")
		}
		if p.LifeStatus == Alive && !p.DeathDate.IsZero() {
			c.wrong(at+".death_date", "the life status says alive")
		}
		if p.DeathDate.After(today) {
			c.wrong(at+".death_date", "is later than the instant of evaluation")
		}
		c.ordered(p.BirthDate, p.DeathDate, at+".death_date")
		for j, d := range p.Documents {
			c.ordered(d.Begin, d.End, fmt.Sprintf("%s.documents[%d].end_date", at, j))
		}
		if r := p.PermanentResidence; r != nil {
			c.ordered(r.Begin, r.End, at+".permanent_residence.end_date")
		}
		if s := p.Capacity; s != nil {
			c.ordered(s.Date, s.End, at+".capable_status.end_date")
		}
		if a := p.PermanentAddress; a != nil {
			c.ordered(a.Begin, a.End, at+".permanent_address.end_date")
		}
		for j, a := range p.TemporaryAddresses {
			c.ordered(a.Begin, a.End, fmt.Sprintf("%s.temporary_addresses[%d].end_date", at, j))
		}
	}
}

func (c *checker) dwelling() {
	arc := c.f.Application.ARC
	if a := c.f.Address; a != nil && a.ARC != "" && a.ARC != arc {
		c.wrong("address.arc", "is not application.arc")
	}
	p := c.f.Property
	if p == nil {
		return
	}
	if p.ARC != "" && p.ARC != arc {
		c.wrong("property.arc", "is not application.arc")
	}
	if p.Status != Answered {
		return
	}
	switch {
	case !p.TitleRegistered && len(p.Holders) > 0:
		c.wrong("property.holders", "there are holders, but no title is registered")
	case p.TitleRegistered && len(p.Holders) == 0 && p.StateHousing == nil:
		c.wrong("property.holders", "a title is registered, but it has no holder")
	case p.TitleRegistered && p.Purpose == "":
		c.errs.add("property.purpose", MissingFact, "is missing")
	}
	if p.UsefulArea != nil && (!(*p.UsefulArea > 0) || *p.UsefulArea > maxArea) {
		c.wrong("property.useful_area", "is no area of a building")
	}
	for i, h := range p.Holders {
		if s := h.Share; s != (mekenjai.Share{}) && (s.Numerator < 1 || s.Numerator > s.Denominator) {
			c.wrong(fmt.Sprintf("property.holders[%d].share", i), "is no share")
		}
	}
	for i, e := range p.Encumbrances {
		c.ordered(e.Since, e.Until, fmt.Sprintf("property.encumbrances[%d].until", i))
	}
	if l := p.Lease; l != nil {
		c.ordered(l.From, l.Until, "property.lease.until")
		if p.StateHousing != nil {
			c.wrong("property.lease", "a dwelling of the state fund has no private lease")
		}
	}
}

func (c *checker) others() {
	once(&c.shaper, c.f.Organisations, "organisations", "bin", func(o Organisation) mekenjai.BIN { return o.BIN })
	once(&c.shaper, c.f.Parties, "parties", "party", func(p Party) mekenjai.PartyID { return p.Party })
	type deed struct{ principal, attorney, number string }
	once(&c.shaper, c.f.Attorneys, "powers_of_attorney", "number", func(a Attorney) deed {
		return deed{string(a.Principal), string(a.Attorney), a.Number}
	})
	today := mekenjai.DateOf(c.f.At)
	for i, o := range c.f.Organisations {
		if o.State == Active && !o.Liquidated.IsZero() && !o.Liquidated.After(today) {
			c.wrong(fmt.Sprintf("organisations[%d].liquidation_date", i), "the state says active")
		}
	}
	for i, a := range c.f.Attorneys {
		at := fmt.Sprintf("powers_of_attorney[%d]", i)
		c.ordered(a.Issued, a.Until, at+".until")
		c.notLater(a.CancelledAt, at+".cancelled_at")
		if a.Principal.IIN() == a.Attorney && a.Attorney != "" {
			c.wrong(at+".attorney", "is the principal himself")
		}
	}
	if cr := c.f.CivilRecords; cr != nil {
		c.relations(cr.Relations)
	}
	if g := c.f.Guardianship; g != nil {
		for i, w := range g.Wards {
			at := fmt.Sprintf("guardianship.wards[%d]", i)
			c.ordered(w.From, w.Until, at+".until")
			if w.Ward == w.Guardian {
				c.wrong(at+".guardian", "is the ward himself")
			}
		}
	}
	if r := c.f.Register; r != nil {
		if r.PermanentHere < 0 || r.TemporaryHere < 0 {
			c.wrong("register", "a number of people is negative")
		}
		if r.NonExemptHere != nil && *r.NonExemptHere && r.PermanentHere+r.TemporaryHere == 0 {
			c.wrong("register.non_exempt_here", "nobody is registered there")
		}
		if e := r.CurrentEntry; e != nil {
			c.ordered(e.From, e.To, "register.current_entry.to")
			c.ordered(e.Since, e.From, "register.current_entry.since")
		}
	}
}

// relations holds that no two records make different kin of the same two people.
func (c *checker) relations(list []Relation) {
	type pair struct{ a, b mekenjai.IIN }
	known := map[pair]Kin{}
	for i, r := range list {
		at := fmt.Sprintf("civil_records.relations[%d]", i)
		if r.Person == r.Of {
			c.wrong(at+".of", "is the same person")
			continue
		}
		if r.Person > r.Of {
			r.Person, r.Of, r.Is = r.Of, r.Person, r.Is.inverse()
		}
		if r.Is == "" {
			continue // "my relative's spouse" has no name the other way round
		}
		key := pair{r.Person, r.Of}
		if before, ok := known[key]; ok && before != r.Is {
			c.wrong(at+".is", "another record says something else about the two")
		}
		known[key] = r.Is
	}
}

func (c *checker) office() {
	o := c.f.Office
	switch {
	case o == nil && c.f.Channel == OfficeWindow:
		c.errs.add("office", MissingFact, "is missing: at the window the operator says who is present")
		return
	case o == nil:
		return
	case c.f.Channel != OfficeWindow:
		c.wrong("office", "the channel is not office")
	}
	once(&c.shaper, o.Present, "office.present", "iin", func(p Presence) mekenjai.IIN { return p.IIN })
	once(&c.shaper, o.Remote, "office.remote", "", func(p mekenjai.PartyID) mekenjai.PartyID { return p })
	for i, p := range o.Remote {
		if !c.f.maySpeak(p) {
			c.wrong(fmt.Sprintf("office.remote[%d]", i), "is no right-holder of the dwelling")
		}
	}
}

func (c *checker) consents() {
	type asked struct {
		party    mekenjai.PartyID
		capacity Capacity
	}
	seen := map[asked]bool{}
	for i, k := range c.f.Consents {
		at := fmt.Sprintf("consents[%d]", i)
		c.consentTimes(k, at)
		if k.Answer == mekenjai.Void {
			continue // of an earlier set of right-holders
		}
		if !c.f.maySpeak(k.Party) {
			c.wrong(at+".party", "is no right-holder of the dwelling")
		}
		key := asked{k.Party, k.capacity()}
		if seen[key] {
			c.wrong(at+".party", "stands there twice")
		}
		seen[key] = true
		if k.Signature != nil && k.Signature.Method == ByWriting && c.f.Channel != OfficeWindow {
			c.wrong(at+".signature.method", "nothing is written by hand outside an office")
		}
	}
}

var answersByPeople = []mekenjai.Answer{mekenjai.Agreed, mekenjai.Declined, mekenjai.NotMine, mekenjai.Withdrawn}

func (c *checker) consentTimes(k Consent, at string) {
	c.notLater(k.AskedAt, at+".asked_at")
	c.notLater(k.AnsweredAt, at+".answered_at")
	answered := slices.Contains(answersByPeople, k.Answer)
	switch {
	case k.AskedAt.Before(c.f.filed()):
		c.wrong(at+".asked_at", "is earlier than the application")
	case answered && k.AnsweredAt.IsZero():
		c.errs.add(at+".answered_at", MissingFact, "is missing")
	case k.Answer == mekenjai.Asked && !k.AnsweredAt.IsZero():
		c.wrong(at+".answered_at", "there is no answer yet")
	case !k.AnsweredAt.IsZero() && k.AnsweredAt.Before(k.AskedAt):
		c.wrong(at+".answered_at", "the answer came before the question")
	case !k.Deadline.IsZero() && k.Deadline.Before(k.AskedAt):
		c.wrong(at+".deadline", "is earlier than the question")
	case k.Answer == mekenjai.Lapsed && !k.Deadline.IsZero() && !c.f.At.After(k.Deadline):
		c.wrong(at+".answer", "the deadline has not passed")
	}
}

// maySpeak says whether the party is a right-holder as far as the facts tell.
// Without an answer of the property register nobody can be excluded.
func (f Facts) maySpeak(p mekenjai.PartyID) bool {
	if f.Property == nil || f.Property.Status != Answered {
		return true
	}
	return f.Property.names(p)
}
