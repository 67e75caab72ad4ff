package rules

import (
	"slices"
	"testing"

	"mekenjai"
)

func TestR59EntryExpiresAfterItsLastDay(t *testing.T) {
	ending := func(to string) LifeFacts {
		return living(ClockStruck, func(f *LifeFacts) { f.Entry.To = day(to) })
	}
	v := lived(t, ending("2026-11-22"))
	becomes(t, v, "OK R59 EXPIRED", mekenjai.EndExpired)
	if v.LastDay != day("2026-11-22") {
		t.Errorf("counts until %s", v.LastDay)
	}
	becomes(t, lived(t, ending("2027-01-23")), "OK R59 NOTHING_DUE", "")
	over := living(ClockStruck, func(f *LifeFacts) { f.Entry.State, f.Entry.To = mekenjai.EntryEnded, day("2026-10-01") })
	becomes(t, lived(t, over), "OK R59 NOTHING_DUE", "")
}

func TestR59RemindsAtThirtySevenAndOneDay(t *testing.T) {
	for _, c := range []struct {
		to   string
		sent []int
		want int
	}{
		{"2026-12-24", nil, 0}, {"2026-12-23", nil, 30}, {"2026-12-22", []int{30}, 0}, {"2026-12-22", nil, 30},
		{"2026-11-30", []int{30}, 7}, {"2026-11-30", []int{30, 7}, 0}, {"2026-11-24", []int{30, 7}, 1},
		{"2026-11-24", []int{30}, 1}, {"2026-11-23", []int{30, 7, 1}, 0}, {"2026-11-23", []int{30, 7}, 1},
	} {
		v := lived(t, living(ClockStruck, func(f *LifeFacts) { f.Entry.To, f.Entry.Reminded = day(c.to), c.sent }))
		if v.Remind != c.want || v.Ends != "" || (v.Code == "REMINDER") != (c.want > 0) {
			t.Errorf("ends %s, sent %v: reminds %d (%s)", c.to, c.sent, v.Remind, v.Code)
		}
	}
}

func TestR60OwnerRemovesAfterThePersonCouldObject(t *testing.T) {
	own := title(berikParty)
	v := lived(t, living(OwnerRequest, own, asksRemoval(berikParty), told(0)))
	becomes(t, v, "ASK R60 MAY_OBJECT", "")
	if v.Until != day("2026-12-02") { // seven working days after Monday 23 November
		t.Errorf("may object until %s", v.Until)
	}
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), told(12))), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty))), "ASK R60 TELL_PERSON", "")
	objects := func(f *LifeFacts) { f.Request.ObjectedAt = ago(0) }
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), told(3), objects)), "MANUAL R60 OBJECTED", "")
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), told(19), objects)), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
}

func TestR60OwnSignatureOrCourtActMakesItImmediate(t *testing.T) {
	agrees := func(f *LifeFacts) { s := eds(aisha); f.Request.PersonSign = &s }
	own := title(berikParty)
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), agrees)), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), court("2-77", "2026-10-01"))), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), court("2-77", "2026-12-01"))), "ASK R60 TELL_PERSON", "")
	another := func(f *LifeFacts) { s := eds(camila); f.Request.PersonSign = &s }
	becomes(t, lived(t, living(OwnerRequest, own, asksRemoval(berikParty), another)), "ASK R60 TELL_PERSON", "")
}

func TestR60EveryCoOwnerConfirms(t *testing.T) {
	two := func(more ...func(*LifeFacts)) LifeFacts {
		return living(OwnerRequest, append([]func(*LifeFacts){title(berikParty, camilaParty), asksRemoval(berikParty), told(15)}, more...)...)
	}
	v := lived(t, two())
	becomes(t, v, "ASK R60 CO_OWNERS", "")
	if !slices.Equal(v.Ask, []mekenjai.PartyID{camilaParty}) {
		t.Errorf("asks %v", v.Ask)
	}
	v = lived(t, two(confirms(camilaParty, mekenjai.Asked, 2)))
	becomes(t, v, "ASK R60 CO_OWNERS", "")
	if !slices.Equal(v.Awaiting, []mekenjai.PartyID{camilaParty}) || v.Until != day("2026-12-01") {
		t.Errorf("awaits %v until %s", v.Awaiting, v.Until)
	}
	becomes(t, lived(t, two(confirms(camilaParty, mekenjai.Asked, 12))), "CANCEL R60 NOT_CONFIRMED", "")
	becomes(t, lived(t, two(confirms(camilaParty, mekenjai.NotMine, 2))), "CANCEL R60 NOT_CONFIRMED", "")
	becomes(t, lived(t, two(confirms(camilaParty, mekenjai.Agreed, 2))), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
	forged := two(confirms(camilaParty, mekenjai.Agreed, 2), func(f *LifeFacts) { f.Request.Confirms[0].Signature.Signer = erlan })
	becomes(t, lived(t, forged), "ASK R60 CO_OWNERS", "")
	unsure := two(confirms(camilaParty, mekenjai.Agreed, 2), func(f *LifeFacts) { f.Request.Confirms[0].Signature.Verdict = Indeterminate })
	becomes(t, lived(t, unsure), "PENDING R60 SIGNATURE_UNDECIDED", "")
}

func TestR60OnlyAnOwnerAsksWithHisOwnSignature(t *testing.T) {
	becomes(t, lived(t, living(OwnerRequest, title(camilaParty), asksRemoval(berikParty))), "REFUSE R60 NOT_OWNER", "")
	forged := living(OwnerRequest, title(berikParty), asksRemoval(berikParty), func(f *LifeFacts) { f.Request.Signed.Verdict = Invalid })
	becomes(t, lived(t, forged), "REFUSE R60 SIGNATURE", "")
	unsure := living(OwnerRequest, title(berikParty), asksRemoval(berikParty), told(15), func(f *LifeFacts) { f.Request.Signed.Verdict = Indeterminate })
	becomes(t, lived(t, unsure), "PENDING R60 SIGNATURE_UNDECIDED", "")
	over := living(OwnerRequest, title(berikParty), asksRemoval(berikParty), func(f *LifeFacts) { f.Entry.State = mekenjai.EntryEnded })
	becomes(t, lived(t, over), "REFUSE R60 NOT_CURRENT", "")
	silentRegister := living(OwnerRequest, asksRemoval(berikParty), told(15), func(f *LifeFacts) { f.Property = &Property{Reply: silent()} })
	becomes(t, lived(t, silentRegister), "PENDING R56 PROPERTY", "")
	state := living(OwnerRequest, title(berikParty), asksRemoval(mekenjai.PartyID(erlan)), told(15), func(f *LifeFacts) {
		f.Property.StateHousing = &StateHousing{Tenant: erlan}
	})
	becomes(t, lived(t, state), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
}

func TestR61PersonLeavesWithoutTheOwner(t *testing.T) {
	self := living(PersonRequest, asksRemoval(mekenjai.PartyID(aisha)))
	becomes(t, lived(t, self), "OK R61 REMOVED_BY_PERSON", mekenjai.EndByPerson)
	becomes(t, lived(t, living(PersonRequest, asksRemoval(berikParty))), "REFUSE R61 NOT_YOURS", "")
	parent := func(proven bool) LifeFacts {
		return living(PersonRequest, asksRemoval(mekenjai.PartyID(daniyar)), func(f *LifeFacts) { f.Request.Role, f.Request.Proven = Parent, proven })
	}
	becomes(t, lived(t, parent(true)), "OK R61 REMOVED_BY_PERSON", mekenjai.EndByPerson)
	becomes(t, lived(t, parent(false)), "ASK R61 AUTHORITY", "")
	becomes(t, lived(t, living(PersonRequest, asksRemoval(mekenjai.PartyID(aisha)), func(f *LifeFacts) { f.Request.Signed.TextMatches = false })), "REFUSE R61 SIGNATURE", "")
	becomes(t, lived(t, living(PersonRequest, asksRemoval(mekenjai.PartyID(aisha)), func(f *LifeFacts) { f.Request.Signed.Verdict = Indeterminate })), "PENDING R61 SIGNATURE_UNDECIDED", "")
	becomes(t, lived(t, living(PersonRequest, asksRemoval(mekenjai.PartyID(aisha)), func(f *LifeFacts) { f.Entry.To = day("2026-11-22") })), "REFUSE R61 NOT_CURRENT", "")
}

func TestR62OwnerStandsAtTheWindow(t *testing.T) {
	window := func(more ...func(*LifeFacts)) LifeFacts {
		return living(WindowRequest, append([]func(*LifeFacts){title(berikParty), asksRemoval(berikParty), told(15)}, more...)...)
	}
	becomes(t, lived(t, window(atCounter(berik))), "OK R62 REMOVED_BY_OWNER", mekenjai.EndByOwner)
	becomes(t, lived(t, window(atCounter(camila))), "REFUSE R62 OWNER_ABSENT", "")
	slow := lived(t, window(atCounter(berik), func(f *LifeFacts) { f.Request.Seconds = 301 }))
	if !slices.ContainsFunc(slow.Findings, func(f Finding) bool { return f.Code == "PROMISE_MISSED" && f.Staff }) {
		t.Errorf("%v", slow.Findings)
	}
	becomes(t, lived(t, window(atCounter(berik), title(camilaParty))), "REFUSE R62 NOT_OWNER", "")
	becomes(t, lived(t, window(atCounter(berik), told(1))), "ASK R62 MAY_OBJECT", "")
	becomes(t, lived(t, living(WindowRequest, title(berikParty), asksRemoval(berikParty), atCounter(berik))), "ASK R62 TELL_PERSON", "")
	becomes(t, lived(t, window(atCounter(berik), func(f *LifeFacts) { f.Request.ToldAt, f.Request.ObjectedAt = ago(0), ago(0) })), "MANUAL R62 OBJECTED", "")
	becomes(t, lived(t, window(atCounter(berik), title(berikParty, camilaParty))), "ASK R62 CO_OWNERS", "")
	becomes(t, lived(t, window(atCounter(berik), title(berikParty, camilaParty), confirms(camilaParty, mekenjai.Lapsed, 15))), "CANCEL R62 NOT_CONFIRMED", "")
	becomes(t, lived(t, window(atCounter(berik), func(f *LifeFacts) { f.Request.Signed.Verdict = Indeterminate })), "PENDING R62 SIGNATURE_UNDECIDED", "")
	becomes(t, lived(t, window(atCounter(berik), func(f *LifeFacts) { f.Request.Signed.TextMatches = false })), "REFUSE R62 SIGNATURE", "")
	becomes(t, lived(t, window(atCounter(berik), func(f *LifeFacts) { f.Entry.State = mekenjai.EntryEnded })), "REFUSE R62 NOT_CURRENT", "")
}

func TestR63DeathEndsTheEntry(t *testing.T) {
	zags := func(r Reply, date string) func(*LifeFacts) {
		return func(f *LifeFacts) {
			f.Death = &DeathRecord{Reply: r}
			if date != "" {
				f.Death.Date = day(date)
			}
		}
	}
	dead := func(f *LifeFacts) {
		p := citizen(aisha)
		p.LifeStatus = Dead
		f.Persons = []Person{p}
	}
	becomes(t, lived(t, living(DeathEvent, zags(answered(), "2026-11-20"))), "OK R63 REMOVED_DEATH", mekenjai.EndDeath)
	becomes(t, lived(t, living(DeathEvent, zags(silent(), ""), dead)), "OK R63 REMOVED_DEATH", mekenjai.EndDeath)
	becomes(t, lived(t, living(DeathEvent, zags(silent(), ""))), "PENDING R56 CIVIL_RECORDS", "")
	becomes(t, lived(t, living(DeathEvent)), "PENDING R56 CIVIL_RECORDS", "")
	becomes(t, lived(t, living(DeathEvent, zags(notFound(), ""))), "REFUSE R63 NO_DEATH", "")
	becomes(t, lived(t, living(DeathEvent, zags(answered(), "2026-11-20"), func(f *LifeFacts) { f.Entry.State = mekenjai.EntryEnded })), "REFUSE R63 NOT_CURRENT", "")
}

func TestR64TwoOfficersCarryOutAnAct(t *testing.T) {
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, daniyar))), "OK R64 REMOVED_COURT", mekenjai.EndCourt)
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"))), "MANUAL R64 OFFICER_DECIDES", "")
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, ""))), "ASK R64 SECOND_OFFICER", "")
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, erlan))), "REFUSE R64 SAME_OFFICER", "")
	becomes(t, lived(t, living(CourtActEvent, court("", "2026-11-01"), decided(erlan, daniyar))), "REFUSE R64 NO_ACT", "")
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-24"), decided(erlan, daniyar))), "REFUSE R64 NOT_IN_FORCE", "")
	forged := func(f *LifeFacts) { f.Decision.SecondSign.Signer = erlan }
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, daniyar), forged)), "REFUSE R64 SIGNATURE", "")
	unsure := func(f *LifeFacts) { f.Decision.Signed.Verdict = Indeterminate }
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), decided(erlan, daniyar), unsure)), "PENDING R64 SIGNATURE_UNDECIDED", "")
}

func TestR64FalseDataVoidTheEntryFromItsBeginning(t *testing.T) {
	over := func(f *LifeFacts) { f.Entry.State, f.Entry.To = mekenjai.EntryEnded, day("2026-10-01") }
	finding := func(f *LifeFacts) { f.Act = &Act{Kind: PoliceFinding, Number: "77", InForce: day("2026-11-01")} }
	for _, more := range [][]func(*LifeFacts){{finding}, {finding, over}} {
		v := lived(t, living(FalseData, append(more, decided(erlan, daniyar))...))
		becomes(t, v, "OK R64 ANNULLED", mekenjai.EndAnnulled)
		if !v.LastDay.IsZero() {
			t.Errorf("counts until %s", v.LastDay)
		}
	}
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), over, decided(erlan, daniyar))), "REFUSE R64 NOT_CURRENT", "")
	annuls := func(f *LifeFacts) { f.Act.Annuls = true }
	becomes(t, lived(t, living(CourtActEvent, court("2-77", "2026-11-01"), annuls, over, decided(erlan, daniyar))), "OK R64 ANNULLED", mekenjai.EndAnnulled)
}

func TestR65ResidenceAndDepartureEndTheEntry(t *testing.T) {
	resides := func(where mekenjai.ARC) func(*LifeFacts) {
		return func(f *LifeFacts) {
			p := citizen(aisha)
			p.PermanentAddress.ARC = where
			f.Persons = []Person{p}
		}
	}
	left := func(r Reply, permanent bool) func(*LifeFacts) {
		return func(f *LifeFacts) {
			f.Departure = &Departure{Reply: r, Permanent: permanent}
			if r.Status == Answered {
				f.Departure.Date = day("2026-11-10")
			}
		}
	}
	becomes(t, lived(t, living(PermanentRegistration, resides(arc))), "OK R65 REMOVED_RESIDENT", mekenjai.EndResident)
	becomes(t, lived(t, living(PermanentRegistration, resides(old))), "OK R65 STAYS", "")
	becomes(t, lived(t, living(PermanentRegistration)), "PENDING R56 PERSONS", "")
	becomes(t, lived(t, living(DepartureEvent, left(answered(), true))), "OK R65 REMOVED_DEPARTED", mekenjai.EndDeparted)
	becomes(t, lived(t, living(DepartureEvent, left(answered(), false))), "OK R65 STAYS", "")
	becomes(t, lived(t, living(DepartureEvent, left(notFound(), false))), "OK R65 STAYS", "")
	becomes(t, lived(t, living(DepartureEvent, left(silent(), false))), "PENDING R56 MIGRATION", "")
	becomes(t, lived(t, living(DepartureEvent, func(f *LifeFacts) { f.Entry.State = mekenjai.EntryEnded })), "REFUSE R65 NOT_CURRENT", "")
}

func TestR66EntryOutlivesTheChangeOfOwner(t *testing.T) {
	from := func(list ...mekenjai.PartyID) func(*LifeFacts) {
		return func(f *LifeFacts) { f.Transfer = &Transfer{Before: list} }
	}
	v := lived(t, living(TitleTransfer, from(berikParty), title(camilaParty, firmParty)))
	becomes(t, v, "OK R66 TITLE_PASSED", "")
	if want := []mekenjai.PartyID{camilaParty, firmParty}; len(v.Tell) != 2 || !slices.Contains(v.Tell, want[0]) || !slices.Contains(v.Tell, want[1]) {
		t.Errorf("tells %v", v.Tell)
	}
	becomes(t, lived(t, living(TitleTransfer, from(berikParty), title(berikParty))), "OK R66 SAME_OWNERS", "")
	becomes(t, lived(t, living(TitleTransfer, from(berikParty), title())), "MANUAL R66 NO_TITLE", "")
	becomes(t, lived(t, living(TitleTransfer, from(berikParty))), "PENDING R56 PROPERTY", "")
}

func TestR67CoOwnerWhoRefusesLeavesItToTheCourt(t *testing.T) {
	for _, event := range []Event{OwnerRequest, WindowRequest} {
		f := living(event, title(berikParty, camilaParty), asksRemoval(berikParty), told(15), confirms(camilaParty, mekenjai.Declined, 2))
		if event == WindowRequest {
			atCounter(berik)(&f)
		}
		becomes(t, lived(t, f), "REFUSE R67 CO_OWNER_REFUSED", "")
	}
	stranger := living(OwnerRequest, title(berikParty), asksRemoval(berikParty), told(15), confirms(camilaParty, mekenjai.Declined, 2))
	becomes(t, lived(t, stranger), "OK R60 REMOVED_BY_OWNER", mekenjai.EndByOwner)
}
