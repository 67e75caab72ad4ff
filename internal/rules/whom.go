package rules

import (
	"cmp"
	"slices"

	"mekenjai"
)

// giver says whose consent the law asks for.
type giver int

const (
	byOwners giver = iota
	byTenant
)

// ownerIsNamed says whether the applicant named a right-holder of the dwelling,
// himself or another (R30).
func (h *hearing) ownerIsNamed() bool {
	a := h.Application
	if a.DeclaresOwnership {
		filer, _ := a.filer()
		return h.property.names(mekenjai.PartyID(a.Registrant)) || h.property.names(mekenjai.PartyID(filer))
	}
	return h.property.names(a.DeclaredOwner)
}

// givesConsent: in state housing the tenant (R43); in leased housing the tenant
// if it is he whom the application concerns and the law lets him take people in
// (R44); else the owners.
func (h *hearing) givesConsent() giver {
	if h.property.StateHousing != nil || h.tenantIsMeant() && h.tenantMay() {
		return byTenant
	}
	return byOwners
}

// tenantIsMeant says that the applicant is the tenant of a private lease, named
// him, or that he was asked.
func (h *hearing) tenantIsMeant() bool {
	if h.property.Lease == nil {
		return false
	}
	tenant := mekenjai.PartyID(h.property.Lease.Tenant)
	asked := slices.ContainsFunc(h.Consents, func(k Consent) bool { return k.Party == tenant && k.Answer != mekenjai.Void })
	return !h.property.isHolder(tenant) && (asked || h.Application.DeclaredOwner == tenant || h.Application.isApplicant(tenant))
}

// tenantMay: the lease is registered and runs, does not forbid it, and the owner
// does not live there (Law on Housing Relations, arts 24(3), 25(2)).
func (h *hearing) tenantMay() bool {
	l := h.property.Lease
	return l.Registered && within(h.today, l.From, l.Until) && !l.BansResidents && !l.OwnerLivesThere
}

// owners are the holders of the title, each once whatever number of shares he
// has, in the order of their numbers.
func (h *hearing) owners() []mekenjai.RightHolder {
	byParty := map[mekenjai.PartyID][]Holder{}
	for _, x := range h.property.Holders {
		byParty[x.Party] = append(byParty[x.Party], x)
	}
	right := mekenjai.RightOwner
	if len(byParty) > 1 {
		right = mekenjai.RightCoOwner
	}
	var out []mekenjai.RightHolder
	for party, records := range byParty {
		r := mekenjai.RightHolder{Party: party, Right: right}
		if len(records) == 1 && records[0].Right != "" {
			r.Right = records[0].Right
		}
		for _, x := range records {
			r.Name = max(r.Name, x.Name)
		}
		if sum, all := sumShares(records); all && sum.Num().IsInt64() && sum.Denom().IsInt64() {
			r.Share = mekenjai.Share{Numerator: int(sum.Num().Int64()), Denominator: int(sum.Denom().Int64())}
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b mekenjai.RightHolder) int { return cmp.Compare(a.Party, b.Party) })
	return out
}

// rightHolders are all whose state matters: every owner, and a tenant who gives
// consent.
func (h *hearing) rightHolders() []mekenjai.PartyID {
	if h.property == nil {
		return nil
	}
	var out []mekenjai.PartyID
	for _, o := range h.owners() {
		out = append(out, o.Party)
	}
	if tenant := h.property.tenant(); h.givesConsent() == byTenant && !slices.Contains(out, tenant) {
		out = append(out, tenant)
	}
	return out
}

// whom are the right-holders whose consent is needed beside the applicant's
// signature, with what they have answered.
func (h *hearing) whom() []seat {
	if h.property == nil {
		return nil
	}
	var out []seat
	take := func(r mekenjai.RightHolder, rule string) {
		if !h.Application.isApplicant(r.Party) {
			out = append(out, h.seat(r, rule))
		}
	}
	switch {
	case h.property.StateHousing != nil:
		take(mekenjai.RightHolder{Party: h.property.tenant(), Right: mekenjai.RightTenant}, "R43")
	case h.givesConsent() == byTenant:
		take(mekenjai.RightHolder{Party: h.property.tenant(), Right: mekenjai.RightTenant}, "R44")
	case h.isMovedInChild() && h.p.MinorChild == ReadSkip:
	default:
		rule := "R33"
		if h.applicantOwns() {
			rule = "R32"
		}
		for _, o := range h.owners() {
			if o.Party.IsOrganisation() {
				take(o, "R42")
			} else {
				take(o, rule)
			}
		}
	}
	return out
}

// applicantOwns says whether the registrant or who files for him is an owner.
func (h *hearing) applicantOwns() bool {
	return slices.ContainsFunc(h.property.Holders, func(x Holder) bool { return h.Application.isApplicant(x.Party) })
}

// isMovedInChild: a minor child of a family member whom the owner has already
// moved in (R46).
func (h *hearing) isMovedInChild() bool {
	return h.register != nil && h.register.ParentMovedIn && h.registrant != nil && h.registrant.age(h.filedOn) < h.p.AdultAge
}

// isProtected says whether a right-holder is a minor or lacks full capacity, so
// that he does not consent alone; known is false while the register is silent.
func (h *hearing) isProtected(party mekenjai.PartyID) (protected, known bool) {
	if party.IsOrganisation() {
		return false, true
	}
	p := h.person(party.IIN())
	if p == nil || p.Status != Answered {
		return false, p != nil
	}
	return p.age(h.filedOn) < h.p.AdultAge || p.ability(h.today) != Capable, true
}
