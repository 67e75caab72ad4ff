package state

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"mekenjai"
)

// Portal is egov.kz, the state's portal: somebody may order our service there.
const Portal Peer = "portal"

// Order is an application that begins on egov.kz. It is a wish, not yet an
// application: what everybody signs is our text (docs/decisions/0001-one-text.md), so
// that it becomes a draft which its person finishes here.
type Order struct {
	Message  string // the bus's number of the message; the same one comes again
	Thread   string // correlationId of everything that is said about it; "" begins one
	Number   string // by which egov.kz knows it; "" when it gave none
	Person   mekenjai.IIN
	Language string         // in which its person used egov.kz
	Answers  mekenjai.Input // as far as the order has them, as if they had been typed
	SHA256   [sha256.Size]byte
}

// OrderStatus says how it stands with an order: a mekenjai.State, or one of these.
type OrderStatus string

// What can become of an order beside what becomes of its application.
const (
	OrderDraft     OrderStatus = "draft"     // its person must sign here
	OrderUnderWay  OrderStatus = "under_way" // another application of the person is (R15): nothing came of the order
	OrderReplaced  OrderStatus = "replaced"  // by a later order of the same person
	OrderDiscarded OrderStatus = "discarded" // the draft was thrown away, or nobody came back to it
)

// OrderStatuses are all of them, in the order in which they can come.
var OrderStatuses = []OrderStatus{OrderDraft, OrderUnderWay, OrderReplaced, OrderDiscarded,
	OrderStatus(mekenjai.Checking), OrderStatus(mekenjai.AwaitingConsent), OrderStatus(mekenjai.Deciding), OrderStatus(mekenjai.Entering),
	OrderStatus(mekenjai.Referred), OrderStatus(mekenjai.Registered), OrderStatus(mekenjai.Refused), OrderStatus(mekenjai.Routed),
	OrderStatus(mekenjai.Cancelled)}

// Word is one thing that egov.kz is told about an order.
type Word struct {
	ID       string // the same at every try
	Seq      int    // within its thread, from 1
	Thread   string
	Number   string // of the order at egov.kz
	Status   OrderStatus
	Last     bool // nothing follows
	At       time.Time
	Language string
	Page     string // address at which the person goes on
	File     string // identifier of the paper that it ends with in the store of files; "" for none
}

// Attachment is the paper that an order ends with: the certificate of the entry, or the sealed act of
// refusal. Its bytes are what is handed out here; the way changes none of them.
type Attachment struct {
	Upload string // number of the upload: whoever gets it twice knows it
	Name   string // of the file
	PDF    []byte
}

// Stored is a paper in the state's temporary store of files.
type Stored struct {
	File  string    // identifier there
	Until time.Time // the store keeps it
}

// ErrNotStored is wrapped when the store has answered, and under this number keeps no
// paper. After any other error it may keep it.
var ErrNotStored = errors.New("the store of files does not keep the paper")

// WordFate is what became of a word on its way.
type WordFate string

// The fates. Nothing is known of a word that is on its way.
const (
	WordOnItsWay     WordFate = "on_its_way"
	WordDelivered    WordFate = "delivered"
	WordNotDelivered WordFate = "not_delivered"
	WordStopped      WordFate = "stopped" // and the bus tries no more
)

// Orderer is egov.kz as it is told what becomes of its orders. The zero Orderer means
// that nobody orders anything.
type Orderer struct {
	// Tell hands a word over and returns the number under which the bus carries it. An
	// error means that it may not have been taken: it is told again.
	Tell func(ctx context.Context, w Word) (message string, err error)
	// Became asks what became of a word that was handed over.
	Became func(ctx context.Context, message string) (WordFate, error)
	// Leave puts a paper into the state's temporary store of files, where egov.kz
	// fetches it by its identifier. nil: there is no store, or egov.kz is told of no file.
	Leave func(ctx context.Context, a Attachment) (Stored, error)
}

// IsZero says whether nobody orders anything.
func (o Orderer) IsZero() bool { return o.Tell == nil }
