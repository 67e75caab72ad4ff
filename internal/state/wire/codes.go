package wire

import (
	"errors"
	"fmt"
	"slices"

	"mekenjai"
	"mekenjai/internal/state"
)

// Dictionary names one of a peer's lists of codes whose values decide something.
type Dictionary string

// The dictionaries whose codes are not public, or only in part. What they are
// translated to are the constants of package state.
const (
	LifeStatuses     Dictionary = "lifeStatus"      // GBD FL lifeStatus
	CapableStatuses  Dictionary = "capableStatus"   // personCapableStatus.capableStatus
	AddressTypes     Dictionary = "addressType"     // addresses.address.type
	AddressStatuses  Dictionary = "addressStatus"   // regAddress.status
	DocumentTypes    Dictionary = "documentType"    // documents.document.type
	DocumentStatuses Dictionary = "documentStatus"  // documents.document.status
	Citizenships     Dictionary = "citizenship"     // citizenship
	EntityStatuses   Dictionary = "entityRegStatus" // GBD UL RegStatus
)

// Codes translates a peer's codes into those that package state reads. A code that
// stands in no table stays as it is. A table comes with the passport of the service
// and belongs to the configuration: until then the codes of package state are the
// peers', as far as they were seen in real messages.
type Codes map[Dictionary]map[string]string

// Check refuses a table that would translate into nothing that anybody reads.
func (c Codes) Check() error {
	for dictionary, table := range c {
		known, ok := read[dictionary]
		if !ok {
			return fmt.Errorf("there is no dictionary %q", dictionary)
		}
		for theirs, ours := range table {
			if known != nil && !slices.Contains(known, ours) {
				return fmt.Errorf("dictionary %s: %q is translated to %q, which nobody reads", dictionary, theirs, ours)
			}
		}
	}
	return nil
}

// read are the codes that package state reads; nil: any.
var read = map[Dictionary][]string{
	LifeStatuses:     {state.LifeNormal, state.LifeDead},
	CapableStatuses:  {state.CapableFull, state.CapableLimited, state.CapableIncapable},
	AddressTypes:     {state.AddressTemporary, state.AddressDeparture, state.AddressOther},
	AddressStatuses:  nil,
	DocumentTypes:    nil,
	DocumentStatuses: nil,
	Citizenships:     nil,
	EntityStatuses:   {state.EntityActive, state.EntityClosed},
}

func (c Codes) translate(d Dictionary, t *state.Term) {
	if ours, ok := c[d][t.Code]; ok {
		t.Code = ours
	}
}

// translatePerson puts our codes in place of theirs and refuses a person of whom a
// code that decides could mean anything: who is taken for alive must be known to be,
// and an address that may be a temporary registration elsewhere must not be
// overlooked. Codes that are read as the stricter when they are unknown (capacity,
// documents, the permanent address) pass.
func (c Codes) translatePerson(p *state.Person, at mekenjai.Date) error {
	c.translate(LifeStatuses, &p.LifeStatus)
	c.translate(Citizenships, &p.Citizenship)
	if p.Capable != nil {
		c.translate(CapableStatuses, &p.Capable.Status)
	}
	if p.RegAddress != nil {
		c.translate(AddressStatuses, &p.RegAddress.Status)
	}
	for i := range p.Documents {
		c.translate(DocumentTypes, &p.Documents[i].Type)
		c.translate(DocumentStatuses, &p.Documents[i].Status)
	}
	for i := range p.Addresses {
		c.translate(AddressTypes, &p.Addresses[i].Type)
	}
	switch {
	case !p.IsDead() && p.IsKnown() && p.LifeStatus.Code != state.LifeNormal:
		return fmt.Errorf("%w: lifeStatus %q", ErrUnknownCode, short(p.LifeStatus.Code))
	case !isCountry(p.Citizenship.Code):
		return fmt.Errorf("%w: citizenship %q", ErrUnknownCode, short(p.Citizenship.Code))
	}
	for _, a := range p.Addresses {
		over := !a.End.IsZero() && a.End.Before(at)
		if !over && !slices.Contains(read[AddressTypes], a.Type.Code) {
			return fmt.Errorf("%w: type of address %q", ErrUnknownCode, short(a.Type.Code))
		}
	}
	return coherent(p, at)
}

// isCountry says whether the code is one of ISO 3166 in digits, or that of who has
// no citizenship.
func isCountry(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := range 3 {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return true
}

// ErrIncoherent says that an answer contradicts itself, so that neither half of it
// may decide.
var ErrIncoherent = errors.New("the answer contradicts itself")

// coherent refuses days that cannot be: the decision table refuses such facts too,
// and here it is a finding about the answer.
func coherent(p *state.Person, at mekenjai.Date) error {
	next := at.AddDays(1) // the peer's day may have begun before ours
	wrong := func(what string) error { return fmt.Errorf("%w: %s", ErrIncoherent, what) }
	ordered := func(from, until mekenjai.Date) bool { return until.IsZero() || !until.Before(from) }
	switch {
	case p.BirthDate.After(next):
		return wrong("birthDate is to come")
	case p.DeathDate.After(next) || !ordered(p.BirthDate, p.DeathDate):
		return wrong("deathDate")
	case p.Capable != nil && !ordered(p.Capable.Begin, p.Capable.End):
		return wrong("personCapableStatus ends before it begins")
	case p.Excluded != nil && p.Excluded.Reason.NameRU == "":
		return wrong("excludeStatus without a reason")
	case p.RegAddress != nil && !ordered(p.RegAddress.Begin, p.RegAddress.End):
		return wrong("regAddress ends before it begins")
	}
	for _, s := range []*state.SearchStatus{p.Missing, p.Disappeared} {
		if s != nil && !ordered(s.Begin, s.End) {
			return wrong("missingStatus or disappearStatus ends before it begins")
		}
	}
	for _, d := range p.Documents {
		if !ordered(d.Begin, d.End) {
			return wrong("a document ends before it begins")
		}
	}
	for _, a := range p.Addresses {
		if !ordered(a.Begin, a.End) {
			return wrong("an address ends before it begins")
		}
	}
	return nil
}
