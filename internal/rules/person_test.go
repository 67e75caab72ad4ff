package rules

import (
	"testing"
	"time"

	"mekenjai"
)

func TestR01RefusesNumbersThatTheStateDoesNotIssue(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"check digit of the registrant": func(f *Facts) { f.Application.Registrant, f.Persons = "780322300455", nil },
		"the same, known to a register": func(f *Facts) { f.Application.Registrant, f.Persons[0].IIN = "780322300455", "780322300455" },
		"too short":                     func(f *Facts) { f.Application.Registrant, f.Persons = "9001014000", nil },
		"declared owner":                func(f *Facts) { f.Application.DeclaredOwner = "123" },
		"filer":                         func(f *Facts) { f.Application.Filer = &Filer{IIN: "780322300455", Role: Parent} },
	} {
		t.Run(name, func(t *testing.T) { finds(t, evaluate(t, good(change)), Refuse, "R01 IIN_FORMAT") })
	}
	lacks(t, evaluate(t, good()), "R01")
}

func TestR01WarnsOfANumberWithoutCentury(t *testing.T) {
	strange := iin("900101", 0, 11)
	f := good(func(f *Facts) {
		f.Application.Registrant, f.Persons[0].IIN, f.Application.Signature.Signer = strange, strange, strange
		f.Persons[0].BirthDate = day("1990-01-01")
	})
	if x := finds(t, evaluate(t, f), Ask, "R01 IIN_CENTURY"); !x.Staff {
		t.Error("the person is bothered with it")
	}
}

func TestR02RefusesWhomTheRegisterDoesNotKnow(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"not found": func(f *Facts) { f.Persons[0] = Person{IIN: aisha, Reply: notFound()} },
		"removed":   func(f *Facts) { f.Persons[0].Removed = true },
		"excluded":  func(f *Facts) { f.Persons[0].Excluded = &Exclusion{Reason: "left"} },
	} {
		t.Run(name, func(t *testing.T) { finds(t, evaluate(t, good(change)), Refuse, "R02 PERSON_UNKNOWN") })
	}
}

func TestR03RefusesTheDead(t *testing.T) {
	finds(t, evaluate(t, good(func(f *Facts) { f.Persons[0].LifeStatus = Dead })), Refuse, "R03 PERSON_DEAD")
}

func foreigner(permit bool) func(*Facts) {
	return func(f *Facts) {
		f.Persons[0].Citizenship = "860"
		f.Persons[0].Documents = []Document{{Type: ForeignPassport, Status: DocumentValid, Begin: day("2022-01-01")}}
		if permit {
			f.Persons[0].PermanentResidence = &ResidencePermit{Status: DocumentValid, Begin: day("2023-01-01"), End: day("2033-01-01")}
		}
	}
}

func TestR04SendsForeignersWhereTheyAreServed(t *testing.T) {
	finds(t, evaluate(t, good(foreigner(false))), Route, "R04 MIGRATION")
	finds(t, evaluate(t, good(foreigner(false), atWindow(aisha, berik))), Route, "R04 MIGRATION")
	finds(t, evaluate(t, good(foreigner(true))), Route, "R04 ANNEX7_OFFICE")
	finds(t, evaluate(t, good(foreigner(true), atWindow(aisha, berik))), Ask, "R04 ANNEX7")
	stateless := good(foreigner(true), func(f *Facts) { f.Persons[0].Citizenship = "stateless" })
	finds(t, evaluate(t, stateless), Route, "R04 ANNEX7_OFFICE")
	expired := good(foreigner(true), func(f *Facts) { f.Persons[0].PermanentResidence.End = day("2026-11-22") })
	finds(t, evaluate(t, expired), Route, "R04 MIGRATION")
}

func TestR05RefusesWithoutValidIdentityDocument(t *testing.T) {
	set := func(d Document) func(*Facts) { return func(f *Facts) { f.Persons[0].Documents = []Document{d} } }
	valid := Document{Type: IDCard, Status: DocumentValid, Begin: day("2020-01-01"), End: day("2026-11-23")}
	lacks(t, evaluate(t, good(set(valid))), "R05")
	passport := valid
	passport.Type = Passport
	lacks(t, evaluate(t, good(set(passport))), "R05")

	expired, replaced, invalid, other, child := valid, valid, valid, valid, valid
	expired.End = day("2026-11-22")
	replaced.Status = DocumentReplaced
	invalid.Invalids = day("2026-11-23")
	other.Type = OtherDocument
	child.Type = BirthCertificate
	for _, d := range []Document{expired, replaced, invalid, other, child} {
		finds(t, evaluate(t, good(set(d))), Refuse, "R05 ID_INVALID")
	}
	finds(t, evaluate(t, good(func(f *Facts) { f.Persons[0].Documents = nil })), Refuse, "R05 ID_INVALID")
	at15 := good(set(child), born(aisha, "2011-05-05"), filedBy(daniyar, Parent), kin(daniyar, ParentOf, aisha))
	lacks(t, evaluate(t, at15), "R05")
}

func TestR06DoesNotRegisterUnder14AndBeginsOnTheBirthday(t *testing.T) {
	file := []func(*Facts){filedBy(daniyar, Parent), kin(aisha, Child, daniyar)}
	finds(t, evaluate(t, good(append(file, born(aisha, "2012-11-24"))...)), Refuse, "R06 NOT_SUBJECT_UNDER_14")
	lacks(t, evaluate(t, good(append(file, born(aisha, "2012-11-23"))...)), "R06")
	// The number says 1990; the register's birth date counts.
}

func TestR06CountsOnTheDayOfFilingAndNotOfEvaluation(t *testing.T) {
	f := good(filedBy(daniyar, Parent), kin(aisha, Child, daniyar), born(aisha, "2012-11-23"), func(f *Facts) {
		f.Application.FiledAt = clock("2026-11-22T23:59:00+05:00")
	})
	finds(t, evaluate(t, f), Refuse, "R06 NOT_SUBJECT_UNDER_14")
}

func TestR07SendsWhoIs14Or15ToAParent(t *testing.T) {
	finds(t, evaluate(t, good(born(aisha, "2010-11-24"))), Route, "R07 REPRESENTATIVE_FILES") // 15, 16 tomorrow
	lacks(t, evaluate(t, good(born(aisha, "2010-11-23"))), "R07")                             // 16 today
	finds(t, evaluate(t, good(born(aisha, "2012-11-23"))), Route, "R07 REPRESENTATIVE_FILES") // 14 today
	lacks(t, evaluate(t, good(born(aisha, "2012-11-24"))), "R07")
	late := func(p *Parameters) { p.SelfFilingAge = 18 }
	finds(t, evaluate(t, good(born(aisha, "2009-11-23")), late), Route, "R07 REPRESENTATIVE_FILES")
}

var at15 = born(aisha, "2011-05-05")

func TestR08AcceptsAParentOfTheRecordsOnly(t *testing.T) {
	file := filedBy(daniyar, Parent)
	finds(t, evaluate(t, good(at15, file, kin(daniyar, ParentOf, aisha))), Ask, "R08 AUTHORITY")
	finds(t, evaluate(t, good(at15, file, kin(aisha, AdoptedChild, daniyar))), Ask, "R08 AUTHORITY")
	finds(t, evaluate(t, good(at15, file, kin(daniyar, Sibling, aisha))), Refuse, "R08 NO_AUTHORITY")
	finds(t, evaluate(t, good(at15, file, kin(daniyar, ParentOf, berik))), Refuse, "R08 NO_AUTHORITY")
	deprived := good(at15, file, kin(daniyar, ParentOf, aisha), func(f *Facts) { f.CivilRecords.Relations[0].RightsDeprived = true })
	finds(t, evaluate(t, deprived), Refuse, "R08 NO_AUTHORITY")
	dead := good(at15, file, kin(daniyar, ParentOf, aisha), func(f *Facts) { f.person(daniyar).LifeStatus = Dead })
	finds(t, evaluate(t, dead), Refuse, "R08 NO_AUTHORITY")
	adult := good(file, kin(daniyar, ParentOf, aisha))
	finds(t, evaluate(t, adult), Refuse, "R08 NO_AUTHORITY")
	finds(t, evaluate(t, good(at15, file)), Pending, "R56 CIVIL_RECORDS")
}

func guardian(f *Facts) {
	f.Guardianship = &Guardianship{Reply: answered(), Wards: []Ward{{Ward: aisha, Guardian: daniyar, From: day("2020-01-01")}}}
}

func TestR08AcceptsAGuardianInForceOnly(t *testing.T) {
	file := filedBy(daniyar, Guardian)
	finds(t, evaluate(t, good(at15, file, guardian)), Ask, "R08 AUTHORITY")
	over := good(at15, file, guardian, func(f *Facts) { f.Guardianship.Wards[0].Until = day("2026-11-22") })
	finds(t, evaluate(t, over), Refuse, "R08 NO_AUTHORITY")
}

func TestR08GivesACheckedPaperToAnOfficerWhereTheRecordsKnowNothing(t *testing.T) {
	f := good(at15, atWindow(daniyar, berik), filedBy(daniyar, Parent), func(f *Facts) {
		f.CivilRecords = &CivilRecords{Reply: notFound()}
		f.Application.Filer.Paper = &Paper{Kind: BirthCertificatePaper, Checked: true}
	})
	finds(t, evaluate(t, f), Manual, "R08 AUTHORITY_PAPER")
	f.Application.Filer.Paper.Checked = false
	finds(t, evaluate(t, f), Refuse, "R08 NO_AUTHORITY")
}

func TestR09LetsOnlyTheGuardianFileForTheIncapable(t *testing.T) {
	incapable := func(f *Facts) { f.Persons[0].Capacity = &CapableStatus{Status: Incapable, Date: day("2020-01-01")} }
	finds(t, evaluate(t, good(incapable)), Route, "R09 GUARDIAN_FILES")
	lacks(t, evaluate(t, good(incapable, filedBy(daniyar, Guardian), guardian)), "R09")
	limited := func(f *Facts) { incapable(f); f.Persons[0].Capacity.Status = Limited }
	finds(t, evaluate(t, good(limited)), Route, "R09 GUARDIAN_FILES")
	lacks(t, evaluate(t, good(limited, filedBy(daniyar, Trustee), guardian)), "R09")
	restored := func(f *Facts) { incapable(f); f.Persons[0].Capacity.End = day("2026-11-22") }
	lacks(t, evaluate(t, good(restored)), "R09")
}

func deed(change ...func(*Attorney)) func(*Facts) {
	a := Attorney{Principal: mekenjai.PartyID(aisha), Attorney: daniyar, Number: "17", Reply: answered(), Notarised: true,
		Scope: []Scope{ScopeApply}, Issued: day("2025-11-23"), Until: day("2027-11-23")}
	for _, c := range change {
		c(&a)
	}
	return func(f *Facts) { f.Attorneys = append(f.Attorneys, a) }
}

func TestR10AcceptsANotarisedPowerOfAttorneyInForce(t *testing.T) {
	window := []func(*Facts){atWindow(daniyar, berik), filedBy(daniyar, AttorneyAtWork)}
	try := func(change ...func(*Attorney)) Verdict {
		return evaluate(t, good(append(window, deed(change...))...))
	}
	finds(t, try(), Ask, "R10 ATTORNEY")
	finds(t, try(func(a *Attorney) { a.Until = mekenjai.Date{} }), Ask, "R10 ATTORNEY") // one year, to the day
	for name, change := range map[string]func(*Attorney){
		"not notarised":         func(a *Attorney) { a.Notarised = false },
		"undated":               func(a *Attorney) { a.Issued = mekenjai.Date{} },
		"other act":             func(a *Attorney) { a.Scope = []Scope{ScopeOther, ScopeConsent} },
		"run out":               func(a *Attorney) { a.Until = day("2026-11-22") },
		"not yet begun":         func(a *Attorney) { a.Issued = day("2026-11-24") },
		"no term, after a year": func(a *Attorney) { a.Issued, a.Until = day("2025-11-22"), mekenjai.Date{} },
		"longer than 3 years":   func(a *Attorney) { a.Issued, a.Until = day("2023-11-22"), day("2033-01-01") },
		"cancelled":             func(a *Attorney) { a.CancelledAt = ago(time.Hour) },
		"of another principal":  func(a *Attorney) { a.Principal = mekenjai.PartyID(berik) },
		"unknown to notaries":   func(a *Attorney) { *a = Attorney{Principal: a.Principal, Attorney: a.Attorney, Reply: notFound()} },
	} {
		t.Run(name, func(t *testing.T) {
			v := try(change)
			if name == "of another principal" {
				finds(t, v, Pending, "R56 NOTARY") // nobody has asked about the one that counts
				return
			}
			finds(t, v, Refuse, "R10 POA_INVALID")
		})
	}
	finds(t, evaluate(t, good(filedBy(daniyar, AttorneyAtWork), deed())), Route, "R10 ATTORNEY_OFFICE")
}
