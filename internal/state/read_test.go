package state

import (
	"slices"
	"testing"

	"mekenjai"
)

var today = mekenjai.Date{Year: 2026, Month: 11, Day: 22}

func TestDeathIsReadFromAnyOfItsThreeSigns(t *testing.T) {
	for name, p := range map[string]Person{
		"status":      {LifeStatus: Term{Code: LifeDead}},
		"date":        {LifeStatus: Term{Code: LifeNormal}, DeathDate: today},
		"certificate": {LifeStatus: Term{Code: LifeNormal}, DeathCertificate: &CivilAct{Number: "1"}},
	} {
		if !p.IsDead() {
			t.Errorf("%s: alive", name)
		}
	}
}

func TestIncapacityLastsFromTheCourtsDateToItsEnd(t *testing.T) {
	p := Person{Capable: &CapableStatus{Status: Term{Code: CapableIncapable}, Begin: today.AddDays(-10), End: today}}
	for d, want := range map[mekenjai.Date]bool{
		today.AddDays(-11): true, today.AddDays(-10): false, today.AddDays(-1): false, today: true,
	} {
		if p.IsCapableOn(d) != want {
			t.Errorf("%v: capable %v", d, !want)
		}
	}
}

func TestIdentityCardIsPreferredAndMustBeValid(t *testing.T) {
	card := Document{Type: Term{Code: DocumentIdentityCard}, Number: "card", Begin: today.AddDays(-1), Status: Term{Code: DocumentValid}}
	passport := Document{Type: Term{Code: DocumentPassport}, Number: "passport", Begin: today.AddDays(-1), Status: Term{Code: DocumentValid}}
	p := Person{Documents: []Document{passport, card}}
	if d, _ := p.ValidDocument(today); d.Number != "card" {
		t.Errorf("chose %v", d.Number)
	}
	p.Documents[1].Status.Code = DocumentUnusable
	if d, _ := p.ValidDocument(today); d.Number != "passport" {
		t.Errorf("chose %v", d.Number)
	}
	p.Documents[0].End = today.AddDays(-1)
	if d, ok := p.ValidDocument(today); ok {
		t.Errorf("chose %v", d.Number)
	}
}

func TestSoleHolderIsOwnerSeveralAreCoOwners(t *testing.T) {
	right := func(p mekenjai.PartyID) TitleRight { return TitleRight{Owner: Subject{Party: p}} }
	o := Object{Rights: []TitleRight{right("1"), right("2")}}
	if h := o.Holders(); len(h) != 2 || h[0].Right != mekenjai.RightCoOwner {
		t.Errorf("holders %v", h)
	}
	o.Rights[1].Ended = today
	if h := o.Holders(); len(h) != 1 || h[0].Right != mekenjai.RightOwner {
		t.Errorf("holders %v", h)
	}
}

func TestLandAloneIsNoDwelling(t *testing.T) {
	if _, ok := (Property{Objects: []Object{{Type: ObjectLand}}}).Dwelling(); ok {
		t.Error("land is a dwelling")
	}
}

func TestTwoObjectsOfOneCodeMustAgree(t *testing.T) {
	p := Property{Objects: []Object{{Type: ObjectFlat, Area: SquareMetres(50)}, {Type: ObjectFlat, Area: SquareMetres(50)}}}
	if p.Disagrees() {
		t.Error("equal objects disagree")
	}
	p.Objects[1].Area++
	if !p.Disagrees() {
		t.Error("different areas agree")
	}
}

func TestUnknownEncumbranceIsKeptForAnOfficer(t *testing.T) {
	o := Object{Encumbrances: []Encumbrance{{Type: Term{Code: "9999"}}, {Type: Term{Code: "3011"}, Ended: today}}}
	if got := o.Burdens(); !slices.Equal(got, []BurdenKind{BurdenUnknown}) {
		t.Errorf("burdens %v", got)
	}
}

func TestOnlyPlacesForLivingAreForLiving(t *testing.T) {
	if !UseDormitory.ForLiving() || UseOffice.ForLiving() || UseUnknown.ForLiving() {
		t.Error("uses mixed up")
	}
}
