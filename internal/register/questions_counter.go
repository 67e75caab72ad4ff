package register

import (
	"context"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// Three registers answer about several people of one application: whose parents,
// whose guardians, which powers. Who they are is learnt step by step, so before
// each evaluation is asked about those who came to light since; else the rules
// would take what was not asked for what is not there.
func (q *inquiry) topUp(ctx context.Context, p rules.Parameters) {
	q.adultAge, q.normKATO = p.AdultAge, p.NormKATO
	if q.a.counter == nil {
		return // on the portal nobody speaks for another
	}
	q.powers(ctx)
	if q.has(func(f *rules.Facts) bool { return f.CivilRecords != nil }) && !q.isMute(rules.FromCivilRecords) {
		for _, child := range q.wards(p.AdultAge) {
			if !q.wasAsked("parents:" + string(child)) {
				q.parents(ctx, child)
			}
		}
		if q.needsKin() && !q.wasAsked("kin") {
			q.records()
			q.kin(ctx)
		}
	}
	if q.has(func(f *rules.Facts) bool { return f.Guardianship != nil }) && !q.isMute(rules.FromGuardianship) {
		for _, ward := range q.wards(everyAge) {
			if !q.wasAsked("guardians:" + string(ward)) {
				q.guardians(ctx, ward)
			}
		}
	}
}

func (q *inquiry) has(what func(*rules.Facts) bool) (yes bool) {
	q.learn(func(f *rules.Facts) { yes = what(f) })
	return yes
}

func (q *inquiry) wasAsked(what string) (yes bool) {
	q.learn(func(*rules.Facts) { yes = q.asked[what] })
	return yes
}

// everyAge makes wards of adults too, who may lack capacity.
const everyAge = 200

// wards are those for whom somebody may speak: the registrant for whom another
// files, and right-holders who are younger than the age; with everyAge those whose
// capacity a court has taken or limited, too.
func (q *inquiry) wards(under int) (list []mekenjai.IIN) {
	q.learn(func(f *rules.Facts) {
		role := q.a.FilerRole
		guarded := role == mekenjai.FiledByGuardian || role == mekenjai.FiledByTrustee || q.a.counter == nil
		if under == everyAge && guarded || under != everyAge && role == mekenjai.FiledByParent {
			list = append(list, q.a.Person)
		}
		if f.Property == nil || q.a.counter == nil {
			return
		}
		for _, h := range f.Property.Holders {
			i := slices.IndexFunc(f.Persons, func(p rules.Person) bool { return p.IIN == h.Party.IIN() && p.Status == rules.Answered })
			if i < 0 || slices.Contains(list, f.Persons[i].IIN) {
				continue
			}
			p := f.Persons[i]
			age := q.today.YearsSince(p.BirthDate)
			if age < q.adultAge || under == everyAge && p.Capacity != nil {
				list = append(list, p.IIN)
			}
		}
	})
	return list
}

// needsKin says whether kinship with the owners decides anything: on the portal
// nobody else asks the records; at a counter they are asked about parents too.
func (q *inquiry) needsKin() bool {
	if q.a.counter == nil {
		return true
	}
	return q.has(func(f *rules.Facts) bool {
		leased := f.Property != nil && f.Property.Lease != nil && f.Property.Lease.ByLocalAuthorities
		return leased || f.Property != nil && strings.HasPrefix(q.a.Dwelling.KATO, q.normKATO)
	})
}

// powers asks the notaries about every power of attorney that somebody relies on.
func (q *inquiry) powers(ctx context.Context) {
	for _, p := range q.a.powers() {
		known := q.has(func(f *rules.Facts) bool {
			return slices.ContainsFunc(f.Attorneys, func(a rules.Attorney) bool { return isPower(a, p) && a.Status != rules.Silent })
		})
		if !known && !q.isMute(rules.FromNotaries) {
			q.power(ctx, p)
		}
	}
}

func isPower(a rules.Attorney, p mekenjai.Power) bool {
	return a.Principal == p.Principal && a.Attorney == p.Attorney && a.Number == state.PowerNumber(p.Number)
}

func (q *inquiry) power(ctx context.Context, p mekenjai.Power) {
	asked := q.r.now()
	x, ok := put(ctx, q, q.r.Peers.Power, state.PowerOf(p.Principal, p.Attorney, p.Number))
	a := rules.Attorney{Principal: p.Principal, Attorney: p.Attorney, Number: state.PowerNumber(p.Number),
		Reply: rules.Reply{Status: rules.Silent, AskedAt: asked}}
	if ok {
		a.Reply = reply(x, x.Found)
	}
	if ok && x.Found {
		a.Notarised, a.Issued, a.Until, a.CancelledAt = x.Value.Notarised, x.Value.Issued, x.Value.Until, x.Value.Cancelled
		for _, s := range x.Value.Scopes {
			a.Scope = append(a.Scope, scopeOf(s))
		}
	}
	q.learn(func(f *rules.Facts) {
		f.Attorneys = slices.DeleteFunc(f.Attorneys, func(b rules.Attorney) bool { return isPower(b, p) })
		f.Attorneys = append(f.Attorneys, a)
	})
}

func scopeOf(s state.PowerScope) rules.Scope {
	switch s {
	case state.PowerToRegister:
		return rules.ScopeApply
	case state.PowerToConsent:
		return rules.ScopeConsent
	}
	return rules.ScopeOther
}
