package mekenjai

import (
	"slices"
	"time"
)

// ComplaintKind is against what somebody complains.
type ComplaintKind string

// The kinds: a refusal of ours (Administrative Procedural-Process Code, arts 91,
// 92; rule R57), and an owner who lets a dwelling and does not register who lives
// there (Law on Housing Relations, art. 23(3-1); rule R69).
const (
	AgainstRefusal ComplaintKind = "refusal"
	AgainstOwner   ComplaintKind = "owner"
)

// ComplaintState is where a complaint stands.
type ComplaintState string

// The states. The first two wait for the police, the others are ends.
const (
	ComplaintReceived  ComplaintState = "received"  // by the body that decided
	ComplaintForwarded ComplaintState = "forwarded" // to the higher body
	ComplaintCured     ComplaintState = "cured"     // the body took its own refusal back
	ComplaintUpheld    ComplaintState = "upheld"    // the higher body did; or the owner's duty was found broken
	ComplaintDismissed ComplaintState = "dismissed"
	ComplaintSilent    ComplaintState = "silent" // no answer in time: that counts as a refusal, the court is open
)

// May says whether a complaint of the kind may go from s to next. Only the higher
// body decides about a refusal on its merits; about an owner the police of the
// place decide themselves.
func (k ComplaintKind) May(s, next ComplaintState) bool {
	moves := map[ComplaintState][]ComplaintState{
		ComplaintReceived:  {ComplaintForwarded, ComplaintCured},
		ComplaintForwarded: {ComplaintUpheld, ComplaintDismissed, ComplaintSilent},
	}
	if k == AgainstOwner {
		moves = map[ComplaintState][]ComplaintState{ComplaintReceived: {ComplaintUpheld, ComplaintDismissed, ComplaintSilent}}
	}
	return slices.Contains(moves[s], next)
}

// IsOpen says whether an answer is still awaited.
func (s ComplaintState) IsOpen() bool { return s == ComplaintReceived || s == ComplaintForwarded }

// Complaint is a complaint as it was signed and where it stands.
type Complaint struct {
	ID          string
	Number      string
	Kind        ComplaintKind
	State       ComplaintState
	Application string // id
	Filed       string // number of that application
	Act         string // number of the act complained of
	Person      IIN
	Name        Name
	By          IIN // who signed: the person, or who filed for him
	Language    string
	Dwelling    Dwelling
	Text        string
	// Late says that the term was over; Restore is then why it should be given back.
	Late    bool
	Restore string

	// Of a complaint against an owner.
	Against  PartyID
	Since    Date // lives there since
	Pays     bool
	Evidence []string

	ReceivedAt  time.Time
	ForwardBy   time.Time // end of the day until which the body forwards or cures; zero: it decides itself
	AnswerBy    time.Time // end of the day until which it is decided
	ForwardedAt time.Time
	AnsweredAt  time.Time
	Answer      string // the reasons given
}

// ComplaintLength bounds what somebody writes.
const (
	ComplaintShortest = 20
	ComplaintLongest  = 4000
)
