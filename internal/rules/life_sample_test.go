package rules

import (
	"fmt"
	"testing"
	"time"

	"mekenjai"
)

// living is a current entry of Aisha at Berik's to which the event happens.
func living(event Event, change ...func(*LifeFacts)) LifeFacts {
	f := LifeFacts{At: at, Event: event}
	if event.isOfEntry() {
		f.Entry = &LifeEntry{Number: "AAAA-BBBB", Person: aisha, ARC: arc, From: day("2026-06-01"), To: day("2026-12-23"), State: mekenjai.EntryCurrent}
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func title(owners ...mekenjai.PartyID) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Property = &Property{Reply: answered(), TitleRegistered: len(owners) > 0, Purpose: Apartment}
		for _, p := range owners {
			f.Property.Holders = append(f.Property.Holders, Holder{Party: p})
		}
	}
}

// asksRemoval is a request that an owner signed twenty days ago.
func asksRemoval(by mekenjai.PartyID) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Request = &Request{By: by, FiledAt: ago(20 * 24 * time.Hour), Signed: eds(by.IIN())}
	}
}

func told(days int) func(*LifeFacts) {
	return func(f *LifeFacts) { f.Request.ToldAt = ago(time.Duration(days) * 24 * time.Hour) }
}

func confirms(party mekenjai.PartyID, answer mekenjai.Answer, daysAgo int) func(*LifeFacts) {
	return func(f *LifeFacts) {
		k := Confirmation{Party: party, Answer: answer, AskedAt: ago(time.Duration(daysAgo) * 24 * time.Hour)}
		if answer == mekenjai.Agreed || answer == mekenjai.Declined {
			s := eds(party.IIN())
			k.AnsweredAt, k.Signature = k.AskedAt.Add(time.Hour), &s
		}
		f.Request.Confirms = append(f.Request.Confirms, k)
	}
}

// atCounter is Berik at the window, writing by hand.
func atCounter(present ...mekenjai.IIN) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Request.Office = &Office{}
		f.Request.Signed.Method = ByWriting
		for _, n := range present {
			f.Request.Office.Present = append(f.Request.Office.Present, Presence{n, true})
		}
	}
}

func decided(officer, second mekenjai.IIN) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Decision = &Decision{Officer: officer, Signed: eds(officer)}
		if second != "" {
			s := eds(second)
			f.Decision.Second, f.Decision.SecondSign = second, &s
		}
	}
}

func court(number, from string) func(*LifeFacts) {
	return func(f *LifeFacts) { f.Act = &Act{Kind: CourtDecision, Number: number, InForce: day(from)} }
}

func offence(kind OffenceKind, subject Subject, since string, last string) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Offence = &Offence{Kind: kind, Subject: subject, Since: day(since)}
		f.Penalties = &Penalties{Reply: notFound()}
		if last != "" {
			f.Penalties = &Penalties{Reply: answered(), Last: day(last)}
		}
	}
}

func complains(pays bool, evidence ...Evidence) func(*LifeFacts) {
	return func(f *LifeFacts) {
		f.Grievance = &Grievance{By: aisha, ARC: arc, Against: berikParty, Since: day("2026-09-01"), Pays: pays, Evidence: evidence}
	}
}

// lived judges, and remembers which answers were met, as evaluate does.
func lived(t testing.TB, f LifeFacts) LifeVerdict {
	t.Helper()
	p, err := ParametersAt(mekenjai.DateOf(f.At))
	if err != nil {
		t.Fatal(err)
	}
	v, err := EvaluateLife(f, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range v.Findings {
		seen[x.Rule+" "+string(x.Outcome)+" "+x.Code] = true
	}
	return v
}

// becomes holds that the verdict is led by this finding, and how the entry ends.
func becomes(t testing.TB, v LifeVerdict, lead string, ends mekenjai.EndReason) {
	t.Helper()
	if got := fmt.Sprint(v.Outcome, " ", v.Rule, " ", v.Code); got != lead || v.Ends != ends {
		t.Errorf("%s, ends %q; want %s, ends %q (%v)", got, v.Ends, lead, ends, v.Findings)
	}
}
