package rules

import (
	"slices"

	"mekenjai"
)

// seat is one right-holder at the table: what is needed of him and what he
// answered so far.
type seat struct {
	holder  mekenjai.RightHolder
	rule    string // the row that asks him
	state   seatState
	answers []weighed
	// unpermitted says that a guardian agreed without the permission of the
	// guardianship body.
	unpermitted bool
}

type seatState int

const (
	seatFree    seatState = iota // not asked yet
	seatOpen                     // asked, may still answer
	seatWaiting                  // answered, and a register or a verifier is awaited
	seatGiven                    // agreed
	seatEnded                    // declined, lapsed, withdrawn or disowned
)

// weighed is an answer with its weight.
type weighed struct {
	Consent
	weight weight
}

type weight int

const (
	unanswered weight = iota // no answer yet, and time left
	counts                   // a valid agreement
	undecided                // the signature cannot be judged yet
	awaited                  // a register must say whether the signer may act
	ignored                  // signed by another person or over another text: as if unanswered
	lapsed                   // R37
	declined                 // R36
	withdrawn                // R38
	disowned                 // R27
)

// seat weighs the answers of a right-holder.
func (h *hearing) seat(r mekenjai.RightHolder, rule string) seat {
	s := seat{holder: r, rule: rule}
	for _, k := range h.Consents {
		if k.Party == r.Party && k.Answer != mekenjai.Void {
			s.answers = append(s.answers, weighed{k, h.weigh(&s, k)})
		}
	}
	s.state = s.result(h.needed(r.Party))
	return s
}

// needed are the capacities in which a right-holder must agree, each a choice.
// For a minor or incapable one his representative does; a minor of 14 to 17
// agrees too (Civil Code, art. 22). Elsewhere than at the window R39 stops them.
func (h *hearing) needed(party mekenjai.PartyID) [][]Capacity {
	alone := [][]Capacity{{Himself, ByAttorney}}
	if protected, _ := h.isProtected(party); !protected {
		return alone
	}
	p := h.Facts.person(party.IIN())
	if p.ability(h.today) == Capable && p.age(h.filedOn) >= h.p.OwnConsentAge {
		return [][]Capacity{{Himself}, {Representative}}
	}
	return [][]Capacity{{Representative}}
}

// result: any final answer ends it; else every needed capacity must have agreed.
func (s seat) result(needed [][]Capacity) seatState {
	for _, a := range s.answers {
		if a.weight == declined || a.weight == withdrawn || a.weight == disowned {
			return seatEnded
		}
	}
	state := seatGiven
	for _, choice := range needed {
		state = min(state, s.among(choice)) // free before open before waiting before given
	}
	for _, choice := range needed {
		if s.among(choice) == seatEnded {
			return seatEnded
		}
	}
	return state
}

// among is the state of one needed capacity.
func (s seat) among(choice []Capacity) seatState {
	state := seatFree
	for _, a := range s.answers {
		if !slices.Contains(choice, a.capacity()) {
			continue
		}
		switch a.weight {
		case counts:
			return seatGiven
		case undecided, awaited:
			state = max(state, seatWaiting)
		case unanswered, ignored:
			state = max(state, seatOpen)
		case lapsed:
			state = seatEnded
		}
	}
	return state
}

func (h *hearing) weigh(s *seat, k Consent) weight {
	deadline := k.deadline(h.p.ConsentMinutes)
	over := h.At.After(deadline) // the last instant still counts
	switch {
	case k.Answer == mekenjai.Withdrawn:
		return withdrawn
	case k.Answer == mekenjai.Lapsed, k.Answer == mekenjai.Asked && over, k.AnsweredAt.After(deadline):
		return lapsed
	case k.Answer == mekenjai.Asked:
		return unanswered
	}
	w := h.signed(s, k)
	switch {
	case k.Answer == mekenjai.Agreed && w != ignored:
		return w
	case k.Answer == mekenjai.Agreed || k.Signature != nil && w == ignored:
		// Not the right-holder's word. He may still give it, until the deadline.
		if over {
			return lapsed
		}
		return ignored
	case k.Answer == mekenjai.Declined:
		return declined
	}
	return disowned
}

// signed says what the signature under an answer weighs: exactly this party's,
// over exactly this text, in a way that counts (R35).
func (h *hearing) signed(s *seat, k Consent) weight {
	g := k.Signature
	if g == nil || !g.TextMatches || g.Verdict == Invalid {
		return ignored
	}
	if g.Method != ByWriting && !h.allows(g.Method) {
		return ignored
	}
	w := h.speaksFor(s, k)
	if w == counts && g.Verdict == Indeterminate {
		return undecided
	}
	return w
}

// speaksFor says whether the signer may answer for the right-holder.
func (h *hearing) speaksFor(s *seat, k Consent) weight {
	g, party := k.Signature, s.holder.Party
	if party.IsOrganisation() {
		return h.signsForOrganisation(k)
	}
	// A key of a legal entity is not a person's own; what is written by hand is
	// written before the operator by somebody he has identified.
	if g.BIN != "" || g.Method == ByWriting && !h.isPresent(g.Signer) {
		return ignored
	}
	switch k.capacity() {
	case Himself:
		return weightOf(g.Signer == party.IIN(), Answered)
	case ByAttorney:
		if h.Channel != OfficeWindow {
			return ignored
		}
		return weightOf(h.empowered(g.Signer, party, ScopeConsent))
	}
	return h.representativeSigns(s, g.Signer, party.IIN())
}

func weightOf(ok bool, status Status) weight {
	switch {
	case ok:
		return counts
	case status == "":
		return awaited
	}
	return ignored
}

// representativeSigns: a parent acts alone; a guardian needs the permission of
// the guardianship body to let a ward's dwelling be used (Family Code, art. 128).
func (h *hearing) representativeSigns(s *seat, signer, ward mekenjai.IIN) weight {
	p := h.person(signer)
	if p == nil {
		return awaited
	}
	if !h.mayAct(p) {
		return ignored
	}
	ofAge := false
	if w := h.known(ward); w != nil {
		ofAge = w.age(h.filedOn) >= h.p.AdultAge
	}
	if !ofAge {
		parent, status := h.actsFor(signer, ward, true)
		if parent || status == "" {
			return weightOf(parent, status)
		}
	}
	guards, status := h.actsFor(signer, ward, false)
	if guards {
		w, _ := h.Guardianship.guards(signer, ward, h.today)
		s.unpermitted = s.unpermitted || !w.Permission
	}
	return weightOf(guards, status)
}

// signsForOrganisation: the head or who may sign for it, with the entity's key,
// or on the petition that an operator has checked (R42).
func (h *hearing) signsForOrganisation(k Consent) weight {
	g, bin := k.Signature, k.Party.BIN()
	if k.capacity() == ByAttorney && h.Channel == OfficeWindow {
		return weightOf(h.empowered(g.Signer, k.Party, ScopeConsent))
	}
	byKey := g.Method == ByEDS && g.BIN == bin
	if k.capacity() != Himself || !byKey && g.Method != ByWriting {
		return ignored
	}
	o := h.organisation(bin)
	status := h.needsAbout(FromOrganisations, k.Party, replyOf(o, func(o *Organisation) Reply { return o.Reply }))
	ok := status == Answered && (g.Signer == o.Head || slices.Contains(o.Authorised, g.Signer))
	return weightOf(ok, status)
}

// isPresent says whether the operator has identified the person at the window.
func (h *hearing) isPresent(n mekenjai.IIN) bool {
	return h.Office != nil && slices.ContainsFunc(h.Office.Present, func(p Presence) bool { return p.IIN == n && p.Identified })
}

// outline is a seat as the verdict tells it.
func (h *hearing) outline(s seat) Seat {
	out := Seat{Holder: s.holder, Given: s.state == seatGiven, Ended: s.state == seatEnded}
	out.Protected, _ = h.isProtected(s.holder.Party)
	for _, choice := range h.needed(s.holder.Party) {
		if s.among(choice) != seatGiven {
			out.Needs = append(out.Needs, choice)
		}
	}
	return out
}

// answersOf are the weighed answers of a kind, in the order of the seats.
func (h *hearing) answersOf(w weight) []weighed {
	var out []weighed
	for _, s := range h.seats {
		for _, a := range s.answers {
			if a.weight == w {
				out = append(out, a)
			}
		}
	}
	return out
}

// holders are the right-holders whose seats are in the state.
func (h *hearing) holders(state seatState) []mekenjai.RightHolder {
	var out []mekenjai.RightHolder
	for _, s := range h.seats {
		if s.state == state {
			out = append(out, s.holder)
		}
	}
	return out
}

// allows says whether a way of signing counts for consents.
func (h *hearing) allows(m SignatureMethod) bool { return slices.Contains(h.p.ConsentMethods, m) }
