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
	AskedAt    time.Time
	AnsweredAt time.Time
	Raw        []byte // the reply as it was received
	SHA256     [sha256.Size]byte

	// Request is the question as it may be shown, with secrets blanked; nil when
	// nothing travelled. RequestSHA256 is of the bytes that really went.
	Request       []byte
	RequestSHA256 [sha256.Size]byte
}

// Hash is the SHA-256 of Raw in hexadecimal.
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
	// Concerns says whether the value is about what was asked.
	Concerns func(value T, about K) bool
}

// Carried is a question as it travelled, and what came back.
type Carried struct {
	Request       []byte            // as it may be shown: secrets blanked
	RequestSHA256 [sha256.Size]byte // of the bytes as they really went
	Reply         []byte            // as received, with all signatures: the evidence
	Data          []byte            // the business document in it, which is decoded
	NotFound      bool              // the carrier itself says that the peer knows nothing; Data is not read
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
	if limited.Err() != nil {
		return Reply[T]{}, &Silence{l.Peer, ErrSlow}
	}
	if err != nil {
		return Reply[T]{}, &Silence{l.Peer, err}
	}
	if !carried.NotFound {
		decode := l.Decode
		if decode == nil {
			decode = DecodeJSON[T]
		}
		value, found, err := decode(carried.Data)
		if err != nil {
			return Reply[T]{}, &Silence{l.Peer, fmt.Errorf("%w: %w", ErrMalformed, err)}
		}
		if found && !l.Concerns(value, about) {
			return Reply[T]{}, &Silence{l.Peer, ErrOtherSubject}
		}
		reply.Value, reply.Found = value, found
	}
	reply.Raw, reply.SHA256 = carried.Reply, sha256.Sum256(carried.Reply)
	reply.Request, reply.RequestSHA256 = carried.Request, carried.RequestSHA256
	reply.AnsweredAt = now().UTC()
	return reply, nil
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
