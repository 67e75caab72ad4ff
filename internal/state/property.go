package state

import (
	"slices"

	"mekenjai"
)

// Property is what the cadastre holds at an address code: the Objects of a
// message of ЕГКН whose AddressCode is that code. The public schema for the
// question by address is not known; the field tree is that of its live messages.
type Property struct {
	ARC     mekenjai.ARC `json:"AddressCode"`
	Objects []Object     `json:"Objects,omitempty"`
}

// Holdings is what a person or organisation has rights to.
type Holdings struct {
	Party   mekenjai.PartyID `json:"IINBIN"`
	Objects []Object         `json:"Objects,omitempty"`
}

// Object is ObjectInfo of ЕГКН.
type Object struct {
	ID             string        `json:"Id"`
	CadastreNumber string        `json:"CadastrNum"`
	Type           string        `json:"EstateObjectTypeCode"`
	Area           Area          `json:"Area"`
	UsefulArea     Area          `json:"UsefulArea,omitempty"` // ours: art. 2(35) of the Law on Housing Relations
	FuncUse        Term          `json:"FuncUse,omitzero"`
	PurposeUse     Term          `json:"PurposeUse,omitzero"`
	Address        AddressData   `json:"AddressData"`
	Rights         []TitleRight  `json:"Razdel2,omitempty"`
	Encumbrances   []Encumbrance `json:"Razdel3,omitempty"`
	Leases         []Lease       `json:"Lease,omitempty"` // ours: R44 needs more than Razdel3 tells
}

// AddressData ties an object to the Address Register.
type AddressData struct {
	ARC      mekenjai.ARC `json:"AddressCode"`
	Building mekenjai.ARC `json:"BuildingRCA,omitempty"`
	KATO     string       `json:"KATO,omitempty"`
	NameRU   string       `json:"AddressNameRu"`
	NameKK   string       `json:"AddressNameKz"`
}

// Subject is a party of a right or an encumbrance.
type Subject struct {
	Party    mekenjai.PartyID `json:"IINBIN,omitempty"`
	Name     string           `json:"NameRus"`
	IsPerson bool             `json:"IsFl"`
}

// Paper is the document on which a right or an encumbrance rests.
type Paper struct {
	Type   Term          `json:"CodeType,omitzero"`
	Number string        `json:"DocNumber"`
	Date   mekenjai.Date `json:"DocDate"`
}

// TitleRight is one line of Razdel2.
type TitleRight struct {
	Registered mekenjai.Date  `json:"RegDate"`
	Ended      mekenjai.Date  `json:"EndDate,omitzero"`
	Owner      Subject        `json:"Owner"`
	Type       Term           `json:"RightType"`
	Form       Term           `json:"OwnershipForm,omitzero"`
	Share      mekenjai.Share `json:"Share,omitzero"` // ours: not in the sample messages
	Basis      Paper          `json:"AttachmentBegin"`
}

// Encumbrance is one line of Razdel3.
type Encumbrance struct {
	Registered mekenjai.Date `json:"RegDate"`
	Ended      mekenjai.Date `json:"EndDate,omitzero"`
	Interested Subject       `json:"InterestedPerson"`
	Type       Term          `json:"BurdenType"`
	Basis      Paper         `json:"AttachmentBegin"`
}

// Lease is a registered lease of a private dwelling.
type Lease struct {
	Tenant        Subject       `json:"Tenant"`
	Registered    mekenjai.Date `json:"RegDate"`
	Until         mekenjai.Date `json:"EndDate"`
	BansResidents bool          `json:"BansResidents"` // the contract forbids temporary residents
	OwnerLives    bool          `json:"OwnerLives"`    // the owner lives there too: art. 25(2)
}

// RightType codes: 1011 was seen, the others are ours.
const (
	RightOwnership       = "1011"
	RightSharedOwnership = "1012"
	RightJointOwnership  = "1013"
	RightEconomic        = "1021" // economic jurisdiction or operative management of a state body
)

// EstateObjectTypeCode.
const (
	ObjectLand     = "1"
	ObjectBuilding = "3"
	ObjectFlat     = "4"
	ObjectDacha    = "5"
	ObjectGarage   = "6"
)

// Dwelling is the object in which somebody can stay: the first that is no land.
// An address code without one has no registered title (rule R25).
func (p Property) Dwelling() (Object, bool) {
	i := slices.IndexFunc(p.Objects, func(o Object) bool { return o.Type != ObjectLand })
	if i < 0 {
		return Object{}, false
	}
	return p.Objects[i], true
}

// Disagrees says whether the reply contradicts itself: two objects under one
// code with different areas or holders (rule R27).
func (p Property) Disagrees() bool {
	first, ok := p.Dwelling()
	if !ok {
		return false
	}
	for _, o := range p.Objects {
		if o.Type != ObjectLand && (o.Area != first.Area || !mekenjai.SameHolders(o.Holders(), first.Holders())) {
			return true
		}
	}
	return false
}

// Holders are the parties whose title is in force, in the register's order: one
// is the owner, several are co-owners. Nobody means "no title" (rule R25).
func (o Object) Holders() []mekenjai.RightHolder {
	var found []mekenjai.RightHolder
	for _, r := range o.Rights {
		if !r.Ended.IsZero() {
			continue
		}
		found = append(found, mekenjai.RightHolder{
			Party: r.Owner.Party, Name: r.Owner.Name, Right: mekenjai.RightCoOwner, Share: r.Share,
		})
	}
	if len(found) == 1 {
		found[0].Right = mekenjai.RightOwner
	}
	return found
}

// Lease is the registered lease in force on the day d.
func (o Object) Lease(d mekenjai.Date) (Lease, bool) {
	for _, l := range o.Leases {
		if !d.Before(l.Registered) && !d.After(l.Until) {
			return l, true
		}
	}
	return Lease{}, false
}
