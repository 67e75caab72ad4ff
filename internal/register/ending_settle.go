package register

import (
	"context"
	"errors"
	"slices"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// settleEndings enqueues the requests whose period is over, and sets their next
// turn, should the job be lost with its process.
func (r *Register) settleEndings(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM ending WHERE state = 'running' AND due_at < $1 ORDER BY due_at LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		n, err := tx.Exec(ctx, `UPDATE ending SET due_at = $2 WHERE id = $1 AND state = 'running' AND due_at < $3`,
			id, database.Micros(tx.Now().Add(silentWait)), database.Micros(tx.Now()))
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return tx.Enqueue(ctx, endingArgs{Ending: id}, nil)
	})
	return done, errors.Join(err, err2)
}

// endingArgs is the job of ending one entry at the end of a request's period.
type endingArgs struct {
	Ending string `json:"ending"`
}

func (endingArgs) Kind() string { return "ending" }

type endingWorker struct {
	river.WorkerDefaults[endingArgs]
	r *Register
}

func (w *endingWorker) Work(ctx context.Context, job *river.Job[endingArgs]) error {
	return w.r.settleEnding(ctx, job.Args.Ending)
}

// settleEnding does what the end of the period brings: the entry ends when nobody
// objected and every co-owner confirmed (R60); else the request lapses. The owners
// are read once more, outside the transaction: when they are others than asked and
// confirmed, it is void. A silent cadastre keeps it waiting.
func (r *Register) settleEnding(ctx context.Context, id string) error {
	var x endingRow
	var e mekenjai.Registration
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		if x, err = loadEnding(ctx, tx, id); err != nil {
			return err
		}
		e, err = entryByID(ctx, tx, x.Registration)
		return err
	})
	if err != nil {
		return err
	}
	if !x.IsDue(r.now()) {
		return nil
	}
	d, err := r.dwellingAt(ctx, e.Dwelling.ARC)
	if errors.Is(err, mekenjai.ErrUnavailable) {
		return nil // the sweep comes back
	}
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		x, err := loadEnding(ctx, tx, id)
		if err != nil || !x.IsDue(tx.Now()) {
			return err // objected, withdrawn or refused in between
		}
		e, err := entryByID(ctx, tx, x.Registration)
		if err != nil {
			return err
		}
		return r.concludeEnding(ctx, tx, e, &x, d)
	})
}

// concludeEnding ends the entry of a request that nothing stands against any more,
// or says why it cannot.
func (r *Register) concludeEnding(ctx context.Context, tx database.Tx, e mekenjai.Registration, x *endingRow, d dwelling) error {
	asked, err := confirmationsOf(ctx, tx, x.ID)
	if err != nil {
		return err
	}
	next := mekenjai.EndingDone
	switch {
	case !sameOwners(d, x, asked):
		next = mekenjai.EndingVoid
	case !allAgreed(asked) && x.MayConfirm(tx.Now()):
		return waitForOwners(ctx, tx, x)
	case !allAgreed(asked):
		next = mekenjai.EndingLapsed
	}
	entry := audit.BySystem("ending."+string(next), x.ID).Concerning(e.Person).With("entry", e.Number)
	if next != mekenjai.EndingDone {
		return errors.Join(r.stopEnding(ctx, tx, e, x, next, ""), audit.Write(ctx, tx, entry))
	}
	return errors.Join(
		x.move(ctx, tx, next),
		r.closeEntry(ctx, tx, e, x.Kind.Reason(), d.parties()),
		audit.Write(ctx, tx, entry))
}

// sameOwners says whether who asked and who was asked are still those whose word
// the request needs. A co-owner who came or went makes it void.
func sameOwners(d dwelling, x *endingRow, asked []confirmationRow) bool {
	h, ok := d.holder(x.By)
	if !ok || h.Right == mekenjai.RightTenant && x.right != mekenjai.RightTenant {
		return false
	}
	key := func(h mekenjai.RightHolder) string { return string(h.Party) }
	var now, then []string
	for _, o := range d.others(h) {
		now = append(now, key(o))
	}
	for _, c := range asked {
		then = append(then, key(c.holder))
	}
	slices.Sort(now)
	slices.Sort(then)
	return slices.Equal(now, then)
}

// hurry settles a request whose period to object is over as soon as the last
// co-owner has answered.
func (r *Register) hurry(ctx context.Context, tx database.Tx, x *endingRow) error {
	if !x.IsDue(tx.Now()) {
		return nil
	}
	return tx.Enqueue(ctx, endingArgs{Ending: x.ID}, nil)
}

// waitForOwners puts a request off until the co-owners' time is over.
func waitForOwners(ctx context.Context, tx database.Tx, x *endingRow) error {
	_, err := tx.Exec(ctx, `UPDATE ending SET due_at = $2 WHERE id = $1 AND state = 'running'`, x.ID, database.Micros(x.Confirm))
	return err
}
