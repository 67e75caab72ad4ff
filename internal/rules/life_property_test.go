package rules

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mekenjai"
)

// anyLife draws events of every kind, each usable.
func anyLife(t *rapid.T) LifeFacts {
	two := title(berikParty, camilaParty)
	verdicts := []SignatureVerdict{Valid, Invalid, Indeterminate}
	answers := []mekenjai.Answer{mekenjai.Asked, mekenjai.Agreed, mekenjai.Declined, mekenjai.NotMine, mekenjai.Lapsed, mekenjai.Withdrawn, mekenjai.Void}
	draws := []func() LifeFacts{
		func() LifeFacts {
			to := day("2026-11-20").AddDays(rapid.IntRange(0, 40).Draw(t, "to"))
			return living(ClockStruck, func(f *LifeFacts) { f.Entry.To = to })
		},
		func() LifeFacts {
			f := living(OwnerRequest, two, asksRemoval(berikParty))
			f.Request.Signed.Verdict = rapid.SampledFrom(verdicts).Draw(t, "verdict")
			if rapid.Bool().Draw(t, "told") {
				told(rapid.IntRange(0, 20).Draw(t, "days"))(&f)
			}
			if rapid.Bool().Draw(t, "asked") {
				confirms(camilaParty, rapid.SampledFrom(answers).Draw(t, "answer"), rapid.IntRange(1, 15).Draw(t, "ago"))(&f)
			}
			if rapid.Bool().Draw(t, "agrees") {
				s := eds(aisha)
				s.Verdict = rapid.SampledFrom(verdicts).Draw(t, "own verdict")
				f.Request.PersonSign = &s
			}
			return f
		},
		func() LifeFacts {
			return living(WindowRequest, two, asksRemoval(berikParty), told(15), atCounter(rapid.SampledFrom([]mekenjai.IIN{berik, camila}).Draw(t, "present")))
		},
		func() LifeFacts {
			return living(PersonRequest, asksRemoval(rapid.SampledFrom([]mekenjai.PartyID{mekenjai.PartyID(aisha), berikParty}).Draw(t, "by")))
		},
		func() LifeFacts {
			return living(DeathEvent, func(f *LifeFacts) { f.Death = &DeathRecord{Reply: answered(), Date: day("2026-11-01")} })
		},
		func() LifeFacts {
			return living(rapid.SampledFrom([]Event{CourtActEvent, FalseData}).Draw(t, "act"), court("2-77", "2026-11-01"),
				decided(erlan, rapid.SampledFrom([]mekenjai.IIN{"", erlan, daniyar}).Draw(t, "second")))
		},
		func() LifeFacts {
			return living(PermanentRegistration, func(f *LifeFacts) { f.Persons = []Person{citizen(aisha)} })
		},
		func() LifeFacts {
			return living(DepartureEvent, func(f *LifeFacts) {
				f.Departure = &Departure{Reply: answered(), Date: day("2026-11-01"), Permanent: rapid.Bool().Draw(t, "permanent")}
			})
		},
		func() LifeFacts {
			return living(TitleTransfer, two, func(f *LifeFacts) { f.Transfer = &Transfer{Before: []mekenjai.PartyID{berikParty}} })
		},
		func() LifeFacts {
			kind := rapid.SampledFrom([]OffenceKind{LivesUnregistered, RegistersStrangers, KeepsDeparted, LetsLiveUnregistered}).Draw(t, "kind")
			subject := Individual
			if kind != LivesUnregistered {
				subject = rapid.SampledFrom([]Subject{Individual, Small, Medium, Large}).Draw(t, "subject")
			}
			return living(OffenceEvent, offence(kind, subject, "2026-11-23", ""), func(f *LifeFacts) {
				f.Offence.Since = f.Offence.Since.AddDays(-rapid.IntRange(0, 400).Draw(t, "days"))
			})
		},
		func() LifeFacts {
			return living(GrievanceEvent, complains(rapid.Bool().Draw(t, "pays"), rapid.SliceOfDistinct(rapid.SampledFrom([]Evidence{LeaseContract, Witness}), rapid.ID[Evidence]).Draw(t, "evidence")...), two)
		},
		func() LifeFacts {
			return living(QueryEvent, two, func(f *LifeFacts) {
				f.Query = &Query{Role: AsOwner, By: rapid.SampledFrom([]mekenjai.PartyID{berikParty, mekenjai.PartyID(erlan)}).Draw(t, "asks"), ARC: arc}
			})
		},
	}
	return draws[rapid.IntRange(0, len(draws)-1).Draw(t, "event")]()
}

func judgedLife(t rapid.TB, f LifeFacts) LifeVerdict {
	p, err := ParametersAt(mekenjai.DateOf(f.At))
	if err != nil {
		t.Fatal(err)
	}
	v, err := EvaluateLife(f, p)
	if err != nil {
		t.Fatalf("%v: %+v", err, f)
	}
	return v
}

func TestSilenceNeverEndsAnEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyLife(t)
		before := judgedLife(t, f)
		less := f
		less.Persons, less.Property, less.Death, less.Departure, less.Penalties = nil, nil, nil, nil, nil
		after := judgedLife(t, less)
		if after.Ends != "" && before.Ends == "" || after.Fine != nil && before.Fine == nil {
			t.Fatalf("%s became %s", before.Code, after.Code)
		}
		if after.Outcome == Refuse && before.Outcome != Refuse {
			t.Fatalf("%s became the refusal %s", before.Code, after.Code)
		}
	})
}

func TestEveryLifeVerdictIsConsistent(t *testing.T) {
	texts := catalogue(t, "kk")
	rapid.Check(t, func(t *rapid.T) {
		f := anyLife(t)
		v := judgedLife(t, f)
		if len(v.Findings) == 0 || v.Lead().Outcome != v.Outcome {
			t.Fatalf("%s is led by %v", v.Outcome, v.Findings)
		}
		if v.Ends != "" && (v.Outcome != OK || v.Code != string(v.Ends)) {
			t.Fatalf("%s %s ends the entry as %s", v.Outcome, v.Code, v.Ends)
		}
		if (v.Ends == mekenjai.EndAnnulled) != (v.Ends != "" && v.LastDay.IsZero()) {
			t.Fatalf("%s counts until %q", v.Ends, v.LastDay)
		}
		if v.Ends == mekenjai.EndByOwner && f.Request.PersonSign == nil && f.Request.ToldAt.IsZero() {
			t.Fatal("somebody was removed who was never told")
		}
		for _, x := range v.Findings {
			for _, m := range placeholder.FindAllStringSubmatch(texts[x.Key()], -1) {
				if _, ok := x.Args[m[1]]; !ok {
					t.Fatalf("%s has no argument {%s}", x.Key(), m[1])
				}
			}
		}
		if again := judgedLife(t, f); !cmp.Equal(v, again) {
			t.Fatal(cmp.Diff(v, again))
		}
		g := f
		if g.Property != nil {
			p := *g.Property
			p.Holders = slices.Clone(p.Holders)
			slices.Reverse(p.Holders)
			g.Property = &p
		}
		if turned := judgedLife(t, g); !cmp.Equal(v, turned) {
			t.Fatal(cmp.Diff(v, turned))
		}
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseLife(data)
		if err != nil || !IsLife(data) {
			t.Fatalf("%v: %s", err, data)
		}
		if read := judgedLife(t, back); !cmp.Equal(v, read) {
			t.Fatal(cmp.Diff(v, read))
		}
	})
}

func TestContradictoryLifeFactsAreNeverAVerdict(t *testing.T) {
	owner := func(more ...func(*LifeFacts)) LifeFacts {
		return living(OwnerRequest, append([]func(*LifeFacts){title(berikParty, camilaParty), asksRemoval(berikParty), told(3)}, more...)...)
	}
	for name, c := range map[string]struct {
		f          LifeFacts
		path, code string
	}{
		"no entry":                 {living(DeathEvent, func(f *LifeFacts) { f.Entry = nil }), "entry", MissingFact},
		"unknown event":            {living("earthquake", func(f *LifeFacts) {}), "event", UnknownCode},
		"request missing":          {living(OwnerRequest), "request", MissingFact},
		"request of another":       {living(DeathEvent, asksRemoval(berikParty)), "request", ContradictoryFact},
		"act missing":              {living(CourtActEvent), "act", MissingFact},
		"transfer missing":         {living(TitleTransfer), "transfer", MissingFact},
		"offence missing":          {living(OffenceEvent), "offence", MissingFact},
		"query missing":            {living(QueryEvent), "query", MissingFact},
		"ends before it begins":    {living(ClockStruck, func(f *LifeFacts) { f.Entry.To = day("2026-05-01") }), "entry.to", ContradictoryFact},
		"current tomorrow":         {living(ClockStruck, func(f *LifeFacts) { f.Entry.From = day("2026-12-01") }), "entry.state", ContradictoryFact},
		"ahead today":              {living(ClockStruck, func(f *LifeFacts) { f.Entry.State = mekenjai.EntryAhead }), "entry.state", ContradictoryFact},
		"reminded twice":           {living(ClockStruck, func(f *LifeFacts) { f.Entry.Reminded = []int{7, 7} }), "entry.reminded[1]", ContradictoryFact},
		"asked tomorrow":           {owner(func(f *LifeFacts) { f.Request.FiledAt = at.AddDate(0, 0, 1) }), "request.filed_at", ContradictoryFact},
		"told before asked":        {owner(told(40)), "request.person_told_at", ContradictoryFact},
		"objects untold":           {owner(func(f *LifeFacts) { f.Request.ObjectedAt = ago(1e15) }), "request.objected_at", ContradictoryFact},
		"window on the portal":     {owner(atCounter(berik)), "request.office", ContradictoryFact},
		"nobody at the window":     {living(WindowRequest, title(berikParty), asksRemoval(berikParty)), "request.office", MissingFact},
		"by hand at home":          {owner(func(f *LifeFacts) { f.Request.Signed.Method = ByWriting }), "request.signature.method", ContradictoryFact},
		"confirms himself":         {owner(confirms(berikParty, mekenjai.Asked, 1)), "request.confirmations[0].party", ContradictoryFact},
		"confirms twice":           {owner(confirms(camilaParty, mekenjai.Asked, 1), confirms(camilaParty, mekenjai.Asked, 1)), "request.confirmations[1].party", ContradictoryFact},
		"agreed without a time":    {owner(confirms(camilaParty, mekenjai.Agreed, 1), func(f *LifeFacts) { f.Request.Confirms[0].AnsweredAt = f.Entry.From.Start().AddDate(-1, 0, 0) }), "request.confirmations[0].answered_at", ContradictoryFact},
		"firm lives unregistered":  {living(OffenceEvent, offence(LivesUnregistered, Large, "2026-01-01", "")), "offence.subject", ContradictoryFact},
		"offence tomorrow":         {living(OffenceEvent, offence(KeepsDeparted, Large, "2026-12-01", "")), "offence.since", ContradictoryFact},
		"complains of himself":     {living(GrievanceEvent, complains(true), func(f *LifeFacts) { f.Grievance.Against = mekenjai.PartyID(aisha) }), "grievance.against", ContradictoryFact},
		"asks about nothing":       {living(QueryEvent, func(f *LifeFacts) { f.Query = &Query{Role: AsOwner, By: berikParty} }), "query.person", ContradictoryFact},
		"staff without KATO":       {living(QueryEvent, func(f *LifeFacts) { f.Query = &Query{Role: AsOfficer, By: berikParty, ARC: arc} }), "query.kato", MissingFact},
		"a silent register speaks": {living(DeathEvent, func(f *LifeFacts) { f.Death = &DeathRecord{Reply: silent(), Date: day("2026-01-01")} }), "death_record.date", ContradictoryFact},
		"dead tomorrow":            {living(DeathEvent, func(f *LifeFacts) { f.Death = &DeathRecord{Reply: answered(), Date: day("2027-01-01")} }), "death_record.date", ContradictoryFact},
		"second does not sign":     {living(CourtActEvent, court("1", "2026-01-01"), decided(erlan, daniyar), func(f *LifeFacts) { f.Decision.SecondSign = nil }), "decision.second_signature", ContradictoryFact},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, c.f.Check(), c.path, c.code)
			if v, err := EvaluateLife(c.f, parameters(t)); err == nil {
				t.Errorf("got the verdict %s", v.Outcome)
			}
		})
	}
}

func FuzzParseLife(f *testing.F) {
	for _, seed := range []LifeFacts{
		living(OwnerRequest, title(berikParty, camilaParty), asksRemoval(berikParty), told(3), confirms(camilaParty, mekenjai.Agreed, 2)),
		living(OffenceEvent, offence(KeepsDeparted, Small, "2026-11-01", "2026-01-01")),
		living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, daniyar)),
		living(GrievanceEvent, complains(true, Witness), title(berikParty)),
	} {
		data, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, s string) {
		facts, err := ParseLife([]byte(s))
		if err != nil {
			var list FactErrors
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("%T without reason", err)
			}
			return
		}
		p, err := ParametersAt(mekenjai.DateOf(facts.At))
		if err != nil {
			return
		}
		if v, err := EvaluateLife(facts, p); err != nil || len(v.Findings) == 0 {
			t.Fatalf("parsed facts have no verdict: %v", err)
		}
	})
}
