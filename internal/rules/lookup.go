package rules

import (
	"time"

	"mekenjai"
)

// person is the answer about one person, nil when the register was not asked.
func (f Facts) person(n mekenjai.IIN) *Person {
	for i := range f.Persons {
		if f.Persons[i].IIN == n {
			return &f.Persons[i]
		}
	}
	return nil
}

func (f Facts) organisation(n mekenjai.BIN) *Organisation {
	for i := range f.Organisations {
		if f.Organisations[i].BIN == n {
			return &f.Organisations[i]
		}
	}
	return nil
}

func (f Facts) party(n mekenjai.PartyID) *Party {
	for i := range f.Parties {
		if f.Parties[i].Party == n {
			return &f.Parties[i]
		}
	}
	return nil
}

// filer is who filed the application and in what role.
func (a Application) filer() (mekenjai.IIN, Role) {
	if a.Filer == nil {
		return a.Registrant, registrantFiles
	}
	return a.Filer.IIN, a.Filer.Role
}

// isApplicant says whether the party is the registrant or who files for him:
// their signature under the application is their consent to it. Who signs the
// petition of an organisation does not speak for himself.
func (a Application) isApplicant(p mekenjai.PartyID) bool {
	filer, role := a.filer()
	return p.IIN() != "" && (p.IIN() == a.Registrant || p.IIN() == filer && role != Administration)
}

// names says whether the property register names the party as owner or tenant.
func (p Property) names(party mekenjai.PartyID) bool {
	return p.isHolder(party) || party != "" && party == p.tenant()
}

func (p Property) isHolder(party mekenjai.PartyID) bool {
	for _, h := range p.Holders {
		if h.Party == party {
			return true
		}
	}
	return false
}

// tenant of the state fund or of a lease, "" when there is none.
func (p Property) tenant() mekenjai.PartyID {
	switch {
	case p.StateHousing != nil:
		return mekenjai.PartyID(p.StateHousing.Tenant)
	case p.Lease != nil:
		return mekenjai.PartyID(p.Lease.Tenant)
	}
	return ""
}

func (p Property) disagrees(d Disagreement) bool {
	for _, x := range p.Disagreements {
		if x == d {
			return true
		}
	}
	return false
}

// age in completed years on the day d, by the register's birth date.
func (p Person) age(d mekenjai.Date) int { return d.YearsSince(p.BirthDate) }

// isDead also believes a date of death.
func (p Person) isDead() bool { return p.LifeStatus == Dead || !p.DeathDate.IsZero() }

// isKnown says whether the register vouches for the person (R02).
func (p Person) isKnown() bool { return p.Status == Answered && !p.Removed && p.Excluded == nil }

// ability is the capacity in force on the day d.
func (p Person) ability(d mekenjai.Date) Ability {
	if p.Capacity == nil || !within(d, p.Capacity.Date, p.Capacity.End) {
		return Capable
	}
	return p.Capacity.Status
}

// isAbsent says whether a court or the police look for the person on the day d.
func (p Person) isAbsent(d mekenjai.Date) bool {
	for _, a := range []*Absence{p.Missing, p.Disappeared} {
		if a != nil && within(d, a.Date, a.End) {
			return true
		}
	}
	return false
}

// residence is the permanent registration in force on the day d.
func (p Person) residence(d mekenjai.Date) *PermanentAddress {
	a := p.PermanentAddress
	if a == nil || a.Status != AddressRegistered || !within(d, a.Begin, a.End) {
		return nil
	}
	return a
}

const citizenOfKazakhstan = "398" // ISO 3166 numeric

func (p Person) isCitizen() bool { return p.Citizenship == citizenOfKazakhstan }

// mayReside says whether a foreigner has permission to reside permanently.
func (p Person) mayReside(d mekenjai.Date) bool {
	r := p.PermanentResidence
	return r != nil && r.Status == DocumentValid && within(d, r.Begin, r.End)
}

// within says whether d lies in the stretch; a missing end leaves it open.
func within(d, from, until mekenjai.Date) bool {
	return !d.Before(from) && (until.IsZero() || !d.After(until))
}

// inverse says what B is to A when A is k to B; "" when that cannot be told.
func (k Kin) inverse() Kin {
	switch k {
	case ParentOf:
		return Child
	case Child:
		return ParentOf
	case AdoptiveParent:
		return AdoptedChild
	case AdoptedChild:
		return AdoptiveParent
	case Grandparent:
		return Grandchild
	case Grandchild:
		return Grandparent
	case Spouse, InLaw, Sibling, NoKin:
		return k
	}
	return ""
}

// kin is what a is to b by the civil records, "" when they do not say.
func (cr CivilRecords) kin(a, b mekenjai.IIN) (k Kin, deprived bool) {
	for _, r := range cr.Relations {
		switch {
		case r.Person == a && r.Of == b:
			return r.Is, r.RightsDeprived
		case r.Person == b && r.Of == a && r.Is.inverse() != "":
			return r.Is.inverse(), r.RightsDeprived
		}
	}
	return "", false
}

// guards finds the guardianship in force on the day d.
func (g Guardianship) guards(guardian, ward mekenjai.IIN, d mekenjai.Date) (Ward, bool) {
	for _, w := range g.Wards {
		if w.Guardian == guardian && w.Ward == ward && within(d, w.From, w.Until) {
			return w, true
		}
	}
	return Ward{}, false
}

func (k Consent) capacity() Capacity {
	if k.Capacity == "" {
		return Himself
	}
	return k.Capacity
}

// deadline is what the party was told, else what the parameter says (R37).
func (k Consent) deadline(minutes int) time.Time {
	if !k.Deadline.IsZero() {
		return k.Deadline
	}
	return k.AskedAt.Add(time.Duration(minutes) * time.Minute)
}
