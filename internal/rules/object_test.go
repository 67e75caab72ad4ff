package rules

import (
	"testing"

	"mekenjai"
)

func TestR23RefusesWhatIsNoAddressOfAHouseOrRoom(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"malformed":  func(f *Facts) { f.Application.ARC = "12" },
		"not found":  func(f *Facts) { f.Address = &Address{Reply: notFound()} },
		"not actual": func(f *Facts) { f.Address.Actual = false },
		"plot":       func(f *Facts) { f.Address.Kind = mekenjai.KindPlot },
		"street":     func(f *Facts) { f.Address.Kind = mekenjai.KindStreet },
	} {
		t.Run(name, func(t *testing.T) { finds(t, evaluate(t, good(change)), Refuse, "R23 ADDRESS") })
	}
}

func TestR24RefusesABuildingOfFlatsWithoutTheFlat(t *testing.T) {
	house := func(f *Facts) { f.Address.Kind = mekenjai.KindBuilding }
	lacks(t, evaluate(t, good(house)), "R24")
	flats := good(house, func(f *Facts) { f.Address.MultiFlat = true })
	finds(t, evaluate(t, flats), Refuse, "R24 NEED_UNIT")
}

func TestR25RefusesADwellingWithoutRegisteredTitle(t *testing.T) {
	finds(t, evaluate(t, good(func(f *Facts) { f.Property = &Property{Reply: notFound()} })), Refuse, "R25 NO_TITLE")
	untitled := evaluate(t, good(func(f *Facts) { f.Property = &Property{Reply: answered()} }))
	finds(t, untitled, Refuse, "R25 NO_TITLE")
	lacks(t, untitled, "R30")
}

func TestR26RefusesObjectsNotMeantForLiving(t *testing.T) {
	for _, k := range []ObjectKind{OfficeRooms, Trade, Warehouse, Industrial, Garage, OtherObject} {
		finds(t, evaluate(t, good(func(f *Facts) { f.Property.Purpose = k })), Refuse, "R26 PURPOSE")
	}
	for _, k := range []ObjectKind{House, Dacha, Dormitory, Hotel, Hostel, Sanatorium, NursingHome, OtherForLiving} {
		lacks(t, evaluate(t, good(func(f *Facts) { f.Property.Purpose = k })), "R26")
	}
}

func TestR27GivesContradictingRegistersToAnOfficer(t *testing.T) {
	for d, code := range map[Disagreement]string{
		DiffersARC: "ARC_MISSING", DiffersArea: "AREA", DiffersOwner: "OWNER", DiffersPurpose: "PURPOSE", DiffersAddress: "ADDRESS",
	} {
		f := good(berikAgrees, func(f *Facts) { f.Property.Disagreements = []Disagreement{d} })
		finds(t, evaluate(t, f), Manual, "R27 "+code)
	}
}

func TestR27DoesNotRefuseOnADisputedFact(t *testing.T) {
	garage := good(func(f *Facts) { f.Property.Purpose, f.Address.Purpose = Garage, House })
	v := evaluate(t, garage)
	finds(t, v, Manual, "R27 PURPOSE")
	lacks(t, v, "R26")
	full := evaluate(t, good(inAstana(30, 5, 5), func(f *Facts) { f.Property.Disagreements = []Disagreement{DiffersArea} }))
	finds(t, full, Manual, "R27 AREA")
	lacks(t, full, "R48")
}

func TestR27MissesAnOwnerWhenSharesMakeNoWhole(t *testing.T) {
	share := func(n, d int) func(*Facts) {
		return func(f *Facts) { f.Property.Holders[0].Share = mekenjai.Share{Numerator: n, Denominator: d} }
	}
	finds(t, evaluate(t, good(share(1, 2), berikAgrees)), Manual, "R27 SHARES")
	finds(t, evaluate(t, good(share(1, 1), berikAgrees)), OK, "R55 ENTRY")
}

func TestR27AsksNobodyWhomNoRegisterKnows(t *testing.T) {
	ghost := good(func(f *Facts) { f.Persons[1] = Person{IIN: berik, Reply: notFound()} })
	finds(t, evaluate(t, ghost), Manual, "R27 OWNER_UNKNOWN")
	entity := good(withHolder(mekenjai.PartyID(firm)), func(f *Facts) { f.Organisations[0] = Organisation{BIN: firm, Reply: notFound()} })
	finds(t, evaluate(t, entity), Manual, "R27 OWNER_UNKNOWN")
}

func TestR27AnOwnerWhoDisownsIsForAnOfficer(t *testing.T) {
	k := agreed(mekenjai.PartyID(berik))
	k.Answer = mekenjai.NotMine
	finds(t, evaluate(t, good(withConsent(k))), Manual, "R27 NOT_MINE")
}

func encumbered(e Encumbrance) func(*Facts) {
	return func(f *Facts) { f.Property.Encumbrances = append(f.Property.Encumbrances, e) }
}

func TestR28OnlyAProhibitionOnUseStops(t *testing.T) {
	finds(t, evaluate(t, good(encumbered(Encumbrance{Type: BanOnUse}))), Manual, "R28 BAN_ON_USE")
	finds(t, evaluate(t, good(encumbered(Encumbrance{Type: Eviction, Since: day("2026-11-23")}))), Manual, "R28 EVICTION")
	lifted := good(encumbered(Encumbrance{Type: BanOnUse, Since: day("2020-01-01"), Until: day("2026-11-22")}))
	lacks(t, evaluate(t, lifted), "R28")
}

func TestR29DebtsDoNotStopAndAreNotShownToTheApplicant(t *testing.T) {
	for kind, code := range map[EncumbranceType]string{Pledge: "PLEDGE", Arrest: "ARREST", BanOnDisposal: "BAN_ON_DISPOSAL"} {
		if x := finds(t, evaluate(t, good(berikAgrees, encumbered(Encumbrance{Type: kind}))), OK, "R29 "+code); !x.Staff {
			t.Errorf("%s is shown", kind)
		}
	}
	for _, kind := range []EncumbranceType{LeaseRight, UseRight, TrustManagement, BanOnWorks} {
		finds(t, evaluate(t, good(berikAgrees, encumbered(Encumbrance{Type: kind}))), OK, "R55 ENTRY")
	}
}
