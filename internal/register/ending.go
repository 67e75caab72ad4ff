package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// endingRow is a request or proposal to end an entry, with who signed for it.
type endingRow struct {
	mekenjai.Ending
	right mekenjai.Right // of who asked; "" for the person and officers
	text  string         // id of the signed text
}

const endingColumns = `id, registration, kind, state, party, right_kind, ground, paper, answer, at, until_at, confirm_at, objected_at, closed_at, signed_text`

func scanEnding(row database.Row) (e endingRow, err error) {
	err = row.Scan(&e.ID, &e.Registration, &e.Kind, &e.State, &e.By, &e.right, &e.Ground, &e.Paper, &e.Answer, database.ScanTime(&e.At),
		database.ScanTime(&e.Until), database.ScanTime(&e.Confirm), database.ScanTime(&e.Objected), database.ScanTime(&e.Closed), &e.text)
	return e, notFound(err)
}

func loadEnding(ctx context.Context, tx database.Tx, id string) (endingRow, error) {
	return scanEnding(tx.QueryRow(ctx, `SELECT `+endingColumns+` FROM ending WHERE id = $1`, id))
}

// latestEnding is the newest request or proposal about an entry, nil for none.
func latestEnding(ctx context.Context, tx database.Tx, registration string) (*endingRow, error) {
	return optional(scanEnding(tx.QueryRow(ctx, `SELECT `+endingColumns+` FROM ending
		WHERE registration = $1 ORDER BY at DESC, id DESC LIMIT 1`, registration)))
}

// runningEnding is the one that is not over, nil for none.
func runningEnding(ctx context.Context, tx database.Tx, registration string) (*endingRow, error) {
	return optional(scanEnding(tx.QueryRow(ctx, `SELECT `+endingColumns+` FROM ending
		WHERE registration = $1 AND state IN ('running', 'objected', 'proposed')`, registration)))
}

// insert writes a new ending. Its period, if it has one, is what Sweep reads.
func (e *endingRow) insert(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO ending (id, registration, kind, state, party, right_kind, ground, paper, at,
		until_at, due_at, confirm_at, closed_at, signed_text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13)`,
		e.ID, e.Registration, e.Kind, e.State, e.By, e.right, e.Ground, e.Paper, database.Micros(e.At),
		database.NullMicros(e.Until), database.NullMicros(e.Confirm), database.NullMicros(e.Closed), e.text)
	return err
}

// move brings the ending into its next state, if it still stands where it was
// loaded.
func (e *endingRow) move(ctx context.Context, tx database.Tx, next mekenjai.EndingState) error {
	if !e.State.May(next) {
		return fmt.Errorf("ending %s from %s to %s: %w", e.ID, e.State, next, mekenjai.ErrConflict)
	}
	was := e.State
	e.State = next
	if next.IsOver() {
		e.Closed = tx.Now()
	}
	n, err := tx.Exec(ctx, `UPDATE ending SET state = $2, closed_at = $3, until_at = $4, due_at = $5, objected_at = $6,
		answer = $7, confirm_at = $8 WHERE id = $1 AND state = $9`, e.ID, e.State, database.NullMicros(e.Closed), database.NullMicros(e.Until),
		database.NullMicros(e.dueAt()), database.NullMicros(e.Objected), e.Answer, database.NullMicros(e.Confirm), was)
	return errors.Join(err, staleIf(err == nil && n == 0))
}

// dueAt is when time does something to the ending; zero for never.
func (e *endingRow) dueAt() time.Time {
	if e.State == mekenjai.EndingRunning {
		return e.Until
	}
	return time.Time{}
}

// confirmationRow is a co-owner whose word a request needs.
type confirmationRow struct {
	ending   string
	holder   mekenjai.RightHolder
	answer   mekenjai.Confirmation
	reason   string
	answered time.Time
}

func scanConfirmation(row database.Row) (c confirmationRow, err error) {
	err = row.Scan(&c.ending, &c.holder.Party, &c.holder.Name, &c.holder.Right, &c.holder.Share.Numerator,
		&c.holder.Share.Denominator, &c.answer, &c.reason, database.ScanTime(&c.answered))
	return c, notFound(err)
}

const confirmationColumns = `ending, party, name, right_kind, share_num, share_den, answer, reason, answered_at`

func confirmationsOf(ctx context.Context, tx database.Tx, ending string) ([]confirmationRow, error) {
	return database.Collect(ctx, tx, scanConfirmation, `SELECT `+confirmationColumns+` FROM ending_confirmation
		WHERE ending = $1 ORDER BY party LIMIT 200`, ending)
}

func askConfirmation(ctx context.Context, tx database.Tx, ending string, h mekenjai.RightHolder) error {
	_, err := tx.Exec(ctx, `INSERT INTO ending_confirmation (ending, party, name, right_kind, share_num, share_den, answer, reason)
		VALUES ($1, $2, $3, $4, $5, $6, 'asked', '')`, ending, h.Party, h.Name, h.Right, h.Share.Numerator, h.Share.Denominator)
	return err
}

// allAgreed says whether nobody's word is missing.
func allAgreed(list []confirmationRow) bool {
	for _, c := range list {
		if c.answer != mekenjai.ConfirmAgreed {
			return false
		}
	}
	return true
}

// EndingRuns is the conflict of asking for an end while another request or
// proposal about the same entry runs.
type EndingRuns struct{ Entry string } // number

func (e *EndingRuns) Error() string { return "an ending of entry " + e.Entry + " is under way" }

// Unwrap makes it an ErrConflict.
func (e *EndingRuns) Unwrap() error { return mekenjai.ErrConflict }

// entryByNumber finds an entry by what is printed on its certificate.
func entryByNumber(ctx context.Context, tx database.Tx, number string) (mekenjai.Registration, error) {
	return scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration WHERE number = $1`, number))
}

// visibleEntry finds an entry for somebody else than the person: one of a sealed
// person does not exist. The viewer is "" for owners and other citizens.
func visibleEntry(ctx context.Context, tx database.Tx, number string, viewer mekenjai.IIN) (mekenjai.Registration, error) {
	return scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration
		WHERE number = $3 AND `+visible("registration.person", 1), now(tx), viewer, number))
}

// visibleByID is the same by the entry's id, for a member of staff.
func visibleByID(ctx context.Context, tx database.Tx, id string, viewer mekenjai.IIN) (mekenjai.Registration, error) {
	return scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration
		WHERE id = $3 AND `+visible("registration.person", 1), now(tx), viewer, id))
}

func entryByID(ctx context.Context, tx database.Tx, id string) (mekenjai.Registration, error) {
	return scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration WHERE id = $1`, id))
}

// stands says whether the entry can still be ended: a current one, or one that
// waits to extend it.
func stands(e mekenjai.Registration) error {
	if e.State == mekenjai.EntryEnded {
		return mekenjai.ErrConflict
	}
	return nil
}

// byParty is an audit entry of a deed of a party about somebody's entry.
func byParty(actor mekenjai.Actor, verb string, e mekenjai.Registration) audit.Entry {
	return audit.By(actor, verb, e.ID).Concerning(e.Person)
}

// finishLife says how the signatures of this part of the register are finished
// that had to wait.
func (r *Register) finishLife() {
	for purpose, finish := range map[string]finisher{
		mekenjai.OwnEndPurpose:          r.EndOwn,
		mekenjai.EndRequestPurpose:      r.RequestEnd,
		mekenjai.EndConfirmationPurpose: r.ConfirmEnd,
		mekenjai.WindowEndPurpose:       r.EndAtWindow,
		mekenjai.EndProposalPurpose:     r.ProposeEnd,
		mekenjai.EndApprovalPurpose:     r.ApproveEnd,
		mekenjai.ResolutionPurpose:      r.ResolveDispute,
		mekenjai.CorrectionPurpose:      r.Correct,
	} {
		r.finishers[purpose] = finish
	}
}
