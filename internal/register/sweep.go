package register

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// sweepSize bounds what one pass of Sweep does, so that no transaction is long.
const sweepSize = 100

// Sweep does what time alone brings: signatures that could not be judged are tried
// again, consents lapse, registers that were silent are asked again, inquiries that
// were lost with their process are begun anew, rows of petitions become applications,
// entries expire, requests to end them come to their end, people are reminded,
// registers are asked about who has an entry, complaints come to the end of their terms,
// deeds go to the state's register and that is compared with ours. It reads columns, not
// jobs, so nothing is ever forgotten; any number of nodes may sweep. It returns how
// many things it did.
func (r *Register) Sweep(ctx context.Context) (done int, err error) {
	for _, sweep := range []func(context.Context) (int, error){r.verifyAgain, r.signTextsAgain, r.lapse, r.askAgain, r.expire, r.settleEndings, r.remind,
		r.watchPeople, r.watchDwellings, r.missPapers,
		r.sendDeeds, r.reconcileDaily, r.endProtections, r.forwardOverdue, r.hushComplaints, r.forget, r.forgetTexts, r.filePetitions, r.dropLeft} {
		n, e := sweep(ctx)
		done, err = done+n, errors.Join(err, e)
	}
	return done, err
}

// due reads the ids of what is to be done; mostly nothing is, and then no
// transaction that writes is begun.
func (r *Register) due(ctx context.Context, sql string, until func(database.Tx) any) (ids []string, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		ids, err = database.Collect(ctx, tx, database.Column[string], sql, until(tx), sweepSize)
		return err
	})
	return ids, err
}

// Jobs for which nobody waits give way to those for which somebody does: what is kept
// for later proof to messages and inquiries, the daily round to everything.
var (
	afterAnswers = &river.InsertOpts{Priority: 2}
	atLeisure    = &river.InsertOpts{Priority: 3}
)

func now(tx database.Tx) any { return database.Micros(tx.Now()) }

// eachAlone does the deed for every id in a transaction of its own: one that
// fails does not hold up the others.
func (r *Register) eachAlone(ctx context.Context, ids []string, deed func(context.Context, database.Tx, string) error) (done int, err error) {
	for _, id := range ids {
		e := r.db.Transact(ctx, func(tx database.Tx) error { return deed(ctx, tx, id) })
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		done++
	}
	return done, err
}

// lapse ends the requests whose deadline passed.
func (r *Register) lapse(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT c.id FROM consent c JOIN application a ON a.id = c.application
		WHERE c.answer = 'asked' AND c.deadline < $1 AND c.try_at IS NULL AND a.state = 'awaiting_consent' ORDER BY c.deadline LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, r.lapseOne)
	return done, errors.Join(err, err2)
}

func (r *Register) lapseOne(ctx context.Context, tx database.Tx, id string) error {
	c, err := loadConsent(ctx, tx, id)
	if err != nil || !c.isLate(tx.Now()) {
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
}

// askAgain enqueues the inquiries that are due, and sets their next turn.
func (r *Register) askAgain(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM application WHERE ask_at IS NOT NULL AND ask_at <= $1 ORDER BY ask_at LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		n, err := tx.Exec(ctx, `UPDATE application SET ask_at = $2 WHERE id = $1 AND ask_at <= $3`,
			id, database.Micros(tx.Now().Add(lease)), database.Micros(tx.Now()))
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return tx.Enqueue(ctx, inquiryArgs{Application: id}, nil)
	})
	return done, errors.Join(err, err2)
}

// expire ends the entries whose last day is over (R59: by itself, no act is
// needed). One that was extended hands over to the entry that waited.
func (r *Register) expire(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM registration WHERE state = 'current' AND to_date < $1 ORDER BY to_date LIMIT $2`,
		func(tx database.Tx) any { return mekenjai.DateOf(tx.Now()) })
	done, err2 := r.eachAlone(ctx, ids, r.expireOne)
	return done, errors.Join(err, err2)
}

// draftKept is how long an unfinished draft is kept: nobody's answers lie about
// for ever.
const draftKept = 90 * 24 * time.Hour

// forget throws drafts away that nobody came back to.
func (r *Register) forget(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM draft WHERE updated_at < $1 ORDER BY updated_at LIMIT $2`,
		func(tx database.Tx) any { return database.Micros(tx.Now().Add(-draftKept)) })
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		n, err := tx.Exec(ctx, `DELETE FROM draft WHERE id = $1`, id)
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return errors.Join(orderEnds(ctx, tx, id, state.OrderDiscarded), audit.Write(ctx, tx, audit.BySystem("draft.forget", id)))
	})
	return done, errors.Join(err, err2)
}
