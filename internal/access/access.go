// Package access answers who is asking. Somebody proves it with a key of the
// national authority, by signing a text made for this one sign-in, or with a
// code sent to the phone that the Mobile Citizens Database holds for his IIN.
// The proof becomes a session, the session becomes the mekenjai.Actor that the
// verbs trust. The package keeps only hashes of what opens a door: of session
// tokens, of challenges, of codes. Nothing it answers tells a stranger whether an
// IIN exists. It also counts, in the database, how often somebody knocks.
package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/database"
)

// PhoneOf asks the Mobile Citizens Database for the phone of a person. It is
// called from a job, never while somebody waits for an answer.
type PhoneOf func(ctx context.Context, iin mekenjai.IIN) (phone mekenjai.Phone, found bool, err error)

// SendSMS hands a text to the operator; nil means that it was taken.
type SendSMS func(ctx context.Context, phone mekenjai.Phone, text string) error

// Params are what an operator may change. A zero field has the default that its
// comment names.
type Params struct {
	Product string // name in texts that are signed: "Мекенжай"
	Origin  string // where the pages are: "http://localhost:8080"

	// Secret keys the hashes of the codes, so that a stolen copy of the database
	// does not give away six digits. At least 32 bytes, the same in all processes;
	// made at start when nil, and then codes do not survive a restart.
	Secret []byte

	Idle      time.Duration // a session without a page asked for: 20 minutes
	Absolute  time.Duration // any session: 12 hours
	Challenge time.Duration // from the page to the signature: 5 minutes
	Code      time.Duration // from the request to the digits: 5 minutes
	Mobile    time.Duration // from the QR code to the signature in eGov Mobile: 5 minutes
	Proof     time.Duration // what proves a sign-in by key is kept so long: 90 days
	Tries     int           // of a code: 3
	Hold      time.Duration // after its change a phone signs nothing: 72 hours

	// Timestamp asks the time-stamping authority for a token over a signature's value;
	// nil keeps the proofs of sign-ins without timestamps.
	Timestamp func(ctx context.Context, signature []byte, d eds.Digest) ([]byte, error)

	// SendCode sends messages with codes, where a way of their own knows that they are
	// worth nothing after minutes; nil: as all others.
	SendCode SendSMS

	Limits  map[string]Limit // by kind (LimitCheck, …), in place of the defaults
	Proxies []netip.Prefix   // whose X-Forwarded-For is believed, over TCP: nobody's
	Logger  *slog.Logger     // slog.Default()
}

// Access knows who is asking. It may be used by many goroutines.
type Access struct {
	db       *database.DB
	verifier *eds.Verifier
	phoneOf  PhoneOf
	sendSMS  SendSMS
	limits   map[string]Limit
	secure   bool // the pages are served over TLS
	Params
}

// New makes the one Access of a process. It panics on a Secret too short to be
// one: that is a mistake in the wiring.
func New(db *database.DB, verifier *eds.Verifier, phoneOf PhoneOf, sendSMS SendSMS, p Params) *Access {
	set(&p.Product, "Мекенжай")
	set(&p.Origin, "http://localhost:8080")
	set(&p.Idle, 20*time.Minute)
	set(&p.Absolute, 12*time.Hour)
	set(&p.Challenge, 5*time.Minute)
	set(&p.Code, 5*time.Minute)
	set(&p.Mobile, 5*time.Minute)
	set(&p.Proof, 90*24*time.Hour)
	set(&p.Tries, 3)
	set(&p.Hold, 72*time.Hour)
	set(&p.Logger, slog.Default())
	if p.SendCode == nil {
		p.SendCode = sendSMS
	}
	if p.Secret == nil {
		p.Secret = random(32)
	}
	if len(p.Secret) < 32 {
		panic("access: Params.Secret is shorter than 32 bytes")
	}
	limits := maps.Clone(defaultLimits)
	maps.Copy(limits, p.Limits)
	return &Access{db: db, verifier: verifier, phoneOf: phoneOf, sendSMS: sendSMS,
		limits: limits, secure: strings.HasPrefix(p.Origin, "https://"), Params: p}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// random never fails: crypto/rand.Read ends the program rather than return an
// error.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

func hash(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// validFor says whether the name of what a sign-in is for may stand in a signed
// text: names that come from a path must not add lines to it.
func validFor(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:", r))
	})
	if bad || len(name) > 100 {
		return fmt.Errorf("sign-in for %q: %w", name, mekenjai.ErrNotFound)
	}
	return nil
}
