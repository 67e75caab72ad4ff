package rules

import (
	"slices"

	"mekenjai"
)

// filerRules: who may file for somebody else.
var filerRules = []Rule{
	{ID: "R08", Group: GroupPerson, Norm: "Civil Code, arts 22–24, 26, 27; Family Code; service page: papers of the legal representative", Tag: "V", Parameters: params("adult_age"),
		Reads:   reads(FromApplication, FromPersons, FromCivilRecords, FromGuardianship),
		Answers: may(OK, "AUTHORITY", Refuse, "NO_AUTHORITY", Manual, "AUTHORITY_PAPER"), judge: judgeRepresentative},
	{ID: "R09", Group: GroupPerson, Norm: "Civil Code, arts 26, 27; service page: guardian of a person adjudged incapable", Tag: "V", Parameters: params("adult_age"),
		Reads: reads(FromApplication, FromPersons), Answers: may(Route, "GUARDIAN_FILES"), judge: judgeCapacity},
	{ID: "R10", Group: GroupPerson, Norm: "Civil Code, art. 168; Law on Notariat, arts 3(10), 4-4; service page: notarised power of attorney", Tag: "V",
		Parameters: params("poa_max_years", "poa_default_years", "adult_age"),
		Reads:      reads(FromApplication, FromPersons, FromNotaries),
		Answers:    may(OK, "ATTORNEY", Refuse, "POA_INVALID", Route, "ATTORNEY_OFFICE"), judge: judgeAttorney},
}

// judgeRepresentative asks the records whether the filer is what he says. Papers
// decide nothing by themselves; where the records know nothing at all, an
// officer looks at the paper that an operator has checked.
func judgeRepresentative(h *hearing) {
	filer, role := h.Application.filer()
	if role == registrantFiles || role == AttorneyAtWork || role == Administration || h.registrant == nil {
		return
	}
	p := h.person(filer)
	if p == nil {
		return
	}
	if !h.mayAct(p) || role == Parent && h.registrant.age(h.filedOn) >= h.p.AdultAge {
		h.say(Refuse, "NO_AUTHORITY")
		return
	}
	authority, records := h.actsFor(filer, h.Application.Registrant, role == Parent)
	paper := h.Application.Filer.Paper
	switch {
	case records == "":
	case authority:
		h.say(OK, "AUTHORITY")
	case records == NotFound && h.Channel == OfficeWindow && paper != nil && paper.Checked && paper.proves(role):
		h.say(Manual, "AUTHORITY_PAPER")
	default:
		h.say(Refuse, "NO_AUTHORITY")
	}
}

// mayAct says whether somebody can represent another: known, alive, of age, with
// full capacity.
func (h *hearing) mayAct(p *Person) bool {
	return p.isKnown() && !p.isDead() && p.age(h.filedOn) >= h.p.AdultAge && p.ability(h.today) == Capable
}

// actsFor says whether the records make a the parent (or the guardian or trustee)
// of b. The status is "" while they are silent.
func (h *hearing) actsFor(a, b mekenjai.IIN, asParent bool) (bool, Status) {
	if asParent {
		status := h.needs(FromCivilRecords, replyOf(h.CivilRecords, func(c *CivilRecords) Reply { return c.Reply }))
		return status == Answered && h.CivilRecords.isParent(a, b), status
	}
	status := h.needs(FromGuardianship, replyOf(h.Guardianship, func(g *Guardianship) Reply { return g.Reply }))
	if status != Answered {
		return false, status
	}
	_, ok := h.Guardianship.guards(a, b, h.today)
	return ok, status
}

func (cr CivilRecords) isParent(a, b mekenjai.IIN) bool {
	kin, deprived := cr.kin(a, b)
	return (kin == ParentOf || kin == AdoptiveParent) && !deprived
}

func (p Paper) proves(r Role) bool {
	if r == Parent {
		return p.Kind == BirthCertificatePaper
	}
	return p.Kind == GuardianshipOrder || p.Kind == CourtAct
}

// judgeCapacity: for who is incapable or limited by a court his guardian or
// trustee files; for a minor one a parent may.
func judgeCapacity(h *hearing) {
	p := h.registrant
	if p == nil || p.ability(h.today) == Capable {
		return
	}
	_, role := h.Application.filer()
	isChild := role == Parent && p.age(h.filedOn) < h.p.AdultAge
	if role != Guardian && role != Trustee && !isChild {
		h.say(Route, "GUARDIAN_FILES")
	}
}

// judgeAttorney: the service page knows attorneys at the window only.
func judgeAttorney(h *hearing) {
	filer, role := h.Application.filer()
	if role != AttorneyAtWork {
		return
	}
	if h.Channel != OfficeWindow {
		h.say(Route, "ATTORNEY_OFFICE")
	}
	p := h.person(filer)
	if p != nil && !h.mayAct(p) {
		h.say(Refuse, "POA_INVALID")
		return
	}
	valid, status := h.empowered(filer, mekenjai.PartyID(h.Application.Registrant), ScopeApply)
	switch {
	case status == "":
	case !valid:
		h.say(Refuse, "POA_INVALID")
	case p != nil && h.Channel == OfficeWindow:
		h.say(OK, "ATTORNEY")
	}
}

// empowered says whether a power of attorney for the act is in force. The status
// is "" while the register of notarial acts is silent.
func (h *hearing) empowered(attorney mekenjai.IIN, principal mekenjai.PartyID, act Scope) (bool, Status) {
	var status Status
	var silent *Attorney
	for i := range h.Attorneys {
		a := &h.Attorneys[i]
		if a.Attorney != attorney || a.Principal != principal {
			continue
		}
		if a.Status == Silent {
			silent = a
			continue
		}
		status = a.Status
		if a.Status == Answered && h.inForce(*a) && slices.Contains(a.Scope, act) {
			return true, Answered
		}
	}
	if status == "" || silent != nil {
		return false, h.needsAbout(FromNotaries, principal, replyOf(silent, func(a *Attorney) Reply { return a.Reply }))
	}
	return false, status
}

// inForce: notarised, dated (without a date it is void), not cancelled, within
// its term; no term is longer than three years, none named means one.
func (h *hearing) inForce(a Attorney) bool {
	if !a.Notarised || a.Issued.IsZero() || !a.CancelledAt.IsZero() {
		return false
	}
	until := a.Issued.AddMonths(12 * h.p.POADefaultYears)
	if !a.Until.IsZero() {
		until = a.Until
		if longest := a.Issued.AddMonths(12 * h.p.POAMaxYears); until.After(longest) {
			until = longest
		}
	}
	return within(h.today, a.Issued, until)
}
