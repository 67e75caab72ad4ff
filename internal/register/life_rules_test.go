package register_test

import (
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/rules"
)

// biography is one entry that is lived twice: by the verbs, and as facts that rows
// R59–R61 and R67 of the table judge anew each day.
type biography struct {
	who   string
	facts rules.LifeFacts
	deeds map[int]func(*biography) // by the day since the beginning
	over  bool
}

// The verbs of an entry's life use parameters and calendar of the decision table and
// do not ask its evaluation; so they are held to it here, day by day: an entry ends on
// the day and for the reason that the rules give, and not before, and a request stands
// as the rules say.
func TestVerbsAndRulesTellOneLife(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lives := []*biography{
			w.life("timur", "shymkent", 7, 6, map[int]func(*biography){0: w.ownerAsks("bolat")}),
			w.life("asel", "shymkent", 7, 6, map[int]func(*biography){0: w.ownerAsks("bolat"), 4: w.objects}),
			w.life("irina", "shymkent", 7, 6, map[int]func(*biography){2: w.endsOwn}),
			w.life("pavel", "kostanay", 0, 6, map[int]func(*biography){1: w.ownerAsks("erlan"), 3: w.confirms("zhanar")}), // meiram is silent
			w.life("miras", "kostanay", 0, 6, map[int]func(*biography){0: w.ownerAsks("erlan"), 2: w.confirms("zhanar"), 10: w.confirms("meiram")}),
			w.life("ruslan", "kostanay", 0, 6, map[int]func(*biography){0: w.ownerAsks("zhanar"), 5: w.declines("meiram")}),
			w.life("madina", "kostanay", 0, 1, nil), // ends by itself
		}
		const days = 34
		for n := 0; n < days; n++ {
			if n == 17 { // all requests are over; what follows is the end of a month
				w.clock.Advance(11 * day)
				n += 11
			}
			for _, b := range lives {
				if deed := b.deeds[n]; deed != nil {
					deed(b)
				}
			}
			w.sweep()
			for _, b := range lives {
				w.compare(n, b)
			}
			w.clock.Advance(day)
		}
		for _, b := range lives {
			if ended := b.who != "asel" && b.who != "pavel" && b.who != "ruslan"; b.over != ended {
				t.Errorf("%s: ended %t after %d days, want %t", b.who, b.over, days, ended)
			}
		}
	})
}

// ownersOf are those of the dwellings in which the entries of the test are.
var ownersOf = map[string][]string{"shymkent": {"bolat"}, "kostanay": {"erlan", "zhanar", "meiram"}}

// life begins an entry with the facts that the registers know of it.
func (w *world) life(who, house string, room int, months mekenjai.Months, deeds map[int]func(*biography)) *biography {
	w.t.Helper()
	w.stay(who, house, room, months)
	e := w.entry(who)
	property := rules.Property{Reply: rules.Reply{Status: rules.Answered, AskedAt: w.clock.Now(), AnsweredAt: w.clock.Now()},
		ARC: e.Dwelling.ARC, TitleRegistered: true, Purpose: rules.Apartment}
	for _, owner := range ownersOf[house] {
		property.Holders = append(property.Holders, rules.Holder{Party: w.land.Party(owner)})
	}
	return &biography{who: who, deeds: deeds, facts: rules.LifeFacts{Event: rules.ClockStruck, Property: &property,
		Entry: &rules.LifeEntry{Number: e.Number, Person: e.Person, ARC: e.Dwelling.ARC, From: e.Period.From, To: e.Period.To, State: e.State}}}
}

// compare holds the entry and its request to the verdict of this moment.
func (w *world) compare(n int, b *biography) {
	w.t.Helper()
	if b.over {
		return
	}
	b.facts.At = w.clock.Now()
	p, err := rules.ParametersAt(mekenjai.DateOf(b.facts.At))
	if err != nil {
		w.t.Fatal(err)
	}
	verdict, err := rules.EvaluateLife(b.facts, p)
	if err != nil {
		w.t.Fatalf("day %d of %s: %v", n, b.who, err)
	}
	e := w.entry(b.who)
	want := mekenjai.EntryCurrent
	if verdict.Ends != "" {
		want, b.over = mekenjai.EntryEnded, true
	}
	if e.State != want || e.EndReason != verdict.Ends {
		w.t.Errorf("day %d of %s: the entry is %s %q, and the rules say %s %s %q", n, b.who, e.State, e.EndReason, verdict.Outcome, verdict.Code, verdict.Ends)
	}
	if b.facts.Event != rules.OwnerRequest {
		return
	}
	states := map[string]mekenjai.EndingState{"CO_OWNERS": mekenjai.EndingRunning, "MAY_OBJECT": mekenjai.EndingRunning, "TELL_PERSON": mekenjai.EndingRunning,
		"OBJECTED": mekenjai.EndingObjected, "CO_OWNER_REFUSED": mekenjai.EndingRefused, "NOT_CONFIRMED": mekenjai.EndingLapsed,
		string(mekenjai.EndByOwner): mekenjai.EndingDone}
	if got := w.page(b.who, b.facts.Entry.Number).Request.State; got != states[verdict.Code] {
		w.t.Errorf("day %d of %s: the request is %s, and the rules say %s %s", n, b.who, got, verdict.Outcome, verdict.Code)
	}
}

func (w *world) ownerAsks(owner string) func(*biography) {
	return func(b *biography) {
		w.askEnd(owner, b.facts.Entry.Number)
		by := w.land.Party(owner)
		request := &rules.Request{By: by, FiledAt: w.clock.Now(), ToldAt: w.clock.Now(), Signed: *signedBy(by)}
		for _, h := range b.facts.Property.Holders {
			if h.Party != by {
				request.Confirms = append(request.Confirms, rules.Confirmation{Party: h.Party, Answer: mekenjai.Asked, AskedAt: w.clock.Now()})
			}
		}
		b.facts.Event, b.facts.Request = rules.OwnerRequest, request
	}
}

func signedBy(party mekenjai.PartyID) *rules.Signature {
	return &rules.Signature{Method: rules.ByEDS, Signer: party.IIN(), Verdict: rules.Valid, TextMatches: true}
}

func (w *world) confirms(owner string) func(*biography) {
	return func(b *biography) {
		w.t.Helper()
		if err := w.confirm(owner, b.facts.Entry.Number); err != nil {
			w.t.Fatal(err)
		}
		b.answered(w.land.Party(owner), mekenjai.Agreed, w.clock.Now())
	}
}

func (w *world) declines(owner string) func(*biography) {
	return func(b *biography) {
		w.t.Helper()
		if err := w.register.DeclineEnd(w.t.Context(), w.as(owner), b.facts.Entry.Number, "Ол менің қонағым"); err != nil {
			w.t.Fatal(err)
		}
		b.answered(w.land.Party(owner), mekenjai.Declined, w.clock.Now())
	}
}

func (b *biography) answered(party mekenjai.PartyID, answer mekenjai.Answer, at time.Time) {
	for i := range b.facts.Request.Confirms {
		if k := &b.facts.Request.Confirms[i]; k.Party == party {
			k.Answer, k.AnsweredAt, k.Signature = answer, at, signedBy(party)
		}
	}
}

func (w *world) objects(b *biography) {
	w.t.Helper()
	if err := w.register.Object(w.t.Context(), w.as(b.who), b.facts.Entry.Number, "Мен осында тұрамын"); err != nil {
		w.t.Fatal(err)
	}
	b.facts.Request.ObjectedAt = w.clock.Now()
}

func (w *world) endsOwn(b *biography) {
	w.t.Helper()
	actor := w.as(b.who)
	text, err := w.register.PrepareOwnEnd(w.t.Context(), actor, b.facts.Entry.Number)
	if err := w.register.EndOwn(w.t.Context(), actor, text.ID, w.by(actor, text, err)); err != nil {
		w.t.Fatal(err)
	}
	b.facts.Event, b.facts.Request = rules.PersonRequest, &rules.Request{By: mekenjai.PartyID(b.facts.Entry.Person), FiledAt: w.clock.Now(),
		Signed: *signedBy(mekenjai.PartyID(b.facts.Entry.Person))}
}
