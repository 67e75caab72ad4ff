package rules

import (
	"slices"

	"mekenjai"
)

// judgeOwnersRequest: an owner may ask that somebody be removed; the other owners
// confirm, and the person is told at once and may object. Nobody is struck off
// without having known of it, unless he signed himself or a court has spoken.
func judgeOwnersRequest(s *sitting) { s.judgeRemoval() }

// judgeWindowRequest: the same at the State Corporation, where the owner stands
// in person.
func judgeWindowRequest(s *sitting) {
	if s.Request.Seconds > s.p.WindowRemovalMinutes*60 {
		s.say(Warn, "PROMISE_MISSED", "minutes", s.p.WindowRemovalMinutes).forStaff()
	}
	if !s.Request.Office.saw(s.Request.Signed.Signer) {
		s.say(Refuse, "OWNER_ABSENT")
		return
	}
	s.judgeRemoval()
}

func (s *sitting) judgeRemoval() {
	r := s.Request
	if s.isOver() {
		s.say(Refuse, "NOT_CURRENT")
		return
	}
	owners, known := s.requesters()
	if !known {
		return
	}
	if !slices.Contains(owners, r.By) {
		s.say(Refuse, "NOT_OWNER") // and nothing else of the dwelling is said
		return
	}
	switch s.weigh(&r.Signed, r.By) {
	case notSigned:
		s.say(Refuse, "SIGNATURE")
		return
	case signatureUndecided:
		s.say(Pending, "SIGNATURE_UNDECIDED")
	}
	s.judgeConfirmations(owners)
	s.judgeObjection()
	if !s.has(Refuse, Cancel, Manual, Pending, Ask) && !s.isRefusedByCoOwner(owners) {
		s.ends(mekenjai.EndByOwner)
	}
}

// requesters are those who may ask for removal: every owner; in a dwelling of the
// state fund the tenant, who there gives the consent too (R43).
func (s *sitting) requesters() ([]mekenjai.PartyID, bool) {
	owners, known := s.owners()
	if known && s.Property.StateHousing != nil {
		return []mekenjai.PartyID{mekenjai.PartyID(s.Property.StateHousing.Tenant)}, true
	}
	return owners, known
}

// judgeConfirmations asks the other owners, each once; who does not answer in
// time leaves the request without effect, and it may be made anew.
func (s *sitting) judgeConfirmations(owners []mekenjai.PartyID) {
	for _, party := range owners {
		if party == s.Request.By {
			continue
		}
		k := s.Request.confirmation(party)
		switch {
		case k == nil || k.Answer == mekenjai.Void:
			s.verdict.Ask = append(s.verdict.Ask, party)
		case k.Answer == mekenjai.Declined:
			// Row R67 says it.
		case k.Answer == mekenjai.Lapsed, k.Answer == mekenjai.Withdrawn, k.Answer == mekenjai.NotMine:
			s.say(Cancel, "NOT_CONFIRMED").about(party)
		case k.Answer == mekenjai.Agreed && s.weigh(k.Signature, party) == signedWell:
		case k.Answer == mekenjai.Agreed && s.weigh(k.Signature, party) == signatureUndecided:
			s.say(Pending, "SIGNATURE_UNDECIDED").about(party)
		default: // asked, or answered with a signature that is none
			until := mekenjai.DateOf(k.AskedAt).AddDays(s.p.ConfirmDays)
			if s.today.After(until) {
				s.say(Cancel, "NOT_CONFIRMED").about(party)
				continue
			}
			s.verdict.Awaiting = append(s.verdict.Awaiting, party)
			if s.verdict.Until.IsZero() || until.Before(s.verdict.Until) {
				s.verdict.Until = until
			}
		}
	}
	slices.Sort(s.verdict.Ask)
	slices.Sort(s.verdict.Awaiting)
	if free, open := len(s.verdict.Ask), len(s.verdict.Awaiting); free+open > 0 {
		s.say(Ask, "CO_OWNERS", "ask", free, "awaiting", open)
	}
}

func (r *Request) confirmation(party mekenjai.PartyID) *Confirmation {
	for i := range r.Confirms {
		if r.Confirms[i].Party == party {
			return &r.Confirms[i]
		}
	}
	return nil
}

func (s *sitting) isRefusedByCoOwner(owners []mekenjai.PartyID) bool {
	return slices.ContainsFunc(s.Request.Confirms, func(k Confirmation) bool {
		return k.Answer == mekenjai.Declined && slices.Contains(owners, k.Party)
	})
}

// judgeObjection lets the person speak before he is removed.
func (s *sitting) judgeObjection() {
	r := s.Request
	until := s.p.ObjectionUntil(mekenjai.DateOf(r.ToldAt))
	switch {
	case s.weigh(r.PersonSign, mekenjai.PartyID(s.Entry.Person)) == signedWell, s.courtHasSpoken(), s.p.ObjectionDays == 0:
	case !r.ObjectedAt.IsZero() && !mekenjai.DateOf(r.ObjectedAt).After(until):
		s.say(Manual, "OBJECTED")
	case r.ToldAt.IsZero():
		s.say(Ask, "TELL_PERSON")
	case !s.today.After(until):
		s.verdict.Until = until
		s.say(Ask, "MAY_OBJECT", "until", until)
	}
}

func (s *sitting) courtHasSpoken() bool {
	a := s.Act
	return a != nil && a.Kind == CourtDecision && a.Number != "" && !a.InForce.IsZero() && !a.InForce.After(s.today)
}

// ObjectionUntil is the last day on which a person may object who was told on
// the day told that he is to be removed: some working days after it.
func (p Parameters) ObjectionUntil(told mekenjai.Date) mekenjai.Date {
	return WorkingCalendar().AddWorkingDays(told, p.ObjectionDays)
}

// judgeCoOwnersRefusal: what owners hold in common they decide in common; between
// them a court decides.
func judgeCoOwnersRefusal(s *sitting) {
	if s.isOver() || s.has(Refuse) {
		return
	}
	owners, known := s.requesters()
	if !known || !slices.Contains(owners, s.Request.By) {
		return
	}
	for _, k := range s.Request.Confirms {
		if k.Party != s.Request.By && slices.Contains(owners, k.Party) && k.Answer == mekenjai.Declined {
			s.say(Refuse, "CO_OWNER_REFUSED").about(k.Party)
		}
	}
}
