package mekenjai

import "time"

// DisputeKind is what somebody says against an entry or its end.
type DisputeKind string

// The kinds. The first two freeze the certificate until an officer decides; an
// objection stops an owner's request and leaves the entry as it is.
const (
	NotMyTenant  DisputeKind = "not_my_tenant" // an owner: I do not know this person
	NeverApplied DisputeKind = "never_applied" // the person: I never asked for this
	Objection    DisputeKind = "objection"     // the person: I live here, do not remove me
)

// Freezes says whether the certificate is frozen meanwhile. A frozen entry still
// counts: it is disputed, not ended.
func (k DisputeKind) Freezes() bool { return k != Objection }

// DisputeState is where a dispute stands.
type DisputeState string

// A dispute is upheld when the officer finds that who raised it is right.
const (
	DisputeOpen      DisputeState = "open"
	DisputeUpheld    DisputeState = "upheld"
	DisputeDismissed DisputeState = "dismissed"
	DisputeVoid      DisputeState = "void" // the entry, or the request objected to, ended meanwhile
)

// Dispute is one of them.
type Dispute struct {
	ID           string // a short code
	Registration string
	Kind         DisputeKind
	State        DisputeState
	By           PartyID
	Reason       string // in the words of who raised it, "" for none
	Ending       string // the request that is objected to; "" otherwise
	At           time.Time
	Closed       time.Time
	Finding      string // the officer's reasons, which both sides read
}

// Resolution is what an officer decides about a dispute.
type Resolution string

// The resolutions. Upheld means that the entry ends, or for an objection that it
// stays; ToAnnul proposes to annul the entry from the beginning, which another
// officer must confirm (rule R64: four eyes).
const (
	Upheld    Resolution = "upheld"
	ToAnnul   Resolution = "annul"
	Dismissed Resolution = "dismissed"
)

// Resolutions are those that fit the kind of dispute.
func (k DisputeKind) Resolutions() []Resolution {
	if k == Objection {
		return []Resolution{Upheld, Dismissed}
	}
	return []Resolution{Upheld, ToAnnul, Dismissed}
}
