package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// CaseKind is what a case of the desk is about.
type CaseKind string

// The kinds of cases. The subject of each is the id of the thing.
const (
	CaseApplication CaseKind = "application" // a rule gives it to an officer
	CaseDispute     CaseKind = "dispute"     // "not my tenant", "I never applied", an objection
	CaseComplaint   CaseKind = "complaint"   // against a refusal, or against an owner
	CaseAnnulment   CaseKind = "annulment"   // of an entry, proposed by an officer
	CaseDeed        CaseKind = "deed"        // about an entry, that the state's register refused
	CaseDifference  CaseKind = "difference"  // between what the state's register keeps and ours
)

// CaseState is where a case of the desk stands.
type CaseState string

// The states of a case.
const (
	CaseOpen       CaseState = "open"
	CaseTaken      CaseState = "taken"
	CaseWaiting    CaseState = "waiting"    // for a paper of the applicant
	CaseConfirming CaseState = "confirming" // for the second pair of eyes
	CaseClosed     CaseState = "closed"
)

// decideWithin is how long an officer has for an application that came to him:
// the Administrative Procedural-Process Code, art. 76, gives 15 working days to
// what no law gives another time; the desk works by three calendar days, so that
// what is late is seen long before the law is broken.
const decideWithin = 3 * 24 * time.Hour

// openCase puts a thing into the officers' queue and returns the number of its
// case; a thing that is there already keeps its case.
func (r *Register) openCase(ctx context.Context, tx database.Tx, kind CaseKind, subject string, about mekenjai.IIN, kato string, due time.Time) (number string, err error) {
	number, err = database.One(ctx, tx, database.Column[string], `SELECT number FROM desk_case
		WHERE kind = $1 AND subject = $2 AND state <> 'closed'`, kind, subject)
	if !errors.Is(err, database.ErrNoRows) {
		return number, err
	}
	id := newID()
	number = newNumber()
	_, err = tx.Exec(ctx, `INSERT INTO desk_case (id, number, kind, subject, about, kato, state, officer, opened_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', '', $7, $8)`,
		id, number, kind, subject, about, kato, database.Micros(tx.Now()), database.Micros(due))
	if err != nil {
		return "", err
	}
	return number, audit.Write(ctx, tx, audit.BySystem("case.open", id).Concerning(about).With("kind", kind).With("subject", subject))
}

// closeCase ends the case of a thing; one that has none, or an ended one, is fine.
func (r *Register) closeCase(ctx context.Context, tx database.Tx, kind CaseKind, subject string) error {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM desk_case
		WHERE kind = $1 AND subject = $2 AND state <> 'closed'`, kind, subject)
	if errors.Is(err, database.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE desk_case SET state = 'closed', closed_at = $2 WHERE id = $1`, id, database.Micros(tx.Now())); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.BySystem("case.close", id).With("kind", kind).With("subject", subject))
}
