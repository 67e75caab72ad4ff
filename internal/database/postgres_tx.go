package database

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
)

var (
	writing  = pgx.TxOptions{IsoLevel: pgx.Serializable}
	snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
)

// begin: every transaction is apart here. The server's writers share a flush of its
// log by themselves, and in groups they conflicted more than that was worth, see
// docs/decisions/0010-grouped-commits.md. A read that is not apart is a glance.
func (e *postgresEngine) begin(ctx context.Context, read, apart bool) (native, error) {
	if read && !apart {
		return &glance{pool: e.pool}, nil
	}
	if read {
		tx, err := e.pool.BeginTx(ctx, snapshot)
		if err != nil {
			return nil, err
		}
		return postgresSnapshot{postgresTx{tx}}, nil
	}
	tx, err := e.pool.BeginTx(ctx, writing)
	if err != nil {
		return nil, begun(err)
	}
	return postgresWrite{postgresTx{tx}, e.queue}, nil
}

// postgresTx is a transaction on a connection of pgx.
type postgresTx struct{ tx pgx.Tx }

func (t postgresTx) exec(ctx context.Context, sql string, args []any) (int64, error) {
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (t postgresTx) query(ctx context.Context, sql string, args []any) (result, error) {
	return t.tx.Query(ctx, sql, args...)
}

func (t postgresTx) lost(err error) bool { return saidByServer(err) }

// saidByServer tells the server's errors from those of Scan, which pgx reports in the
// same place.
func saidByServer(err error) bool { return errors.As(err, new(*pgconn.PgError)) }

// abandon gives the connection back to the pool even when ctx has ended.
func (t postgresTx) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.tx.Rollback(ctx)
}

// postgresSnapshot reads.
type postgresSnapshot struct{ postgresTx }

func (t postgresSnapshot) commit(ctx context.Context, _ []river.InsertManyParams) error {
	return t.rollback(ctx)
}

func (t postgresSnapshot) rollback(ctx context.Context) error {
	t.abandon(ctx)
	return nil
}

// postgresWrite writes.
type postgresWrite struct {
	postgresTx
	queue *queue[pgx.Tx]
}

func (t postgresWrite) commit(ctx context.Context, jobs []river.InsertManyParams) error {
	queues, err := t.queue.insert(ctx, t.tx, jobs)
	if err != nil {
		t.abandon(ctx)
		return err
	}
	// From here on the end of ctx would only hide what became of it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := t.tx.Commit(ctx); err != nil {
		return commitError{err}
	}
	t.queue.bell.ring(queues)
	return nil
}

func (t postgresWrite) rollback(ctx context.Context) error {
	t.abandon(ctx)
	return nil
}

// commitTimeout bounds the wait for a server that has gone silent. How the
// commit ended is not known then.
const commitTimeout = 30 * time.Second

// commitError marks an error of the commit itself, after which only a conflict
// is known to have changed nothing.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

func (e *postgresEngine) repeatable(err error, n int) bool {
	// A key that a neighbour wrote after this transaction had looked for it is told as
	// a duplicate by the server, not always as a conflict (PostgreSQL, "Serializable
	// Isolation Level"). Begun again the closure sees it; one that wants to write it
	// all the same fails the same way.
	if n == 0 && sqlstate(err, "23505") {
		return true
	}
	if sqlstate(err, "40001", "40P01") || metStandby(err) {
		return true
	}
	if errors.As(err, new(commitError)) {
		return false
	}
	// The server went away or refused before the commit was asked for. Where nobody
	// can be reached, another server may be about to take its place.
	return unreachable(err) || sqlstate(err, "08", "57P01", "57P02", "57P03") || pgconn.SafeToRetry(err)
}
