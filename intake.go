package mekenjai

import "strings"

// Intake is what an operator of the State Corporation has filled in so far for a
// person at his counter. Every field but the registrant may still be empty. What
// is certified by others (who stands there, who consented, which papers were
// shown) is recorded by acts of their own, not typed here.
type Intake struct {
	Registrant IIN       `json:"registrant"`
	Filer      IIN       `json:"filer,omitempty"` // "": the registrant himself
	FilerRole  FilerRole `json:"filer_role,omitempty"`
	Authority  Authority `json:"authority,omitzero"` // the filer's paper
	ARC        ARC       `json:"arc,omitempty"`
	IsOwner    *bool     `json:"is_owner,omitempty"` // of who files or is registered; nil: not answered
	Owner      PartyID   `json:"owner,omitempty"`    // declared by who is no owner
	Months     Months    `json:"months,omitempty"`
	Purpose    Purpose   `json:"purpose,omitempty"`
	Arrival    Date      `json:"arrival,omitzero"`
	Returnee   *Returnee `json:"returnee,omitempty"` // nil: not from abroad for permanent residence
	Remote     []PartyID `json:"remote,omitempty"`   // right-holders who answer from elsewhere with their own keys
	Powers     []Power   `json:"powers,omitempty"`   // of right-holders who sent an attorney
	Language   string    `json:"language,omitempty"` // in which the person wants to be told
}

// Authority is the paper with which a representative or attorney comes. Where a
// register exists it is asked; the paper is what the operator saw.
type Authority struct {
	Kind   PaperKind `json:"kind,omitempty"`
	Number string    `json:"number,omitempty"` // for a power of attorney: in the register of notarial acts
	Date   Date      `json:"date,omitzero"`
	Seen   bool      `json:"seen,omitempty"` // the operator looked at the original
}

// AuthorityPapers are the papers of authority that the service page names, in the
// order of the form.
var AuthorityPapers = []PaperKind{BirthCertificatePaper, GuardianshipOrder, CourtAct, PowerOfAttorneyPaper}

// Power is a power of attorney of a right-holder.
type Power struct {
	Principal PartyID `json:"principal"`
	Attorney  IIN     `json:"attorney"`
	Number    string  `json:"number"`
}

// Returnee is a citizen who came from abroad for permanent residence: the mark
// of removal from the consular register, or one of the three papers that the
// service page takes instead of it (rule R16).
type Returnee struct {
	Mark   bool      `json:"mark"` // in the passport
	Paper  PaperKind `json:"paper,omitempty"`
	Number string    `json:"number,omitempty"`
	Date   Date      `json:"date,omitzero"`
	Seen   bool      `json:"seen,omitempty"`
	States bool      `json:"states_citizenship,omitempty"` // a mission's certificate must state the citizenship
}

// ReturnPapers stand for the consular mark, in the order of the service page.
var ReturnPapers = []PaperKind{MissionCertificate, ForeignDeregistration, StatelessnessExtract}

// FiledBy is who files: the registrant unless somebody else does.
func (in Intake) FiledBy() IIN {
	if in.Filer != "" {
		return in.Filer
	}
	return in.Registrant
}

// IntakeField names a question of the intake, as in IntakeInput.
type IntakeField string

// The questions without whose answers nothing can be signed, in their order.
const (
	IntakeFiler     IntakeField = "filer"
	IntakeAuthority IntakeField = "authority_number"
	IntakeARC       IntakeField = "arc"
	IntakeOwnership IntakeField = "is_owner"
	IntakeOwner     IntakeField = "owner"
	IntakeMonths    IntakeField = "months"
	IntakePurpose   IntakeField = "purpose"
	IntakeArrival   IntakeField = "arrival"
)

// Missing are the questions that have no answer yet.
func (in Intake) Missing() (list []IntakeField) {
	ask := func(missing bool, f IntakeField) {
		if missing {
			list = append(list, f)
		}
	}
	ask(in.FilerRole != "" && in.Filer == "", IntakeFiler)
	ask(in.FilerRole == FiledByAttorney && in.Authority.Number == "", IntakeAuthority)
	ask(in.ARC == "", IntakeARC)
	ask(in.IsOwner == nil, IntakeOwnership)
	ask(in.IsOwner != nil && !*in.IsOwner && in.Owner == "", IntakeOwner)
	ask(in.Months == 0, IntakeMonths)
	ask(in.Purpose == "", IntakePurpose)
	ask(in.Arrival.IsZero(), IntakeArrival)
	return list
}

// DocumentKind is a kind of identity document that a person shows at the counter.
type DocumentKind string

// The documents of the service page.
const (
	DocIDCard          DocumentKind = "id_card"
	DocPassport        DocumentKind = "passport"
	DocBirth           DocumentKind = "birth_certificate" // under 16
	DocForeignPassport DocumentKind = "foreign_passport"
	DocResidencePermit DocumentKind = "residence_permit"
	DocStateless       DocumentKind = "stateless_certificate"
)

// DocumentKinds in the order of the form.
var DocumentKinds = []DocumentKind{DocIDCard, DocPassport, DocBirth, DocForeignPassport, DocResidencePermit, DocStateless}

// MinDocumentDigits is how many last characters of a document's number the
// operator types when he has no card reader.
const MinDocumentDigits = 4

// EndsLike says whether the whole number of a document ends with what was typed,
// however it was typed; fewer characters than MinDocumentDigits prove nothing.
func EndsLike(number, typed string) bool {
	plain := func(s string) string {
		return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "№", "", "\u00a0", "").Replace(s))
	}
	n, t := plain(number), plain(typed)
	return len([]rune(t)) >= MinDocumentDigits && strings.HasSuffix(n, t)
}
