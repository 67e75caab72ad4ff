package rules

import (
	"slices"

	"mekenjai"
)

// lifeRules: what becomes of an entry after it was made.
var lifeRules = []Rule{
	{ID: "R59", Group: GroupLife, Norm: "Rules of registration of the population, order of 14.09.2024: registration for a term", Tag: "I", Parameters: params("reminder_days"),
		Reads: reads(FromRegister, FromClock), Events: on(ClockStruck), Answers: may(OK, "EXPIRED", "REMINDER", "NOTHING_DUE"), live: judgeEnd},
	{ID: "R60", Group: GroupLife, Norm: "Practice of eGov: the owner removes, the co-owners confirm; Law on Housing Relations, art. 26(5): notice before leaving", Tag: "V2", Parameters: params("confirm_days", "objection_days", "removal_methods"),
		Reads: reads(FromRegister, FromProperty, FromConsents), Events: on(OwnerRequest), Answers: ownersAnswers("NOT_OWNER"), live: judgeOwnersRequest},
	{ID: "R61", Group: GroupLife, Norm: "Rules of registration of the population, order of 14.09.2024: deregistration on the person's own application", Tag: "I", Parameters: params("removal_methods"),
		Reads: reads(FromRegister, FromApplication), Events: on(PersonRequest),
		Answers: may(OK, "REMOVED_BY_PERSON", Ask, "AUTHORITY", Refuse, "NOT_CURRENT", "NOT_YOURS", "SIGNATURE", Pending, "SIGNATURE_UNDECIDED"), live: judgePersonsRequest},
	{ID: "R62", Group: GroupLife, Norm: "State Corporation: removal at the owner's request by IIN, about 5 minutes", Tag: "V2", Parameters: params("confirm_days", "objection_days", "removal_methods", "window_removal_minutes"),
		Reads: reads(FromRegister, FromProperty, FromConsents, FromOperator), Events: on(WindowRequest), Answers: append(ownersAnswers("NOT_OWNER", "OWNER_ABSENT"), may(Warn, "PROMISE_MISSED")...), live: judgeWindowRequest},
	{ID: "R63", Group: GroupLife, Norm: "Civil Code, art. 13(2): legal capacity ends with death", Tag: "I",
		Reads: reads(FromRegister, FromCivilRecords, FromPersons), Events: on(DeathEvent), Answers: may(OK, "REMOVED_DEATH", Refuse, "NOT_CURRENT", "NO_DEATH"), live: judgeDeath},
	{ID: "R64", Group: GroupLife, Norm: "Administrative Procedural-Process Code, arts 83, 84: an unlawful act is cancelled; court act in force", Tag: "I", Parameters: params("four_eyes"),
		Reads: reads(FromRegister, FromApplication), Events: on(CourtActEvent, FalseData),
		Answers: may(OK, "REMOVED_COURT", "ANNULLED", Ask, "SECOND_OFFICER", Manual, "OFFICER_DECIDES",
			Refuse, "NO_ACT", "NOT_IN_FORCE", "NOT_CURRENT", "SAME_OFFICER", "SIGNATURE", Pending, "SIGNATURE_UNDECIDED"), live: judgeAct},
	{ID: "R65", Group: GroupLife, Norm: "Law on Migration of Population, arts 1(17-1), 51(2)(1): a place of stay is not the residence", Tag: "I",
		Reads: reads(FromRegister, FromPersons, FromMigration), Events: on(PermanentRegistration, DepartureEvent),
		Answers: may(OK, "REMOVED_RESIDENT", "REMOVED_DEPARTED", "STAYS", Refuse, "NOT_CURRENT"), live: judgeResidentOrGone},
	{ID: "R66", Group: GroupLife, Norm: "Law on Housing Relations, arts 24(8), 30(2)", Tag: "V",
		Reads: reads(FromRegister, FromProperty), Events: on(TitleTransfer), Answers: may(OK, "TITLE_PASSED", "SAME_OWNERS", Manual, "NO_TITLE"), live: judgeTransfer},
	{ID: "R67", Group: GroupLife, Norm: "Civil Code, arts 213, 220: common property by agreement of all; dispute in court", Tag: "I",
		Reads: reads(FromConsents, FromProperty), Events: on(OwnerRequest, WindowRequest), Answers: may(Refuse, "CO_OWNER_REFUSED"), live: judgeCoOwnersRefusal},
}

func on(events ...Event) []Event { return events }

// ownersAnswers are those of an owner's request, wherever it is made.
func ownersAnswers(refusals ...any) []Answer {
	words := []any{OK, "REMOVED_BY_OWNER", Ask, "CO_OWNERS", "TELL_PERSON", "MAY_OBJECT", Cancel, "NOT_CONFIRMED",
		Manual, "OBJECTED", Pending, "SIGNATURE_UNDECIDED", Refuse, "NOT_CURRENT", "SIGNATURE"}
	return may(append(words, refusals...)...)
}

// judgeEnd: an entry ends by itself after its last day; before that the person
// and the owners are reminded.
func judgeEnd(s *sitting) {
	switch n, due := s.p.ReminderDue(s.Entry.To, s.today, s.Entry.Reminded); {
	case s.Entry.State == mekenjai.EntryEnded:
		s.say(OK, "NOTHING_DUE")
	case s.Entry.To.Before(s.today):
		s.ends(mekenjai.EndExpired)
	case due && s.Entry.State == mekenjai.EntryCurrent:
		s.verdict.Remind = n
		s.say(OK, "REMINDER", "days", s.Entry.To.DaysSince(s.today), "until", s.Entry.To)
	default:
		s.say(OK, "NOTHING_DUE")
	}
}

// ReminderDue is the reminder to send on the day today about an entry that ends
// on the day to, when those of sent were: the nearest that is due, so that days
// on which nothing ran are made up for by one message, not by several.
func (p Parameters) ReminderDue(to, today mekenjai.Date, sent []int) (days int, due bool) {
	left := to.DaysSince(today)
	nearest := -1
	for _, n := range p.ReminderDays {
		if left >= 0 && left <= n && (nearest < 0 || n < nearest) {
			nearest = n
		}
	}
	return nearest, nearest >= 0 && !slices.ContainsFunc(sent, func(n int) bool { return n <= nearest })
}

func judgePersonsRequest(s *sitting) {
	r := s.Request
	switch {
	case s.isOver():
		s.say(Refuse, "NOT_CURRENT")
	case r.By.IIN() != s.Entry.Person && r.Role == registrantFiles:
		s.say(Refuse, "NOT_YOURS")
	case s.weigh(&r.Signed, r.By) == notSigned:
		s.say(Refuse, "SIGNATURE")
	case s.weigh(&r.Signed, r.By) == signatureUndecided:
		s.say(Pending, "SIGNATURE_UNDECIDED")
	case r.By.IIN() != s.Entry.Person && !r.Proven:
		s.say(Ask, "AUTHORITY")
	default:
		s.ends(mekenjai.EndByPerson) // nobody else is asked
	}
}

// judgeDeath: one register that knows of the death is enough; none may have
// answered no while the other is silent.
func judgeDeath(s *sitting) {
	if s.isOver() {
		s.say(Refuse, "NOT_CURRENT")
		return
	}
	record := s.docket.peek(replyOf(s.Death, func(d *DeathRecord) Reply { return d.Reply }))
	person := s.person(s.Entry.Person)
	if record == Answered || person != nil && person.Status == Answered && person.isDead() {
		s.ends(mekenjai.EndDeath)
		return
	}
	if s.needs(FromCivilRecords, replyOf(s.Death, func(d *DeathRecord) Reply { return d.Reply })) != "" {
		s.say(Refuse, "NO_DEATH")
	}
}

// judgeAct: an officer decides, another confirms. A court's act ends the entry on
// the day on which it is carried out, false data void it from its first day.
func judgeAct(s *sitting) {
	a, d := s.Act, s.Decision
	annuls := s.Event == FalseData || a.Annuls || a.Kind == PoliceFinding
	switch {
	case a.Number == "":
		s.say(Refuse, "NO_ACT")
	case a.InForce.IsZero() || a.InForce.After(s.today):
		s.say(Refuse, "NOT_IN_FORCE")
	case !annuls && s.isOver():
		s.say(Refuse, "NOT_CURRENT") // but what is void is void also when it is over
	case d == nil:
		s.say(Manual, "OFFICER_DECIDES")
	case d.Second == d.Officer:
		s.say(Refuse, "SAME_OFFICER")
	case s.weigh(&d.Signed, mekenjai.PartyID(d.Officer)) == notSigned, d.Second != "" && s.weigh(d.SecondSign, mekenjai.PartyID(d.Second)) == notSigned:
		s.say(Refuse, "SIGNATURE")
	case s.weigh(&d.Signed, mekenjai.PartyID(d.Officer)) == signatureUndecided, d.Second != "" && s.weigh(d.SecondSign, mekenjai.PartyID(d.Second)) == signatureUndecided:
		s.say(Pending, "SIGNATURE_UNDECIDED")
	case d.Second == "" && s.p.FourEyes:
		s.say(Ask, "SECOND_OFFICER")
	case annuls:
		s.ends(mekenjai.EndAnnulled)
		s.verdict.LastDay = mekenjai.Date{}
	default:
		s.ends(mekenjai.EndCourt)
	}
}

// judgeResidentOrGone: at one's residence one does not stay temporarily, and who
// has left for good stays nowhere.
func judgeResidentOrGone(s *sitting) {
	if s.isOver() {
		s.say(Refuse, "NOT_CURRENT")
		return
	}
	if s.Event == DepartureEvent {
		switch s.needs(FromMigration, replyOf(s.Departure, func(d *Departure) Reply { return d.Reply })) {
		case Answered:
			if s.Departure.Permanent {
				s.ends(mekenjai.EndDeparted)
				return
			}
			s.say(OK, "STAYS")
		case NotFound:
			s.say(OK, "STAYS")
		}
		return
	}
	p := s.person(s.Entry.Person)
	if s.needsAbout(FromPersons, mekenjai.PartyID(s.Entry.Person), replyOf(p, func(p *Person) Reply { return p.Reply })) == "" {
		return
	}
	if a := p.residence(s.today); a != nil && a.ARC == s.Entry.ARC {
		s.ends(mekenjai.EndResident)
		return
	}
	s.say(OK, "STAYS")
}

// judgeTransfer: the entry outlives the change of the owner; the new one learns
// who is registered and may ask for removal (R60).
func judgeTransfer(s *sitting) {
	owners, known := s.owners()
	switch {
	case !known:
		return
	case len(owners) == 0:
		s.say(Manual, "NO_TITLE")
		return
	}
	for _, party := range owners {
		if !slices.Contains(s.Transfer.Before, party) {
			s.verdict.Tell = append(s.verdict.Tell, party)
		}
	}
	slices.Sort(s.verdict.Tell)
	if len(s.verdict.Tell) == 0 {
		s.say(OK, "SAME_OWNERS")
		return
	}
	s.say(OK, "TITLE_PASSED", "count", len(s.verdict.Tell))
}
