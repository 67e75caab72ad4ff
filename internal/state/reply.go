package state

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mekenjai"
)

// Evidence is how an answer came about, kept with the case: anyone may hash Raw
// again and read in it what the decision rested on.
type Evidence struct {
	Source     Peer
	Subject    string // the number or code that was asked about
	Message    string // its number on the bus; "" when it did not travel
	AskedAt    time.Time
	AnsweredAt time.Time         // zero: nothing came back
	Raw        []byte            // the reply, as Form says
	SHA256     [sha256.Size]byte // of the reply as it was received
	Form       Form
	Trouble    error // why the answer is of no use; nil: it was used

	// Request is the question as it may be shown, with secrets blanked; nil when
	// nothing travelled. RequestSHA256 is of the bytes that really went.
	Request       []byte
	RequestSHA256 [sha256.Size]byte

	// Before are the exchanges without which the question could not be put: the leave
	// of KDP to ask about a person. Each is evidence of its own.
	Before []Evidence
}

// Form is how much of a reply is at hand.
type Form string

// The forms.
const (
	Received Form = ""        // byte for byte: its hash can be checked
	Shown    Form = "shown"   // secrets are blanked; the hash is of what was received
	Hashed   Form = "hashed"  // the hash alone: it cannot be shown without a secret, or is too long
	Earlier  Form = "earlier" // it was said to an earlier question, of which number, times and hashes are told
)

// AsEarlier is the evidence as a later question refers to it.
func (e Evidence) AsEarlier() Evidence {
	e.Raw, e.Request, e.Form, e.Before = nil, nil, Earlier, nil
	return e
}

// Hash is the SHA-256 of the reply in hexadecimal.
func (e Evidence) Hash() string { return hex.EncodeToString(e.SHA256[:]) }

// Reply is the answer to one question. When Found is false the peer did answer:
// it knows nothing of the subject, and Value is zero.
type Reply[T any] struct {
	Value T
	Found bool
	Evidence
}

// Silence says that a peer gave no answer that may be used: it is down, too
// slow, not connected, or answered something else than was asked. The case
// waits and asks again (rule R56).
type Silence struct {
	Peer  Peer
	Cause error
	// Exchanges are what travelled nevertheless, in the order of asking. Empty: nothing
	// left this program.
	Exchanges []Evidence
}

func (s *Silence) Error() string { return fmt.Sprintf("%s does not answer: %v", s.Peer, s.Cause) }

// Unwrap makes every Silence a mekenjai.ErrUnavailable.
func (s *Silence) Unwrap() []error { return []error{mekenjai.ErrUnavailable, s.Cause} }

// The causes of a Silence, beside those of the network.
var (
	ErrDown         = errors.New("connection refused")
	ErrSlow         = errors.New("no answer within the time limit")
	ErrOtherSubject = errors.New("the reply is about another subject")
	ErrMalformed    = errors.New("the reply cannot be read")
	ErrUnconnected  = errors.New("not connected")
)

// Line is one question put to one peer, over whatever carries the bytes. Its
// Ask method is what the fields of Peers hold.
type Line[K ~string, T any] struct {
	Peer  Peer
	Limit time.Duration    // zero: the peer's usual limit
	Clock func() time.Time // nil: time.Now

	// Fetch brings the reply to the question; it must heed ctx. Carry, where the
	// question itself is evidence too, is asked in its stead.
	Fetch func(ctx context.Context, about K) (raw []byte, err error)
	Carry func(ctx context.Context, about K) (Carried, error)
	// Decode reads it; nil: DecodeJSON.
	Decode func(raw []byte) (value T, found bool, err error)
	// Blank hides secrets in a reply that is not believed: it may repeat our question.
	// nil: there are none.
	Blank func(reply []byte) []byte
	// Concerns says whether the value is about what was asked.
	Concerns func(value T, about K) bool
}

// Carried is a question as it travelled, and what came back.
type Carried struct {
	Message       string
	Request       []byte            // as it may be shown: secrets blanked
	RequestSHA256 [sha256.Size]byte // of the bytes as they really went
	Reply         []byte            // as received, with all signatures: the evidence
	Data          []byte            // the business document in it, which is decoded
	NotFound      bool              // the carrier itself says that the peer knows nothing; Data is not read
	Before        []Evidence        // exchanges that went before it
}

// carry brings the reply, however the line does it.
func (l Line[K, T]) carry(ctx context.Context, about K) (Carried, error) {
	if l.Carry != nil {
		return l.Carry(ctx, about)
	}
	raw, err := l.Fetch(ctx, about)
	return Carried{Reply: raw, Data: raw}, err
}

// Ask puts the question. Its errors are a *Silence, or the error of ctx when the
// caller itself gave up.
func (l Line[K, T]) Ask(ctx context.Context, about K) (Reply[T], error) {
	now := l.Clock
	if now == nil {
		now = time.Now
	}
	limit := l.Limit
	if limit == 0 {
		limit = l.Peer.Limit()
	}
	reply := Reply[T]{Evidence: Evidence{Source: l.Peer, Subject: string(about), AskedAt: now().UTC()}}
	limited, cancel := context.WithTimeoutCause(ctx, limit, ErrSlow)
	defer cancel()
	carried, err := l.carry(limited, about)
	if ctx.Err() != nil {
		return Reply[T]{}, context.Cause(ctx)
	}
	reply.Message, reply.Before = carried.Message, carried.Before
	reply.Raw, reply.SHA256 = carried.Reply, sha256.Sum256(carried.Reply)
	reply.Request, reply.RequestSHA256 = carried.Request, carried.RequestSHA256
	reply.AnsweredAt = now().UTC()
	if limited.Err() != nil {
		err = ErrSlow
	}
	if err == nil {
		reply.Value, reply.Found, err = l.read(carried, about)
	}
	if err != nil {
		return Reply[T]{}, &Silence{l.Peer, err, l.unused(reply.Evidence, err)}
	}
	return reply, nil
}

// read is what a reply says, if it is about what was asked.
func (l Line[K, T]) read(carried Carried, about K) (value T, found bool, err error) {
	if carried.NotFound {
		return value, false, nil
	}
	decode := l.Decode
	if decode == nil {
		decode = DecodeJSON[T]
	}
	if value, found, err = decode(carried.Data); err != nil {
		return value, false, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if found && !l.Concerns(value, about) {
		return value, false, ErrOtherSubject
	}
	return value, found, nil
}

// unused is what is kept of a question without an answer that may be used.
func (l Line[K, T]) unused(e Evidence, why error) (exchanges []Evidence) {
	exchanges, e.Before, e.Trouble = e.Before, nil, why
	if e.Request == nil && e.Raw == nil {
		return exchanges
	}
	if e.Raw == nil {
		e.AnsweredAt, e.SHA256 = time.Time{}, [sha256.Size]byte{}
	} else if l.Blank != nil {
		if shown := l.Blank(e.Raw); !bytes.Equal(shown, e.Raw) {
			e.Raw, e.Form = shown, Shown
		}
	}
	return append(exchanges, e)
}

// envelope is the JSON form of a reply: an absent value is "not found".
type envelope[T any] struct {
	Found bool `json:"found"`
	Value *T   `json:"value,omitempty"`
}

// EncodeJSON writes a reply in its canonical form: fields in the order of the
// types of this package, no spaces. A nil value is "not found".
func EncodeJSON[T any](value *T) ([]byte, error) {
	return json.Marshal(envelope[T]{Found: value != nil, Value: value})
}

// DecodeJSON reads what EncodeJSON wrote. An unknown field or anything after the
// value is an error: the peer and we would not mean the same.
func DecodeJSON[T any](raw []byte) (value T, found bool, err error) {
	var e envelope[T]
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return value, false, err
	}
	if d.More() || e.Found != (e.Value != nil) {
		return value, false, errors.New("found and value disagree, or more follows")
	}
	if !e.Found {
		return value, false, nil
	}
	return *e.Value, true, nil
}
