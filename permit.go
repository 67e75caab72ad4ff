package mekenjai

import "slices"

// Role is what a member of staff is appointed to.
type Role string

// The roles. Everybody else is a citizen: the empty role.
const (
	Operator Role = "operator" // of the State Corporation: takes applications at the counter
	Officer  Role = "officer"  // of the migration police: decides cases
	Chief    Role = "chief"    // of the migration police: the second pair of eyes
	Auditor  Role = "auditor"  // sees who looked, never what was seen (rule R70); no deed of the table is his
)

// Roles in the order in which people are appointed.
var Roles = []Role{Operator, Officer, Chief, Auditor}

// Deed is something that staff may do. Citizens need no permit: what they may do
// hangs on whose thing it is, and each verb says so.
type Deed string

// The deeds at the counter of the State Corporation.
const (
	DoLookAtIntake Deed = "counter.look"     // open an intake, its checklist and papers
	DoFile         Deed = "counter.file"     // begin and fill in an intake
	DoTakeIntake   Deed = "counter.take"     // an intake that a colleague left
	DoAccept       Deed = "counter.accept"   // accept, with the operator's signature
	DoTurnAway     Deed = "counter.refuse"   // refuse to accept, with a receipt
	DoPetition     Deed = "counter.petition" // take the petition of an organisation
	DoEndAtWindow  Deed = "counter.end"      // take an owner's request for removal (R62)
)

// The deeds at the desk of the migration police.
const (
	DoList            Deed = "desk.list"             // the queues of the territory
	DoLookAtCase      Deed = "desk.look"             // a case, masked
	DoTake            Deed = "desk.take"             // a case that nobody has
	DoTakeOver        Deed = "desk.take_over"        // from another who left it lying
	DoReturn          Deed = "desk.return"           // a case to the queue
	DoReveal          Deed = "desk.reveal"           // personal data, with a reason
	DoAskPaper        Deed = "desk.ask_paper"        // of the applicant
	DoDecide          Deed = "desk.decide"           // grant or refuse, with ground and signature
	DoResolveDispute  Deed = "desk.resolve_dispute"  // "not my tenant", "I never applied"
	DoAnswerComplaint Deed = "desk.answer_complaint" // of the body that decided: cure or forward; about an owner: decide
	DoDecideComplaint Deed = "desk.decide_complaint" // of the higher body
	DoCorrect         Deed = "desk.correct"          // an error in an entry
	DoEnterEnd        Deed = "desk.enter_end"        // propose an end by a court act (R64)
	DoConfirmEnd      Deed = "desk.confirm_end"      // four eyes
	DoProposeAnnul    Deed = "desk.propose_annul"    // false data, from the beginning (R64)
	DoConfirmAnnul    Deed = "desk.confirm_annul"    // four eyes
	DoProposeSeal     Deed = "desk.propose_seal"     // protect a person
	DoConfirmSeal     Deed = "desk.confirm_seal"     // four eyes
	DoMend            Deed = "desk.mend"             // what the state's register refused, or keeps otherwise
	DoReconcile       Deed = "desk.reconcile"        // compare the two registers now
	DoSearch          Deed = "desk.search"           // by number, IIN, code
)

// Hold says in whose hands a matter must be for a deed.
type Hold string

// The holds. Another is the rule of four eyes: who proposed does not confirm.
const (
	AnyHold Hold = "any"
	Free    Hold = "free"
	Own     Hold = "own"
	Another Hold = "another"
)

// Permit is who may do a deed, where, to a matter in whose hands.
type Permit struct {
	Deed      Deed   `json:"deed"`
	Roles     []Role `json:"roles"`
	Territory bool   `json:"territory"` // the matter must lie in the territory of the duty
	Hold      Hold   `json:"hold"`
}

var (
	operators = []Role{Operator}
	police    = []Role{Officer, Chief}
	chiefs    = []Role{Chief}
)

// Permits is the whole table of what staff may do. A deed that is not in it
// nobody may do.
var Permits = []Permit{
	{DoLookAtIntake, operators, true, AnyHold},
	{DoFile, operators, true, Own},
	{DoTakeIntake, operators, true, AnyHold},
	{DoAccept, operators, true, Own},
	{DoTurnAway, operators, true, Own},
	{DoPetition, operators, true, AnyHold},
	{DoEndAtWindow, operators, true, AnyHold},

	{DoList, police, false, AnyHold},
	{DoLookAtCase, police, true, AnyHold},
	{DoTake, police, true, Free},
	{DoTakeOver, chiefs, true, Another},
	{DoReturn, police, true, Own},
	{DoReveal, police, true, Own},
	{DoAskPaper, police, true, Own},
	{DoDecide, police, true, Own},
	{DoResolveDispute, police, true, Own},
	{DoAnswerComplaint, police, true, Own},
	{DoDecideComplaint, chiefs, true, Own},
	{DoCorrect, police, true, Own},
	{DoEnterEnd, police, true, AnyHold},
	{DoConfirmEnd, police, true, Another},
	{DoProposeAnnul, police, true, AnyHold},
	{DoConfirmAnnul, chiefs, true, Another},
	{DoProposeSeal, police, true, AnyHold},
	{DoConfirmSeal, chiefs, true, Another},
	{DoMend, police, true, Own},
	{DoReconcile, chiefs, false, AnyHold},
	{DoSearch, police, false, AnyHold},
}

// PermitFor is the row of a deed; one that nobody may do when there is none.
func PermitFor(d Deed) Permit {
	for _, p := range Permits {
		if p.Deed == d {
			return p
		}
	}
	return Permit{Deed: d}
}

// Matter is what a deed is done to: the codes of the administrative units in
// which it lies (of a person's residence and of the dwelling), and who has taken
// or proposed it.
type Matter struct {
	KATO   []string
	Holder IIN // "" for nobody
}

// Permitted says whether the actor may do the deed to the matter: nil;
// ErrForbidden for a wrong role, a foreign territory or a matter that is not in
// the hands that the table asks for; ErrConflict for one that somebody else has
// taken already.
func (a Actor) Permitted(d Deed, m Matter) error {
	p := PermitFor(d)
	if a.Duty.Role == "" || a.Method != ByEDS || !slices.Contains(p.Roles, a.Duty.Role) {
		return ErrForbidden
	}
	if p.Territory && !a.Duty.Covers(m.KATO...) {
		return ErrForbidden
	}
	switch p.Hold {
	case Free:
		if m.Holder != "" {
			return ErrConflict
		}
	case Own:
		if m.Holder != a.IIN {
			return ErrForbidden
		}
	case Another:
		if m.Holder == "" || m.Holder == a.IIN {
			return ErrForbidden
		}
	}
	return nil
}
