package state

// BurdenKind is what an encumbrance forbids, as far as living somewhere goes.
type BurdenKind string

// The kinds of the law on registration of rights, art. 5. BurdenUnknown is a
// code that this table lacks: an officer must look.
const (
	BurdenPledge      BurdenKind = "pledge"
	BurdenArrest      BurdenKind = "arrest"
	BurdenNoDisposal  BurdenKind = "no_disposal"
	BurdenNoUse       BurdenKind = "no_use"
	BurdenEviction    BurdenKind = "eviction"
	BurdenLease       BurdenKind = "lease"
	BurdenTrust       BurdenKind = "trust"
	BurdenRestriction BurdenKind = "restriction" // 3041 «Ограничение», seen; says nothing of use
	BurdenUnknown     BurdenKind = "unknown"
)

// Burdens maps BurdenType codes: 3041 was seen in messages, the others are ours.
var Burdens = map[string]BurdenKind{
	"3011": BurdenPledge,
	"3021": BurdenArrest,
	"3031": BurdenNoDisposal,
	"3032": BurdenNoUse,
	"3033": BurdenEviction,
	"3041": BurdenRestriction,
	"3051": BurdenLease,
	"3061": BurdenTrust,
}

// Kind of the encumbrance.
func (e Encumbrance) Kind() BurdenKind {
	if k, ok := Burdens[e.Type.Code]; ok {
		return k
	}
	return BurdenUnknown
}

// IsCurrent says whether the encumbrance still stands.
func (e Encumbrance) IsCurrent() bool { return e.Ended.IsZero() }

// Burdens are the kinds of the encumbrances that stand.
func (o Object) Burdens() []BurdenKind {
	var kinds []BurdenKind
	for _, e := range o.Encumbrances {
		if e.IsCurrent() {
			kinds = append(kinds, e.Kind())
		}
	}
	return kinds
}

// Use is what an object is for.
type Use string

// The uses: those before UseOffice are places where the Rules of registration
// let people be registered.
const (
	UseHouse      Use = "house"
	UseFlat       Use = "flat"
	UseDacha      Use = "dacha"
	UseDormitory  Use = "dormitory"
	UseHotel      Use = "hotel"
	UseHostel     Use = "hostel"
	UseSanatorium Use = "sanatorium" // rest homes and dispensaries with it
	UseMedical    Use = "medical"
	UseBoarding   Use = "boarding" // boarding and nursing homes
	UseOffice     Use = "office"
	UseTrade      Use = "trade"
	UseWarehouse  Use = "warehouse"
	UseGarage     Use = "garage"
	UseUnknown    Use = "unknown"
)

// Uses maps PurposeUse codes to uses. The dictionary is not public; these are
// ours.
var Uses = map[string]Use{
	"1001": UseHouse, "1002": UseFlat, "1003": UseDacha,
	"1101": UseDormitory, "1102": UseHotel, "1103": UseHostel,
	"1201": UseSanatorium, "1202": UseMedical, "1203": UseBoarding,
	"2001": UseOffice, "2002": UseTrade, "2003": UseWarehouse, "2004": UseGarage,
}

// Use of the object, by its purpose.
func (o Object) Use() Use {
	if u, ok := Uses[o.PurposeUse.Code]; ok {
		return u
	}
	return UseUnknown
}

// ForLiving says whether people may be registered in such an object: dwellings,
// dachas, dormitories, hotels and the institutions that the Rules name (rule R26).
func (u Use) ForLiving() bool {
	switch u {
	case UseHouse, UseFlat, UseDacha, UseDormitory, UseHotel, UseHostel, UseSanatorium, UseMedical, UseBoarding:
		return true
	}
	return false
}
