package mekenjai

import (
	"slices"
	"time"
)

// State is where an application stands.
type State string

// The states of an application. The first four are under way, Referred waits
// for an officer, the rest are ends.
const (
	// Checking: the registers are being asked for the first time. A register
	// that is silent keeps the application here (rule R56).
	Checking State = "checking"
	// AwaitingConsent: right-holders were asked and the deadline runs.
	AwaitingConsent State = "awaiting_consent"
	// Deciding: every consent is in; the registers are asked again, because
	// owners and facts must be right at the moment of the decision.
	Deciding State = "deciding"
	// Entering: it is decided that the person is registered, and the state's
	// register of registrations has not confirmed the entry yet. Nobody is told
	// "registered" before; nobody can take the decision back either. Only where
	// that register is a system of its own.
	Entering State = "entering"
	// Referred: a rule gives the case to an officer of the migration police.
	Referred State = "referred"

	Registered State = "registered" // the entry stands in the register
	Refused    State = "refused"    // a reasoned act was issued
	Routed     State = "routed"     // another channel or service must be used
	Cancelled  State = "cancelled"  // ended without a decision on the merits
)

var moves = map[State][]State{
	Checking:        {AwaitingConsent, Entering, Registered, Refused, Routed, Referred, Cancelled},
	AwaitingConsent: {Deciding, Refused, Routed, Referred, Cancelled},
	Deciding:        {AwaitingConsent, Entering, Registered, Refused, Routed, Referred, Cancelled},
	Entering:        {Registered, Referred}, // confirmed, or refused there
	Referred:        {Checking, Deciding, Registered, Refused, Cancelled},
}

// May says whether an application may go from s to next.
func (s State) May(next State) bool { return slices.Contains(moves[s], next) }

// Reopens says whether a complaint that was upheld takes the application up again
// from the beginning. That is no move of its own: nothing else undoes a refusal.
func (s State) Reopens() bool { return s == Refused }

// IsFinal says whether nothing follows.
func (s State) IsFinal() bool { return len(moves[s]) == 0 }

// IsDecided says whether nobody's answer changes anything any more: what a party
// wants now is an end of the entry, or a complaint.
func (s State) IsDecided() bool { return s == Entering || s.IsFinal() }

// WaitsForPeople says whether the parties must act; only then does the clock of
// the ten-minute promise stand still.
func (s State) WaitsForPeople() bool { return s == AwaitingConsent }

// Application is a person's request to be registered, from its submission on.
type Application struct {
	ID          string
	Number      string // see NewCode
	Person      IIN
	Name        Name
	Language    string // in which the person applied
	Channel     Channel
	State       State
	Round       int // of asking for consent, from 1
	Dwelling    Dwelling
	Months      Months
	Purpose     Purpose
	Arrival     Date
	IsOwner     bool
	Owner       PartyID // declared; "" for an owner
	Filer       IIN     // who filed for the person; "" when he did himself
	FilerRole   FilerRole
	Office      string // where it was filed at a counter, and by which operator; "" on the portal
	Operator    IIN
	Statement   []byte // the frozen text that everybody signs
	Method      Method // how the applicant signed
	SubmittedAt time.Time
	Clock       Clock
	Reason      string // code of the end: refusal, route, cancellation
	DecidedAt   time.Time
}

// IsByStaff says that an operator typed it: that is shown for ever.
func (a Application) IsByStaff() bool { return a.Operator != "" }

// Channel is where an application was filed.
type Channel string

// The channels of the service (domain section 3); the portal is the one with the
// ten-minute promise.
const (
	Portal Channel = "portal"
	Office Channel = "office"
	Bank   Channel = "bank"
)

// Cancellation says why an application ended without a decision on its merits.
type Cancellation string

// The ways an application is cancelled (rules R37, R38 and the applicant's own).
const (
	ConsentTimeout   Cancellation = "CONSENT_TIMEOUT"
	ConsentWithdrawn Cancellation = "CONSENT_WITHDRAWN"
	ByApplicant      Cancellation = "BY_APPLICANT"
)

// Purpose of arrival, as the form asks for it.
type Purpose string

// The purposes (study, work and treatment are named by the operator of the
// portal; family and other complete the list).
const (
	PurposeWork      Purpose = "work"
	PurposeStudy     Purpose = "study"
	PurposeTreatment Purpose = "treatment"
	PurposeFamily    Purpose = "family"
	PurposeOther     Purpose = "other"
)

// Purposes in the order of the form.
var Purposes = []Purpose{PurposeWork, PurposeStudy, PurposeTreatment, PurposeFamily, PurposeOther}

// Promise is the time in which the entry shows on the person's address page
// (service page), when nobody has to be waited for.
const Promise = 10 * time.Minute

// Clock measures the promise: it runs while the state works and stands still
// while a party is waited for.
type Clock struct {
	Used  time.Duration // of the stretches that are over
	Since time.Time     // when the present stretch began; zero while it stands still
}

// Elapsed is the time used up to now.
func (c Clock) Elapsed(now time.Time) time.Duration {
	if c.Since.IsZero() {
		return c.Used
	}
	return c.Used + max(0, now.Sub(c.Since))
}

// Stopped is the clock while a paper of a party is waited for, Running after it.
func (c Clock) Stopped(now time.Time) Clock { return Clock{Used: c.Elapsed(now)} }

// Running is the clock that goes on from now.
func (c Clock) Running(now time.Time) Clock {
	if c.Since.IsZero() {
		c.Since = now
	}
	return c
}

// In is the clock after the application entered the state s at now.
func (c Clock) In(s State, now time.Time) Clock {
	if s.IsFinal() || s.WaitsForPeople() {
		return Clock{Used: c.Elapsed(now)}
	}
	if c.Since.IsZero() {
		c.Since = now
	}
	return c
}
