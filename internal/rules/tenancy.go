package rules

import (
	"slices"

	"mekenjai"
)

// tenancyRules: dwellings that somebody else than the owner lives in by right.
var tenancyRules = []Rule{
	{ID: "R43", Group: GroupConsent, Norm: "Law on Housing Relations, arts 80–84; Rules of registration of the population, order of 14.09.2024: persons named in the tenancy contract", Tag: "V2",
		Reads: reads(FromApplication, FromProperty, FromConsents), Answers: may(OK, "NAMED_IN_TENANCY", Ask, "TENANT", Refuse, "NOT_IN_TENANCY"), private: true, judge: judgeStateHousing},
	{ID: "R44", Group: GroupConsent, Norm: "Law on Housing Relations, arts 24(3), 25(2); Rules of registration of the population, order of 14.09.2024: consent of the owner (tenant)", Tag: "V2",
		Reads: reads(FromApplication, FromProperty, FromConsents), Answers: may(OK, "TENANT_DECIDES", Ask, "TENANT", Warn, "TENANT_MAY_NOT"), private: true, judge: judgeLease},
	{ID: "R45", Group: GroupConsent, Norm: "Law on Housing Relations, art. 24(3)", Tag: "V",
		Reads: reads(FromApplication, FromProperty, FromCivilRecords), Answers: may(Refuse, "NO_TEMP_RESIDENTS"), private: true, judge: judgeAuthoritiesLease},
	{ID: "R46", Group: GroupConsent, Norm: "Law on Housing Relations, art. 22(1); Rules of registration of the population, order of 14.09.2024: consent of the owner", Tag: "I", Parameters: params("minor_child", "adult_age"),
		Reads: reads(FromPersons, FromRegister, FromProperty), Answers: may(Ask, "MINOR_CHILD", OK, "MINOR_CHILD_JOINS"), private: true, judge: judgeMovedInChild},
}

// judgeStateHousing: the tenant may register only those whom his contract names.
func judgeStateHousing(h *hearing) {
	if h.property == nil || h.property.StateHousing == nil {
		return
	}
	s := h.property.StateHousing
	person := h.Application.Registrant
	runs := s.Until.IsZero() || !h.today.After(s.Until)
	if !runs || person != s.Tenant && !slices.Contains(s.Named, person) {
		h.say(Refuse, "NOT_IN_TENANCY")
		return
	}
	h.say(OK, "NAMED_IN_TENANCY")
	asks("TENANT")(h)
}

// judgeLease says who decides in a leased dwelling when the tenant is meant: he,
// or, where the law or the contract keeps him from it, the owners.
func judgeLease(h *hearing) {
	if h.property == nil || !h.tenantIsMeant() {
		return
	}
	if !h.tenantMay() {
		h.say(Warn, "TENANT_MAY_NOT")
		return
	}
	h.say(OK, "TENANT_DECIDES")
	asks("TENANT")(h)
}

// judgeAuthoritiesLease: in a dwelling that the local executive body leases for
// the tenant nobody lives but his family.
func judgeAuthoritiesLease(h *hearing) {
	if h.property == nil || h.property.Lease == nil || !h.property.Lease.ByLocalAuthorities {
		return
	}
	l, person := h.property.Lease, h.Application.Registrant
	if person == l.Tenant || slices.Contains(l.Family, person) {
		return
	}
	status := h.needs(FromCivilRecords, replyOf(h.CivilRecords, func(c *CivilRecords) Reply { return c.Reply }))
	if status == "" || status == Answered && h.CivilRecords.isFamily(person, l.Tenant) {
		return
	}
	h.say(Refuse, "NO_TEMP_RESIDENTS")
}

// isFamily: spouses, children and parents (Law on Housing Relations, art. 21).
func (cr CivilRecords) isFamily(a, b mekenjai.IIN) bool {
	kin, _ := cr.kin(a, b)
	return slices.Contains([]Kin{Spouse, Child, AdoptedChild, ParentOf, AdoptiveParent}, kin)
}

// judgeMovedInChild: art. 22(1) lets a family member move his minor child in
// without the owner, the Rules of registration ask the owner every time. Which
// prevails is a parameter.
func judgeMovedInChild(h *hearing) {
	if h.property == nil || !h.isMovedInChild() || h.givesConsent() == byTenant {
		return
	}
	switch {
	case h.p.MinorChild == ReadSkip:
		h.say(OK, "MINOR_CHILD_JOINS")
	case len(h.holders(seatFree))+len(h.holders(seatOpen)) > 0:
		h.say(Ask, "MINOR_CHILD")
	}
}
