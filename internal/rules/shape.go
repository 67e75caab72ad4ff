package rules

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"mekenjai"
)

// field is what a tag says about one field of a facts file. ParseFacts, Check
// and the JSON Schema all read it, so that they cannot drift apart.
type field struct {
	name     string
	index    []int
	typ      reflect.Type
	required bool // must stand in the file
	answered bool // must stand when the register answered
	key      bool // says whom the register was asked about, not what it said
	pattern  string
	about    string
}

// codes lists the words that each coded field may have.
var codes = map[reflect.Type][]string{}

func coded[T ~string](words ...T) {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	codes[reflect.TypeFor[T]()] = list
}

func init() {
	coded(Portal, OfficeWindow, Bank)
	coded(Parent, Guardian, Trustee, AttorneyAtWork, Administration)
	coded(BirthCertificatePaper, GuardianshipOrder, CourtAct, PowerOfAttorneyPaper,
		MissionCertificate, ForeignDeregistration, StatelessnessExtract)
	coded(ByEDS, BySMS, ByWriting)
	coded(Valid, Invalid, Indeterminate)
	coded(Himself, Representative, ByAttorney)
	coded(Answered, NotFound, Silent)
	coded(Alive, Dead)
	coded(IDCard, Passport, BirthCertificate, ForeignPassport, ResidencePermitPaper, StatelessCertificate, OtherDocument)
	coded(DocumentValid, DocumentInvalid, DocumentReplaced)
	coded(Capable, Limited, Incapable)
	coded(AddressRegistered, AddressDeregistered, AddressInvalid)
	coded(House, Apartment, Dacha, Dormitory, Hotel, Hostel, RestHome, Sanatorium, Dispensary, MedicalInstitution,
		BoardingHome, Pension, NursingHome, OtherForLiving, OfficeRooms, Trade, Warehouse, Industrial, Garage, OtherObject)
	coded(BanOnUse, Eviction, BanOnDisposal, BanOnWorks, Pledge, Arrest, LeaseRight, UseRight, TrustManagement)
	coded(DiffersARC, DiffersArea, DiffersOwner, DiffersPurpose, DiffersAddress)
	coded(Active, Suspended, InLiquidation, Liquidated)
	coded(Spouse, InLaw, ParentOf, Child, AdoptiveParent, AdoptedChild, Sibling, Grandparent, Grandchild,
		RelativesSpouse, RelativesChild, NoKin)
	coded(ScopeApply, ScopeConsent, ScopeOther)
	coded(mekenjai.Purposes...)
	coded(mekenjai.Asked, mekenjai.Agreed, mekenjai.Declined, mekenjai.NotMine, mekenjai.Lapsed, mekenjai.Withdrawn, mekenjai.Void)
	coded(mekenjai.KindPlot, mekenjai.KindStreet, mekenjai.KindBuilding, mekenjai.KindRoom)
	// A tenant is no owner: he stands in lease or state_housing.
	coded(mekenjai.RightOwner, mekenjai.RightCoOwner)
}

var shapes sync.Map // reflect.Type → []field; types are few and do not change

// fieldsOf are the fields of a struct as the file shows them: those of an
// embedded Reply among the others, in the order of the declaration.
func fieldsOf(t reflect.Type) []field {
	if known, ok := shapes.Load(t); ok {
		return known.([]field)
	}
	out := readFields(t)
	shapes.Store(t, out)
	return out
}

func readFields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			for _, inner := range readFields(sf.Type) {
				inner.index = append([]int{i}, inner.index...)
				inner.key = true // status and times are not content
				out = append(out, inner)
			}
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		marks := strings.Split(sf.Tag.Get("facts"), ",")
		out = append(out, field{
			name: name, index: []int{i}, typ: sf.Type,
			required: slices.Contains(marks, "required"),
			answered: slices.Contains(marks, "answered"),
			key:      slices.Contains(marks, "key"),
			pattern:  sf.Tag.Get("pattern"),
			about:    sf.Tag.Get("about"),
		})
	}
	return out
}

// isReply says whether the struct is an answer of a register.
func isReply(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Reply")
	return ok && f.Anonymous
}

// isScalar says whether a struct type is written as one JSON value.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[mekenjai.Date]()
}
