package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// Signature is what a person signs a statement with: a CMS by an own key, or a
// code sent to the own phone for this very text.
type Signature struct {
	CMS []byte
	// Code checks the digits against the text and returns what uses them up, to
	// be called in the transaction of the submission; nil when CMS is given.
	Code func(ctx context.Context, text []byte) (consume func(context.Context, database.Tx) error, err error)
}

// InProgress is the conflict of filing while another application of the same
// person is under way (rule R15): ID leads to it.
type InProgress struct{ ID string }

func (e *InProgress) Error() string { return "application " + e.ID + " is under way" }

// Unwrap makes it an ErrConflict.
func (e *InProgress) Unwrap() error { return mekenjai.ErrConflict }

// Submit makes the draft an application: once, however often and from however
// many tabs it is called. The statement must be the one that Prepare froze; a
// signature over another text, by another person or by a key that is not trusted
// changes nothing and leaves an audit entry.
func (r *Register) Submit(ctx context.Context, actor mekenjai.Actor, id string, sig Signature) (mekenjai.Application, error) {
	if a, err := r.submitted(ctx, actor, id); !errors.Is(err, mekenjai.ErrNotFound) {
		return a, err
	}
	d, err := r.Draft(ctx, actor, id)
	if errors.Is(err, mekenjai.ErrNotFound) { // submitted by another tab between the two readings
		return r.submitted(ctx, actor, id)
	}
	if err != nil {
		return mekenjai.Application{}, err
	}
	if d.Statement == nil {
		return mekenjai.Application{}, mekenjai.ErrStale
	}
	consume, err := r.checkOwnSignature(ctx, actor, d, sig)
	if err != nil {
		if a, twice := r.submitted(ctx, actor, id); twice == nil { // the code was used by the first of two clicks
			return a, nil
		}
		if mustWait(err) {
			err = errors.Join(r.letDraftWait(ctx, actor, d, sig.CMS), err)
		}
		return mekenjai.Application{}, err
	}
	var a record
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		a, err = r.submit(ctx, tx, actor, d, sig.CMS, consume)
		return err
	})
	return a.Application, err
}

// checkOwnSignature verifies the signature over the frozen statement; consume is
// what uses up a signing code, or does nothing for a key.
func (r *Register) checkOwnSignature(ctx context.Context, actor mekenjai.Actor, d Draft, sig Signature) (consume func(context.Context, database.Tx) error, err error) {
	if sig.Code != nil {
		return sig.Code(ctx, d.Statement)
	}
	if _, err := r.verifyOwn(ctx, actor, d.Statement, sig.CMS); mustWait(err) {
		return nil, err
	} else if err != nil {
		return nil, r.refuseSignature(ctx, audit.By(actor, "application.submit", d.ID).Concerning(actor.IIN), err)
	}
	return nil, nil
}

// submitted is the actor's application of this id, if it was already made.
func (r *Register) submitted(ctx context.Context, actor mekenjai.Actor, id string) (mekenjai.Application, error) {
	var a record
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		a, err = loadApplication(ctx, tx, id)
		return err
	})
	if err == nil && a.Person != actor.IIN {
		err = mekenjai.ErrNotFound
	}
	return a.Application, err
}

func (r *Register) submit(ctx context.Context, tx database.Tx, actor mekenjai.Actor, d Draft, cms []byte, consume func(context.Context, database.Tx) error) (a record, err error) {
	a, err = loadApplication(ctx, tx, d.ID)
	if err == nil && a.Person == actor.IIN { // another tab was first: one application
		return a, nil
	}
	if !errors.Is(err, mekenjai.ErrNotFound) {
		return a, errors.Join(err, mekenjai.ErrNotFound)
	}
	row, err := loadDraft(ctx, tx, actor.IIN, d.ID)
	if err != nil {
		return a, err
	}
	if !bytes.Equal(row.statement, d.Statement) {
		return a, mekenjai.ErrStale
	}
	if other, err := underWay(ctx, tx, actor.IIN); err != nil {
		return a, err
	} else if other != "" {
		return a, &InProgress{other}
	}
	method := mekenjai.ByEDS
	if consume != nil {
		method = mekenjai.BySMS
		if err := consume(ctx, tx); err != nil {
			return a, err
		}
	}
	if a, err = newApplication(tx.Now(), actor, row, method); err != nil {
		return a, err
	}
	return a, errors.Join(
		a.insert(ctx, tx, cms),
		remove(ctx, tx, d.ID),
		r.tell(ctx, tx, &a, mekenjai.PartyID(a.Person), notify.Submitted, nil),
		tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil),
		tx.Enqueue(ctx, evidenceArgs{Application: a.ID}, afterAnswers),
		audit.Write(ctx, tx, audit.By(actor, "application.submit", a.ID).Concerning(a.Person).
			With("code", mekenjai.ShortCode(a.Statement)).With("method", method)),
	)
}

func newApplication(now time.Time, actor mekenjai.Actor, row draftRow, method mekenjai.Method) (a record, err error) {
	s, err := fromJSON[mekenjai.Statement](row.fields)
	if err != nil {
		return a, fmt.Errorf("statement of draft %s: %w", row.id, err)
	}
	a.Application = mekenjai.Application{
		ID: row.id, Number: newNumber(), Person: s.Person, Name: s.Name, Language: actor.Language,
		Channel: mekenjai.Portal, State: mekenjai.Checking, Round: 1, Dwelling: s.Dwelling, Months: s.Months,
		Purpose: s.Purpose, Arrival: s.Arrival, IsOwner: s.IsOwner, Owner: s.Owner, Statement: row.statement,
		Method: method, SubmittedAt: now,
	}
	a.Clock = a.Clock.In(mekenjai.Checking, now)
	a.askAt = now.Add(lease)
	return a, nil
}

func remove(ctx context.Context, tx database.Tx, draft string) error {
	_, err := tx.Exec(ctx, `DELETE FROM draft WHERE id = $1`, draft)
	return err
}

// underWay is the id of the person's application that has not ended, or "".
func underWay(ctx context.Context, tx database.Tx, person mekenjai.IIN) (string, error) {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM application
		WHERE person = $1 AND state IN ('checking', 'awaiting_consent', 'deciding', 'entering', 'referred')`, person)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return id, err
}
