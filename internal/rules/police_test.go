package rules

import (
	"testing"

	"mekenjai"
)

func TestR68FinesAreThoseOfArticles492And493(t *testing.T) {
	for _, c := range []struct {
		kind    OffenceKind
		subject Subject
		since   string
		last    string
		part    string
		amount  mekenjai.Tenge
	}{
		{LivesUnregistered, Individual, "2026-11-12", "", "492(1)", 0}, // 11 days
		{LivesUnregistered, Individual, "2026-10-23", "", "492(1)", 0}, // a month to the day
		{LivesUnregistered, Individual, "2026-10-22", "", "492(2)", 30275},
		{LivesUnregistered, Individual, "2026-10-22", "2025-11-24", "492(3)", 56225},
		{LivesUnregistered, Individual, "2026-10-22", "2025-11-23", "492(2)", 30275},
		{LivesUnregistered, Individual, "2026-11-12", "2026-02-01", "492(3)", 56225},
		{RegistersStrangers, Individual, "2026-11-01", "", "493(1)", 43250},
		{RegistersStrangers, Large, "2026-11-01", "2026-01-01", "493(2)", 432500},
		{KeepsDeparted, Small, "2026-11-01", "", "493(3)", 64875},
		{KeepsDeparted, Medium, "2026-11-01", "2026-01-01", "493(4)", 173000},
		{LetsLiveUnregistered, Medium, "2026-11-01", "", "493(5)", 108125},
		{LetsLiveUnregistered, Small, "2026-11-01", "2026-01-01", "493(6)", 129750},
	} {
		v := lived(t, living(OffenceEvent, offence(c.kind, c.subject, c.since, c.last)))
		if v.Outcome != OK || v.Fine == nil || v.Fine.Part != c.part || v.Fine.Amount != c.amount || v.Fine.Warning != (c.amount == 0) {
			t.Errorf("%s %s since %s, last %q: %s %+v", c.kind, c.subject, c.since, c.last, v.Code, v.Fine)
		}
	}
}

func TestR68ForeignersGuestsAndTheFirstTenDays(t *testing.T) {
	with := func(change func(*Offence), since, last string) LifeFacts {
		f := living(OffenceEvent, offence(LivesUnregistered, Individual, since, last))
		change(f.Offence)
		return f
	}
	foreigner := func(o *Offence) { o.Foreigner = true }
	guest := func(o *Offence) { o.Guest = true }
	for _, c := range []struct {
		f    LifeFacts
		code string
		part string
	}{
		{with(func(*Offence) {}, "2026-11-13", ""), "NO_OFFENCE", ""}, // ten days
		{with(guest, "2026-10-30", ""), "NO_OFFENCE", ""},
		{with(guest, "2026-10-20", ""), "FINE", "492(2)"},
		{with(foreigner, "2026-11-12", ""), "FINE", "492(4)"},
		{with(foreigner, "2026-11-12", "2026-05-01"), "FINE", "492(5)"},
		{with(func(o *Offence) { o.Until = day("2026-10-05") }, "2026-10-01", ""), "NO_OFFENCE", ""},
	} {
		v := lived(t, c.f)
		if v.Code != c.code || c.part != "" && v.Fine.Part != c.part {
			t.Errorf("%+v: %s %+v", c.f.Offence, v.Code, v.Fine)
		}
	}
	if v := lived(t, with(guest, "2026-11-20", "")); v.Code != "NO_OFFENCE" {
		t.Error(v.Code)
	}
	unknown := with(func(*Offence) {}, "2026-10-01", "")
	unknown.Penalties = &Penalties{Reply: silent()}
	becomes(t, lived(t, unknown), "PENDING R56 OFFENCES", "")
}

func TestR68IndexIsThatOfTheYear(t *testing.T) {
	for on, want := range map[string]mekenjai.Tenge{"2025-11-23": 27524, "2026-11-23": 30275, "2027-11-23": 30275} {
		f := LifeFacts{At: clock(on + "T10:00:00+05:00"), Event: OffenceEvent,
			Offence: &Offence{Kind: LivesUnregistered, Subject: Individual, Since: day(on).AddMonths(-3)}}
		r := Reply{NotFound, f.At, f.At}
		f.Penalties = &Penalties{Reply: r}
		v := lived(t, f)
		if v.Fine.Amount != want {
			t.Errorf("%s: %d", on, v.Fine.Amount)
		}
		if told := len(v.Findings) == 2; told != (on == "2027-11-23") {
			t.Errorf("%s: %v", on, v.Findings)
		}
	}
}

func TestR69TenantOfALetDwellingIsHeard(t *testing.T) {
	own := title(berikParty)
	becomes(t, lived(t, living(GrievanceEvent, complains(true, LeaseContract), own)), "MANUAL R69 CASE_493_5", "")
	becomes(t, lived(t, living(GrievanceEvent, complains(true, Witness), own)), "MANUAL R69 LETTING_TO_CHECK", "")
	becomes(t, lived(t, living(GrievanceEvent, complains(true), own)), "ASK R69 EVIDENCE", "")
	becomes(t, lived(t, living(GrievanceEvent, complains(false, Witness), own)), "ROUTE R69 NOT_LET", "")
	becomes(t, lived(t, living(GrievanceEvent, complains(true, Witness), title(camilaParty))), "REFUSE R69 NOT_OWNER", "")
	becomes(t, lived(t, living(GrievanceEvent, complains(true, Witness))), "PENDING R56 PROPERTY", "")
	lease := func(f *LifeFacts) {
		f.Property.Lease = &Lease{Tenant: aisha, Registered: true, From: day("2026-09-01")}
	}
	becomes(t, lived(t, living(GrievanceEvent, complains(false, Witness), own, lease)), "MANUAL R69 CASE_493_5", "")
	registered := func(f *LifeFacts) {
		f.Entry = &LifeEntry{Person: aisha, ARC: arc, From: day("2026-10-01"), To: day("2027-01-01"), State: mekenjai.EntryCurrent}
	}
	becomes(t, lived(t, living(GrievanceEvent, complains(true, LeaseContract), own, registered)), "REFUSE R69 REGISTERED_ALREADY", "")
}

func TestR70WhoMayLookAtWhom(t *testing.T) {
	ask := func(q Query, more ...func(*LifeFacts)) LifeVerdict {
		return lived(t, living(QueryEvent, append(more, func(f *LifeFacts) { f.Query = &q })...))
	}
	const almaty = "751110000"
	becomes(t, ask(Query{Role: AsPerson, By: mekenjai.PartyID(aisha), Person: aisha}), "OK R70 LOGGED", "")
	becomes(t, ask(Query{Role: AsPerson, By: mekenjai.PartyID(aisha), Person: berik}), "REFUSE R70 NOT_YOURSELF", "")
	becomes(t, ask(Query{Role: AsOwner, By: berikParty, ARC: arc}, title(berikParty)), "OK R70 LOGGED", "")
	becomes(t, ask(Query{Role: AsOwner, By: berikParty, ARC: arc}, title(camilaParty)), "REFUSE R70 FOREIGN_OBJECT", "")
	becomes(t, ask(Query{Role: AsOwner, By: berikParty, Person: aisha}, title(berikParty)), "REFUSE R70 FOREIGN_OBJECT", "")
	becomes(t, ask(Query{Role: AsOwner, By: berikParty, ARC: arc}), "PENDING R56 PROPERTY", "")
	officer := Query{Role: AsOfficer, By: mekenjai.PartyID(erlan), Person: aisha, KATO: almaty, Territory: "75", Reason: "complaint 17"}
	becomes(t, ask(officer), "OK R70 LOGGED", "")
	without := officer
	without.Reason = "  "
	becomes(t, ask(without), "REFUSE R70 NO_REASON", "")
	elsewhere := officer
	elsewhere.Territory = "79"
	becomes(t, ask(elsewhere), "REFUSE R70 FOREIGN_TERRITORY", "")
	chief := officer
	chief.Role, chief.Territory = AsChief, ""
	becomes(t, ask(chief), "OK R70 LOGGED", "")
	auditor := officer
	auditor.Role = AsAuditor
	becomes(t, ask(auditor), "REFUSE R70 ROLE", "")
}
