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

// A signature of which one cannot tell yet whether its key is revoked neither
// passes nor fails: it is kept with who gave it and when, and verified again until
// it is one or the other. The person need not come back; a consent that was given
// in time counts from then, even when the hour has passed meanwhile.

// mustWait says whether the error is of such a signature.
func mustWait(err error) bool {
	var s *mekenjai.SignatureError
	return errors.As(err, &s) && s.Wait
}

// tryAgain is how soon such a signature is verified again, by how long it waits.
func tryAgain(now, since time.Time) time.Time {
	return now.Add(min(max(10*time.Second, now.Sub(since)/2), 5*time.Minute))
}

func (r *Register) letDraftWait(ctx context.Context, actor mekenjai.Actor, d Draft, cms []byte) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE draft SET waiting = $2, waiting_by = $3, waiting_at = $4, try_at = $5
			WHERE id = $1 AND person = $6 AND statement = $7`, d.ID, cms, toJSON(actor), database.Micros(tx.Now()),
			database.Micros(tryAgain(tx.Now(), tx.Now())), actor.IIN, d.Statement)
		if err != nil || n == 0 {
			return errors.Join(err, staleIf(n == 0))
		}
		return audit.Write(ctx, tx, audit.By(actor, "application.submit", d.ID).Concerning(actor.IIN).Refused("signature:waiting"))
	})
}

func (r *Register) letConsentWait(ctx context.Context, actor mekenjai.Actor, id string, cms []byte) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		c, a, err := r.loadRequest(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if !c.Answer.IsOpen() || c.round != a.Round || a.State.IsDecided() || c.isLate(tx.Now()) {
			return mekenjai.ErrConflict
		}
		_, err = tx.Exec(ctx, `UPDATE consent SET waiting = $2, waiting_by = $3, waiting_at = $4, try_at = $5 WHERE id = $1`,
			id, cms, toJSON(actor), database.Micros(tx.Now()), database.Micros(tryAgain(tx.Now(), tx.Now())))
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, "consent.agree", id).Concerning(a.Person).Refused("signature:waiting"))
	})
}

func staleIf(yes bool) error {
	if yes {
		return mekenjai.ErrStale
	}
	return nil
}

// waiting is a kept signature.
type waiting struct {
	id    string
	text  []byte
	cms   []byte
	actor mekenjai.Actor
	since time.Time
}

func scanWaiting(row database.Row) (w waiting, err error) {
	var actor string
	if err = row.Scan(&w.id, &w.text, &w.cms, &actor, database.ScanTime(&w.since)); err != nil {
		return w, err
	}
	w.actor, err = fromJSON[mekenjai.Actor](actor)
	return w, err
}

// verifyAgain tries the signatures that are due.
func (r *Register) verifyAgain(ctx context.Context) (done int, err error) {
	var drafts, consents []waiting
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		drafts, err = database.Collect(ctx, tx, scanWaiting, `SELECT id, statement, waiting, waiting_by, waiting_at FROM draft
			WHERE try_at IS NOT NULL AND try_at <= $1 ORDER BY try_at LIMIT $2`, database.Micros(tx.Now()), sweepSize)
		if err != nil {
			return err
		}
		consents, err = database.Collect(ctx, tx, scanWaiting, `SELECT c.id, a.statement, c.waiting, c.waiting_by, c.waiting_at
			FROM consent c JOIN application a ON a.id = c.application
			WHERE c.try_at IS NOT NULL AND c.try_at <= $1 ORDER BY c.try_at LIMIT $2`, database.Micros(tx.Now()), sweepSize)
		return err
	})
	for _, w := range drafts {
		err = errors.Join(err, r.tryOne(ctx, "draft", w, func() error {
			_, err := r.Submit(ctx, w.actor, w.id, Signature{CMS: w.cms})
			return err
		}))
	}
	for _, w := range consents {
		w.actor.Fresh = r.now() // who he is was proved anew when he signed
		err = errors.Join(err, r.tryOne(ctx, "consent", w, func() error { return r.Agree(ctx, w.actor, w.id, w.cms) }))
	}
	return len(drafts) + len(consents), err
}

// tryOne verifies a kept signature and does the deed it was given for.
func (r *Register) tryOne(ctx context.Context, table string, w waiting, deed func() error) error {
	_, err := r.verifyOwn(ctx, w.actor, w.text, w.cms)
	if err == nil {
		err = deed()
	}
	return r.after(ctx, table, w, err)
}

// after does what follows a further trial: nothing when it was accepted, another
// one when it still cannot be judged, else the signature is dropped and its giver
// told to sign again.
func (r *Register) after(ctx context.Context, table string, w waiting, result error) error {
	if result == nil {
		return nil
	}
	var refused *mekenjai.SignatureError
	known := errors.As(result, &refused) || errors.Is(result, mekenjai.ErrConflict) || errors.Is(result, mekenjai.ErrStale) ||
		errors.Is(result, mekenjai.ErrNotFound)
	if !known {
		return fmt.Errorf("verify the signature of %s %s again: %w", table, w.id, result)
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		if refused != nil && refused.Wait {
			_, err := tx.Exec(ctx, `UPDATE `+table+` SET try_at = $2 WHERE id = $1 AND try_at IS NOT NULL`,
				w.id, database.Micros(tryAgain(tx.Now(), w.since)))
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE `+table+` SET waiting = NULL, waiting_at = NULL, try_at = NULL WHERE id = $1 AND try_at IS NOT NULL`, w.id)
		if err != nil || n == 0 || refused == nil {
			return err
		}
		return r.tellSigner(ctx, tx, w.actor)
	})
}
