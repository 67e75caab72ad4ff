package mekenjai

import (
	"slices"
	"time"
)

// EndingKind is on whose word an entry is to end before its last day.
type EndingKind string

// The kinds (rules R60–R62, R64). The others end an entry by themselves: time
// (R59), a new entry (R14), death, departure, permanent registration (R63, R65).
const (
	EndingByPerson  EndingKind = "person"    // his own signature: at once
	EndingByOwner   EndingKind = "owner"     // with every co-owner's confirmation, and time to object
	EndingAtWindow  EndingKind = "window"    // the same, taken by an operator from an owner who is present
	EndingByCourt   EndingKind = "court"     // an act in force, entered by an officer and confirmed by another
	EndingAnnulment EndingKind = "annulment" // false data: from the beginning, by two officers
)

// Reason is what the entry says when an ending of this kind is done.
func (k EndingKind) Reason() EndReason {
	switch k {
	case EndingByPerson:
		return EndByPerson
	case EndingByCourt:
		return EndCourt
	case EndingAnnulment:
		return EndAnnulled
	}
	return EndByOwner
}

// IsOwners says whether the person is told first and may object.
func (k EndingKind) IsOwners() bool { return k == EndingByOwner || k == EndingAtWindow }

// EndingState is where an ending stands.
type EndingState string

// The states. The first three run, and an entry has one running ending at most.
const (
	EndingRunning  EndingState = "running"  // an owner's: the person was told, co-owners are asked, the period runs
	EndingObjected EndingState = "objected" // the person objected: an officer decides
	EndingProposed EndingState = "proposed" // an officer's: another officer must confirm

	EndingDone      EndingState = "done"
	EndingRefused   EndingState = "refused"   // a co-owner does not agree (R67): only a court can
	EndingWithdrawn EndingState = "withdrawn" // by who asked for it
	EndingRejected  EndingState = "rejected"  // the objection was upheld, or the other officer did not confirm
	EndingLapsed    EndingState = "lapsed"    // a co-owner was silent to the end of the period
	EndingVoid      EndingState = "void"      // the entry ended in another way, or the owners changed
)

var endingMoves = map[EndingState][]EndingState{
	EndingRunning: {EndingObjected, EndingDone, EndingRefused, EndingWithdrawn, EndingLapsed, EndingVoid},
	// An objection that an officer dismissed lets the request run on when
	// co-owners have still to answer.
	EndingObjected: {EndingRunning, EndingDone, EndingRejected, EndingRefused, EndingWithdrawn, EndingVoid},
	EndingProposed: {EndingDone, EndingRejected, EndingVoid},
}

// May says whether an ending may go from s to next.
func (s EndingState) May(next EndingState) bool { return slices.Contains(endingMoves[s], next) }

// IsOver says whether nothing follows.
func (s EndingState) IsOver() bool { return len(endingMoves[s]) == 0 }

// Ending is one request or proposal to end an entry.
type Ending struct {
	ID           string // a short code: it stands in a text message
	Registration string // id of the entry
	Kind         EndingKind
	State        EndingState
	By           PartyID // who asked: a person, an owner, an officer
	Ground       string  // free text of an owner or an officer, "" for none
	Paper        string  // number and date of the court's act
	Answer       string  // reasons of the officer who did not confirm
	At           time.Time
	// Until is the end of the period in which the person may object; zero for
	// those that wait for nobody. Nothing ends before it.
	Until time.Time
	// Confirm is the end of the time in which co-owners confirm; zero when nobody
	// else is asked.
	Confirm  time.Time
	Objected time.Time // when the person objected; he does so once
	Closed   time.Time
}

// MayObject says whether the person may still object: once, while the request
// runs and its period is not over. The last instant still counts for him.
func (e Ending) MayObject(now time.Time) bool {
	return e.Kind.IsOwners() && e.State == EndingRunning && e.Objected.IsZero() && !now.After(e.Until)
}

// IsDue says whether the period to object is over, so that the request ends the
// entry as soon as every co-owner has confirmed.
func (e Ending) IsDue(now time.Time) bool {
	return e.State == EndingRunning && now.After(e.Until)
}

// MayConfirm says whether a co-owner's answer still counts.
func (e Ending) MayConfirm(now time.Time) bool {
	return e.Kind.IsOwners() && !e.State.IsOver() && !e.Confirm.IsZero() && !now.After(e.Confirm)
}

// Confirmation is what a co-owner answers to another's request (R60).
type Confirmation string

// The answers. Who asked has confirmed by asking.
const (
	ConfirmAsked    Confirmation = "asked"
	ConfirmAgreed   Confirmation = "agreed" // with an own EDS
	ConfirmDeclined Confirmation = "declined"
)
