package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// sweepSize bounds what one pass of Sweep does, so that no transaction is long.
const sweepSize = 100

// Sweep does what time alone brings: consents lapse, registers that were silent
// are asked again, inquiries that were lost with their process are begun anew,
// entries expire. It reads columns, not jobs, so nothing is ever forgotten; any
// number of nodes may sweep. It returns how many things it did.
func (r *Register) Sweep(ctx context.Context) (done int, err error) {
	lapsed, err := r.lapse(ctx)
	asked, err2 := r.askAgain(ctx)
	var expired int
	err3 := r.db.Transact(ctx, func(tx database.Tx) (err error) {
		expired, err = r.expire(ctx, tx, sweepSize)
		return err
	})
	return lapsed + asked + expired, errors.Join(err, err2, err3)
}

// lapse ends the requests whose deadline passed, each application in its own
// transaction: one that fails does not hold up the others.
func (r *Register) lapse(ctx context.Context) (int, error) {
	var due []string
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		due, err = database.Collect(ctx, tx, database.Column[string], `SELECT c.id FROM consent c
			JOIN application a ON a.id = c.application
			WHERE c.answer = 'asked' AND c.deadline < $1 AND a.state = 'awaiting_consent'
			ORDER BY c.deadline LIMIT $2`, database.Micros(tx.Now()), sweepSize)
		return err
	})
	done := 0
	for _, id := range due {
		if e := r.lapseOne(ctx, id); e != nil {
			err = errors.Join(err, e)
			continue
		}
		done++
	}
	return done, err
}

func (r *Register) lapseOne(ctx context.Context, id string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := loadConsent(ctx, tx, id)
		if err != nil || !c.HasLapsed(tx.Now()) {
			return err
		}
		a, err := loadApplication(ctx, tx, c.Application)
		if err != nil || a.State != mekenjai.AwaitingConsent {
			return err
		}
		if err := c.answer(ctx, tx, mekenjai.Lapsed, ""); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.BySystem("consent.lapse", c.ID).Concerning(a.Person)); err != nil {
			return err
		}
		return r.reconsider(ctx, tx, &a)
	})
}

// askAgain enqueues the inquiries that are due, and sets their next turn.
func (r *Register) askAgain(ctx context.Context) (n int, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		due, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM application
			WHERE ask_at IS NOT NULL AND ask_at <= $1 ORDER BY ask_at LIMIT $2`, database.Micros(tx.Now()), sweepSize)
		if err != nil {
			return err
		}
		for _, id := range due {
			if _, err := tx.Exec(ctx, `UPDATE application SET ask_at = $2 WHERE id = $1`, id, database.Micros(tx.Now().Add(lease))); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, inquiryArgs{Application: id}, nil); err != nil {
				return err
			}
		}
		n = len(due)
		return nil
	})
	return n, err
}

// SweepEvery sweeps until ctx ends.
func (r *Register) SweepEvery(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := r.Sweep(ctx); err != nil && ctx.Err() == nil {
				r.Log.ErrorContext(ctx, "sweep", "error", err)
			}
		}
	}
}
