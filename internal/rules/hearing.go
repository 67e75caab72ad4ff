package rules

import (
	"cmp"
	"fmt"
	"slices"

	"mekenjai"
)

// Evaluate judges the facts by every row of the table. The error is FactErrors
// when the facts contradict themselves; then there is no verdict.
func Evaluate(f Facts, p Parameters) (Verdict, error) {
	if err := f.Check(); err != nil {
		return Verdict{}, err
	}
	h := open(f, p)
	for _, rule := range Table() {
		if rule.private && h.veiled {
			continue
		}
		h.rule = rule
		rule.judge(h)
	}
	return h.verdict(), nil
}

// hearing is one evaluation: the facts, what follows from them for several rows,
// and the findings so far.
type hearing struct {
	Facts
	p       Parameters
	today   mekenjai.Date // of the evaluation: entry, documents, terms of rights
	filedOn mekenjai.Date // ages, delays and windows count on this day

	// What the registers answered; nil when they did not, or know nothing.
	registrant *Person
	dwelling   *Address
	property   *Property
	register   *Register
	// veiled says that R30 refuses and nothing about the dwelling may be said.
	veiled bool
	seats  []seat // of those whose consent is needed

	rule     Rule
	findings []Finding
	waits    []wait

	period  *mekenjai.Period
	extends bool
	closes  mekenjai.ARC
}

// wait is an answer without which a row cannot be judged.
type wait struct {
	source Source
	party  mekenjai.PartyID
	silent bool // asked in vain; else not asked yet
}

func open(f Facts, p Parameters) *hearing {
	h := &hearing{Facts: f, p: p, today: mekenjai.DateOf(f.At), filedOn: mekenjai.DateOf(f.filed())}
	// Everybody needs these four, whatever else comes.
	h.registrant = h.known(h.Application.Registrant)
	if h.needs(FromAddresses, replyOf(f.Address, func(a *Address) Reply { return a.Reply })) == Answered {
		h.dwelling = f.Address
	}
	if h.needs(FromProperty, replyOf(f.Property, func(x *Property) Reply { return x.Reply })) == Answered && f.Property.TitleRegistered {
		h.property = f.Property
	}
	if h.needs(FromRegister, replyOf(f.Register, func(r *Register) Reply { return r.Reply })) != "" {
		h.register = f.Register
	}
	h.veiled = h.property != nil && !h.ownerIsNamed()
	if !h.veiled {
		h.seats = h.whom()
	}
	return h
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
func (h *hearing) needs(source Source, r *Reply) Status {
	return h.needsAbout(source, "", r)
}

func (h *hearing) needsAbout(source Source, party mekenjai.PartyID, r *Reply) Status {
	if r != nil && r.Status != Silent {
		return r.Status
	}
	w := wait{source, party, r != nil}
	if !slices.Contains(h.waits, w) {
		h.waits = append(h.waits, w)
	}
	return ""
}

// person is the register's answer about somebody; nil, and noted, while there is
// none. A number that is none is never asked about.
func (h *hearing) person(n mekenjai.IIN) *Person {
	if _, err := mekenjai.ParseIIN(string(n)); err != nil {
		return nil
	}
	p := h.Facts.person(n)
	if h.needsAbout(FromPersons, mekenjai.PartyID(n), replyOf(p, func(p *Person) Reply { return p.Reply })) == "" {
		return nil
	}
	return p
}

// known is the person when the register has data of him.
func (h *hearing) known(n mekenjai.IIN) *Person {
	if p := h.person(n); p != nil && p.Status == Answered {
		return p
	}
	return nil
}

// say adds a finding of the row that is being judged. Args are names and values
// in turn.
func (h *hearing) say(o Outcome, code string, args ...any) *Finding {
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

// has says whether some row found this outcome.
func (h *hearing) has(outcomes ...Outcome) bool {
	return slices.ContainsFunc(h.findings, func(f Finding) bool { return slices.Contains(outcomes, f.Outcome) })
}

// stopped says whether the entry may not be made now.
func (h *hearing) stopped() bool { return h.has(Refuse, Cancel, Route, Manual, Pending, Ask) }

// verdict puts the findings in order: by precedence of their outcomes, then in
// the order of the table, then by party, so that the order in which registers
// list people changes nothing.
func (h *hearing) verdict() Verdict {
	v := Verdict{Outcome: OK, Period: h.period, Extends: h.extends, Closes: h.closes}
	for _, o := range precedence {
		if h.has(o) {
			v.Outcome = o
			break
		}
	}
	rank := func(f Finding) int {
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
	v.Findings = h.findings
	v.Rule, v.Code = v.Lead().Rule, v.Lead().Code
	if v.Outcome == Ask {
		v.Ask, v.Awaiting = h.holders(seatFree), h.holders(seatOpen)
	}
	if v.Outcome == Refuse {
		v.Remedy = &Remedy{Months: h.p.ComplaintMonths, Until: h.today.AddMonths(h.p.ComplaintMonths)}
	}
	return v
}
