package rules

import "mekenjai"

// entryRules: what the person's other registrations and journeys mean.
var entryRules = []Rule{
	{ID: "R11", Group: GroupPerson, Norm: "Law on Migration of Population, art. 1(17-1)", Tag: "V",
		Reads: reads(FromApplication, FromPersons), Answers: may(Refuse, "IS_RESIDENCE"), judge: judgeResidence},
	{ID: "R12", Group: GroupPerson, Norm: "Law on Migration of Population, art. 51(2)(1); practice of registration", Tag: "V2", Parameters: params("require_permanent"),
		Reads: reads(FromPersons), Answers: may(Route, "PERMANENT_FIRST"), judge: judgePermanent},
	{ID: "R13", Group: GroupPerson, Norm: "Rules of registration of the population, order of 14.09.2024", Tag: "I",
		Reads: reads(FromApplication, FromRegister, FromPersons), Answers: may(OK, "EXTENSION", Warn, "ENTRY_NOT_OURS"), judge: judgeSameEntry},
	{ID: "R14", Group: GroupPerson, Norm: "Law on Migration of Population, art. 51(2)(1); gov.kz/situations/424/1046: a new registration ends the former", Tag: "V",
		Reads: reads(FromApplication, FromRegister, FromPersons), Answers: may(OK, "MOVED", "MOVED_ELSEWHERE"), judge: judgeOtherEntry},
	{ID: "R15", Group: GroupPerson, Norm: "Administrative Procedural-Process Code: one application, one procedure", Tag: "I",
		Reads: reads(FromRegister), Answers: may(Refuse, "DUPLICATE"), judge: judgeDuplicate},
	{ID: "R16", Group: GroupPerson, Norm: "Service page: citizens arrived from abroad for permanent residence", Tag: "V",
		Reads: reads(FromApplication), Answers: may(Refuse, "NO_CONSULAR_DEREG", Route, "RETURNEE_OFFICE"), judge: judgeReturnee},
	{ID: "R17", Group: GroupPerson, Norm: "Administrative Code, art. 492(1), (2), (4)", Tag: "V", Parameters: params("late_days", "late_months"),
		Reads: reads(FromApplication, FromPersons), Answers: may(Warn, "LATE_492_1", "LATE_492_2", "LATE_492_4"), judge: judgeLate},
}

// judgeResidence: a place of temporary stay is by definition not the residence.
func judgeResidence(h *hearing) {
	if h.registrant == nil {
		return
	}
	if a := h.registrant.residence(h.today); a != nil && a.ARC == h.Application.ARC {
		h.say(Refuse, "IS_RESIDENCE")
	}
}

func judgePermanent(h *hearing) {
	if h.p.RequirePermanent && h.registrant != nil && h.registrant.residence(h.today) == nil {
		h.say(Route, "PERMANENT_FIRST")
	}
}

// currentEntry is the registrant's entry that has not run out, nil when none.
func (h *hearing) currentEntry() *Entry {
	if h.register == nil || h.register.CurrentEntry == nil || h.register.CurrentEntry.To.Before(h.today) {
		return nil
	}
	return h.register.CurrentEntry
}

// staysIn are the temporary addresses in force that the register of persons
// knows. It gets them from the register of registrations, which therefore
// prevails: they never make an extension.
func (h *hearing) staysIn(same bool) []StayAddress {
	var out []StayAddress
	if h.registrant == nil || h.currentEntry() != nil {
		return nil
	}
	for _, a := range h.registrant.TemporaryAddresses {
		if within(h.today, a.Begin, a.End) && (a.ARC == h.Application.ARC) == same {
			out = append(out, a)
		}
	}
	return out
}

func judgeSameEntry(h *hearing) {
	if e := h.currentEntry(); e != nil && e.ARC == h.Application.ARC {
		h.extends = true
		h.say(OK, "EXTENSION", "until", e.To)
	}
	if h.register != nil && len(h.staysIn(true)) > 0 {
		h.say(Warn, "ENTRY_NOT_OURS").forStaff()
	}
}

func judgeOtherEntry(h *hearing) {
	if e := h.currentEntry(); e != nil && e.ARC != h.Application.ARC {
		h.closes = e.ARC
		h.say(OK, "MOVED", "until", e.To)
	}
	if h.register != nil && len(h.staysIn(false)) > 0 {
		h.say(OK, "MOVED_ELSEWHERE").forStaff()
	}
}

func judgeDuplicate(h *hearing) {
	if h.register != nil && h.register.OtherApplication != "" {
		h.say(Refuse, "DUPLICATE", "number", h.register.OtherApplication)
	}
}

// judgeReturnee: the consular mark or one of three papers. A paper proves when
// somebody has looked at it; nobody can at a distance, so the portal sends the
// person to an office instead of refusing.
func judgeReturnee(h *hearing) {
	r := h.Application.Returnee
	if r == nil || r.ConsularMark || r.Paper != nil && r.Paper.replacesMark() {
		return
	}
	if h.Channel == OfficeWindow {
		h.say(Refuse, "NO_CONSULAR_DEREG")
		return
	}
	h.say(Route, "RETURNEE_OFFICE")
}

// replacesMark: the certificate of a mission must state the citizenship.
func (p Paper) replacesMark() bool {
	if !p.Checked {
		return false
	}
	return p.Kind == ForeignDeregistration || p.Kind == StatelessnessExtract ||
		p.Kind == MissionCertificate && p.StatesCitizenship
}

// judgeLate warns of fines; lateness never stands against registration.
func judgeLate(h *hearing) {
	arrival := h.Application.Arrival
	days := h.filedOn.DaysSince(arrival)
	if days <= h.p.LateDays {
		return
	}
	code := "LATE_492_1"
	switch {
	case h.registrant != nil && !h.registrant.isCitizen():
		code = "LATE_492_4"
	case h.filedOn.After(arrival.AddMonths(h.p.LateMonths)):
		code = "LATE_492_2"
	}
	h.say(Warn, code, "days", days, "allowed", h.p.LateDays)
}

// stay is the first day of the whole unbroken stay of an entry.
func (e Entry) stay() mekenjai.Date {
	if e.Since.IsZero() {
		return e.From
	}
	return e.Since
}
