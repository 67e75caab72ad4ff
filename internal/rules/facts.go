package rules

import (
	"time"

	"mekenjai"
)

// Facts is everything the table may know about one application: what was asked
// for, what each register answered and when, what the right-holders answered.
//
// A group that no rule needs is left out. A register whose answer is needed but
// missing keeps the verdict PENDING (rule R56); it never passes and never
// refuses. The tags "facts" and "about" feed ParseFacts and the JSON Schema:
// "required" fields must stand in the file, "answered" ones must when the
// register answered, "key" ones say whom the register was asked about.
type Facts struct {
	At          time.Time   `json:"at" facts:"required" about:"The instant for which the rules are evaluated; nothing in the file may be later."`
	Channel     Channel     `json:"channel" facts:"required" about:"Where the application was filed."`
	Application Application `json:"application" facts:"required" about:"What was asked for, as it was signed."`

	Persons       []Person       `json:"persons,omitempty" about:"Register of persons (GBD FL): one answer for the registrant, the filer, each natural right-holder and tenant."`
	Address       *Address       `json:"address,omitempty" about:"Address register: the answer about application.arc."`
	Property      *Property      `json:"property,omitempty" about:"Register of rights to immovable property (GBD RN): the answer about application.arc."`
	Organisations []Organisation `json:"organisations,omitempty" about:"Register of legal entities (GBD UL): one answer for each right-holder with a BIN."`
	Parties       []Party        `json:"parties,omitempty" about:"Portal and Mobile Citizens Database: can this party be asked and sign electronically."`
	CivilRecords  *CivilRecords  `json:"civil_records,omitempty" about:"Civil records (ZAGS): kinship and marriage."`
	Guardianship  *Guardianship  `json:"guardianship,omitempty" about:"Guardianship register."`
	Education     *Education     `json:"education,omitempty" about:"Education database: the registrant's studies."`
	Attorneys     []Attorney     `json:"powers_of_attorney,omitempty" about:"Register of notarial acts: one answer for each power of attorney relied on."`
	Register      *Register      `json:"register,omitempty" about:"The register of registrations itself: entries of the registrant and people registered at the dwelling."`
	Office        *Office        `json:"office,omitempty" about:"What the operator of the State Corporation saw; only with channel office, and then required."`
	Consents      []Consent      `json:"consents,omitempty" about:"Requests for consent and their answers."`
	Waivers       []Waiver       `json:"waivers,omitempty" about:"MANUAL findings that an officer of the migration police looked at and overruled by a signed decision."`
}

// Waiver names a MANUAL finding that an officer overruled. It stands against no
// other outcome: what the law refuses, and whose consent it asks for, no officer
// can waive.
type Waiver struct {
	Rule  string           `json:"rule" facts:"required" about:"Row of the table."`
	Code  string           `json:"code" facts:"required" about:"Code of the finding."`
	Party mekenjai.PartyID `json:"party,omitempty" about:"Whom the finding is about, if it is about somebody."`
}

// Channel is where an application was filed.
type Channel string

// The three channels of the service standard.
const (
	Portal       Channel = "portal"
	OfficeWindow Channel = "office" // State Corporation "Government for citizens"
	Bank         Channel = "bank"   // a second-tier bank's system, the portal's rules (R54)
)

// Application is what was asked for. Numbers that people type (registrant,
// filer, declared owner, code, months) are carried as typed: rules R01, R18 and
// R23 refuse wrong ones.
type Application struct {
	Registrant        mekenjai.IIN     `json:"registrant" facts:"required" about:"IIN of the person to be registered, as typed."`
	Filer             *Filer           `json:"filer,omitempty" about:"Who files when it is not the registrant himself."`
	FiledAt           time.Time        `json:"filed_at,omitzero" about:"When it was filed; left out: at the instant of evaluation. Age and terms count on this day."`
	Months            Months           `json:"months" facts:"required" about:"Length of stay in months as given, a number or a text; wrong values are refused by R18."`
	ARC               mekenjai.ARC     `json:"arc" facts:"required" about:"Address registration code of the dwelling, as typed."`
	Arrival           mekenjai.Date    `json:"arrival" facts:"required" about:"Day of arrival at the dwelling."`
	Purpose           mekenjai.Purpose `json:"purpose" facts:"required" about:"Purpose of arrival."`
	DeclaresOwnership bool             `json:"declares_ownership" facts:"required" about:"The applicant says that he (or the one who files) is an owner or co-owner."`
	DeclaredOwner     mekenjai.PartyID `json:"declared_owner,omitempty" about:"IIN or BIN of the owner (or tenant) that the applicant named, as typed; required unless declares_ownership."`
	Signature         Signature        `json:"signature" facts:"required" about:"How the application was signed."`
	Returnee          *Returnee        `json:"returnee,omitempty" about:"Present when the registrant is a citizen who came from abroad for permanent residence."`
	ClockSeconds      int              `json:"clock_seconds,omitempty" about:"Seconds that the state has worked on it so far, without the time of waiting for people."`
}

// Role is in what capacity somebody files for the registrant.
type Role string

// The filers of the service page. For an administration the head, or who may
// sign for it, files for the people whom its petition names.
const (
	Parent          Role = "parent"
	Guardian        Role = "guardian"       // опекун
	Trustee         Role = "trustee"        // попечитель
	AttorneyAtWork  Role = "attorney"       // with a notarised power of attorney
	Administration  Role = "administration" // of the organisation whose building it is, by its petition
	registrantFiles Role = ""
)

// Filer is a person who files for the registrant.
type Filer struct {
	IIN   mekenjai.IIN `json:"iin" facts:"required" about:"IIN of the filer, as typed."`
	Role  Role         `json:"role" facts:"required" about:"In what capacity he files."`
	Paper *Paper       `json:"paper,omitempty" about:"The paper of authority that he showed."`
}

// Paper is a document that somebody showed.
type Paper struct {
	Kind    PaperKind     `json:"kind" facts:"required" about:"What paper it is."`
	Number  string        `json:"number,omitempty" about:"Its number."`
	Date    mekenjai.Date `json:"date,omitzero" about:"Its date."`
	Checked bool          `json:"checked" facts:"required" about:"An operator looked at the original, or a register confirmed it."`
	// States says that a certificate of deregistration names the citizenship: without it the paper is none (service page).
	StatesCitizenship bool `json:"states_citizenship,omitempty" about:"For a certificate of the mission: it states the citizenship."`
}

// PaperKind names a paper.
type PaperKind = mekenjai.PaperKind

// Papers of authority, and the three substitutes for the consular mark (R16).
const (
	BirthCertificatePaper = mekenjai.BirthCertificatePaper
	GuardianshipOrder     = mekenjai.GuardianshipOrder
	CourtAct              = mekenjai.CourtAct
	PowerOfAttorneyPaper  = mekenjai.PowerOfAttorneyPaper
	MissionCertificate    = mekenjai.MissionCertificate
	ForeignDeregistration = mekenjai.ForeignDeregistration
	StatelessnessExtract  = mekenjai.StatelessnessExtract
)

// Returnee is a citizen who arrived from abroad for permanent residence.
type Returnee struct {
	Country      string `json:"country,omitempty" about:"Former country of residence, ISO 3166 numeric code."`
	ConsularMark bool   `json:"consular_mark" facts:"required" about:"The passport bears the mark of removal from the consular register."`
	Paper        *Paper `json:"paper,omitempty" about:"The substitute for the mark."`
}

// Signature is a signature and what its verification said.
type Signature struct {
	Method      SignatureMethod  `json:"method" facts:"required" about:"How it was signed."`
	Signer      mekenjai.IIN     `json:"signer" facts:"required" about:"IIN of the person whose key, code or hand it was."`
	BIN         mekenjai.BIN     `json:"bin,omitempty" about:"BIN in the certificate when it is a key of a legal entity."`
	Verdict     SignatureVerdict `json:"verdict" facts:"required" about:"What the verification said."`
	TextMatches bool             `json:"text_matches" facts:"required" about:"It covers exactly the frozen text of this application (person, dwelling, period)."`
}

// SignatureMethod is how something was signed.
type SignatureMethod string

// Electronic key, one-time code of the Mobile Citizens Database, or by hand
// before the operator.
const (
	ByEDS     SignatureMethod = "eds"
	BySMS     SignatureMethod = "sms"
	ByWriting SignatureMethod = "written"
)

// SignatureVerdict is the result of a verification.
type SignatureVerdict string

// An indeterminate signature is kept and verified again: it neither counts nor
// is lost.
const (
	Valid         SignatureVerdict = "valid"
	Invalid       SignatureVerdict = "invalid"
	Indeterminate SignatureVerdict = "indeterminate"
)

// Consent is one request to one right-holder.
type Consent struct {
	Party      mekenjai.PartyID `json:"party" facts:"required" about:"IIN or BIN of the right-holder who was asked."`
	Capacity   Capacity         `json:"capacity,omitempty" about:"Who answers for him; left out: he himself, or the head of an organisation."`
	Answer     mekenjai.Answer  `json:"answer" facts:"required" about:"What was answered."`
	AskedAt    time.Time        `json:"asked_at" facts:"required" about:"When the message was handed over; the hour runs from here."`
	Deadline   time.Time        `json:"deadline,omitzero" about:"Until when he was told to answer; left out: asked_at plus the parameter consent_minutes."`
	AnsweredAt time.Time        `json:"answered_at,omitzero" about:"When he answered; required for agreed, declined, not_mine and withdrawn."`
	Signature  *Signature       `json:"signature,omitempty" about:"The signature under the answer; without a valid one an agreement does not count."`
}

// Capacity is in whose person a right-holder answers.
type Capacity string

// The right-holder himself (an organisation: its head or who may sign for it),
// the legal representative of a minor or incapable one, or an attorney.
const (
	Himself        Capacity = "self"
	Representative Capacity = "representative"
	ByAttorney     Capacity = "attorney"
)

// Office is what the operator at the window saw (rule R53).
type Office struct {
	Present []Presence         `json:"present,omitempty" about:"The natural persons at the window."`
	Remote  []mekenjai.PartyID `json:"remote,omitempty" about:"Right-holders who will answer with their own key from elsewhere."`
}

// Presence is one natural person at the window.
type Presence struct {
	IIN        mekenjai.IIN `json:"iin" facts:"required" about:"Who he says he is."`
	Identified bool         `json:"identified" facts:"required" about:"The operator compared him with his identity document."`
}
