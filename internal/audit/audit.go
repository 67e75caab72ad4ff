// Package audit writes what was done, by whom and to whose data, in the
// transaction of the deed itself: what is acknowledged is audited, and what was
// rolled back leaves no trace of having happened. An attempt that was refused is
// an entry too. Entries are never changed; each carries the hash of its
// canonical form, so that one changed entry is found by whoever holds the hash.
// Audit is not logging: it keeps personal numbers, and is read by few.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/internal/database"
)

// Done is the outcome of a deed that took effect.
const Done = "done"

// System is the actor of what happens without a person: rules, deadlines.
const System = "system"

// Entry is one deed or refused attempt.
type Entry struct {
	ID      string         `json:"id"`
	At      time.Time      `json:"at"`
	Actor   string         `json:"actor"`
	Person  string         `json:"person"`
	Session string         `json:"session"`
	Verb    string         `json:"verb"`    // "application.submit"
	Subject string         `json:"subject"` // id of the thing
	About   mekenjai.IIN   `json:"about"`   // whose data
	Outcome string         `json:"outcome"` // Done, or a reason
	Detail  map[string]any `json:"detail,omitempty"`
}

// By is an entry of a deed of the actor; the caller fills in the rest.
func By(a mekenjai.Actor, verb, subject string) Entry {
	return Entry{Actor: string(a.Party()), Person: string(a.IIN), Session: a.Session,
		Verb: verb, Subject: subject, Outcome: Done}
}

// BySystem is an entry of a deed that nobody did by hand.
func BySystem(verb, subject string) Entry {
	return Entry{Actor: System, Verb: verb, Subject: subject, Outcome: Done}
}

// Concerning sets whose data the deed touched.
func (e Entry) Concerning(person mekenjai.IIN) Entry { e.About = person; return e }

// With adds a detail. Details hold codes, hashes and ids, not free text about people.
func (e Entry) With(key string, value any) Entry {
	detail := make(map[string]any, len(e.Detail)+1)
	for k, v := range e.Detail {
		detail[k] = v
	}
	detail[key] = value
	e.Detail = detail
	return e
}

// Refused turns the entry into one of an attempt that did not take effect.
func (e Entry) Refused(reason string) Entry { e.Outcome = reason; return e }

// Write stores the entry at the transaction's instant.
func Write(ctx context.Context, tx database.Tx, e Entry) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Verb, err)
	}
	e.ID, e.At = id.String(), tx.Now().UTC()
	canonical, err := json.Marshal(e) // field order is the struct's, map keys are sorted
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Verb, err)
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Verb, err)
	}
	hash := sha256.Sum256(canonical)
	_, err = tx.Exec(ctx, `INSERT INTO audit_entry
		(id, at, actor, person, session, verb, subject, about, outcome, detail, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.ID, database.Micros(e.At), e.Actor, e.Person, e.Session, e.Verb, e.Subject,
		e.About, e.Outcome, string(detail), hash[:])
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Verb, err)
	}
	return nil
}

// Of lists the entries about one thing, oldest first, at most limit.
func Of(ctx context.Context, tx database.Tx, subject string, limit int) ([]Entry, error) {
	return database.Collect(ctx, tx, scan, `SELECT id, at, actor, person, session, verb, subject, about, outcome, detail
		FROM audit_entry WHERE subject = $1 ORDER BY id LIMIT $2`, subject, limit)
}

func scan(row database.Row) (e Entry, err error) {
	var detail string
	err = row.Scan(&e.ID, database.ScanTime(&e.At), &e.Actor, &e.Person, &e.Session, &e.Verb,
		&e.Subject, &e.About, &e.Outcome, &detail)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}
