package state

import "mekenjai"

// Codes of GBD FL that were seen in its messages; those marked "ours" are not
// public and stand here until the passport of the service names them.
const (
	CountryKazakhstan = "398" // ISO 3166 numeric

	LifeNormal = "0"
	LifeDead   = "1" // ours

	CapableFull      = "0" // ours
	CapableLimited   = "1" // ours
	CapableIncapable = "2" // ours

	DocumentPassport        = "001"
	DocumentIdentityCard    = "002"
	DocumentResidencePermit = "003" // ours
	DocumentStateless       = "004" // ours
	DocumentForeignPassport = "015"
	DocumentValid           = "00"
	DocumentUnusable        = "07"

	AddressRegistered = "1"   // regAddress.status
	AddressTemporary  = "2"   // ours: addresses.type
	AddressDeparture  = "3"   // ours: addresses.type, where an emigrant left for
	AddressOther      = "9"   // ours: addresses.type, what decides nothing
	CitizenshipNone   = "000" // ours: stateless
)

// Name is the person's name.
func (p Person) Name() mekenjai.Name {
	return mekenjai.Name{Surname: p.Surname, Given: p.Given, Patronymic: p.Patronymic}
}

// IsKnown is false for somebody struck from the register (rule R02).
func (p Person) IsKnown() bool { return !p.Removed && p.Excluded == nil }

// IsDead reads the life status, the date and the certificate: one is enough
// (rule R03).
func (p Person) IsDead() bool {
	return p.LifeStatus.Code == LifeDead || !p.DeathDate.IsZero() || p.DeathCertificate != nil
}

// IsCitizen says whether the person is a citizen of Kazakhstan (rule R04).
func (p Person) IsCitizen() bool { return p.Citizenship.Code == CountryKazakhstan }

// AgeOn is the age in completed years on the day d.
func (p Person) AgeOn(d mekenjai.Date) int { return d.YearsSince(p.BirthDate) }

// IsCapableOn is false while a court's decision of limited or no capacity is in
// force (rule R09).
func (p Person) IsCapableOn(d mekenjai.Date) bool {
	c := p.Capable
	return c == nil || c.Status.Code == CapableFull || d.Before(c.Begin) || !c.End.IsZero() && !d.Before(c.End)
}

// IsAbsentOn says whether the person is searched for as missing or disappeared
// (rule R41).
func (p Person) IsAbsentOn(d mekenjai.Date) bool {
	for _, s := range []*SearchStatus{p.Missing, p.Disappeared} {
		if s != nil && s.On && !d.Before(s.Begin) && (s.End.IsZero() || d.Before(s.End)) {
			return true
		}
	}
	return false
}

// ValidDocument chooses the document that proves the identity on the day d: the
// identity card, else the passport, else what a foreigner holds (rule R05).
func (p Person) ValidDocument(d mekenjai.Date) (Document, bool) {
	for _, kind := range []string{DocumentIdentityCard, DocumentPassport, DocumentResidencePermit, DocumentStateless} {
		for _, doc := range p.Documents {
			if doc.Type.Code == kind && doc.IsValidOn(d) {
				return doc, true
			}
		}
	}
	return Document{}, false
}

// HasResidencePermit says whether a foreigner or stateless person holds a valid
// permission of permanent residence (rule R04).
func (p Person) HasResidencePermit(d mekenjai.Date) bool {
	for _, doc := range p.Documents {
		if (doc.Type.Code == DocumentResidencePermit || doc.Type.Code == DocumentStateless) && doc.IsValidOn(d) {
			return true
		}
	}
	return false
}

// IsValidOn says whether the document may be used on the day d.
func (doc Document) IsValidOn(d mekenjai.Date) bool {
	return doc.Status.Code == DocumentValid && !d.Before(doc.Begin) && (doc.End.IsZero() || !d.After(doc.End))
}

// Permanent is the address of the present permanent registration (rules R11, R12).
func (p Person) Permanent() (PersonAddress, bool) {
	a := p.RegAddress
	if a == nil || a.Status.Code != AddressRegistered || !a.End.IsZero() {
		return PersonAddress{}, false
	}
	return *a, true
}

// TemporaryOn are the temporary addresses that other systems know on the day d.
func (p Person) TemporaryOn(d mekenjai.Date) []PersonAddress {
	var found []PersonAddress
	for _, a := range p.Addresses {
		if a.Type.Code == AddressTemporary && !d.Before(a.Begin) && (a.End.IsZero() || !d.After(a.End)) {
			found = append(found, a)
		}
	}
	return found
}

// IsReturning says whether a citizen came back from abroad and is not yet
// removed from the consular register (rule R16): an address of departure in
// another country that has no end. That the end means removal is our reading.
func (p Person) IsReturning() bool {
	for _, a := range p.Addresses {
		if a.Type.Code == AddressDeparture && a.Country.Code != CountryKazakhstan && a.End.IsZero() {
			return p.IsCitizen()
		}
	}
	return false
}

// HasLeft says whether the person left the country for permanent residence: an
// address of departure in another country that has no end, and no permanent
// address here any more (rule R65).
func (p Person) HasLeft() bool {
	if _, here := p.Permanent(); here {
		return false
	}
	for _, a := range p.Addresses {
		if a.Type.Code == AddressDeparture && a.Country.Code != CountryKazakhstan && a.End.IsZero() {
			return true
		}
	}
	return false
}
