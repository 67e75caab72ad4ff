package rules

import (
	"time"

	"mekenjai"
)

// Status is what became of a question to a register.
type Status string

// Answered carries content; NotFound means that the register knows nothing under
// this number; Silent means that it has not answered (yet).
const (
	Answered Status = "answered"
	NotFound Status = "not_found"
	Silent   Status = "silent"
)

// Reply stands in the answer of every register.
type Reply struct {
	Status     Status    `json:"status" facts:"required" about:"What became of the question."`
	AskedAt    time.Time `json:"asked_at" facts:"required" about:"When the register was asked."`
	AnsweredAt time.Time `json:"answered_at,omitzero" about:"When it answered; required unless silent."`
}

// Person is an answer of the register of persons (GBD FL).
type Person struct {
	IIN mekenjai.IIN `json:"iin" facts:"required,key" about:"About whom."`
	Reply
	BirthDate  mekenjai.Date `json:"birth_date,omitzero" facts:"answered" about:"Birth date in the register."`
	LifeStatus LifeStatus    `json:"life_status,omitempty" facts:"answered" about:"Life status."`
	DeathDate  mekenjai.Date `json:"death_date,omitzero" about:"Day of death."`
	Removed    bool          `json:"removed,omitempty" about:"The record was removed."`
	Excluded   *Exclusion    `json:"excluded,omitempty" about:"The person was excluded from the register (excludeStatus)."`
	// Citizenship is 398 for Kazakhstan.
	Citizenship         string            `json:"citizenship,omitempty" facts:"answered" pattern:"^([0-9]{3}|stateless)$" about:"ISO 3166 numeric code, 398 is Kazakhstan; or stateless."`
	PermanentResidence  *ResidencePermit  `json:"permanent_residence,omitempty" about:"Permission of a foreigner or stateless person to reside permanently."`
	Documents           []Document        `json:"documents,omitempty" about:"Identity documents."`
	Capacity            *CapableStatus    `json:"capable_status,omitempty" about:"Court decision on capacity; left out: fully capable."`
	Missing             *Absence          `json:"missing,omitempty" about:"Declared missing by a court (missingStatus)."`
	Disappeared         *Absence          `json:"disappeared,omitempty" about:"Searched for as disappeared (disappearStatus)."`
	PermanentAddress    *PermanentAddress `json:"permanent_address,omitempty" about:"Permanent registration (regAddress)."`
	TemporaryAddresses  []StayAddress     `json:"temporary_addresses,omitempty" about:"Temporary addresses known to the register of persons."`
	InheritanceCaseOpen bool              `json:"inheritance_case_open,omitempty" about:"For a dead owner: a notary has opened an inheritance case."`
}

// LifeStatus of a person.
type LifeStatus string

// The register's life statuses, as far as the rules tell them apart.
const (
	Alive LifeStatus = "alive"
	Dead  LifeStatus = "dead"
)

// Exclusion from the register of persons.
type Exclusion struct {
	Reason string        `json:"reason" facts:"required" about:"Reason as the register words it."`
	Date   mekenjai.Date `json:"date,omitzero" about:"Since when."`
}

// ResidencePermit lets a foreigner or stateless person reside permanently.
type ResidencePermit struct {
	Status DocumentStatus `json:"status" facts:"required" about:"Whether it is valid."`
	Begin  mekenjai.Date  `json:"begin_date" facts:"required" about:"First day."`
	End    mekenjai.Date  `json:"end_date,omitzero" about:"Last day; left out: without end."`
}

// Document of identity.
type Document struct {
	Type     DocumentType   `json:"type" facts:"required" about:"Kind of document."`
	Number   string         `json:"number,omitempty" about:"Number."`
	Status   DocumentStatus `json:"status" facts:"required" about:"Whether it is valid."`
	Begin    mekenjai.Date  `json:"begin_date" facts:"required" about:"Day of issue."`
	End      mekenjai.Date  `json:"end_date,omitzero" about:"Last day; left out: without end."`
	Invalids mekenjai.Date  `json:"invalidity_date,omitzero" about:"Day from which it is invalid."`
}

// DocumentType is a kind of identity document.
type DocumentType string

// The kinds that may stand in the register of persons.
const (
	IDCard               DocumentType = "id_card"               // GBD FL 002
	Passport             DocumentType = "passport"              // GBD FL 001
	BirthCertificate     DocumentType = "birth_certificate"     // for under-16s
	ForeignPassport      DocumentType = "foreign_passport"      // GBD FL 015
	ResidencePermitPaper DocumentType = "residence_permit"      // of a foreigner
	StatelessCertificate DocumentType = "stateless_certificate" //
	OtherDocument        DocumentType = "other"                 // proves no identity
)

// DocumentStatus says whether a document may be used.
type DocumentStatus string

// GBD FL 00; 07 and 18; 17.
const (
	DocumentValid    DocumentStatus = "valid"
	DocumentInvalid  DocumentStatus = "invalid"
	DocumentReplaced DocumentStatus = "replaced"
)

// CapableStatus is a court decision on a person's capacity.
type CapableStatus struct {
	Status Ability       `json:"status" facts:"required" about:"What the court decided."`
	Date   mekenjai.Date `json:"date" facts:"required" about:"In force from."`
	End    mekenjai.Date `json:"end_date,omitzero" about:"Last day; left out: still in force."`
	Number string        `json:"number,omitempty" about:"Number of the decision."`
}

// Ability to act.
type Ability string

// Capacity as courts decide it.
const (
	Capable   Ability = "capable"
	Limited   Ability = "limited"
	Incapable Ability = "incapable"
)

// Absence of a person known to the state.
type Absence struct {
	Date mekenjai.Date `json:"date" facts:"required" about:"Since when."`
	End  mekenjai.Date `json:"end_date,omitzero" about:"Until when; left out: still."`
}

// PermanentAddress is the registration at the place of residence.
type PermanentAddress struct {
	ARC    mekenjai.ARC  `json:"arc,omitempty" about:"Its code; old entries have none."`
	Status AddressStatus `json:"status" facts:"required" about:"State of the entry."`
	Begin  mekenjai.Date `json:"begin_date,omitzero" about:"First day."`
	End    mekenjai.Date `json:"end_date,omitzero" about:"Last day; left out: current."`
}

// AddressStatus is the state of a permanent registration.
type AddressStatus string

// Registered counts; the others do not.
const (
	AddressRegistered   AddressStatus = "registered"
	AddressDeregistered AddressStatus = "deregistered"
	AddressInvalid      AddressStatus = "invalid"
)

// StayAddress is a temporary address in the register of persons.
type StayAddress struct {
	ARC   mekenjai.ARC  `json:"arc" facts:"required" about:"Its code."`
	Begin mekenjai.Date `json:"begin_date" facts:"required" about:"First day."`
	End   mekenjai.Date `json:"end_date,omitzero" about:"Last day."`
}

// Address is the answer of the address register about the dwelling.
type Address struct {
	Reply
	ARC       mekenjai.ARC         `json:"arc,omitempty" about:"Echo of the code asked about; must be application.arc."`
	Kind      mekenjai.AddressKind `json:"kind,omitempty" facts:"answered" about:"What the code names."`
	Actual    bool                 `json:"actual" facts:"answered" about:"The address is in force."`
	MultiFlat bool                 `json:"multi_flat" facts:"answered" about:"A building of flats: its flats have their own codes."`
	KATO      string               `json:"kato,omitempty" facts:"answered" pattern:"^[0-9]{9}$" about:"Code of the administrative unit, 9 digits; 71… is Astana."`
	Purpose   ObjectKind           `json:"purpose,omitempty" about:"What the address register takes the object for."`
}

// ObjectKind is what a building or room is used for.
type ObjectKind string

// The kinds of Rules of registration (all but the last six), and kinds in which
// nobody may be registered. Which count is the parameter object_kinds.
const (
	House              ObjectKind = "house"
	Apartment          ObjectKind = "apartment"
	Dacha              ObjectKind = "dacha"
	Dormitory          ObjectKind = "dormitory"
	Hotel              ObjectKind = "hotel"
	Hostel             ObjectKind = "hostel"
	RestHome           ObjectKind = "rest_home"
	Sanatorium         ObjectKind = "sanatorium"
	Dispensary         ObjectKind = "dispensary"
	MedicalInstitution ObjectKind = "medical_institution"
	BoardingHome       ObjectKind = "boarding_home"
	Pension            ObjectKind = "pension"
	NursingHome        ObjectKind = "nursing_home"
	OtherForLiving     ObjectKind = "other_for_living"

	OfficeRooms ObjectKind = "office"
	Trade       ObjectKind = "trade"
	Warehouse   ObjectKind = "warehouse"
	Industrial  ObjectKind = "industrial"
	Garage      ObjectKind = "garage"
	OtherObject ObjectKind = "other"
)

// Property is the answer of the register of rights about the dwelling.
type Property struct {
	Reply
	ARC             mekenjai.ARC   `json:"arc,omitempty" about:"Echo of the code asked about; must be application.arc."`
	TitleRegistered bool           `json:"title_registered" facts:"answered" about:"A title to the object is registered."`
	Holders         []Holder       `json:"holders,omitempty" about:"Owners and co-owners, with shares when the register states them."`
	Purpose         ObjectKind     `json:"purpose,omitempty" about:"What the object is used for; required when a title is registered."`
	UsefulArea      *float64       `json:"useful_area,omitempty" about:"Useful area in square metres; left out: unknown."`
	Encumbrances    []Encumbrance  `json:"encumbrances,omitempty" about:"Registered encumbrances and legal claims."`
	Lease           *Lease         `json:"lease,omitempty" about:"A private lease."`
	StateHousing    *StateHousing  `json:"state_housing,omitempty" about:"Present when it is a dwelling of the state housing fund."`
	Disagreements   []Disagreement `json:"disagreements,omitempty" about:"Where this register and the address register contradict each other."`
}

// Holder is an owner. It has the fields of mekenjai.RightHolder and converts.
type Holder struct {
	Party mekenjai.PartyID `json:"party" facts:"required" about:"IIN or BIN."`
	Name  string           `json:"name,omitempty" about:"Name as the register writes it."`
	Right mekenjai.Right   `json:"right,omitempty" about:"owner or co_owner; left out: told by the number of holders."`
	Share mekenjai.Share   `json:"share,omitzero" about:"His share; left out: not stated or joint property."`
}

// Encumbrance of the object.
type Encumbrance struct {
	Type  EncumbranceType `json:"type" facts:"required" about:"What kind."`
	Since mekenjai.Date   `json:"since,omitzero" about:"Registered on."`
	Until mekenjai.Date   `json:"until,omitzero" about:"Ended on; left out: in force."`
}

// EncumbranceType is a kind of encumbrance.
type EncumbranceType string

// Law on state registration of rights, art. 5.
const (
	BanOnUse        EncumbranceType = "ban_on_use"
	Eviction        EncumbranceType = "eviction"
	BanOnDisposal   EncumbranceType = "ban_on_disposal"
	BanOnWorks      EncumbranceType = "ban_on_works"
	Pledge          EncumbranceType = "pledge"
	Arrest          EncumbranceType = "arrest"
	LeaseRight      EncumbranceType = "lease"
	UseRight        EncumbranceType = "use_right"
	TrustManagement EncumbranceType = "trust_management"
)

// Lease is a private lease of the dwelling.
type Lease struct {
	Tenant             mekenjai.IIN   `json:"tenant" facts:"required" about:"IIN of the tenant."`
	Registered         bool           `json:"registered" facts:"required" about:"The lease is registered."`
	From               mekenjai.Date  `json:"from" facts:"required" about:"First day."`
	Until              mekenjai.Date  `json:"until,omitzero" about:"Last day; left out: without term."`
	BansResidents      bool           `json:"bans_residents" facts:"required" about:"The contract forbids the tenant to take in other residents."`
	OwnerLivesThere    bool           `json:"owner_lives_there" facts:"required" about:"The owner lives in the dwelling himself."`
	ByLocalAuthorities bool           `json:"by_local_authorities,omitempty" about:"The local executive body leases it for the tenant."`
	Family             []mekenjai.IIN `json:"family,omitempty" about:"Members of the tenant's family named in the contract."`
}

// StateHousing is a dwelling of the state fund, given by a tenancy contract.
type StateHousing struct {
	Tenant mekenjai.IIN   `json:"tenant" facts:"required" about:"IIN of the tenant."`
	Named  []mekenjai.IIN `json:"named,omitempty" about:"Persons named in the contract; left out: nobody but the tenant."`
	Until  mekenjai.Date  `json:"until,omitzero" about:"Last day of the contract; left out: without term."`
}

// Disagreement is a point on which two registers contradict each other.
type Disagreement string

// Rule R27; purpose and address complete the list of the rule.
const (
	DiffersARC     Disagreement = "arc_missing"
	DiffersArea    Disagreement = "area"
	DiffersOwner   Disagreement = "owner"
	DiffersPurpose Disagreement = "purpose"
	DiffersAddress Disagreement = "address"
)

// Organisation is the answer of the register of legal entities.
type Organisation struct {
	BIN mekenjai.BIN `json:"bin" facts:"required,key" about:"About whom."`
	Reply
	State      OrganisationState `json:"state,omitempty" facts:"answered" about:"State of the entity."`
	Liquidated mekenjai.Date     `json:"liquidation_date,omitzero" about:"Day of liquidation."`
	Head       mekenjai.IIN      `json:"head,omitempty" facts:"answered" about:"IIN of the head."`
	Authorised []mekenjai.IIN    `json:"authorised,omitempty" about:"Others who may sign for it."`
}

// OrganisationState of a legal entity.
type OrganisationState string

// Only an active entity may petition (R42).
const (
	Active        OrganisationState = "active"
	Suspended     OrganisationState = "suspended"
	InLiquidation OrganisationState = "in_liquidation"
	Liquidated    OrganisationState = "liquidated"
)

// Party is what portal and Mobile Citizens Database know about somebody.
type Party struct {
	Party mekenjai.PartyID `json:"party" facts:"required,key" about:"IIN or BIN."`
	Reply
	OnPortal bool `json:"on_portal" facts:"answered" about:"Registered on the portal."`
	HasEDS   bool `json:"has_eds" facts:"answered" about:"Has a valid key."`
	InBMG    bool `json:"in_bmg" facts:"answered" about:"In the Mobile Citizens Database."`
}

// CivilRecords is the answer of the civil records.
type CivilRecords struct {
	Reply
	Relations []Relation `json:"relations,omitempty" about:"Who is what to whom; either direction will do."`
}

// Relation says: Person is Kin of Of.
type Relation struct {
	Person         mekenjai.IIN `json:"person" facts:"required" about:"The one who…"`
	Is             Kin          `json:"is" facts:"required" about:"…is this…"`
	Of             mekenjai.IIN `json:"of" facts:"required" about:"…of that one."`
	RightsDeprived bool         `json:"rights_deprived,omitempty" about:"For parent and child: the parent was deprived of parental rights."`
}

// Kin is a relation between two persons.
type Kin string

// Family Code art. 1(12), (13), (16); the last two are "their spouses and
// children" of the capital norm.
const (
	Spouse          Kin = "spouse"
	InLaw           Kin = "in_law" // свойственник
	ParentOf        Kin = "parent"
	Child           Kin = "child"
	AdoptiveParent  Kin = "adoptive_parent"
	AdoptedChild    Kin = "adopted_child"
	Sibling         Kin = "sibling" // full or half
	Grandparent     Kin = "grandparent"
	Grandchild      Kin = "grandchild"
	RelativesSpouse Kin = "relatives_spouse"
	RelativesChild  Kin = "relatives_child"
	NoKin           Kin = "none"
)

// Guardianship is the answer of the guardianship register.
type Guardianship struct {
	Reply
	Wards []Ward `json:"wards,omitempty" about:"Guardianships and trusteeships."`
}

// Ward and who acts for him.
type Ward struct {
	Ward       mekenjai.IIN  `json:"ward" facts:"required" about:"IIN of the ward."`
	Guardian   mekenjai.IIN  `json:"guardian" facts:"required" about:"IIN of the guardian or trustee."`
	From       mekenjai.Date `json:"from" facts:"required" about:"First day."`
	Until      mekenjai.Date `json:"until,omitzero" about:"Last day; left out: in force."`
	Permission bool          `json:"permission,omitempty" about:"The guardianship body permitted to let the ward's dwelling be used (Family Code art. 128)."`
}

// Education is the answer of the education database about the registrant.
type Education struct {
	Reply
	FullTime bool   `json:"full_time" facts:"answered" about:"Full-time student."`
	KATO     string `json:"kato,omitempty" pattern:"^[0-9]{9}$" about:"Administrative unit of the place of study."`
}

// Attorney is the notaries' answer about one power of attorney.
type Attorney struct {
	Principal mekenjai.PartyID `json:"principal" facts:"required,key" about:"Who gave it: the registrant or a right-holder."`
	Attorney  mekenjai.IIN     `json:"attorney" facts:"required,key" about:"Who got it."`
	Number    string           `json:"number,omitempty" facts:"key" about:"Number in the register of notarial acts."`
	Reply
	Notarised   bool          `json:"notarised" facts:"answered" about:"Certified by a notary."`
	Scope       []Scope       `json:"scope,omitempty" about:"What it empowers to."`
	Issued      mekenjai.Date `json:"issued,omitzero" about:"Its date; without one it is void."`
	Until       mekenjai.Date `json:"until,omitzero" about:"Last day; left out: the term of the law."`
	CancelledAt time.Time     `json:"cancelled_at,omitzero" about:"When it was cancelled."`
}

// Scope is what a power of attorney empowers to.
type Scope string

// The two acts of this service, and anything else.
const (
	ScopeApply   Scope = "apply_for_registration"
	ScopeConsent Scope = "consent_to_registration"
	ScopeOther   Scope = "other"
)

// Register is the answer of the register of registrations.
type Register struct {
	Reply
	CurrentEntry     *Entry `json:"current_entry,omitempty" about:"The registrant's temporary registration in force."`
	OtherApplication string `json:"other_application,omitempty" about:"Number of another application of the registrant in progress."`
	PermanentHere    int    `json:"permanent_here" facts:"answered" about:"People permanently registered at the dwelling."`
	TemporaryHere    int    `json:"temporary_here" facts:"answered" about:"People temporarily registered at the dwelling."`
	NonExemptHere    *bool  `json:"non_exempt_here,omitempty" about:"One of them is outside the categories that the capital norm exempts; left out: unknown."`
	ParentMovedIn    bool   `json:"parent_moved_in,omitempty" about:"A parent of the registrant lives there as a family member whom the owner moved in (R46)."`
}

// Entry is a temporary registration in force.
type Entry struct {
	Number string        `json:"number,omitempty" about:"Its number."`
	ARC    mekenjai.ARC  `json:"arc" facts:"required" about:"The dwelling."`
	From   mekenjai.Date `json:"from" facts:"required" about:"First day."`
	To     mekenjai.Date `json:"to" facts:"required" about:"Last day."`
	Since  mekenjai.Date `json:"since,omitzero" about:"First day of the whole unbroken stay when the entry is an extension itself; left out: from."`
}
