package register

import (
	"context"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

type consentRow struct {
	mekenjai.Consent
	round     int
	as        mekenjai.Capacity // in whose person he is asked
	signer    mekenjai.IIN
	method    mekenjai.Method
	paper     string       // id of the scan of what was written by hand
	recorded  mekenjai.IIN // the operator before whom it was given, "" from elsewhere
	signature []byte
	waiting   time.Time // since when a signature waits to be judged; zero when none does
}

// isLate says whether the deadline passed without an answer. A signature that
// came in time and only waits to be judged is one.
func (c consentRow) isLate(now time.Time) bool { return c.waiting.IsZero() && c.HasLapsed(now) }

const consentColumns = `id, application, round, party, name, right_kind, share_num, share_den, answer, reason,
	asked_at, deadline, answered_at, signer, signature, waiting_at, capacity, method, paper, recorded_by`

func scanConsent(row database.Row) (c consentRow, err error) {
	err = row.Scan(&c.ID, &c.Application, &c.round, &c.Holder.Party, &c.Holder.Name, &c.Holder.Right,
		&c.Holder.Share.Numerator, &c.Holder.Share.Denominator, &c.Answer, &c.Reason,
		database.ScanTime(&c.AskedAt), database.ScanTime(&c.Deadline), database.ScanTime(&c.AnsweredAt),
		&c.signer, &c.signature, database.ScanTime(&c.waiting), &c.as, &c.method, &c.paper, &c.recorded)
	return c, notFound(err)
}

func loadConsent(ctx context.Context, tx database.Tx, id string) (consentRow, error) {
	return scanConsent(tx.QueryRow(ctx, `SELECT `+consentColumns+` FROM consent WHERE id = $1`, id))
}

// consentsOf are the requests of one round, in the order of the property
// register's answer.
func consentsOf(ctx context.Context, tx database.Tx, application string, round int) ([]consentRow, error) {
	return database.Collect(ctx, tx, scanConsent, `SELECT `+consentColumns+` FROM consent
		WHERE application = $1 AND round = $2 ORDER BY asked_at, party, capacity`, application, round)
}

// ask writes one request with its deadline.
func ask(ctx context.Context, tx database.Tx, a *record, h mekenjai.RightHolder, within time.Duration) (consentRow, error) {
	c := consentRow{round: a.Round, as: mekenjai.AsHimself, Consent: mekenjai.Consent{
		ID: newNumber(), Application: a.ID, Holder: h, Answer: mekenjai.Asked,
		AskedAt: tx.Now(), Deadline: tx.Now().Add(within),
	}}
	return c, c.insert(ctx, tx)
}

func (c *consentRow) insert(ctx context.Context, tx database.Tx) error {
	h := c.Holder
	_, err := tx.Exec(ctx, `INSERT INTO consent (id, application, round, party, capacity, name, right_kind, share_num, share_den,
		answer, reason, asked_at, deadline, answered_at, signer, method, paper, recorded_by, signature)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13, $14, $15, $16, $17, $18)`,
		c.ID, c.Application, c.round, h.Party, c.as, h.Name, h.Right, h.Share.Numerator, h.Share.Denominator,
		c.Answer, database.Micros(c.AskedAt), database.Micros(c.Deadline), database.NullMicros(c.AnsweredAt),
		c.signer, c.method, c.paper, c.recorded, c.signature)
	return err
}

// answer writes what a right-holder answered, or what became of the request.
func (c *consentRow) answer(ctx context.Context, tx database.Tx, next mekenjai.Answer, reason string) error {
	if !c.Answer.May(next) {
		return fmt.Errorf("consent %s from %s to %s: %w", c.ID, c.Answer, next, mekenjai.ErrConflict)
	}
	c.Answer, c.Reason, c.AnsweredAt = next, reason, tx.Now()
	if next == mekenjai.Agreed && !c.waiting.IsZero() {
		c.AnsweredAt = c.waiting
	}
	_, err := tx.Exec(ctx, `UPDATE consent SET answer = $2, reason = $3, answered_at = $4, signer = $5, signature = $6, method = $7,
		waiting = NULL, waiting_at = NULL, try_at = NULL WHERE id = $1`,
		c.ID, c.Answer, c.Reason, database.Micros(c.AnsweredAt), c.signer, c.signature, c.method)
	return err
}

// voidConsents ends the requests of the present round that still stand: the
// application ended, or its right-holders changed.
func voidConsents(ctx context.Context, tx database.Tx, a *record) error {
	open, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return err
	}
	for _, c := range open {
		if !c.Answer.May(mekenjai.Void) {
			continue
		}
		if err := c.answer(ctx, tx, mekenjai.Void, c.Reason); err != nil {
			return err
		}
	}
	return nil
}
