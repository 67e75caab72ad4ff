package register

import (
	"context"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Board is how it stands between the state's register and ours, for an officer's
// territory: what was refused, what is not answered, what differs. Nothing in it tells
// who somebody is.
type Board struct {
	Refused     []BoardLine
	Unanswered  []BoardLine
	Differences []BoardLine
	Waiting     int       // deeds on their way
	Oldest      time.Time // since when the oldest of them waits; zero: none does
	Last        *Reconciliation
	Now         time.Time
}

// BoardLine is one thing between the two registers.
type BoardLine struct {
	Case     string // number of its case, "" for one that needs no officer yet
	Kind     string // a state.DeedKind, or a DifferenceKind
	Code     string // of a refusal; a Trouble of what is not answered
	Since    time.Time
	Attempts int
}

// HasKeeper says whether the state's register is a system of its own.
func (r *Register) HasKeeper() bool { return !r.Keeper.IsZero() }

// Board reads the board of the officer's territory, oldest first.
func (r *Register) Board(ctx context.Context, actor mekenjai.Actor) (b Board, err error) {
	if err := actor.Permitted(mekenjai.DoList, mekenjai.Matter{}); err != nil {
		return b, err
	}
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		b.Now = tx.Now()
		if b.Last, err = lastReconciliation(ctx, tx); err != nil {
			return err
		}
		from, to := katoRange(actor.Duty.Territory)
		args := []any{now(tx), actor.IIN, from, to, queueSize}
		if b.Refused, err = database.Collect(ctx, tx, scanBoardLine, `SELECT c.number, d.kind, d.code, d.answered_at, d.attempts
			FROM keeper_deed d JOIN desk_case c ON c.subject = coalesce(d.application, d.id) AND c.state <> 'closed'
			WHERE d.state = 'rejected' AND d.kato >= $3 AND d.kato <= $4 AND `+visible("d.person", 1)+` ORDER BY d.made_at, d.id LIMIT $5`, args...); err != nil {
			return err
		}
		if b.Unanswered, err = database.Collect(ctx, tx, scanBoardLine, `SELECT '', d.kind, d.code, d.made_at, d.attempts FROM keeper_deed d
			WHERE d.state = 'waiting' AND d.attempts > 0 AND d.kato >= $3 AND d.kato <= $4 AND `+visible("d.person", 1)+` ORDER BY d.made_at, d.id LIMIT $5`, args...); err != nil {
			return err
		}
		if b.Differences, err = database.Collect(ctx, tx, scanBoardLine, `SELECT c.number, d.kind, '', d.found_at, 0
			FROM difference d JOIN desk_case c ON c.subject = d.id AND c.state <> 'closed'
			WHERE d.state = 'open' AND d.kato >= $3 AND d.kato <= $4 AND `+visible("d.person", 1)+` ORDER BY d.found_at, d.id LIMIT $5`, args...); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*), min(made_at) FROM keeper_deed WHERE state = 'waiting' AND kato >= $1 AND kato <= $2`, from, to).
			Scan(&b.Waiting, database.ScanTime(&b.Oldest))
	})
	return b, err
}

func scanBoardLine(row database.Row) (l BoardLine, err error) {
	return l, row.Scan(&l.Case, &l.Kind, &l.Code, database.ScanTime(&l.Since), &l.Attempts)
}

// AskReconciliation begins a comparison of the two registers now; one that runs goes
// on.
func (r *Register) AskReconciliation(ctx context.Context, actor mekenjai.Actor) error {
	entry := audit.By(actor, "reconciliation.begin", "")
	if err := actor.Permitted(mekenjai.DoReconcile, mekenjai.Matter{}); err != nil {
		return r.refusePermit(ctx, entry, err)
	}
	if r.Keeper.IsZero() {
		return mekenjai.ErrNotFound
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := r.begin(ctx, tx, entry, actor.IIN, reconcileAtMost)
		return err
	})
}

// KeeperStanding are the numbers of a dashboard.
type KeeperStanding struct {
	Waiting     int           // deeds on their way
	Oldest      time.Duration // for how long the oldest of them has been
	Refused     int           // dead letters
	Differences int
	Reconciled  time.Duration // since when the registers were last compared to the end
}

// KeeperStanding reads them.
func (r *Register) KeeperStanding(ctx context.Context) (s KeeperStanding, err error) {
	err = r.db.ReadStale(ctx, func(tx database.Tx) error {
		var oldest, done time.Time
		if err := tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0),
			coalesce(sum(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END), 0), min(CASE WHEN state = 'waiting' THEN made_at END)
			FROM keeper_deed WHERE state IN ('waiting', 'rejected')`).Scan(&s.Waiting, &s.Refused, database.ScanTime(&oldest)); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM difference WHERE state = 'open'`).Scan(&s.Differences); err != nil {
			return err
		}
		// Those are one a day: the newest that is done is among the last few.
		if err := tx.QueryRow(ctx, `SELECT max(ended_at) FROM (SELECT state, ended_at FROM reconciliation ORDER BY id DESC LIMIT 100) x
			WHERE state = 'done'`).Scan(database.ScanTime(&done)); err != nil {
			return err
		}
		if !oldest.IsZero() {
			s.Oldest = max(0, tx.Now().Sub(oldest))
		}
		if !done.IsZero() {
			s.Reconciled = max(0, tx.Now().Sub(done))
		}
		return nil
	})
	return s, err
}
