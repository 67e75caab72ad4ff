package mekenjai

import (
	"slices"
	"time"
)

// PaperKind names a paper that somebody shows or sends.
type PaperKind string

// The papers of the service page: of identity, of authority, of arrival from
// abroad, of consent; and what is put to a complaint, dispute or correction.
const (
	IdentityCardPaper      PaperKind = "identity_card"
	PassportPaper          PaperKind = "passport"
	ResidencePermitPaper   PaperKind = "residence_permit"           // of a foreigner who resides permanently
	StatelessPaper         PaperKind = "stateless_certificate"      // of a stateless person
	BirthCertificatePaper  PaperKind = "birth_certificate"          // of a child under 16
	GuardianshipOrder      PaperKind = "guardianship_order"         // of guardian or trustee
	GuardianshipPermission PaperKind = "guardianship_permission"    // to dispose of a ward's dwelling: Family Code, art. 128(2)
	CourtAct               PaperKind = "court_act"                  // in force
	PowerOfAttorneyPaper   PaperKind = "power_of_attorney"          // notarised: Civil Code, art. 167
	MissionCertificate     PaperKind = "mission_certificate"        // by RK mission or MFA Consular Department
	ForeignDeregistration  PaperKind = "foreign_deregistration"     // by the foreign state's agency
	StatelessnessExtract   PaperKind = "no_citizenship_certificate" // no citizenship, no registration there
	WrittenConsent         PaperKind = "written_consent"            // of the owner or tenant, signed by hand
	SignedApplication      PaperKind = "signed_application"         // the printed statement, signed by the applicant's hand
	PetitionPaper          PaperKind = "petition"                   // of an organisation for who stays in its building
	EvidencePaper          PaperKind = "evidence"                   // whatever supports a complaint, dispute or correction
)

// PaperKinds are all kinds in the order in which they are offered.
var PaperKinds = []PaperKind{IdentityCardPaper, PassportPaper, ResidencePermitPaper, StatelessPaper, BirthCertificatePaper,
	GuardianshipOrder, GuardianshipPermission, CourtAct, PowerOfAttorneyPaper, MissionCertificate, ForeignDeregistration,
	StatelessnessExtract, SignedApplication, WrittenConsent, PetitionPaper, EvidencePaper}

// IsKnown says whether it is one of the kinds.
func (k PaperKind) IsKnown() bool { return slices.Contains(PaperKinds, k) }

// Proof is what a paper proves.
type Proof string

// The proofs that the service page asks for.
const (
	ProvesIdentity      Proof = "identity"
	ProvesParenthood    Proof = "parenthood"
	ProvesGuardianship  Proof = "guardianship" // and trusteeship
	ProvesAuthority     Proof = "authority"    // of an attorney
	ProvesPermission    Proof = "permission"   // of the guardianship body for a ward's dwelling
	ProvesRemovalAbroad Proof = "removal_abroad"
	ProvesConsent       Proof = "consent"
	ProvesPetition      Proof = "petition"
	ProvesApplication   Proof = "application"
)

var proofs = map[PaperKind][]Proof{
	IdentityCardPaper:      {ProvesIdentity},
	PassportPaper:          {ProvesIdentity, ProvesRemovalAbroad}, // by the mark of removal from the consular register
	ResidencePermitPaper:   {ProvesIdentity},
	StatelessPaper:         {ProvesIdentity},
	BirthCertificatePaper:  {ProvesIdentity, ProvesParenthood}, // a child under 16 has no other paper of identity
	GuardianshipOrder:      {ProvesGuardianship},
	GuardianshipPermission: {ProvesPermission},
	CourtAct:               {ProvesGuardianship},
	PowerOfAttorneyPaper:   {ProvesAuthority},
	MissionCertificate:     {ProvesRemovalAbroad},
	ForeignDeregistration:  {ProvesRemovalAbroad},
	StatelessnessExtract:   {ProvesRemovalAbroad},
	WrittenConsent:         {ProvesConsent},
	PetitionPaper:          {ProvesPetition},
	SignedApplication:      {ProvesApplication},
}

// Proves says whether the paper can prove the thing. What its content is worth
// the registers and people say.
func (k PaperKind) Proves(p Proof) bool { return slices.Contains(proofs[k], p) }

// Proving are the kinds of papers by which the thing can be proved.
func Proving(p Proof) (kinds []PaperKind) {
	for _, k := range PaperKinds {
		if k.Proves(p) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// PaperPlace is to what papers are put.
type PaperPlace string

// The places: an intake or petition at the counter, an application under way, a
// case of the desk (complaint, dispute, correction).
const (
	PaperOfIntake      PaperPlace = "intake"
	PaperOfPetition    PaperPlace = "petition"
	PaperOfApplication PaperPlace = "application"
	PaperOfCase        PaperPlace = "case"
)

// Paper is a scan that is kept.
type Paper struct {
	ID       string
	Place    PaperPlace
	Subject  string // id of the intake, application, …
	Kind     PaperKind
	About    IIN    // whose paper it is, "" for an organisation's
	Type     string // media type
	Pages    int
	Size     int
	Hash     []byte // SHA-256 of what is kept
	Original []byte // SHA-256 of what was sent
	Checked  bool   // compared with the original by who put it there
	AddedBy  IIN
	AddedFor PartyID // the number under which he acted
	AddedAt  time.Time
}
