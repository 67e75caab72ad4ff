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

func (e *postgresEngine) begin(ctx context.Context, read bool) (native, error) {
	options := writing
	if read {
		options = snapshot
	}
	tx, err := e.pool.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return postgresTx{tx, e.queue}, nil
}

// postgresTx is a transaction on a connection of pgx.
type postgresTx struct {
	tx    pgx.Tx
	queue *queue[pgx.Tx]
}

func (t postgresTx) exec(ctx context.Context, sql string, args []any) (int64, error) {
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (t postgresTx) query(ctx context.Context, sql string, args []any) (result, error) {
	return t.tx.Query(ctx, sql, args...)
}

// lost tells the server's errors from those of Scan, which pgx reports in the
// same place.
func (t postgresTx) lost(err error) bool { return errors.As(err, new(*pgconn.PgError)) }

func (t postgresTx) commit(ctx context.Context, jobs []river.InsertManyParams) error {
	queues, err := t.queue.insert(ctx, t.tx, jobs)
	if err != nil {
		t.rollback(ctx)
		return err
	}
	if err := t.tx.Commit(ctx); err != nil {
		return commitError{err}
	}
	t.queue.bell.ring(queues)
	return nil
}

// rollback gives the connection back to the pool even when ctx has ended.
func (t postgresTx) rollback(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.tx.Rollback(ctx)
}

// commitError marks an error of the commit itself, after which only a conflict
// is known to have changed nothing.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

func (e *postgresEngine) repeatable(err error) bool {
	if sqlstate(err, "40001", "40P01") {
		return true
	}
	if errors.As(err, new(commitError)) {
		return false
	}
	// The server went away or refused before the commit was asked for.
	return sqlstate(err, "08", "57P01", "57P02", "57P03") || pgconn.SafeToRetry(err)
}
