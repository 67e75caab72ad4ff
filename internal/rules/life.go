package rules

import (
	"time"

	"mekenjai"
)

// LifeFacts is everything that rows R59–R70 of the table may need to answer
// about an entry that exists, or about a question to the police: what happened,
// to which entry, what the registers said. It stands beside Facts and is read,
// held and described in the same way.
type LifeFacts struct {
	At    time.Time `json:"at" facts:"required" about:"The instant for which the rules are evaluated; nothing in the file may be later."`
	Event Event     `json:"event" facts:"required" about:"What happened or is asked."`

	Entry     *LifeEntry `json:"entry,omitempty" about:"The entry that it is about; left out with offence and query."`
	Request   *Request   `json:"request,omitempty" about:"With owner_request, person_request and window_request: who asks that the entry end."`
	Act       *Act       `json:"act,omitempty" about:"With court_act and false_data: the paper on which the entry is to end; with owner_request and window_request: a court act that makes the period to object needless."`
	Decision  *Decision  `json:"decision,omitempty" about:"With court_act and false_data: which officers have decided."`
	Transfer  *Transfer  `json:"transfer,omitempty" about:"With title_transfer: who held the title before."`
	Offence   *Offence   `json:"offence,omitempty" about:"With offence: what is to be fined."`
	Grievance *Grievance `json:"grievance,omitempty" about:"With grievance: who complains that an owner refuses to register him."`
	Query     *Query     `json:"query,omitempty" about:"With query: who wants to see data, and why."`

	Persons   []Person     `json:"persons,omitempty" about:"Register of persons (GBD FL): the answer about the person of the entry."`
	Property  *Property    `json:"property,omitempty" about:"Register of rights to immovable property (GBD RN): the answer about the dwelling."`
	Death     *DeathRecord `json:"death_record,omitempty" about:"Civil records (ZAGS): the death of the person of the entry."`
	Departure *Departure   `json:"departure,omitempty" about:"Migration register of the Ministry of Internal Affairs: departure of the person of the entry."`
	Penalties *Penalties   `json:"penalties,omitempty" about:"Register of administrative offences (ERAP): earlier penalties of the same kind."`
}

// Event is what happened to an entry or what is asked.
type Event string

// The events, each with the rows that answer it.
const (
	ClockStruck           Event = "clock"                  // R59
	OwnerRequest          Event = "owner_request"          // R60, R67
	PersonRequest         Event = "person_request"         // R61
	WindowRequest         Event = "window_request"         // R62, R67
	DeathEvent            Event = "death"                  // R63
	CourtActEvent         Event = "court_act"              // R64
	FalseData             Event = "false_data"             // R64
	PermanentRegistration Event = "permanent_registration" // R65
	DepartureEvent        Event = "departure"              // R65
	TitleTransfer         Event = "title_transfer"         // R66
	OffenceEvent          Event = "offence"                // R68
	GrievanceEvent        Event = "grievance"              // R69
	QueryEvent            Event = "query"                  // R70
)

// LifeEntry is the entry as the register has it.
type LifeEntry struct {
	Number   string                     `json:"number,omitempty" about:"Its number."`
	Person   mekenjai.IIN               `json:"person" facts:"required" about:"Who is registered by it."`
	ARC      mekenjai.ARC               `json:"arc" facts:"required" about:"The dwelling."`
	From     mekenjai.Date              `json:"from" facts:"required" about:"First day."`
	To       mekenjai.Date              `json:"to" facts:"required" about:"Last day."`
	State    mekenjai.RegistrationState `json:"state" facts:"required" about:"current; ahead: it extends the current one and has not begun; ended."`
	Reminded []int                      `json:"reminded,omitempty" about:"Days before the end for which a reminder was already sent."`
}

// Request asks that an entry end.
type Request struct {
	By       mekenjai.PartyID `json:"by" facts:"required" about:"IIN or BIN of who asks."`
	Role     Role             `json:"role,omitempty" about:"With person_request: in what capacity he asks when he is not the person himself."`
	Proven   bool             `json:"authority_proven,omitempty" about:"With role: a register or an operator confirmed the authority."`
	FiledAt  time.Time        `json:"filed_at" facts:"required" about:"When it was signed."`
	Signed   Signature        `json:"signature" facts:"required" about:"The signature under it."`
	Office   *Office          `json:"office,omitempty" about:"With window_request, and then required: whom the operator saw."`
	Seconds  int              `json:"clock_seconds,omitempty" about:"With window_request: seconds that the operator has worked on it."`
	Confirms []Confirmation   `json:"confirmations,omitempty" about:"The other owners: whether they confirm the request."`

	ToldAt     time.Time  `json:"person_told_at,omitzero" about:"When the registered person was told; the period to object runs from here."`
	PersonSign *Signature `json:"person_signature,omitempty" about:"The registered person's own signature under the same request: then there is nothing to object to."`
	ObjectedAt time.Time  `json:"objected_at,omitzero" about:"When the registered person objected."`
}

// Confirmation is a co-owner's answer to another owner's request.
type Confirmation struct {
	Party      mekenjai.PartyID `json:"party" facts:"required" about:"IIN or BIN of the co-owner."`
	Answer     mekenjai.Answer  `json:"answer" facts:"required" about:"What he answered."`
	AskedAt    time.Time        `json:"asked_at" facts:"required" about:"When he was asked."`
	AnsweredAt time.Time        `json:"answered_at,omitzero" about:"When he answered; required for agreed and declined."`
	Signature  *Signature       `json:"signature,omitempty" about:"The signature under his answer; without a valid one it does not count."`
}

// Act is a paper on which an entry may end against somebody's will.
type Act struct {
	Kind    ActKind       `json:"kind" facts:"required" about:"court: a decision of a court; police_finding: the police found the data false."`
	Number  string        `json:"number,omitempty" about:"Number of the case."`
	InForce mekenjai.Date `json:"in_force_from,omitzero" about:"Day on which it entered into force; left out: not in force."`
	Annuls  bool          `json:"annuls,omitempty" about:"The court declares the entry void from the beginning; a police finding always does."`
}

// ActKind names an act.
type ActKind string

// The two acts of row R64.
const (
	CourtDecision ActKind = "court"
	PoliceFinding ActKind = "police_finding"
)

// Decision is what officers have signed about an act.
type Decision struct {
	Officer    mekenjai.IIN `json:"officer" facts:"required" about:"The officer who proposes."`
	Signed     Signature    `json:"signature" facts:"required" about:"His signature."`
	Second     mekenjai.IIN `json:"second,omitempty" about:"The other officer, who confirms."`
	SecondSign *Signature   `json:"second_signature,omitempty" about:"The other officer's signature."`
}

// Transfer of the title to a dwelling.
type Transfer struct {
	Before []mekenjai.PartyID `json:"before" facts:"required" about:"IIN or BIN of everybody who held the title before."`
}

// Offence is what may be fined by articles 492 and 493.
type Offence struct {
	Kind      OffenceKind   `json:"kind" facts:"required" about:"What was done or left undone."`
	Subject   Subject       `json:"subject" facts:"required" about:"Who did it: amounts differ by the size of a business."`
	Since     mekenjai.Date `json:"since" facts:"required" about:"First day: of living there, or of the act."`
	Until     mekenjai.Date `json:"until,omitzero" about:"Day of registration, when it came late; left out: still not registered."`
	Foreigner bool          `json:"foreigner,omitempty" about:"With unregistered: a permanently resident foreigner or stateless person."`
	Guest     bool          `json:"guest,omitempty" about:"With unregistered: a temporary resident who stays no longer than a month."`
}

// OffenceKind is an act that articles 492 and 493 name.
type OffenceKind string

// Articles 492(1)–(5); 493(1), (2); 493(3), (4); 493(5), (6).
const (
	LivesUnregistered    OffenceKind = "unregistered"
	RegistersStrangers   OffenceKind = "registers_strangers"
	KeepsDeparted        OffenceKind = "keeps_departed"
	LetsLiveUnregistered OffenceKind = "lets_live_unregistered"
)

// Subject is who is fined.
type Subject string

// The columns of article 493.
const (
	Individual Subject = "individual"
	Small      Subject = "small" // small business and non-profit organisations
	Medium     Subject = "medium"
	Large      Subject = "large"
)

// Grievance is a complaint "the owner refuses to register me".
type Grievance struct {
	By       mekenjai.IIN     `json:"by" facts:"required" about:"Who complains: the one who lives there."`
	ARC      mekenjai.ARC     `json:"arc" facts:"required" about:"The dwelling."`
	Against  mekenjai.PartyID `json:"against" facts:"required" about:"IIN or BIN of the owner who refuses, as the complainant names him."`
	Since    mekenjai.Date    `json:"lives_since" facts:"required" about:"Since when he lives there."`
	Pays     bool             `json:"pays" facts:"required" about:"He lives there for money: the dwelling is let."`
	Evidence []Evidence       `json:"evidence,omitempty" about:"What he brings to show it."`
}

// Evidence of living in a dwelling and paying for it.
type Evidence string

// A contract or payments show letting; the others that he lives there.
const (
	LeaseContract  Evidence = "lease_contract"
	Payments       Evidence = "payments"
	Correspondence Evidence = "correspondence"
	Witness        Evidence = "witness"
	OtherEvidence  Evidence = "other"
)

// EvidenceKinds in the order in which they are offered.
var EvidenceKinds = []Evidence{LeaseContract, Payments, Correspondence, Witness, OtherEvidence}

// Query is a wish to see who is registered where.
type Query struct {
	Role      QueryRole        `json:"role" facts:"required" about:"In what capacity he asks."`
	By        mekenjai.PartyID `json:"by" facts:"required" about:"IIN or BIN of who asks."`
	Person    mekenjai.IIN     `json:"person,omitempty" about:"About this person, or…"`
	ARC       mekenjai.ARC     `json:"arc,omitempty" about:"…about this dwelling."`
	KATO      string           `json:"kato,omitempty" pattern:"^[0-9]{9}$" about:"Where the person or dwelling lies; required for operator, officer and chief."`
	Territory string           `json:"territory,omitempty" pattern:"^[0-9]{0,9}$" about:"First digits of the KATO that the staff member serves; left out: the whole country."`
	Reason    string           `json:"reason,omitempty" about:"Why a member of staff asks."`
}

// QueryRole is who asks to see data.
type QueryRole string

// Citizens about themselves and what is theirs; staff by duty.
const (
	AsPerson   QueryRole = "person"
	AsOwner    QueryRole = "owner"
	AsOperator QueryRole = "operator"
	AsOfficer  QueryRole = "officer"
	AsChief    QueryRole = "chief"
	AsAuditor  QueryRole = "auditor"
)

// DeathRecord is an answer of the civil records; not_found: no death is recorded.
type DeathRecord struct {
	Reply
	Date   mekenjai.Date `json:"date,omitzero" facts:"answered" about:"Day of death."`
	Number string        `json:"number,omitempty" about:"Number of the record."`
}

// Departure is an answer of the migration register; not_found: none is known.
type Departure struct {
	Reply
	Date      mekenjai.Date `json:"date,omitzero" facts:"answered" about:"Day of departure."`
	Permanent bool          `json:"permanent" facts:"answered" about:"For permanent residence abroad."`
}

// Penalties is an answer of the register of administrative offences; not_found:
// no penalty of the kind.
type Penalties struct {
	Reply
	Last mekenjai.Date `json:"last,omitzero" facts:"answered" about:"Day of the last penalty of the same kind."`
}

func init() {
	coded(ClockStruck, OwnerRequest, PersonRequest, WindowRequest, DeathEvent, CourtActEvent, FalseData,
		PermanentRegistration, DepartureEvent, TitleTransfer, OffenceEvent, GrievanceEvent, QueryEvent)
	coded(mekenjai.EntryCurrent, mekenjai.EntryAhead, mekenjai.EntryEnded)
	coded(CourtDecision, PoliceFinding)
	coded(LivesUnregistered, RegistersStrangers, KeepsDeparted, LetsLiveUnregistered)
	coded(Individual, Small, Medium, Large)
	coded(EvidenceKinds...)
	coded(AsPerson, AsOwner, AsOperator, AsOfficer, AsChief, AsAuditor)
}
