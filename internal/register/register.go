// Package register is the service: its verbs are the field's, and it is the only
// writer of applications, consents and entries. A verb is one transaction that
// loads, asks the root or the rules whether the thing may be done, writes the
// rows, the audit entry and the jobs, and returns. Registers of the state, text
// messages and signatures are asked outside transactions, before a verb or in a
// job after it. Deadlines are columns that Sweep reads, so that a lost job heals.
package register

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// Register holds what the verbs need; it has no state of its own.
type Register struct {
	db *database.DB
	Options
	finishers   map[string]finisher                // by the purpose of a signed text
	paperGuards map[mekenjai.PaperPlace]paperGuard // who of the staff may open the papers of a place
}

// Options are the outside world as the register sees it.
type Options struct {
	// Peers are the state's information systems.
	Peers state.Peers
	// Keeper is the state's register of registrations where it is a system of its
	// own; zero: ours is the register.
	Keeper state.Keeper
	// Orderer is egov.kz, where the service may be ordered; zero: nobody orders it.
	Orderer state.Orderer
	// Verifier checks the signatures under applications and consents.
	Verifier *eds.Verifier
	// Timestamp asks the time-stamping authority for a token over a signature's
	// value; nil keeps evidence without timestamps.
	Timestamp func(ctx context.Context, signature []byte, d eds.Digest) ([]byte, error)
	// Office is where staff work, by its id; nil: there are no counters.
	Office func(ctx context.Context, id string) (mekenjai.ServiceOffice, error)
	// SendSMS hands a text message to the centre; an error means "try again".
	SendSMS func(ctx context.Context, to mekenjai.Phone, text string) error
	// Contacts are the phones to which something is told to a person whom the
	// Mobile Citizens Database names this phone for: the one before it too, while
	// the change is new. nil: that phone alone.
	Contacts func(ctx context.Context, iin mekenjai.IIN, phone mekenjai.Phone) ([]mekenjai.Phone, error)
	// Seal signs acts for the provider; nil leaves them unsealed until there is one.
	Seal *eds.Key
	// Parameters are the numbers of the rules in force on a day; nil: those of
	// the decision table.
	Parameters func(mekenjai.Date) (rules.Parameters, error)
	// Papers keeps scans; nil: none can be taken.
	Papers *papers.Vault
	// Entered is told, after each entry, what it took since the last signature;
	// nil: nobody wants to know.
	Entered func(time.Duration)
	// Specimen marks the papers that leave here as proving nothing: those of the demo
	// country.
	Specimen bool
	// BaseURL is the public address of the portal, without a slash at its end.
	BaseURL string
	Clock   func() time.Time // nil: time.Now; the same as the database's
	Log     *slog.Logger
}

// New offers the verbs over the database.
func New(db *database.DB, o Options) *Register {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Parameters == nil {
		o.Parameters = rules.ParametersAt
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	r := &Register{db: db, Options: o}
	r.finishers = map[string]finisher{
		mekenjai.ComplaintPurpose: func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
			_, err := r.Complain(ctx, actor, id, sig)
			return err
		},
		mekenjai.OwnerComplaintPurpose: func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
			_, err := r.ComplainOfOwner(ctx, actor, id, sig)
			return err
		},
		mekenjai.ComplaintDecisionPurpose: r.RuleComplaint,
	}
	r.finishers[mekenjai.DecisionPurpose] = r.Decide
	r.finishers[mekenjai.ProtectionPurpose] = func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
		_, err := r.Protect(ctx, actor, id, sig)
		return err
	}
	r.finishers[mekenjai.AttestationPurpose] = func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
		_, err := r.AcceptIntake(ctx, actor, id, sig)
		return err
	}
	r.finishers[mekenjai.LodgementPurpose] = func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
		_, err := r.LodgePetition(ctx, actor, id, sig)
		return err
	}
	r.finishers[mekenjai.TurnAwayPurpose] = func(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) error {
		_, err := r.TurnAway(ctx, actor, id, sig)
		return err
	}
	r.finishLife()
	r.paperGuards = map[mekenjai.PaperPlace]paperGuard{
		mekenjai.PaperOfApplication: guardApplicationPapers,
		mekenjai.PaperOfIntake:      guardIntakePapers,
		mekenjai.PaperOfPetition:    guardPetitionPapers,
		mekenjai.PaperOfCase:        guardCasePapers,
	}
	return r
}

// now is the clock outside transactions; within one it is tx.Now.
func (r *Register) now() time.Time { return r.Clock().UTC() }

// freshWithin is how long a proof of identity given for one consent serves to
// answer it.
const freshWithin = 15 * time.Minute

// patience is how long somebody waits before a page for a register; then the page
// says that it is silent.
const patience = 5 * time.Second

func patiently(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, patience, mekenjai.ErrUnavailable)
}

// newID is a UUIDv7: unique, ordered by time, no secret.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// newNumber is a random code of eight letters, unique by the database.
func newNumber() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return mekenjai.NewCode(b[:])
}

// notFound makes the database's word for an absent row the field's.
func notFound(err error) error {
	if errors.Is(err, database.ErrNoRows) {
		return mekenjai.ErrNotFound
	}
	return err
}

// refuseAttempt leaves an audit entry of an attempt that changed nothing and
// returns the reason. The entry has its own transaction: there is no other.
func (r *Register) refuseAttempt(ctx context.Context, e audit.Entry, reason string, cause error) error {
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		return audit.Write(ctx, tx, e.Refused(reason))
	})
	if err != nil {
		return fmt.Errorf("audit of a refused attempt: %w", err)
	}
	return cause
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("register: %T cannot be written as JSON: %v", v, err)) // our own types: a programming error
	}
	return string(b)
}

func fromJSON[T any](s string) (v T, err error) {
	if s == "" {
		return v, nil
	}
	return v, json.Unmarshal([]byte(s), &v)
}
