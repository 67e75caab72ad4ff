package rules

import (
	"testing"

	"mekenjai"
)

var erlanParty = mekenjai.PartyID(erlan)

// leased: Erlan rents the dwelling from Berik, and the applicant names him.
func leased(f *Facts) {
	f.Property.Lease = &Lease{Tenant: erlan, Registered: true, From: day("2025-01-01"), Until: day("2028-01-01")}
	f.Application.DeclaredOwner = erlanParty
	f.Persons = append(f.Persons, citizen(erlan))
	f.Parties = append(f.Parties, party(erlanParty))
}

func stateHousing(named ...mekenjai.IIN) func(*Facts) {
	return func(f *Facts) {
		byFirm(f) // the akimat
		f.Application.DeclaredOwner = erlanParty
		f.Property.Purpose = Apartment
		f.Property.StateHousing = &StateHousing{Tenant: erlan, Named: named}
		f.Persons = append(f.Persons, citizen(erlan))
		f.Parties = append(f.Parties, party(erlanParty))
	}
}

func TestR43InStateHousingTheTenantConsentsForThoseInHisContract(t *testing.T) {
	v := evaluate(t, good(stateHousing(aisha)))
	finds(t, v, Ask, "R43 TENANT")
	asksWhom(t, v, erlanParty)
	if v.Ask[0].Right != mekenjai.RightTenant {
		t.Errorf("asked as %s", v.Ask[0].Right)
	}
	finds(t, evaluate(t, good(stateHousing(aisha), withConsent(agreed(erlanParty)))), OK, "R43 NAMED_IN_TENANCY")
	finds(t, evaluate(t, good(stateHousing())), Refuse, "R43 NOT_IN_TENANCY")
	over := good(stateHousing(aisha), func(f *Facts) { f.Property.StateHousing.Until = day("2026-11-22") })
	finds(t, evaluate(t, over), Refuse, "R43 NOT_IN_TENANCY")
	self := good(stateHousing(), func(f *Facts) {
		f.Property.StateHousing.Tenant, f.Application.DeclaredOwner = aisha, mekenjai.PartyID(aisha)
	})
	finds(t, evaluate(t, self), OK, "R43 NAMED_IN_TENANCY")
}

func TestR44ATenantOfARegisteredLeaseDecides(t *testing.T) {
	v := evaluate(t, good(leased))
	finds(t, v, Ask, "R44 TENANT")
	asksWhom(t, v, erlanParty)
	finds(t, evaluate(t, good(leased, withConsent(agreed(erlanParty)))), OK, "R44 TENANT_DECIDES")
	consenting := good(leased, withConsent(agreed(erlanParty)), func(f *Facts) { f.Application.DeclaredOwner = berikParty })
	finds(t, evaluate(t, consenting), OK, "R44 TENANT_DECIDES")
}

func TestR44OtherwiseTheOwnersAreAsked(t *testing.T) {
	for name, change := range map[string]func(*Lease){
		"not registered":    func(l *Lease) { l.Registered = false },
		"forbidden":         func(l *Lease) { l.BansResidents = true },
		"owner lives there": func(l *Lease) { l.OwnerLivesThere = true },
		"over":              func(l *Lease) { l.Until = day("2026-11-22") },
		"not begun":         func(l *Lease) { l.From = day("2026-11-24") },
	} {
		t.Run(name, func(t *testing.T) {
			v := evaluate(t, good(leased, func(f *Facts) { change(f.Property.Lease) }))
			finds(t, v, Ask, "R44 TENANT_MAY_NOT")
			asksWhom(t, v, berikParty)
			given := evaluate(t, good(leased, func(f *Facts) { change(f.Property.Lease) }, withConsent(agreed(erlanParty))))
			if given.Passes() {
				t.Error("passes on the tenant's word")
			}
		})
	}
	owner := evaluate(t, good(leased, func(f *Facts) { f.Application.DeclaredOwner = berikParty }))
	lacks(t, owner, "R44")
	asksWhom(t, owner, berikParty)
}

func TestR45WhatTheAkimatLeasesIsForTheTenantsFamily(t *testing.T) {
	akimat := func(f *Facts) { leased(f); f.Property.Lease.ByLocalAuthorities = true }
	finds(t, evaluate(t, good(akimat)), Pending, "R56 CIVIL_RECORDS")
	finds(t, evaluate(t, good(akimat, kin(aisha, Sibling, erlan))), Refuse, "R45 NO_TEMP_RESIDENTS")
	none := func(f *Facts) { f.CivilRecords = &CivilRecords{Reply: notFound()} }
	finds(t, evaluate(t, good(akimat, none)), Refuse, "R45 NO_TEMP_RESIDENTS")
	lacks(t, evaluate(t, good(akimat, kin(aisha, Spouse, erlan))), "R45")
	lacks(t, evaluate(t, good(akimat, kin(erlan, ParentOf, aisha))), "R45")
	lacks(t, evaluate(t, good(akimat, func(f *Facts) { f.Property.Lease.Family = []mekenjai.IIN{aisha} })), "R45")
}

func TestR46AMinorChildOfAFamilyMemberIsAskedAboutWithANote(t *testing.T) {
	child := func(f *Facts) {
		born(aisha, "2009-11-23")(f)
		f.Register.ParentMovedIn = true
	}
	v := evaluate(t, good(child))
	finds(t, v, Ask, "R46 MINOR_CHILD")
	asksWhom(t, v, berikParty)
	lacks(t, evaluate(t, good(child, berikAgrees)), "R46")
	lacks(t, evaluate(t, good(func(f *Facts) { f.Register.ParentMovedIn = true })), "R46")
	finds(t, evaluate(t, good(child), func(p *Parameters) { p.MinorChild = ReadSkip }), OK, "R46 MINOR_CHILD_JOINS")
}
