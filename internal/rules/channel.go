package rules

import (
	"slices"

	"mekenjai"
)

// channelRules: portal, window, bank.
var channelRules = []Rule{
	{ID: "R52", Group: GroupChannel, Norm: "Joint order of 07.10.2025 No 500/НҚ and 31.10.2025 No 801: pilot, only electronically", Tag: "V", Parameters: params("pilot_from", "pilot_until"),
		Reads: reads(FromApplication, FromPersons, FromProperty, FromClock), Answers: may(Route, "ONLINE"), private: true, judge: judgePilot},
	{ID: "R53", Group: GroupChannel, Norm: "Service page: personal presence of the housing owner is mandatory", Tag: "V",
		Reads:   reads(FromOperator, FromProperty, FromNotaries, FromCivilRecords, FromGuardianship, FromConsents),
		Answers: may(Refuse, "NOT_PRESENT"), private: true, judge: judgePresence},
	{ID: "R54", Group: GroupChannel, Norm: "Service standard: objects of informatisation of second-tier banks, as on the portal", Tag: "V2",
		Reads: reads(FromApplication), Answers: may(OK, "BANK_AS_PORTAL"), judge: judgeBank},
}

// isPilotRoute: during the pilot the window serves only dwellings with a minor or
// incapable owner. Whom another rule sends to the window (attorneys, petitions,
// returnees with papers, permanently resident foreigners) is not sent back from it.
func (h *hearing) isPilotRoute() bool {
	_, role := h.Application.filer()
	returnee := h.Application.Returnee
	switch {
	case h.Channel != OfficeWindow, !within(h.filedOn, h.p.PilotFrom, h.p.PilotUntil):
		return false
	case h.registrant == nil || !h.registrant.isCitizen() || h.property == nil:
		return false
	case role == AttorneyAtWork, role == Administration, returnee != nil && !returnee.ConsularMark:
		return false
	}
	for _, party := range h.rightHolders() {
		if protected, known := h.isProtected(party); protected || !known {
			return false
		}
	}
	return true
}

func judgePilot(h *hearing) {
	if h.isPilotRoute() {
		h.say(Route, "ONLINE", "until", h.p.PilotUntil)
	}
}

// answersRemotely says whether the right-holder answers with his own key or
// phone and not before the operator.
func (h *hearing) answersRemotely(party mekenjai.PartyID) bool {
	return h.Channel != OfficeWindow || slices.Contains(h.Office.Remote, party)
}

// judgePresence refuses intake while who files, or a right-holder who has not
// been asked in another way, has not been identified at the window. At least one
// natural right-holder must stand there: his presence is mandatory, only others
// may answer from elsewhere. An organisation sends its petition.
func judgePresence(h *hearing) {
	if h.Channel != OfficeWindow || h.isPilotRoute() {
		return // whom the pilot sends online is not sent for the owner first
	}
	switch filer, role := h.Application.filer(); {
	case role == Administration: // its petition is brought by anybody whom the operator knows
		if !slices.ContainsFunc(h.Office.Present, func(p Presence) bool { return p.Identified }) {
			h.say(Refuse, "NOT_PRESENT")
		}
	case !h.isPresent(filer):
		h.say(Refuse, "NOT_PRESENT").about(mekenjai.PartyID(filer))
	}
	natural, remote := 0, 0
	for _, s := range h.seats {
		if s.holder.Party.IsOrganisation() {
			continue
		}
		natural++
		if h.answersRemotely(s.holder.Party) {
			remote++
		}
		if h.isAbsent(s) {
			h.say(Refuse, "NOT_PRESENT").about(s.holder.Party)
		}
	}
	if natural > 0 && natural == remote && h.property != nil && !h.applicantOwns() {
		h.say(Refuse, "NOT_PRESENT")
	}
}

// isAbsent says that a right-holder can give no consent at the window: not asked
// in another way, not there, nor anybody who speaks for him.
func (h *hearing) isAbsent(s seat) bool {
	if h.Channel != OfficeWindow || s.state != seatFree || s.holder.Party.IsOrganisation() || h.answersRemotely(s.holder.Party) {
		return false
	}
	n := s.holder.Party.IIN()
	protected, known := h.isProtected(s.holder.Party)
	if !known || h.isPresent(n) && !protected {
		return false
	}
	waits := slices.Clone(h.waits)
	missing := true
	for _, p := range h.Office.Present {
		if !p.Identified || p.IIN == n {
			continue
		}
		var w weight
		if protected {
			w = h.representativeSigns(&s, p.IIN, n)
		} else {
			w = h.actsByDeed(p.IIN, s.holder.Party)
		}
		if w == counts {
			h.waits = waits // what was looked up about the others does not matter
			return false
		}
		missing = missing && w != awaited
	}
	return missing
}

// actsByDeed says whether somebody at the window shows a power of attorney of
// the right-holder. Powers that nobody relies on are not asked about.
func (h *hearing) actsByDeed(n mekenjai.IIN, principal mekenjai.PartyID) weight {
	shown := slices.ContainsFunc(h.Attorneys, func(a Attorney) bool { return a.Attorney == n && a.Principal == principal })
	if !shown {
		return ignored
	}
	return weightOf(h.empowered(n, principal, ScopeConsent))
}

func judgeBank(h *hearing) {
	if h.Channel == Bank {
		h.say(OK, "BANK_AS_PORTAL")
	}
}
