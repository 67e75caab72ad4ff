package rules

import (
	"testing"

	"mekenjai"
)

func TestR11RefusesTheOwnResidence(t *testing.T) {
	f := good(func(f *Facts) { f.Persons[0].PermanentAddress.ARC = arc })
	finds(t, evaluate(t, f), Refuse, "R11 IS_RESIDENCE")
	f.Persons[0].PermanentAddress.End = day("2026-11-22")
	lacks(t, evaluate(t, f), "R11")
}

func TestR12AsksForAPermanentRegistrationFirst(t *testing.T) {
	gone := func(f *Facts) { f.Persons[0].PermanentAddress = nil }
	finds(t, evaluate(t, good(gone)), Route, "R12 PERMANENT_FIRST")
	ended := func(f *Facts) { f.Persons[0].PermanentAddress.Status = AddressDeregistered }
	finds(t, evaluate(t, good(ended)), Route, "R12 PERMANENT_FIRST")
	lacks(t, evaluate(t, good(gone), func(p *Parameters) { p.RequirePermanent = false }), "R12")
}

func entry(a mekenjai.ARC, from, to string) func(*Facts) {
	return func(f *Facts) {
		f.Register.CurrentEntry = &Entry{ARC: a, From: day(from), To: day(to)}
		if a == arc {
			f.Register.TemporaryHere++
		}
	}
}

func TestR13TreatsAnEntryAtTheSameAddressAsExtension(t *testing.T) {
	v := evaluate(t, good(entry(arc, "2026-06-10", "2026-12-10"), berikAgrees))
	finds(t, v, OK, "R13 EXTENSION")
	if !v.Extends || v.Closes != "" || v.Period.From != day("2026-12-11") || v.Period.To != day("2027-06-11") {
		t.Errorf("extends %v, closes %q, period %v", v.Extends, v.Closes, v.Period)
	}
	over := evaluate(t, good(entry(arc, "2026-05-10", "2026-11-22")))
	lacks(t, over, "R13")
	if over.Extends {
		t.Error("extends an entry that has run out")
	}
}

func TestR13NotesAnEntryThatOnlyTheRegisterOfPersonsKnows(t *testing.T) {
	f := good(func(f *Facts) {
		f.Persons[0].TemporaryAddresses = []StayAddress{{ARC: arc, Begin: day("2026-09-01"), End: day("2027-02-01")}}
	})
	finds(t, evaluate(t, f), Ask, "R13 ENTRY_NOT_OURS")
}

func TestR14ClosesTheEntryElsewhereAsMoved(t *testing.T) {
	v := evaluate(t, good(entry(old, "2026-06-10", "2026-12-10"), berikAgrees))
	finds(t, v, OK, "R14 MOVED")
	if v.Closes != old || v.Extends || v.Period.From != day("2026-11-23") {
		t.Errorf("closes %q, extends %v, period %v", v.Closes, v.Extends, v.Period)
	}
	elsewhere := good(func(f *Facts) {
		f.Persons[0].TemporaryAddresses = []StayAddress{{ARC: old, Begin: day("2026-09-01")}}
	})
	finds(t, evaluate(t, elsewhere), Ask, "R14 MOVED_ELSEWHERE")
}

func TestR15RefusesASecondApplicationInProgress(t *testing.T) {
	f := good(func(f *Facts) { f.Register.OtherApplication = "A1B2-C3D4" })
	if x := finds(t, evaluate(t, f), Refuse, "R15 DUPLICATE"); x.Args["number"] != "A1B2-C3D4" {
		t.Errorf("args %v", x.Args)
	}
}

func TestR16AsksAReturneeForTheMarkOrOneOfThreePapers(t *testing.T) {
	back := func(p *Paper, mark bool) func(*Facts) {
		return func(f *Facts) { f.Application.Returnee = &Returnee{Country: "156", ConsularMark: mark, Paper: p} }
	}
	window := atWindow(aisha, berik)
	finds(t, evaluate(t, good(back(nil, false))), Route, "R16 RETURNEE_OFFICE")
	finds(t, evaluate(t, good(back(nil, false), window)), Refuse, "R16 NO_CONSULAR_DEREG")
	lacks(t, evaluate(t, good(back(nil, true))), "R16")
	for _, kind := range []PaperKind{MissionCertificate, ForeignDeregistration, StatelessnessExtract} {
		lacks(t, evaluate(t, good(back(&Paper{Kind: kind, Checked: true, StatesCitizenship: true}, false), window)), "R16")
	}
	for _, p := range []Paper{
		{Kind: MissionCertificate, Checked: true},
		{Kind: ForeignDeregistration},
		{Kind: CourtAct, Checked: true},
	} {
		finds(t, evaluate(t, good(back(&p, false), window)), Refuse, "R16 NO_CONSULAR_DEREG")
	}
}

func TestR17WarnsOfLatenessAndNeverRefuses(t *testing.T) {
	arrived := func(d string) Facts {
		return good(byOwner, func(f *Facts) { f.Application.Arrival = day(d) })
	}
	lacks(t, evaluate(t, arrived("2026-11-13")), "R17") // ten days
	finds(t, evaluate(t, arrived("2026-11-12")), OK, "R17 LATE_492_1")
	finds(t, evaluate(t, arrived("2026-10-23")), OK, "R17 LATE_492_1") // a month to the day
	finds(t, evaluate(t, arrived("2026-10-22")), OK, "R17 LATE_492_2")
	f := good(foreigner(true), atWindow(aisha, berik), func(f *Facts) { f.Application.Arrival = day("2026-11-12") })
	finds(t, evaluate(t, f), Ask, "R17 LATE_492_4")
}

func TestR18RefusesWhatIsNoWholeNumberOfMonthsFrom1To12(t *testing.T) {
	for _, m := range []Months{"0", "13", "1.5", "-1", "06", "six", "+6", "1e1", "99999999999999999999"} {
		v := evaluate(t, good(func(f *Facts) { f.Application.Months = m }))
		finds(t, v, Refuse, "R18 PERIOD")
		if v.Period != nil {
			t.Errorf("%s has the period %v", m, v.Period)
		}
	}
	for _, m := range []Months{"1", "12"} {
		lacks(t, evaluate(t, good(func(f *Facts) { f.Application.Months = m })), "R18")
	}
}

func TestR19TellsThatAMonthNeedsNoRegistration(t *testing.T) {
	set := func(m Months) Facts { return good(byOwner, func(f *Facts) { f.Application.Months = m }) }
	finds(t, evaluate(t, set("1")), OK, "R19 NOT_OBLIGED")
	lacks(t, evaluate(t, set("2")), "R19")
}

func TestR20BeginsOnTheDayOfEntryAndClipsToTheMonth(t *testing.T) {
	v := evaluate(t, good(byOwner))
	finds(t, v, OK, "R20 PERIOD")
	if want := (mekenjai.Period{From: day("2026-11-23"), To: day("2027-05-23")}); *v.Period != want {
		t.Errorf("%v, want %v", *v.Period, want)
	}
	clipped := evaluate(t, good(byOwner, filedAt("2026-08-31T23:30:00+05:00")))
	if clipped.Period.To != day("2027-02-28") {
		t.Errorf("ends on %s", clipped.Period.To)
	}
	// 20:00 in London is already the next day in Almaty.
	late := evaluate(t, good(byOwner, filedAt("2026-11-23T20:00:00Z")))
	if late.Period.From != day("2026-11-24") {
		t.Errorf("begins on %s", late.Period.From)
	}
	exclusive := evaluate(t, good(byOwner), func(p *Parameters) { p.InclusiveEnd = false })
	if exclusive.Period.To != day("2027-05-22") {
		t.Errorf("ends on %s", exclusive.Period.To)
	}
}

func TestR21WarnsWhenTheTenancyEndsSooner(t *testing.T) {
	ends := func(d string) Facts {
		return good(leased, func(f *Facts) { f.Property.Lease.Until = day(d) })
	}
	finds(t, evaluate(t, ends("2027-05-22")), Ask, "R21 RIGHT_ENDS_SOONER")
	lacks(t, evaluate(t, ends("2027-05-23")), "R21")
	v := evaluate(t, ends("2027-05-22"), func(p *Parameters) { p.LeaseEnd = ReadCap })
	finds(t, v, Ask, "R21 PERIOD_CAPPED")
	if v.Period.To != day("2027-05-22") {
		t.Errorf("ends on %s", v.Period.To)
	}
}

func TestR22ExtendsOnlyInTheWindowBeforeTheEnd(t *testing.T) {
	finds(t, evaluate(t, good(entry(arc, "2026-06-24", "2026-12-24"))), Refuse, "R22 EXTENSION_EARLY")
	finds(t, evaluate(t, good(entry(arc, "2026-06-23", "2026-12-23"))), Ask, "R22 EXTENSION_ALLOWED")
	finds(t, evaluate(t, good(entry(arc, "2026-05-23", "2026-11-23"))), Ask, "R22 EXTENSION_ALLOWED") // the last day
}

func TestR22ExtendsToAYearInAll(t *testing.T) {
	try := func(months Months, since string) Verdict {
		return evaluate(t, good(entry(arc, "2026-06-10", "2026-12-10"), func(f *Facts) {
			f.Application.Months = months
			if since != "" {
				f.Register.CurrentEntry.Since = day(since)
			}
		}))
	}
	finds(t, try("6", ""), Ask, "R22 EXTENSION_ALLOWED")
	finds(t, try("7", ""), Refuse, "R22 EXTENSION_TOTAL")
	finds(t, try("3", "2026-03-09"), Ask, "R22 EXTENSION_ALLOWED") // three months before, with its day over
	finds(t, try("4", "2026-03-09"), Refuse, "R22 EXTENSION_TOTAL")
}
