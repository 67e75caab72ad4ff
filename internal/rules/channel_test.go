package rules

import (
	"testing"
	"time"

	"mekenjai"
)

const pilot = "2026-06-30T12:00:00+05:00"

func TestR52DuringThePilotCitizensAreSentOnline(t *testing.T) {
	window := atWindow(aisha, berik)
	finds(t, evaluate(t, good(window, filedAt(pilot))), Route, "R52 ONLINE")
	finds(t, evaluate(t, good(window, filedAt("2025-11-11T12:00:00+05:00"))), Route, "R52 ONLINE")
	lacks(t, evaluate(t, good(window, filedAt("2025-11-10T12:00:00+05:00"))), "R52")
	lacks(t, evaluate(t, good(window, filedAt("2026-07-01T12:00:00+05:00"))), "R52")
	lacks(t, evaluate(t, good(filedAt(pilot))), "R52")

	absent := evaluate(t, good(atWindow(aisha), filedAt(pilot)))
	finds(t, absent, Route, "R52 ONLINE")
	lacks(t, absent, "R53") // nobody is sent for the owner only to be sent online
}

func TestR52DoesNotSendBackWhomTheHallMustServe(t *testing.T) {
	window := atWindow(aisha, berik)
	lacks(t, evaluate(t, good(window, filedAt(pilot), foreigner(true))), "R52")
	lacks(t, evaluate(t, good(window, filedAt(pilot), born(berik, "2012-01-01"))), "R52")
	lacks(t, evaluate(t, good(atWindow(daniyar, berik), filedAt(pilot), filedByLater(daniyar, AttorneyAtWork))), "R52")
	back := func(f *Facts) {
		f.Application.Returnee = &Returnee{Paper: &Paper{Kind: ForeignDeregistration, Checked: true}}
	}
	lacks(t, evaluate(t, good(window, filedAt(pilot), back)), "R52")
}

// filedByLater is filedBy after filedAt has moved the times.
func filedByLater(n mekenjai.IIN, role Role) func(*Facts) {
	return func(f *Facts) {
		filedBy(n, role)(f)
		f.Persons[len(f.Persons)-1].Reply = f.Persons[0].Reply
	}
}

func TestR53RefusesIntakeWithoutTheApplicantAndTheOwner(t *testing.T) {
	finds(t, evaluate(t, good(atWindow(aisha))), Refuse, "R53 NOT_PRESENT")
	finds(t, evaluate(t, good(atWindow(berik))), Refuse, "R53 NOT_PRESENT")
	both := evaluate(t, good(atWindow(aisha, berik)))
	lacks(t, both, "R53")
	finds(t, both, Ask, "R33 OWNERS")
	unknown := good(atWindow(aisha, berik), func(f *Facts) { f.Office.Present[1].Identified = false })
	finds(t, evaluate(t, unknown), Refuse, "R53 NOT_PRESENT")
	lacks(t, evaluate(t, good(byOwner, atWindow(aisha))), "R53")
}

func TestR53AWrittenConsentBeforeTheOperatorCounts(t *testing.T) {
	k := agreed(berikParty)
	k.Signature.Method = ByWriting
	finds(t, evaluate(t, good(atWindow(aisha, berik), withConsent(k))), OK, "R55 ENTRY")
	finds(t, evaluate(t, good(atWindow(aisha), withConsent(k))), Ask, "R35 CONSENT_IGNORED")
}

func TestR53TheOwnersAttorneyStandsForHim(t *testing.T) {
	power := deed(func(a *Attorney) { a.Principal, a.Scope = berikParty, []Scope{ScopeConsent} })
	v := evaluate(t, good(atWindow(aisha, daniyar), power))
	lacks(t, v, "R53")
	k := speaksFor(daniyar, berikParty, ByAttorney)
	finds(t, evaluate(t, good(atWindow(aisha, daniyar), power, withConsent(k))), OK, "R55 ENTRY")
	wrong := deed(func(a *Attorney) { a.Principal = berikParty })
	finds(t, evaluate(t, good(atWindow(aisha, daniyar), wrong)), Refuse, "R53 NOT_PRESENT")
}

func TestR53ACoOwnerMayAnswerFromHomeWhileOneIsPresent(t *testing.T) {
	remote := func(n ...mekenjai.PartyID) func(*Facts) {
		return func(f *Facts) { f.Office.Remote = n }
	}
	v := evaluate(t, good(withHolder(camilaParty), atWindow(aisha, berik), remote(camilaParty)))
	finds(t, v, Ask, "R33 OWNERS")
	lacks(t, v, "R53")
	finds(t, evaluate(t, good(withHolder(camilaParty), atWindow(aisha, berik))), Refuse, "R53 NOT_PRESENT")
	finds(t, evaluate(t, good(withHolder(camilaParty), atWindow(aisha), remote(berikParty, camilaParty))), Refuse, "R53 NOT_PRESENT")
	unreachable := good(withHolder(camilaParty), atWindow(aisha, berik), remote(camilaParty), func(f *Facts) { f.Parties[1].OnPortal = false })
	finds(t, evaluate(t, unreachable), Route, "R34 PARTY_NOT_REGISTERED")
}

func TestR54ABankIsHeldToTheSameAsThePortal(t *testing.T) {
	bank := func(f *Facts) { f.Channel = Bank }
	finds(t, evaluate(t, good(bank)), Ask, "R54 BANK_AS_PORTAL")
	finds(t, evaluate(t, good(bank, berikAgrees)), OK, "R54 BANK_AS_PORTAL")
	finds(t, evaluate(t, good(bank, born(berik, "2012-01-01"))), Route, "R39 OFFICE_HALL")
}

func TestR55EntersWithoutAPersonWhenEverythingPasses(t *testing.T) {
	for channel, minutes := range map[Channel]string{Portal: "10", Bank: "15"} {
		v := evaluate(t, good(berikAgrees, func(f *Facts) { f.Channel = channel }))
		if x := finds(t, v, OK, "R55 ENTRY"); x.Args["minutes"] != minutes {
			t.Errorf("%s promises %s", channel, x.Args["minutes"])
		}
		if v.Rule != "R55" || v.Code != "ENTRY" {
			t.Errorf("%s %s leads", v.Rule, v.Code)
		}
	}
	slow := func(s int) Facts { return good(berikAgrees, func(f *Facts) { f.Application.ClockSeconds = s }) }
	lacks(t, evaluate(t, slow(600)), "R55 PROMISE_MISSED")
	finds(t, evaluate(t, slow(601)), OK, "R55 PROMISE_MISSED")
}

func TestR56ASilentRegisterNeitherPassesNorRefuses(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"PERSONS":   func(f *Facts) { f.Persons[0] = Person{IIN: aisha, Reply: silent()} },
		"ADDRESSES": func(f *Facts) { f.Address = &Address{Reply: silent()} },
		"PROPERTY":  func(f *Facts) { f.Property = &Property{Reply: silent()} },
		"REGISTER":  func(f *Facts) { f.Register = &Register{Reply: silent()} },
		"PARTIES":   func(f *Facts) { f.Parties[0] = Party{Party: berikParty, Reply: silent()}; f.Consents = nil },
	} {
		t.Run(name, func(t *testing.T) {
			x := finds(t, evaluate(t, good(berikAgrees, change)), Pending, "R56 "+name)
			if x.Args["state"] != "silent" {
				t.Errorf("args %v", x.Args)
			}
		})
	}
	holder := good(berikAgrees, func(f *Facts) { f.Persons[1] = Person{IIN: berik, Reply: silent()} })
	finds(t, evaluate(t, holder), Pending, "R56 PERSONS")
	entity := good(byFirm, func(f *Facts) { f.Organisations = nil })
	if x := finds(t, evaluate(t, entity), Pending, "R56 ORGANISATIONS"); x.Args["state"] != "not_asked" || x.Party != firmParty {
		t.Errorf("%v", x)
	}
}

func TestR56ACertainRefusalDoesNotWait(t *testing.T) {
	f := good(func(f *Facts) {
		f.Property = &Property{Reply: silent()}
		f.Persons[0].LifeStatus = Dead
	})
	v := evaluate(t, f)
	finds(t, v, Refuse, "R03 PERSON_DEAD")
	finds(t, v, Refuse, "R56 PROPERTY")
}

func TestR57EveryRefusalStatesItsRemedy(t *testing.T) {
	v := evaluate(t, good(func(f *Facts) { f.Application.Months = "13" }))
	if x := finds(t, v, Refuse, "R57 REMEDY"); x.Args["months"] != "3" || x.Args["until"] != "2027-02-23" {
		t.Errorf("args %v", x.Args)
	}
	if v.Remedy == nil || *v.Remedy != (Remedy{3, day("2027-02-23")}) {
		t.Errorf("remedy %v", v.Remedy)
	}
	if v := evaluate(t, good()); v.Remedy != nil {
		t.Error("a remedy without a refusal")
	}
	if r := v.Lead().Refusal(); r.Code != "PERIOD" || r.Rule != "R18" || r.Norm == "" || r.Args["max"] != "12" {
		t.Errorf("%+v", r)
	}
}

func TestR58RecordsAndTellsOnEntryOnly(t *testing.T) {
	finds(t, evaluate(t, good(berikAgrees)), OK, "R58 RECORD_AND_NOTIFY")
	lacks(t, evaluate(t, good()), "R58")
	lacks(t, evaluate(t, good(func(f *Facts) { f.Register = nil })), "R58")
}

func TestWhatAPersonIsToldFirst(t *testing.T) {
	refuse := func(f *Facts) { f.Application.Months = "13" }
	lapse := withConsent(Consent{Party: berikParty, Answer: mekenjai.Asked, AskedAt: ago(54 * time.Minute), Deadline: ago(time.Minute)})
	route := func(f *Facts) { f.Persons[0].PermanentAddress = nil }
	manual := func(f *Facts) { f.Property.Disagreements = []Disagreement{DiffersAddress} }
	pending := func(f *Facts) { f.Register = nil }
	steps := []struct {
		outcome Outcome
		change  func(*Facts)
	}{{Refuse, refuse}, {Cancel, lapse}, {Route, route}, {Manual, manual}, {Pending, pending}}
	for i, step := range steps {
		f := good()
		for _, s := range steps[i:] {
			s.change(&f)
		}
		if v := evaluate(t, f); v.Outcome != step.outcome || v.Lead().Outcome != step.outcome {
			t.Errorf("%s, want %s", codesOf(v), step.outcome)
		} else if len(v.Ask) > 0 {
			t.Errorf("%s asks owners", v.Outcome)
		}
	}
}
