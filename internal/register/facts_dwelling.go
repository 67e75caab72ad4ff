package register

import (
	"mekenjai"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

func addressFact(x state.Reply[state.Address]) *rules.Address {
	return &rules.Address{Reply: reply(x, x.Found), ARC: x.Value.ARC, Kind: x.Value.Kind, Actual: x.Value.Actual,
		MultiFlat: x.Value.Rooms > 0, KATO: x.Value.KATO}
}

// propertyFact reads the cadastre's answer together with the contract of state
// housing, which stands in another register.
func propertyFact(arc mekenjai.ARC, x state.Reply[state.Property], t state.Reply[state.Tenancy], today mekenjai.Date) *rules.Property {
	object, titled := x.Value.Dwelling()
	f := &rules.Property{Reply: reply(x, x.Found), ARC: arc}
	if !x.Found {
		f.ARC = ""
		return f
	}
	holders := object.Holders()
	f.TitleRegistered = titled && len(holders) > 0
	for _, h := range holders {
		f.Holders = append(f.Holders, rules.Holder(h))
	}
	if titled {
		f.Purpose = purposes[object.Use()]
		if f.Purpose == "" {
			f.Purpose = rules.OtherObject
		}
		if object.UsefulArea > 0 {
			m2 := object.UsefulArea.M2()
			f.UsefulArea = &m2
		}
		for _, e := range object.Encumbrances {
			f.Encumbrances = append(f.Encumbrances, rules.Encumbrance{Type: encumbranceType(e), Since: e.Registered, Until: e.Ended})
		}
		f.Lease = leaseFact(object, t, today)
	}
	if t.Found && !t.Value.LeasedByState {
		f.StateHousing = &rules.StateHousing{Tenant: t.Value.Tenant, Named: t.Value.Named, Until: t.Value.End}
	}
	if x.Value.Disagrees() {
		f.Disagreements = append(f.Disagreements, rules.DiffersArea)
	}
	if titled && object.Address.ARC != "" && object.Address.ARC != arc {
		f.Disagreements = append(f.Disagreements, rules.DiffersARC)
	}
	return f
}

func leaseFact(o state.Object, t state.Reply[state.Tenancy], today mekenjai.Date) *rules.Lease {
	if t.Found && t.Value.LeasedByState {
		return &rules.Lease{Tenant: t.Value.Tenant, Registered: true, From: t.Value.Begin, Until: t.Value.End,
			BansResidents: true, ByLocalAuthorities: true, Family: t.Value.Named}
	}
	l, ok := o.Lease(today)
	if !ok || l.Tenant.Party.IsOrganisation() {
		return nil
	}
	return &rules.Lease{Tenant: l.Tenant.Party.IIN(), Registered: true, From: l.Registered, Until: l.Until,
		BansResidents: l.BansResidents, OwnerLivesThere: l.OwnerLives}
}

// encumbranceType maps the cadastre's kinds. A kind that nobody knows may forbid
// the use: an officer must look, so it is given as such.
func encumbranceType(e state.Encumbrance) rules.EncumbranceType {
	switch e.Kind() {
	case state.BurdenPledge:
		return rules.Pledge
	case state.BurdenArrest:
		return rules.Arrest
	case state.BurdenNoDisposal, state.BurdenRestriction:
		return rules.BanOnDisposal
	case state.BurdenEviction:
		return rules.Eviction
	case state.BurdenLease:
		return rules.LeaseRight
	case state.BurdenTrust:
		return rules.TrustManagement
	}
	return rules.BanOnUse
}

var purposes = map[state.Use]rules.ObjectKind{
	state.UseHouse: rules.House, state.UseFlat: rules.Apartment, state.UseDacha: rules.Dacha,
	state.UseDormitory: rules.Dormitory, state.UseHotel: rules.Hotel, state.UseHostel: rules.Hostel,
	state.UseSanatorium: rules.Sanatorium, state.UseMedical: rules.MedicalInstitution, state.UseBoarding: rules.BoardingHome,
	state.UseOffice: rules.OfficeRooms, state.UseTrade: rules.Trade, state.UseWarehouse: rules.Warehouse, state.UseGarage: rules.Garage,
}

func organisationFact(bin mekenjai.BIN, x state.Reply[state.Entity]) rules.Organisation {
	f := rules.Organisation{BIN: bin, Reply: reply(x, x.Found)}
	if !x.Found {
		return f
	}
	f.Head, f.Liquidated, f.State = x.Value.Head(), x.Value.Liquidated, rules.Active
	if !x.Value.IsActive() {
		f.State = rules.Liquidated
		if x.Value.Liquidated.IsZero() {
			f.State = rules.Suspended
		}
	}
	return f
}

func partyFact(party mekenjai.PartyID, x state.Reply[state.Citizen]) rules.Party {
	return rules.Party{Party: party, Reply: reply(x, true), OnPortal: x.Value.OnPortal, HasEDS: x.Value.HasEDS,
		InBMG: x.Value.Exists && x.Value.Phone != ""}
}

func educationFact(x state.Reply[state.Student], today mekenjai.Date) *rules.Education {
	f := &rules.Education{Reply: reply(x, x.Found)}
	if x.Found {
		f.FullTime, f.KATO = x.Value.IsFullTimeOn(today, ""), x.Value.KATO
	}
	return f
}
