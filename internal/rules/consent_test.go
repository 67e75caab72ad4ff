package rules

import (
	"slices"
	"testing"
	"time"

	"mekenjai"
)

var (
	berikParty  = mekenjai.PartyID(berik)
	camilaParty = mekenjai.PartyID(camila)
	firmParty   = mekenjai.PartyID(firm)
)

func asksWhom(t *testing.T, v Verdict, want ...mekenjai.PartyID) {
	t.Helper()
	slices.Sort(want)
	if got := parties(v.Ask); !slices.Equal(got, want) {
		t.Errorf("asks %v, want %v (%s)", got, want, codesOf(v))
	}
}

func TestR30RefusesAWrongOwnerAndRevealsNothing(t *testing.T) {
	secret := func(f *Facts) {
		f.Property.Encumbrances = []Encumbrance{{Type: Pledge}, {Type: BanOnUse}}
		f.Property.Purpose = Garage
		f.Property.Disagreements = []Disagreement{DiffersOwner}
		f.Persons[1].LifeStatus = Dead
		f.Parties = nil
		inAstana(15, 8, 8)(f)
	}
	for name, change := range map[string]func(*Facts){
		"another is named":    func(f *Facts) { f.Application.DeclaredOwner = camilaParty },
		"an entity is named":  func(f *Facts) { f.Application.DeclaredOwner = firmParty },
		"ownership is untrue": func(f *Facts) { f.Application.DeclaresOwnership, f.Application.DeclaredOwner = true, "" },
		"silent about others": func(f *Facts) { f.Application.DeclaredOwner, f.Persons = camilaParty, f.Persons[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			v := evaluate(t, good(secret, change))
			finds(t, v, Refuse, "R30 NOT_OWNER")
			for _, x := range v.Findings {
				if !slices.Contains([]string{"R20", "R30", "R57"}, x.Rule) || x.Party != "" {
					t.Errorf("reveals %s %s %s", x.Rule, x.Code, x.Party)
				}
			}
			if v.Ask != nil || v.Awaiting != nil {
				t.Error("names owners")
			}
		})
	}
}

func TestR30DoesNotHideWhatConcernsTheApplicantHimself(t *testing.T) {
	v := evaluate(t, good(func(f *Facts) { f.Application.DeclaredOwner, f.Application.Months = camilaParty, "13" }))
	finds(t, v, Refuse, "R30 NOT_OWNER")
	finds(t, v, Refuse, "R18 PERIOD")
}

func TestR31ASoleOwnerAsksNobody(t *testing.T) {
	v := evaluate(t, good(byOwner))
	finds(t, v, OK, "R31 OWNER_APPLIES")
	asksWhom(t, v)
}

func TestR32ACoOwnerAsksEveryOther(t *testing.T) {
	v := evaluate(t, good(withHolder(camilaParty), func(f *Facts) {
		f.Application.DeclaresOwnership, f.Application.DeclaredOwner = true, ""
		f.Property.Holders = append(f.Property.Holders, Holder{Party: mekenjai.PartyID(aisha)})
	}))
	finds(t, v, Ask, "R32 CO_OWNERS")
	asksWhom(t, v, berikParty, camilaParty)
	for _, h := range v.Ask {
		if h.Right != mekenjai.RightCoOwner {
			t.Errorf("%s is asked as %s", h.Party, h.Right)
		}
	}
}

func TestR33WhoOwnsNothingAsksEveryHolder(t *testing.T) {
	v := evaluate(t, good(withHolder(camilaParty)))
	finds(t, v, Ask, "R33 OWNERS")
	asksWhom(t, v, berikParty, camilaParty)
	if one := evaluate(t, good()); one.Ask[0].Right != mekenjai.RightOwner {
		t.Errorf("a sole owner is asked as %s", one.Ask[0].Right)
	}
}

func TestR33AsksOnceWhoHasTwoShares(t *testing.T) {
	f := good(func(f *Facts) {
		f.Property.Holders = []Holder{
			{Party: berikParty, Share: mekenjai.Share{Numerator: 1, Denominator: 4}},
			{Party: camilaParty, Share: mekenjai.Share{Numerator: 1, Denominator: 2}},
			{Party: berikParty, Share: mekenjai.Share{Numerator: 1, Denominator: 4}},
		}
		f.Persons = append(f.Persons, citizen(camila))
		f.Parties = append(f.Parties, party(camilaParty))
	})
	v := evaluate(t, f)
	asksWhom(t, v, berikParty, camilaParty)
	for _, h := range v.Ask {
		if h.Share.String() != "1/2" {
			t.Errorf("%s has %s", h.Party, h.Share)
		}
	}
}

func TestR33WaitsForTheLastConsent(t *testing.T) {
	asked := agreed(camilaParty)
	asked.Answer, asked.AnsweredAt, asked.Signature = mekenjai.Asked, time.Time{}, nil
	v := evaluate(t, good(withHolder(camilaParty), berikAgrees, withConsent(asked)))
	finds(t, v, Ask, "R33 OWNERS")
	asksWhom(t, v)
	if got := parties(v.Awaiting); !slices.Equal(got, []mekenjai.PartyID{camilaParty}) {
		t.Errorf("awaits %v", got)
	}
	finds(t, evaluate(t, good(withHolder(camilaParty), berikAgrees, withConsent(agreed(camilaParty)))), OK, "R55 ENTRY")
}

func TestR33AsksAgainAfterAVoidRequest(t *testing.T) {
	void := agreed(berikParty)
	void.Answer = mekenjai.Void
	gone := void
	gone.Party = camilaParty // no longer a holder
	v := evaluate(t, good(withConsent(void), withConsent(gone)))
	finds(t, v, Ask, "R33 OWNERS")
	asksWhom(t, v, berikParty)
}

func TestR34DisturbsNobodyWhoCannotAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Party)
		ok     bool
	}{
		"not on the portal": {func(p *Party) { p.OnPortal = false }, false},
		"neither EDS, BMG":  {func(p *Party) { p.HasEDS, p.InBMG = false, false }, false},
		"unknown":           {func(p *Party) { *p = Party{Party: p.Party, Reply: notFound()} }, false},
		"EDS only":          {func(p *Party) { p.InBMG = false }, true},
		"BMG only":          {func(p *Party) { p.HasEDS = false }, true},
	} {
		t.Run(name, func(t *testing.T) {
			v := evaluate(t, good(func(f *Facts) { c.change(&f.Parties[0]) }))
			if c.ok {
				lacks(t, v, "R34")
				return
			}
			finds(t, v, Route, "R34 PARTY_NOT_REGISTERED")
			asksWhom(t, v)
		})
	}
	entity := good(withHolder(firmParty), func(f *Facts) { f.Parties[1].HasEDS = false })
	finds(t, evaluate(t, entity), Route, "R34 PARTY_NOT_REGISTERED") // no code by SMS for an organisation
	finds(t, evaluate(t, good(func(f *Facts) { f.Parties = nil })), Pending, "R56 PARTIES")
	sms := good(byOwner, func(f *Facts) {
		f.Application.Signature.Method = BySMS
		f.Parties = []Party{{Party: mekenjai.PartyID(aisha), Reply: answered(), OnPortal: true, HasEDS: true}}
	})
	finds(t, evaluate(t, sms), Route, "R34 APPLICANT_NOT_REGISTERED")
}

func TestR35CountsOnlyTheHoldersOwnValidSignatureOverThisText(t *testing.T) {
	for name, change := range map[string]func(*Consent){
		"unsigned":         func(k *Consent) { k.Signature = nil },
		"another's key":    func(k *Consent) { k.Signature.Signer = camila },
		"an entity's key":  func(k *Consent) { k.Signature.BIN = firm },
		"another text":     func(k *Consent) { k.Signature.TextMatches = false },
		"not valid":        func(k *Consent) { k.Signature.Verdict = Invalid },
		"by a stranger":    func(k *Consent) { k.Capacity, k.Signature.Signer = ByAttorney, daniyar },
		"declined by none": func(k *Consent) { k.Answer, k.Signature.Signer = mekenjai.Declined, camila },
	} {
		t.Run(name, func(t *testing.T) {
			k := agreed(berikParty)
			change(&k)
			v := evaluate(t, good(withConsent(k)))
			if x := finds(t, v, Ask, "R35 CONSENT_IGNORED"); !x.Staff {
				t.Error("is shown to the applicant")
			}
			k.AskedAt, k.AnsweredAt = ago(54*time.Minute), ago(53*time.Minute)
			k.Deadline = ago(time.Minute)
			finds(t, evaluate(t, good(withConsent(k))), Cancel, "R37 CONSENT_TIMEOUT")
		})
	}
	finds(t, evaluate(t, good(berikAgrees)), OK, "R35 CONSENTS_IN")
	sms := agreed(berikParty)
	sms.Signature.Method = BySMS
	finds(t, evaluate(t, good(withConsent(sms))), OK, "R35 CONSENTS_IN")
	finds(t, evaluate(t, good(withConsent(sms)), func(p *Parameters) { p.ConsentMethods = []SignatureMethod{ByEDS} }), Ask, "R35 CONSENT_IGNORED")
}

func TestR35NeitherPassesNorFailsAnUndecidedSignature(t *testing.T) {
	k := agreed(berikParty)
	k.Signature.Verdict = Indeterminate
	finds(t, evaluate(t, good(withConsent(k))), Pending, "R35 SIGNATURE_UNDECIDED")
	finds(t, evaluate(t, good(byOwner, func(f *Facts) { f.Application.Signature.Verdict = Indeterminate })), Pending, "R35 SIGNATURE_UNDECIDED")
}

func TestR35RefusesAnApplicationSignedByAnother(t *testing.T) {
	for _, change := range []func(*Signature){
		func(s *Signature) { s.Signer = berik },
		func(s *Signature) { s.Verdict = Invalid },
		func(s *Signature) { s.TextMatches = false },
	} {
		finds(t, evaluate(t, good(byOwner, func(f *Facts) { change(&f.Application.Signature) })), Refuse, "R35 APPLICATION_SIGNATURE")
	}
}

func TestR36RefusesWhenAnyHolderDeclines(t *testing.T) {
	no := agreed(camilaParty)
	no.Answer = mekenjai.Declined
	v := evaluate(t, good(withHolder(camilaParty), berikAgrees, withConsent(no)))
	if x := finds(t, v, Refuse, "R36 CONSENT_DECLINED"); len(x.Args) > 0 {
		t.Errorf("the applicant learns %v", x.Args)
	}
	no.Signature = nil // an authenticated click is a refusal too
	finds(t, evaluate(t, good(withHolder(camilaParty), withConsent(no))), Refuse, "R36 CONSENT_DECLINED")
}

func TestR37CancelsWhenNobodyAnswersWithinTheHour(t *testing.T) {
	asked := Consent{Party: berikParty, Answer: mekenjai.Asked, AskedAt: ago(time.Hour)}
	f := good(withConsent(asked), func(f *Facts) { f.Application.FiledAt = ago(2 * time.Hour) })
	finds(t, evaluate(t, f), Ask, "R33 OWNERS") // the last instant still counts
	f.Consents[0].AskedAt = ago(time.Hour + time.Second)
	if x := finds(t, evaluate(t, f), Cancel, "R37 CONSENT_TIMEOUT"); x.Args["minutes"] != "60" {
		t.Errorf("args %v", x.Args)
	}
	finds(t, evaluate(t, f, func(p *Parameters) { p.ConsentMinutes = 120 }), Ask, "R33 OWNERS")

	late := agreed(berikParty)
	late.AskedAt, late.Deadline, late.AnsweredAt = ago(50*time.Minute), ago(30*time.Minute), ago(29*time.Minute)
	finds(t, evaluate(t, good(withConsent(late))), Cancel, "R37 CONSENT_TIMEOUT")

	lapse := Consent{Party: berikParty, Answer: mekenjai.Lapsed, AskedAt: ago(50 * time.Minute), Deadline: ago(time.Minute)}
	finds(t, evaluate(t, good(withConsent(lapse))), Cancel, "R37 CONSENT_TIMEOUT")
}

func TestR38CancelsWhenAConsentIsTakenBack(t *testing.T) {
	k := agreed(berikParty)
	k.Answer = mekenjai.Withdrawn
	finds(t, evaluate(t, good(withConsent(k))), Cancel, "R38 CONSENT_WITHDRAWN")
}

func TestR39SendsAMinorOrIncapableOwnerToTheHall(t *testing.T) {
	finds(t, evaluate(t, good(born(berik, "2008-11-24"))), Route, "R39 OFFICE_HALL") // 18 tomorrow
	lacks(t, evaluate(t, good(born(berik, "2008-11-23"))), "R39")
	incapable := func(f *Facts) { f.Persons[1].Capacity = &CapableStatus{Status: Incapable, Date: day("2020-01-01")} }
	finds(t, evaluate(t, good(incapable)), Route, "R39 OFFICE_HALL")
	limited := func(f *Facts) { f.Persons[1].Capacity = &CapableStatus{Status: Limited, Date: day("2020-01-01")} }
	finds(t, evaluate(t, good(limited, berikAgrees)), Route, "R39 OFFICE_HALL")
}

// minor makes Berik an owner of the age, his father Daniyar stands at the window.
func minor(birth string) func(*Facts) {
	return func(f *Facts) {
		born(berik, birth)(f)
		atWindow(aisha, daniyar)(f)
		kin(daniyar, ParentOf, berik)(f)
		f.Persons = append(f.Persons, citizen(daniyar))
	}
}

func speaksFor(n mekenjai.IIN, party mekenjai.PartyID, c Capacity) Consent {
	k := agreed(party)
	k.Capacity = c
	k.Signature.Signer, k.Signature.Method = n, ByWriting
	return k
}

func TestR39AtTheWindowTheParentConsents(t *testing.T) {
	finds(t, evaluate(t, good(minor("2016-01-01"))), Ask, "R39 REPRESENTATIVE")
	father := withConsent(speaksFor(daniyar, berikParty, Representative))
	finds(t, evaluate(t, good(minor("2016-01-01"), father)), OK, "R55 ENTRY")
	// From 14 the owner agrees himself as well.
	v := evaluate(t, good(minor("2011-01-01"), father))
	finds(t, v, Ask, "R39 REPRESENTATIVE")
	own := withConsent(speaksFor(berik, berikParty, Himself))
	present := func(f *Facts) { f.Office.Present = append(f.Office.Present, Presence{berik, true}) }
	finds(t, evaluate(t, good(minor("2011-01-01"), father, own, present)), OK, "R55 ENTRY")
	// Who is not there writes nothing.
	away := func(f *Facts) { f.Office.Present = f.Office.Present[:1] }
	if v := evaluate(t, good(minor("2016-01-01"), father, away)); v.Passes() {
		t.Error("a paper signed elsewhere passes")
	}
}

func TestR39AGuardianNeedsThePermissionOfTheGuardianshipBody(t *testing.T) {
	ward := func(permission bool) func(*Facts) {
		return func(f *Facts) {
			minor("2016-01-01")(f)
			f.CivilRecords = &CivilRecords{Reply: notFound()}
			f.Guardianship = &Guardianship{Reply: answered(),
				Wards: []Ward{{Ward: berik, Guardian: daniyar, From: day("2020-01-01"), Permission: permission}}}
			withConsent(speaksFor(daniyar, berikParty, Representative))(f)
		}
	}
	finds(t, evaluate(t, good(ward(false))), Refuse, "R39 NO_GUARDIANSHIP_PERMISSION")
	finds(t, evaluate(t, good(ward(true))), OK, "R55 ENTRY")
}

func TestR40TheDeadConsentToNothing(t *testing.T) {
	dead := func(f *Facts) { f.Persons[1].LifeStatus, f.Persons[1].DeathDate = Dead, day("2026-11-01") }
	finds(t, evaluate(t, good(dead)), Refuse, "R40 OWNER_DEAD")
	open := func(f *Facts) { f.Persons[1].InheritanceCaseOpen = true }
	finds(t, evaluate(t, good(dead, open)), Manual, "R40 INHERITANCE_OPEN")
	finds(t, evaluate(t, good(dead, berikAgrees)), Refuse, "R40 OWNER_DEAD")
}

func TestR41AMissingOwnerIsForAnOfficer(t *testing.T) {
	finds(t, evaluate(t, good(func(f *Facts) { f.Persons[1].Missing = &Absence{Date: day("2020-01-01")} })), Manual, "R41 OWNER_MISSING")
	finds(t, evaluate(t, good(func(f *Facts) { f.Persons[1].Disappeared = &Absence{Date: day("2020-01-01")} })), Manual, "R41 OWNER_MISSING")
	found := good(func(f *Facts) { f.Persons[1].Missing = &Absence{Date: day("2020-01-01"), End: day("2021-01-01")} })
	lacks(t, evaluate(t, found), "R41")
}

func byFirm(f *Facts) {
	f.Property.Holders, f.Parties, f.Persons = nil, nil, f.Persons[:1]
	f.Property.Purpose = Dormitory
	withHolder(firmParty)(f)
	f.Application.DeclaredOwner = firmParty
}

func TestR42AnOrganisationPetitionsByItsHead(t *testing.T) {
	v := evaluate(t, good(byFirm))
	finds(t, v, Ask, "R42 PETITION")
	asksWhom(t, v, firmParty)
	finds(t, evaluate(t, good(byFirm, withConsent(agreed(firmParty)))), OK, "R55 ENTRY")
	for _, s := range []OrganisationState{Suspended, InLiquidation, Liquidated} {
		finds(t, evaluate(t, good(byFirm, func(f *Facts) { f.Organisations[0].State = s })), Refuse, "R42 ENTITY_INACTIVE")
	}
	for name, change := range map[string]func(*Consent){
		"own key":       func(k *Consent) { k.Signature.BIN = "" },
		"not the head":  func(k *Consent) { k.Signature.Signer = camila },
		"a code by SMS": func(k *Consent) { k.Signature.Method = BySMS },
	} {
		t.Run(name, func(t *testing.T) {
			k := agreed(firmParty)
			change(&k)
			finds(t, evaluate(t, good(byFirm, withConsent(k))), Ask, "R35 CONSENT_IGNORED")
		})
	}
	k := agreed(firmParty)
	k.Signature.Signer = camila
	may := func(f *Facts) { f.Organisations[0].Authorised = []mekenjai.IIN{camila} }
	finds(t, evaluate(t, good(byFirm, withConsent(k), may)), OK, "R55 ENTRY")
}

func TestR34AsksNothingAboutWhoCannotAnswerAnyway(t *testing.T) {
	offline := func(f *Facts) { f.Parties = []Party{{Party: berikParty, Reply: notFound()}} }
	for name, c := range map[string]struct {
		change  func(*Facts)
		outcome Outcome
		finding string
	}{
		"a child":   {born(berik, "2017-01-01"), Route, "R39 OFFICE_HALL"},
		"incapable": {func(f *Facts) { f.Persons[1].Capacity = &CapableStatus{Status: Incapable, Date: day("2020-01-01")} }, Route, "R39 OFFICE_HALL"},
		"dead": {func(f *Facts) { f.Persons[1].LifeStatus, f.Persons[1].InheritanceCaseOpen = Dead, true },
			Manual, "R40 INHERITANCE_OPEN"},
		"missing": {func(f *Facts) { f.Persons[1].Missing = &Absence{Date: day("2020-01-01")} }, Manual, "R41 OWNER_MISSING"},
		"unknown": {func(f *Facts) { f.Persons[1] = Person{IIN: berik, Reply: notFound()} }, Manual, "R27 OWNER_UNKNOWN"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, reach := range []func(*Facts){offline, func(f *Facts) { f.Parties = nil }} {
				v := evaluate(t, good(c.change, reach))
				finds(t, v, c.outcome, c.finding)
				lacks(t, v, "R34")
				lacks(t, v, "R56")
			}
		})
	}
}

// petition makes the head of the firm file for the registrant by petition.
func petition(signer mekenjai.IIN) func(*Facts) {
	return func(f *Facts) {
		byFirm(f)
		atWindow(camila)(f) // who brings the paper
		f.Application.Filer = &Filer{IIN: signer, Role: Administration}
		f.Application.Signature = Signature{Method: ByWriting, Signer: signer, Verdict: Valid, TextMatches: true}
		k := agreed(mekenjai.PartyID(firm))
		k.Signature = &Signature{Method: ByWriting, Signer: signer, Verdict: Valid, TextMatches: true}
		f.Consents = []Consent{k}
	}
}

func TestR42ThePetitionOfTheAdministrationIsApplicationAndConsentAtOnce(t *testing.T) {
	finds(t, evaluate(t, good(petition(erlan))), OK, "R55 ENTRY")
	finds(t, evaluate(t, good(petition(erlan), func(f *Facts) { f.Office.Present = nil })), Refuse, "R53 NOT_PRESENT")
	finds(t, evaluate(t, good(petition(erlan), at15)), Route, "R07 REPRESENTATIVE_FILES")
	lasting := func(p *Parameters) { p.PilotUntil = day("2026-12-31") }
	finds(t, evaluate(t, good(petition(erlan)), lasting), OK, "R55 ENTRY")
}

func TestR42NobodyPetitionsForAnothersBuilding(t *testing.T) {
	finds(t, evaluate(t, good(petition(daniyar))), Refuse, "R42 NOT_PETITIONER")
	authorised := func(f *Facts) { f.Organisations[0].Authorised = []mekenjai.IIN{daniyar} }
	finds(t, evaluate(t, good(petition(daniyar), authorised)), OK, "R55 ENTRY")
	flat := func(f *Facts) {
		f.Property.Holders = []Holder{{Party: mekenjai.PartyID(berik)}}
		f.Application.DeclaredOwner, f.Consents = mekenjai.PartyID(berik), nil
	}
	finds(t, evaluate(t, good(petition(erlan), flat)), Refuse, "R42 NOT_PETITIONER")
}
