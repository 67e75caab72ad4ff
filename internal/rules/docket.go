package rules

import (
	"cmp"
	"fmt"
	"slices"

	"mekenjai"
)

// docket is what every evaluation writes down: the row that is judged, the
// findings so far, and the answers that are missing.
type docket struct {
	rule     Rule
	findings []Finding
	waits    []wait
	waivers  []Waiver // what an officer overruled
}

// wait is an answer without which a row cannot be judged.
type wait struct {
	source Source
	party  mekenjai.PartyID
	silent bool // asked in vain; else not asked yet
}

// replyOf is the reply of an answer, nil when there is none.
func replyOf[T any](x *T, reply func(*T) Reply) *Reply {
	if x == nil {
		return nil
	}
	r := reply(x)
	return &r
}

// needs returns the status of an answer, or "" after noting that it is awaited.
func (h *docket) needs(source Source, r *Reply) Status {
	return h.needsAbout(source, "", r)
}

// peek is the status of an answer that nobody waits for, "" when there is none.
func (h *docket) peek(r *Reply) Status {
	if r == nil || r.Status == Silent {
		return ""
	}
	return r.Status
}

func (h *docket) needsAbout(source Source, party mekenjai.PartyID, r *Reply) Status {
	if status := h.peek(r); status != "" {
		return status
	}
	w := wait{source, party, r != nil}
	if !slices.Contains(h.waits, w) {
		h.waits = append(h.waits, w)
	}
	return ""
}

// say adds a finding of the row that is being judged. Args are names and values
// in turn.
func (h *docket) say(o Outcome, code string, args ...any) *Finding {
	if !slices.Contains(h.rule.Answers, Answer{o, code}) {
		// A row that says what the table does not promise would reach people
		// without an explanation.
		panic(fmt.Sprintf("rule %s may not answer %s %s", h.rule.ID, o, code))
	}
	f := Finding{Rule: h.rule.ID, Outcome: o, Code: code, Norm: h.rule.Norm}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i].(string)] = fmt.Sprint(args[i+1])
	}
	h.findings = append(h.findings, f)
	return &h.findings[len(h.findings)-1]
}

func (f *Finding) about(p mekenjai.PartyID) *Finding { f.Party = p; return f }

func (f *Finding) forStaff() *Finding { f.Staff = true; return f }

// has says whether some row found this outcome, and no officer overruled it.
func (h *docket) has(outcomes ...Outcome) bool {
	return slices.ContainsFunc(h.findings, func(f Finding) bool { return slices.Contains(outcomes, f.Outcome) && !h.waives(f) })
}

// waives says whether an officer overruled the finding.
func (h *docket) waives(f Finding) bool {
	return f.Outcome == Manual && slices.Contains(h.waivers, f.Waiver())
}

// outcome is the first of the precedence that any row has found.
func (h *docket) outcome() Outcome {
	for _, o := range precedence {
		if h.has(o) {
			return o
		}
	}
	return OK
}

// sort puts the findings in order: by precedence of their outcomes, then in the
// order of the table, then by party, so that the order in which registers list
// people changes nothing.
func (h *docket) sort() {
	for i, f := range h.findings {
		h.findings[i].Waived = h.waives(f)
	}
	rank := func(f Finding) int {
		if f.Waived {
			return len(precedence) * 2
		}
		if f.Rule == "R55" && f.Outcome == OK {
			return slices.Index(precedence, OK)*2 - 1 // "the entry may be made" speaks before its circumstances
		}
		if i := slices.Index(precedence, f.Outcome); i >= 0 {
			return i * 2
		}
		return len(precedence) * 2 // warnings
	}
	slices.SortStableFunc(h.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Party, b.Party),
			cmp.Compare(a.Args["state"], b.Args["state"]))
	})
}
