package rules

import (
	"slices"

	"mekenjai"
)

// consentRules: whose consent, and what it weighs.
var consentRules = []Rule{
	{ID: "R30", Group: GroupConsent, Norm: "Rules of registration of the population, order of 14.09.2024, edition of 14.11.2025: consent of the owner (tenant), confirmed by the address code", Tag: "V2",
		Reads: reads(FromApplication, FromProperty), Answers: may(Refuse, "NOT_OWNER"), judge: judgeNamedOwner},
	{ID: "R31", Group: GroupConsent, Norm: "Law on Housing Relations, art. 12; Civil Code, art. 188; service page", Tag: "V2",
		Reads: reads(FromApplication, FromProperty), Answers: may(OK, "OWNER_APPLIES"), private: true, judge: judgeOwnerApplies},
	{ID: "R32", Group: GroupConsent, Norm: "Civil Code, arts 213, 220; Law on Housing Relations, art. 25(1); service page: consent of co-owners", Tag: "V",
		Reads: reads(FromApplication, FromProperty, FromConsents), Answers: may(Ask, "CO_OWNERS"), private: true, judge: asks("CO_OWNERS")},
	{ID: "R33", Group: GroupConsent, Norm: "Civil Code, arts 213, 220; Law on Housing Relations, art. 25(1); service page: consent of the owner", Tag: "V",
		Reads: reads(FromApplication, FromProperty, FromConsents), Answers: may(Ask, "OWNERS"), private: true, judge: asks("OWNERS")},
	{ID: "R34", Group: GroupConsent, Norm: "Service page: EDS and registration on the portal of all parties", Tag: "V", Parameters: params("consent_methods"),
		Reads: reads(FromApplication, FromParties), Answers: may(Route, "PARTY_NOT_REGISTERED", "APPLICANT_NOT_REGISTERED"), private: true, judge: judgeReach},
	{ID: "R35", Group: GroupConsent, Norm: "Rules of registration of the population, order of 14.09.2024, edition of 14.11.2025: consent certified by EDS; service page", Tag: "V", Parameters: params("consent_methods"),
		Reads:   reads(FromApplication, FromConsents, FromNotaries, FromCivilRecords, FromGuardianship, FromOrganisations),
		Answers: may(Refuse, "APPLICATION_SIGNATURE", Pending, "SIGNATURE_UNDECIDED", Warn, "CONSENT_IGNORED", OK, "CONSENTS_IN"), private: true, judge: judgeSignatures},
	{ID: "R36", Group: GroupConsent, Norm: "Rules of registration of the population, order of 14.09.2024, edition of 14.11.2025: consent of the owner (tenant)", Tag: "V2",
		Reads: reads(FromConsents), Answers: may(Refuse, "CONSENT_DECLINED"), private: true, judge: judgeDeclined},
	{ID: "R37", Group: GroupConsent, Norm: "Procedure of the pilot, joint order of 07.10.2025 No 500/НҚ and 31.10.2025 No 801: one hour to consent", Tag: "V2", Parameters: params("consent_minutes"),
		Reads: reads(FromConsents, FromClock), Answers: may(Cancel, string(mekenjai.ConsentTimeout)), private: true, judge: judgeLapsed},
	{ID: "R38", Group: GroupConsent, Norm: "Civil Code, arts 213, 220: consent may be taken back before the decision", Tag: "I",
		Reads: reads(FromConsents), Answers: may(Cancel, string(mekenjai.ConsentWithdrawn)), private: true, judge: judgeWithdrawn},
	{ID: "R39", Group: GroupConsent, Norm: "Joint order of 07.10.2025 No 500/НҚ and 31.10.2025 No 801: minor or incapable owner; Family Code, art. 128(2); Civil Code, arts 22, 26", Tag: "V2", Parameters: params("adult_age", "own_consent_age"),
		Reads:   reads(FromProperty, FromPersons, FromConsents, FromCivilRecords, FromGuardianship),
		Answers: may(Route, "OFFICE_HALL", Refuse, "NO_GUARDIANSHIP_PERMISSION", Ask, "REPRESENTATIVE"), private: true, judge: judgeProtected},
	{ID: "R40", Group: GroupConsent, Norm: "Law on Housing Relations, art. 17: title arises at registration", Tag: "V",
		Reads: reads(FromProperty, FromPersons), Answers: may(Refuse, "OWNER_DEAD", Manual, "INHERITANCE_OPEN"), private: true, judge: judgeDeadOwner},
	{ID: "R41", Group: GroupConsent, Norm: "Civil Code, art. 24; Law on State Registration of Rights to Immovable Property, art. 5: trust management", Tag: "I",
		Reads: reads(FromProperty, FromPersons), Answers: may(Manual, "OWNER_MISSING"), private: true, judge: judgeMissingOwner},
	{ID: "R42", Group: GroupConsent, Norm: "Service page: petition from the administration of the organisation", Tag: "V",
		Reads: reads(FromApplication, FromProperty, FromOrganisations, FromConsents), Answers: may(Ask, "PETITION", Refuse, "ENTITY_INACTIVE", "NOT_PETITIONER"), private: true, judge: judgeOrganisation},
}

// judgeNamedOwner: who cannot name an owner gets nothing else to know, for else
// anybody could learn of any dwelling by trying. Nothing but what he typed
// himself is said.
func judgeNamedOwner(h *hearing) {
	if h.veiled {
		h.say(Refuse, "NOT_OWNER")
	}
}

func judgeOwnerApplies(h *hearing) {
	if h.property != nil && len(h.seats) == 0 && h.givesConsent() == byOwners && h.applicantOwns() {
		h.say(OK, "OWNER_APPLIES")
	}
}

// asks makes the judge of a row that asks the right-holders of its own seats.
func asks(code string) func(*hearing) {
	return func(h *hearing) {
		free, open := 0, 0
		for _, s := range h.seats {
			if s.rule != h.rule.ID || h.isAbsent(s) {
				continue
			}
			switch s.state {
			case seatFree:
				free++
			case seatOpen:
				open++
			}
		}
		if free+open > 0 {
			h.say(Ask, code, "ask", free, "awaiting", open)
		}
	}
}

// judgeReach looks, before anybody is disturbed, whether everybody who must be
// asked can answer: on the portal, with a key or a phone of the database. Who
// stands at the window needs neither. An organisation signs with its key only.
func judgeReach(h *hearing) {
	for _, s := range h.seats {
		if s.state != seatFree || !h.answersRemotely(s.holder.Party) || !h.answersHimself(s.holder.Party) {
			continue
		}
		p := h.party(s.holder.Party)
		status := h.needsAbout(FromParties, s.holder.Party, replyOf(p, func(p *Party) Reply { return p.Reply }))
		if status != "" && !h.reachable(*p) {
			h.say(Route, "PARTY_NOT_REGISTERED").about(s.holder.Party)
		}
	}
	filer, _ := h.Application.filer()
	p := h.party(mekenjai.PartyID(filer))
	if h.Channel == OfficeWindow || p == nil || p.Status == Silent {
		return // his signature is judged by itself (R35)
	}
	bySMS := h.Application.Signature.Method == BySMS
	if p.Status == NotFound || !p.OnPortal || bySMS && !p.InBMG || !bySMS && !p.HasEDS {
		h.say(Route, "APPLICANT_NOT_REGISTERED")
	}
}

// answersHimself says whether there is somebody to ask: not a child or who lacks
// capacity (R39), not the dead (R40) or missing (R41), nor whom no register knows
// (R27). Those have no account, and sending anybody for one would be idle.
func (h *hearing) answersHimself(party mekenjai.PartyID) bool {
	protected, known := h.isProtected(party)
	if !known || protected || h.strange(party) {
		return false
	}
	p := h.holderPerson(party)
	return p == nil || !p.isDead() && !p.isAbsent(h.today)
}

func (h *hearing) reachable(p Party) bool {
	if p.Status != Answered || !p.OnPortal {
		return false
	}
	sms := p.InBMG && !p.Party.IsOrganisation() && h.allows(BySMS)
	return p.HasEDS || sms
}

// judgeSignatures: the application must bear the filer's own signature; consents
// that bear another's are as if not given.
func judgeSignatures(h *hearing) {
	filer, _ := h.Application.filer()
	g := h.Application.Signature
	switch {
	case g.Signer != filer, !g.TextMatches, g.Verdict == Invalid:
		h.say(Refuse, "APPLICATION_SIGNATURE")
	case g.Verdict == Indeterminate:
		h.say(Pending, "SIGNATURE_UNDECIDED")
	}
	for _, k := range h.answersOf(undecided) {
		h.say(Pending, "SIGNATURE_UNDECIDED").about(k.Party)
	}
	for _, k := range h.answersOf(ignored) {
		h.say(Warn, "CONSENT_IGNORED").about(k.Party).forStaff()
	}
	if given := len(h.holders(seatGiven)); given > 0 && given == len(h.seats) {
		h.say(OK, "CONSENTS_IN", "count", given)
	}
}

func judgeDeclined(h *hearing) {
	for _, k := range h.answersOf(declined) {
		h.say(Refuse, "CONSENT_DECLINED").about(k.Party)
	}
}

// judgeLapsed: silence to the end is no decision on the merits, and a new
// application may follow at once.
func judgeLapsed(h *hearing) {
	for _, s := range h.seats {
		if s.state != seatEnded {
			continue // another has agreed in his place in time
		}
		for _, a := range s.answers {
			if a.weight == lapsed {
				minutes := int(a.deadline(h.p.ConsentMinutes).Sub(a.AskedAt).Minutes())
				h.say(Cancel, string(mekenjai.ConsentTimeout), "minutes", minutes).about(a.Party)
			}
		}
	}
}

func judgeWithdrawn(h *hearing) {
	for _, k := range h.answersOf(withdrawn) {
		h.say(Cancel, string(mekenjai.ConsentWithdrawn)).about(k.Party)
	}
}

// judgeProtected: a minor or incapable owner consents through a representative,
// and that only in the hall of the State Corporation.
func judgeProtected(h *hearing) {
	for _, party := range h.rightHolders() {
		if protected, _ := h.isProtected(party); protected && h.Channel != OfficeWindow {
			h.say(Route, "OFFICE_HALL").about(party)
		}
	}
	if h.Channel != OfficeWindow {
		return
	}
	waiting := 0
	for _, s := range h.seats {
		if s.unpermitted {
			h.say(Refuse, "NO_GUARDIANSHIP_PERMISSION").about(s.holder.Party)
		}
		if protected, _ := h.isProtected(s.holder.Party); protected && (s.state == seatFree || s.state == seatOpen) && !h.isAbsent(s) {
			waiting++
		}
	}
	if waiting > 0 {
		h.say(Ask, "REPRESENTATIVE", "count", waiting)
	}
}

// judgeDeadOwner: the dead consent to nothing, and heirs have no right before
// their title is registered; while a notary settles the estate an officer looks.
func judgeDeadOwner(h *hearing) {
	for _, party := range h.rightHolders() {
		p := h.holderPerson(party)
		switch {
		case p == nil || !p.isDead():
		case p.InheritanceCaseOpen:
			h.say(Manual, "INHERITANCE_OPEN").about(party)
		default:
			h.say(Refuse, "OWNER_DEAD").about(party)
		}
	}
}

func judgeMissingOwner(h *hearing) {
	for _, party := range h.rightHolders() {
		if p := h.holderPerson(party); p != nil && p.isAbsent(h.today) {
			h.say(Manual, "OWNER_MISSING").about(party)
		}
	}
}

// holderPerson is what the register of persons says of a natural right-holder
// other than the registrant, whom R02 and R03 judge.
func (h *hearing) holderPerson(party mekenjai.PartyID) *Person {
	if party.IsOrganisation() || party.IIN() == h.Application.Registrant {
		return nil
	}
	return h.known(party.IIN())
}

// judgeOrganisation: an entity that no longer acts cannot petition, and nobody
// petitions for a building that is not his organisation's.
func judgeOrganisation(h *hearing) {
	filer, role := h.Application.filer()
	if role == Administration && h.property != nil && !slices.ContainsFunc(h.seats, func(s seat) bool { return s.rule == h.rule.ID }) {
		h.say(Refuse, "NOT_PETITIONER")
	}
	for _, s := range h.seats {
		if s.rule != h.rule.ID {
			continue
		}
		o := h.organisation(s.holder.Party.BIN())
		status := h.needsAbout(FromOrganisations, s.holder.Party, replyOf(o, func(o *Organisation) Reply { return o.Reply }))
		if status == Answered && (o.State != Active || !o.Liquidated.IsZero() && !o.Liquidated.After(h.today)) {
			h.say(Refuse, "ENTITY_INACTIVE").about(s.holder.Party)
		}
		if status == Answered && role == Administration && filer != o.Head && !slices.Contains(o.Authorised, filer) {
			h.say(Refuse, "NOT_PETITIONER").about(s.holder.Party)
		}
	}
	asks("PETITION")(h)
}
