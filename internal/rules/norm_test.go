package rules

import (
	"testing"
)

func others(known bool) func(*Facts) {
	return func(f *Facts) { f.Register.NonExemptHere = &known }
}

// nobody: every register that could exempt answers that it knows nothing.
func nobody(f *Facts) {
	f.CivilRecords = &CivilRecords{Reply: notFound()}
	f.Guardianship = &Guardianship{Reply: notFound()}
	f.Education = &Education{Reply: notFound()}
}

func TestR47CountsOnePersonForEachWhole15SquareMetres(t *testing.T) {
	for space, want := range map[float64]string{60: "4", 59.99: "3", 44.9: "2", 15: "1", 14.99: "0"} {
		v := evaluate(t, good(inAstana(space, 0, 0), nobody))
		for _, x := range v.Findings {
			if x.Rule == "R47" && (x.Args["capacity"] != want || !x.Staff) {
				t.Errorf("%v m²: %v", space, x.Args)
			}
		}
	}
	finds(t, evaluate(t, good(inAstana(60, 0, 0))), Ask, "R47 CAPACITY")
	if n := perPerson(4.5, 1.5); n != 3 {
		t.Errorf("4.5 / 1.5 is %d", n)
	}
}

func TestR47HoldsOnlyInAstanaAndFromItsFirstDay(t *testing.T) {
	full := inAstana(30, 1, 1)
	almaty := good(full, nobody, func(f *Facts) { f.Address.KATO = "750000000" })
	lacks(t, evaluate(t, almaty), "R47")
	before := good(full, nobody, filedAt("2025-12-25T23:00:00+05:00"))
	lacks(t, evaluate(t, before), "R48")
	finds(t, evaluate(t, good(full, nobody, filedAt("2025-12-26T10:00:00+05:00"))), Refuse, "R48 CAPITAL_NORM")
}

func TestR48RefusesAboveTheNorm(t *testing.T) {
	finds(t, evaluate(t, good(inAstana(60, 2, 1), berikAgrees)), OK, "R55 ENTRY") // the fourth of four
	v := evaluate(t, good(inAstana(60, 3, 1), nobody))
	if x := finds(t, v, Refuse, "R48 CAPITAL_NORM"); x.Args["capacity"] != "4" || x.Args["norm"] != "15" {
		t.Errorf("args %v", x.Args)
	}
	own := good(inAstana(60, 3, 0), entry(arc, "2026-06-10", "2026-12-10"), berikAgrees)
	finds(t, evaluate(t, own), OK, "R55 ENTRY") // who extends takes no new place
}

func TestR48WaitsForTheRegistersThatCouldExempt(t *testing.T) {
	v := evaluate(t, good(inAstana(60, 4, 0), berikAgrees))
	finds(t, v, Pending, "R56 CIVIL_RECORDS")
	finds(t, v, Pending, "R56 GUARDIANSHIP")
	finds(t, v, Pending, "R56 EDUCATION")
	// Where others live there already, nobody is exempt and nobody need be asked.
	certain := evaluate(t, good(inAstana(60, 4, 0), others(true)))
	finds(t, certain, Refuse, "R48 CAPITAL_NORM")
	lacks(t, certain, "R56")
}

func TestR49ExemptsTheOwnersRelativesWardsAndStudents(t *testing.T) {
	full := []func(*Facts){inAstana(60, 4, 0), nobody, others(false), berikAgrees}
	for _, k := range exemptKin {
		finds(t, evaluate(t, good(append(full, func(f *Facts) { f.CivilRecords = nil }, kin(aisha, k, berik))...)), OK, "R49 EXEMPT")
	}
	none := append(full, func(f *Facts) { f.CivilRecords = nil }, kin(aisha, NoKin, berik))
	finds(t, evaluate(t, good(none...)), Refuse, "R48 CAPITAL_NORM")

	ward := append(full, func(f *Facts) {
		f.Guardianship = &Guardianship{Reply: answered(), Wards: []Ward{{Ward: aisha, Guardian: berik, From: day("2020-01-01")}}}
	})
	finds(t, evaluate(t, good(ward...)), OK, "R49 EXEMPT")

	student := func(fullTime bool, kato string) Verdict {
		return evaluate(t, good(append(full, func(f *Facts) {
			f.Education = &Education{Reply: answered(), FullTime: fullTime, KATO: kato}
		})...))
	}
	finds(t, student(true, "710000000"), OK, "R49 EXEMPT")
	finds(t, student(false, "710000000"), Refuse, "R48 CAPITAL_NORM")
	finds(t, student(true, "750000000"), Refuse, "R48 CAPITAL_NORM")
}

func TestR49ProvisoThatNoOthersAreRegistered(t *testing.T) {
	relative := func(change ...func(*Facts)) Facts {
		return good(append([]func(*Facts){inAstana(60, 4, 0), nobody, berikAgrees, func(f *Facts) { f.CivilRecords = nil }, kin(aisha, Sibling, berik)}, change...)...)
	}
	students := func(p *Parameters) { p.NormProviso = ReadStudents }
	finds(t, evaluate(t, relative(others(true))), Refuse, "R48 CAPITAL_NORM")
	finds(t, evaluate(t, relative()), Manual, "R49 RESIDENTS_UNKNOWN")
	finds(t, evaluate(t, relative(others(true)), students), OK, "R49 EXEMPT")
	finds(t, evaluate(t, relative(), students), OK, "R49 EXEMPT")
	student := good(inAstana(60, 4, 0), nobody, others(true), berikAgrees, func(f *Facts) {
		f.Education = &Education{Reply: answered(), FullTime: true, KATO: "710000000"}
	})
	finds(t, evaluate(t, student, students), Refuse, "R48 CAPITAL_NORM")
}

func TestR49TheOwnerHimselfIsNotInTheListOfTheLaw(t *testing.T) {
	f := good(byOwner, inAstana(60, 4, 0), nobody, others(false))
	finds(t, evaluate(t, f), Refuse, "R48 CAPITAL_NORM")
	finds(t, evaluate(t, f, func(p *Parameters) { p.NormOwnerExempt = true }), OK, "R49 EXEMPT")
}

func TestR49RelationToAnyOwnerCounts(t *testing.T) {
	f := good(inAstana(60, 4, 0), nobody, others(false), withHolder(camilaParty), berikAgrees, withConsent(agreed(camilaParty)),
		func(f *Facts) { f.CivilRecords = nil }, kin(camila, Grandparent, aisha))
	finds(t, evaluate(t, f), OK, "R49 EXEMPT")
}

func TestR50GivesAnUnknownAreaToAnOfficer(t *testing.T) {
	f := good(inAstana(60, 0, 0), berikAgrees, func(f *Facts) { f.Property.UsefulArea = nil })
	finds(t, evaluate(t, f), Manual, "R50 AREA_UNKNOWN")
	f.Address.KATO = "750000000"
	finds(t, evaluate(t, f), OK, "R55 ENTRY")
}

func TestR51TellsThePoliceOfCrowdsAndSetsNoLimit(t *testing.T) {
	crowd := func(space float64, n int) Verdict {
		return evaluate(t, good(inAstana(space, n, 0), berikAgrees, func(f *Facts) { f.Address.KATO = "790000000" }))
	}
	lacks(t, crowd(60, 10), "R51")
	if x := finds(t, crowd(60, 11), OK, "R51 CROWDED"); !x.Staff {
		t.Error("the applicant is told how many live there")
	}
	lacks(t, crowd(1000, 20), "R51")
	finds(t, crowd(1000, 21), OK, "R51 CROWDED")
	finds(t, evaluate(t, good(berikAgrees, func(f *Facts) { f.Property.UsefulArea, f.Register.TemporaryHere = nil, 3450 })), OK, "R51 CROWDED")
}
