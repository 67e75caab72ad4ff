package rules

import (
	"slices"

	"mekenjai"
)

// LifeVerdict is what rows R59–R70 answer.
type LifeVerdict struct {
	Outcome  Outcome   `json:"outcome"` // as in Verdict
	Rule     string    `json:"rule"`    // of the leading finding
	Code     string    `json:"code"`    // of the leading finding
	Findings []Finding `json:"findings"`
	// Ends says why the entry ends now; "" when it stays. LastDay is then the
	// last day on which it counts: none at all when it is void from the beginning.
	Ends    mekenjai.EndReason `json:"ends,omitempty"`
	LastDay mekenjai.Date      `json:"last_day,omitzero"`
	// Remind is how many days before the end a reminder is due now.
	Remind int `json:"remind,omitempty"`
	// Ask are the co-owners who must still be asked, Awaiting those who were.
	Ask      []mekenjai.PartyID `json:"ask,omitempty"`
	Awaiting []mekenjai.PartyID `json:"awaiting,omitempty"`
	// Until is the last day on which the person may object, or on which the
	// co-owners may confirm.
	Until mekenjai.Date `json:"until,omitzero"`
	// Tell are those who must be told although nothing changes: new owners.
	Tell []mekenjai.PartyID `json:"tell,omitempty"`
	Fine *Fine              `json:"fine,omitempty"`
}

// Lead is the finding that decided. Every verdict has one.
func (v LifeVerdict) Lead() Finding {
	if len(v.Findings) == 0 {
		return Finding{Outcome: v.Outcome}
	}
	return v.Findings[0]
}

// sitting is one evaluation of the life of an entry.
type sitting struct {
	LifeFacts
	docket
	p       Parameters
	today   mekenjai.Date
	verdict LifeVerdict
}

// EvaluateLife judges an event by the rows that answer it. The error is
// FactErrors when the facts contradict themselves; then there is no verdict.
func EvaluateLife(f LifeFacts, p Parameters) (LifeVerdict, error) {
	if err := f.Check(); err != nil {
		return LifeVerdict{}, err
	}
	s := &sitting{LifeFacts: f, p: p, today: mekenjai.DateOf(f.At)}
	for _, rule := range Table() {
		if rule.live != nil && slices.Contains(rule.Events, f.Event) {
			s.rule = rule
			rule.live(s)
		}
	}
	// What a silent register keeps open is said by the same row as for
	// applications.
	s.rule = ruleByID("R56")
	s.sayWaits()
	return s.conclude(), nil
}

func (s *sitting) conclude() LifeVerdict {
	v := s.verdict
	v.Outcome = s.outcome()
	s.sort()
	v.Findings = s.findings
	v.Rule, v.Code = v.Lead().Rule, v.Lead().Code
	if v.Outcome != OK {
		v.Ends, v.LastDay, v.Remind, v.Fine = "", mekenjai.Date{}, 0, nil
	}
	if v.Outcome != Ask {
		v.Ask, v.Awaiting, v.Until = nil, nil, mekenjai.Date{}
	}
	return v
}

// ends says that the entry ends today for the reason.
func (s *sitting) ends(reason mekenjai.EndReason) {
	last := s.today
	if s.Entry.To.Before(last) {
		last = s.Entry.To
	}
	s.verdict.Ends, s.verdict.LastDay = reason, last
	s.say(OK, string(reason))
}

// isOver says that there is nothing to end: the entry has ended already, or its
// last day has passed and the sweep will close it (R59).
func (s *sitting) isOver() bool {
	return s.Entry.State == mekenjai.EntryEnded || s.Entry.To.Before(s.today)
}

// owners are those who hold the title, nil after noting that the register has
// not said.
func (s *sitting) owners() (list []mekenjai.PartyID, known bool) {
	if s.needs(FromProperty, replyOf(s.Property, func(p *Property) Reply { return p.Reply })) == "" {
		return nil, false
	}
	for _, h := range s.Property.Holders {
		list = append(list, h.Party)
	}
	return list, true
}

// signing is what a signature is worth.
type signing int

const (
	notSigned signing = iota
	signedWell
	signatureUndecided
)

// weigh says whether the signature is the party's own over this text. An
// organisation signs by the key that names it; by hand one signs at a window.
func (s *sitting) weigh(g *Signature, party mekenjai.PartyID) signing {
	switch {
	case g == nil, !g.TextMatches, g.Verdict == Invalid:
		return notSigned
	case party.IsOrganisation() && (g.BIN != party.BIN() || g.Method == BySMS):
		return notSigned
	case !party.IsOrganisation() && g.Signer != party.IIN():
		return notSigned
	case g.Method == ByWriting && (s.Request == nil || s.Request.Office == nil || !s.Request.Office.saw(g.Signer)):
		return notSigned
	case g.Method != ByWriting && !slices.Contains(s.p.RemovalMethods, g.Method):
		return notSigned
	case g.Verdict == Indeterminate:
		return signatureUndecided
	}
	return signedWell
}

// saw says whether the operator compared the person with his document.
func (o Office) saw(n mekenjai.IIN) bool {
	return slices.Contains(o.Present, Presence{n, true})
}

func ruleByID(id string) Rule {
	for _, r := range Table() {
		if r.ID == id {
			return r
		}
	}
	panic("no rule " + id)
}
