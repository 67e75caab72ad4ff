package mekenjai

import "time"

// Answer is what a right-holder answered to the request for consent.
type Answer string

// The answers. Asked is silence so far; Lapsed is silence to the end.
const (
	Asked     Answer = "asked"
	Agreed    Answer = "agreed"    // with an own EDS over the frozen text
	Declined  Answer = "declined"  // with a reason
	NotMine   Answer = "not_mine"  // "I am not the owner": the register may be wrong
	Lapsed    Answer = "lapsed"    // no answer before the deadline (rule R37)
	Withdrawn Answer = "withdrawn" // agreed, and took it back before the decision (rule R38)
	Void      Answer = "void"      // the application ended, or the right-holders changed
)

// May says whether a consent may go from a to next.
func (a Answer) May(next Answer) bool {
	switch a {
	case Asked:
		return next != Asked && next != Withdrawn
	case Agreed:
		return next == Withdrawn || next == Void
	}
	return false
}

// IsOpen says whether the right-holder may still answer.
func (a Answer) IsOpen() bool { return a == Asked }

// Consent is one request to one right-holder of the dwelling.
type Consent struct {
	ID          string
	Application string
	Holder      RightHolder
	Answer      Answer
	Reason      string    // given by who declined or disowned
	AskedAt     time.Time // when the message was handed over: the hour runs from here
	Deadline    time.Time
	AnsweredAt  time.Time
}

// HasLapsed says whether the deadline passed without an answer. The last
// instant still counts for the right-holder.
func (c Consent) HasLapsed(now time.Time) bool {
	return c.Answer.IsOpen() && now.After(c.Deadline)
}

// MayAnswerFor says whether the actor speaks for the right-holder: a person for
// himself with his own key or code; for an organisation who heads it or has the
// right to sign, with a key that carries its BIN (rule R42).
func (a Actor) MayAnswerFor(h RightHolder) bool {
	if a.Party() != h.Party {
		return false
	}
	return a.BIN == "" || a.MaySign && a.Method == ByEDS
}
