package entries

import (
	"fmt"

	"mekenjai"
	"mekenjai/internal/state"
)

// objection is why a deed is refused, nil when it is taken.
func (r *Register) objection(d state.Deed) *refusal {
	if d.ID == "" || d.Entry.Number == "" || d.At.IsZero() {
		return refuse(CodeMalformed, "a deed has a messageId, the number of its entry and a time")
	}
	switch d.Kind {
	case state.DeedEnter:
		return r.objectionToEnter(d)
	case state.DeedEnd, state.DeedAnnul:
		return r.objectionToEnd(d)
	case state.DeedCorrect:
		return r.objectionToCorrect(d)
	}
	return refuse(CodeMalformed, "no deed is called %q", d.Kind)
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

func (r *Register) objectionToEnter(d state.Deed) *refusal {
	e, today := d.Entry, mekenjai.DateOf(r.clock())
	if e.Period.From.IsZero() || e.Period.To.Before(e.Period.From) || e.Period.To.Before(today) {
		return refuse(CodePeriod, "the period %s–%s is over or upside down", e.Period.From, e.Period.To)
	}
	if _, taken := r.entries[e.Number]; taken {
		return refuse(CodeNumberTaken, "the number %s is taken", e.Number)
	}
	if refused := r.objectionToPlace(e); refused != nil {
		return refused
	}
	p, known := r.known.Person(e.Person)
	switch {
	case !known || !p.IsKnown():
		return refuse(CodeUnknownPerson, "nobody has this number")
	case p.IsDead():
		return refuse(CodeDead, "the person is dead")
	}
	if former := r.entries[d.Replaces]; former != nil && former.Person != e.Person {
		return refuse(CodeOtherEntry, "entry %s, whose place is to be taken, is another person's", d.Replaces)
	}
	if d.Extends != "" {
		if refused := r.objectionToExtend(d); refused != nil {
			return refused
		}
	}
	for _, n := range r.by[e.Person] {
		k := r.entries[n]
		// What is extended ends on its last day.
		if !r.makesPlace(d, k) && n != d.Extends && k.EndedAt.IsZero() && !k.Period.To.Before(today) {
			return refuse(CodeCurrent, "entry %s at %s stands until %s", n, k.Dwelling.ARC, k.Period.To)
		}
	}
	return nil
}

// makesPlace says whether an entry stands in nobody's way: the former one, which the
// deed names and ends, and what extends it, whose end comes by a deed of its own.
func (r *Register) makesPlace(d state.Deed, k *state.Kept) bool {
	former := r.entries[d.Replaces]
	return former != nil && (k == former || k.Dwelling.ARC == former.Dwelling.ARC && k.Period.From.After(former.Period.To))
}

func (r *Register) objectionToPlace(e state.Entry) *refusal {
	if e.Name.IsZero() {
		return refuse(CodeMalformed, "an entry has a name")
	}
	a, known := r.known.Address(e.Dwelling.ARC)
	if !known || !a.Actual {
		return refuse(CodeUnknownDwelling, "the address register has no dwelling %s in use", e.Dwelling.ARC)
	}
	return nil
}

func (r *Register) objectionToExtend(d state.Deed) *refusal {
	k := r.entries[d.Extends]
	switch {
	case k == nil:
		return refuse(CodeUnknownEntry, "there is no entry %s to extend", d.Extends)
	case k.Person != d.Entry.Person || k.Dwelling.ARC != d.Entry.Dwelling.ARC:
		return refuse(CodeOtherEntry, "entry %s is another person's, or at another code", d.Extends)
	case !k.EndedAt.IsZero():
		return refuse(CodeEnded, "entry %s has ended", d.Extends)
	case d.Entry.Period.From != k.Period.To.AddDays(1):
		return refuse(CodePeriod, "entry %s ends on %s, and the next begins the day after", d.Extends, k.Period.To)
	}
	return nil
}

func (r *Register) objectionToEnd(d state.Deed) *refusal {
	k := r.entries[d.Entry.Number]
	switch {
	case k == nil:
		return refuse(CodeUnknownEntry, "there is no entry %s", d.Entry.Number)
	case k.Person != d.Entry.Person || k.Dwelling.ARC != d.Entry.Dwelling.ARC:
		return refuse(CodeOtherEntry, "entry %s is another person's, or at another code", d.Entry.Number)
	case d.Reason == "":
		return refuse(CodeMalformed, "an end has a reason")
	case k.Reason == mekenjai.EndAnnulled, d.Kind == state.DeedEnd && !k.EndedAt.IsZero():
		return refuse(CodeEnded, "entry %s has ended: %s", d.Entry.Number, k.Reason)
	}
	return nil
}

func (r *Register) objectionToCorrect(d state.Deed) *refusal {
	k := r.entries[d.Entry.Number]
	switch {
	case k == nil:
		return refuse(CodeUnknownEntry, "there is no entry %s", d.Entry.Number)
	case k.Person != d.Entry.Person:
		return refuse(CodeOtherEntry, "entry %s is another person's", d.Entry.Number)
	case k.Reason == mekenjai.EndAnnulled:
		return refuse(CodeEnded, "entry %s was annulled", d.Entry.Number)
	}
	return r.objectionToPlace(d.Entry)
}

// take lets a deed do what it does. It reads no clock and asks nobody: the journal is
// read by it again.
func (r *Register) take(o outcome) {
	r.outcomes[o.deed.ID] = o
	if o.rejected != nil {
		return
	}
	d := o.deed
	switch d.Kind {
	case state.DeedEnter:
		if former := r.entries[d.Replaces]; former != nil && former.EndedAt.IsZero() {
			former.EndedAt, former.Reason = o.at, mekenjai.EndMoved
		}
		k := &state.Kept{Entry: d.Entry, FixedAt: o.at}
		k.Period = d.Entry.FixedOn(mekenjai.DateOf(o.at))
		r.entries[k.Number] = k
		r.by[k.Person] = append(r.by[k.Person], k.Number)
	case state.DeedEnd:
		k := r.entries[d.Entry.Number]
		k.EndedAt, k.Reason = d.At.UTC(), d.Reason
	case state.DeedAnnul:
		k := r.entries[d.Entry.Number]
		k.EndedAt, k.Reason = o.at, mekenjai.EndAnnulled
	case state.DeedCorrect:
		k := r.entries[d.Entry.Number]
		k.Entry = d.Entry
		k.Period = d.Entry.FixedOn(mekenjai.DateOf(k.FixedAt))
	}
}
