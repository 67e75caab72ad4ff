package state

import (
	"context"
	"fmt"
	"time"

	"mekenjai"
)

// Entries is IS RP DRN as the keeper of the entries themselves (see Keeper);
// Residents is the same system asked for permanent registrations.
const Entries Peer = "entries"

// WriteLimit is how long one try to write a deed may take before it counts as
// silence. Nobody waits before a page for it.
const WriteLimit = 30 * time.Second

// Keeper is the state's register of registrations, IS RP DRN, where it is a
// system of its own: what stands there is the entry, and ours is its copy. The
// zero Keeper means that our register is the register.
//
// Messages of its writing side are not public: the shape is ours. What the other
// side promises by it:
//
//   - A deed takes effect once, however often it is sent: its ID is the messageId of
//     every try, and each try gets the answer of the first that was taken.
//   - Write answers when the deed stands there (a Confirmation) or was refused and did
//     nothing (a *Rejection). Everything else is a *Silence: not reached, too late,
//     not signed, an unknown code, about another deed. The caller asks again with the
//     same ID and believes neither yes nor no.
//   - An entry counts from the instant at which it is fixed there (service page, R20).
//   - Deeds about one entry are sent one after another, the next when the one before
//     it was confirmed or refused.
type Keeper struct {
	// Write sends a deed. Its errors are a *Silence, a *Rejection, or the error of
	// ctx when the caller itself gave up.
	Write func(ctx context.Context, d Deed) (Reply[Confirmation], error)
	// Look asks what became of a deed: not found means that it did nothing there.
	// Its errors are a *Silence or that of ctx.
	Look func(ctx context.Context, id string) (Reply[Confirmation], error)
	// List is a page of what is kept there: the entries whose number comes after the
	// given one, at most limit of them, in the order of the bytes of their numbers.
	// Every entry that is in force or begins later is in it; ended ones may be.
	List func(ctx context.Context, after string, limit int) (Reply[Page], error)
	// Ping asks whether the register is there, without a question about anybody.
	Ping func(ctx context.Context) error
}

// IsZero says whether our register is the register.
func (k Keeper) IsZero() bool { return k.Write == nil }

// DeedKind is what a deed does to an entry.
type DeedKind string

// The deeds. What time alone does (the end of the last day, an extension that
// begins) needs no deed: it stands in the period.
const (
	DeedEnter   DeedKind = "enter"
	DeedEnd     DeedKind = "end"
	DeedAnnul   DeedKind = "annul" // it never was, also of an ended one
	DeedCorrect DeedKind = "correct"
)

// Deed is one change of the state's register.
type Deed struct {
	ID   string    `json:"id"` // UUIDv7: the messageId of every try
	Kind DeedKind  `json:"kind"`
	At   time.Time `json:"at"` // when it was decided; an end counts from here
	// Entry is the entry as it is to read after the deed. Of an end or an annulment
	// its number names it and its person and code must agree with what is kept.
	Entry Entry `json:"entry"`
	// Reason of an end or an annulment.
	Reason mekenjai.EndReason `json:"reason,omitempty"`
	// Replaces is the number of the person's entry whose place a new one takes: it
	// ends as MOVED by the same deed at the same instant, if it has not ended (R14).
	Replaces string `json:"replaces,omitempty"`
	// Extends is the number of the entry that a new one extends: that one runs to
	// its last day (R22).
	Extends string `json:"extends,omitempty"`
}

// Entry is an entry as the state's register is told of it and keeps it.
type Entry struct {
	Number      string            `json:"number"`                // ours, printed on the certificate: see mekenjai.NewCode
	Application string            `json:"application,omitempty"` // number of the application
	Person      mekenjai.IIN      `json:"person"`
	Name        mekenjai.Name     `json:"name"`
	Dwelling    mekenjai.Dwelling `json:"dwelling"`
	// Period as it was decided. An entry that is fixed on a later day than its first
	// counts from that day, to the same last one.
	Period mekenjai.Period `json:"period"`
}

// FixedOn is the period of an entry that is fixed on the day d: it never counts
// from an earlier day (service page, R20).
func (e Entry) FixedOn(d mekenjai.Date) mekenjai.Period {
	p := e.Period
	if d.After(p.From) && !d.After(p.To) {
		p.From = d
	}
	return p
}

// Confirmation says that a deed stands in the state's register.
type Confirmation struct {
	Deed    string    `json:"deed"`
	Number  string    `json:"number"`  // of the entry
	FixedAt time.Time `json:"fixedAt"` // when it took effect there
}

// IsOf says whether it confirms this deed and no other.
func (c Confirmation) IsOf(d Deed) bool {
	return c.Deed == d.ID && c.Number == d.Entry.Number && !c.FixedAt.IsZero()
}

// Kept is an entry as it stands in the state's register.
type Kept struct {
	Entry
	FixedAt time.Time          `json:"fixedAt"`
	EndedAt time.Time          `json:"endedAt,omitzero"` // before its time
	Reason  mekenjai.EndReason `json:"reason,omitempty"` // of the end
}

// Page is one page of List; the next begins after the last number.
type Page struct {
	Entries []Kept `json:"entries"`
	More    bool   `json:"more"`
}

// Rejection says that the state's register refused a deed, which did nothing
// there. It is final for this deed: only a person can help.
type Rejection struct {
	Code string // of the peer
	Text string // in its words: personal data may stand in it
	Evidence
}

func (r *Rejection) Error() string {
	return fmt.Sprintf("%s refuses the deed: code %s", Entries, r.Code)
}
