package rules

import "mekenjai"

// Evaluate judges the facts by every row of the table. The error is FactErrors
// when the facts contradict themselves; then there is no verdict.
func Evaluate(f Facts, p Parameters) (Verdict, error) {
	if err := f.Check(); err != nil {
		return Verdict{}, err
	}
	h := open(f, p)
	for _, rule := range Table() {
		if rule.judge == nil || rule.private && h.veiled {
			continue
		}
		h.rule = rule
		rule.judge(h)
	}
	return h.verdict(), nil
}

// hearing is one evaluation of an application: the facts, and what follows from
// them for several rows.
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

	docket

	period  *mekenjai.Period
	extends bool
	closes  mekenjai.ARC
}

func open(f Facts, p Parameters) *hearing {
	h := &hearing{Facts: f, p: p, today: mekenjai.DateOf(f.At), filedOn: mekenjai.DateOf(f.filed()), docket: docket{waivers: f.Waivers}}
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

// stopped says whether the entry may not be made now.
func (h *hearing) stopped() bool { return h.has(Refuse, Cancel, Route, Manual, Pending, Ask) }

// verdict puts the findings together.
func (h *hearing) verdict() Verdict {
	v := Verdict{Outcome: h.outcome(), Period: h.period, Extends: h.extends, Closes: h.closes}
	h.sort()
	v.Findings = h.findings
	v.Rule, v.Code = v.Lead().Rule, v.Lead().Code
	if v.Outcome == Ask {
		v.Ask, v.Awaiting = h.holders(seatFree), h.holders(seatOpen)
	}
	for _, x := range h.seats {
		v.Seats = append(v.Seats, h.outline(x))
	}
	if v.Outcome == Refuse {
		remedy := RemedyOn(h.today, h.p)
		v.Remedy = &remedy
	}
	return v
}
