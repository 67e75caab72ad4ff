package mekenjai

import "time"

// Method is the way in which somebody proved who he is, or signed.
type Method string

// The two ways of the service page: a key of the national authority, or a code
// sent to the phone in the Mobile Citizens Database. By hand one signs at a
// counter, before an operator who has compared him with his document.
const (
	ByEDS  Method = "eds"
	BySMS  Method = "sms"
	ByHand Method = "written"
)

// Actor is who asks for a verb: a person, alone or for an organisation, with
// the proof that the sign-in gave. Verbs trust it; only package access makes it.
type Actor struct {
	IIN      IIN
	BIN      BIN  // acting for this organisation, "" for oneself
	MaySign  bool // the certificate's role lets the person sign for BIN: head or right to sign
	Name     Name // from the certificate; zero after a sign-in by SMS
	Method   Method
	Session  string    // id of the session, for the audit entry
	Fresh    time.Time // when the person last proved who he is
	FreshFor string    // the one thing for which he did so, such as a consent's id; "" for a plain sign-in
	Language string    // kk, ru or en
	Duty     Duty      // of a member of staff who came with the key of who employs him
}

// Party is the number under which the actor acts.
func (a Actor) Party() PartyID {
	if a.BIN != "" {
		return PartyID(a.BIN)
	}
	return PartyID(a.IIN)
}

// IsFreshFor says whether the actor proved who he is anew for the thing id, not
// longer than within ago. A consent asks for this: the link in a message may be
// opened on the applicant's own machine, in the applicant's own session.
func (a Actor) IsFreshFor(id string, now time.Time, within time.Duration) bool {
	return a.FreshFor == id && !a.Fresh.IsZero() && now.Sub(a.Fresh) <= within
}
