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

func (e *postgresEngine) begin(ctx context.Context, read, apart bool) (native, error) {
	if !read {
		return e.line.begin(ctx, apart)
	}
	tx, err := e.pool.BeginTx(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	return postgresSnapshot{postgresTx{tx}}, nil
}

// carry begins the transaction of a group.
func (e *postgresEngine) carry(ctx context.Context) (carrier, error) {
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

// lost tells the server's errors from those of Scan, which pgx reports in the
// same place.
func (t postgresTx) lost(err error) bool { return errors.As(err, new(*pgconn.PgError)) }

// abandon gives the connection back to the pool even when ctx has ended.
func (t postgresTx) abandon(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	t.tx.Rollback(ctx)
}

// postgresSnapshot reads.
type postgresSnapshot struct{ postgresTx }

func (t postgresSnapshot) commit(ctx context.Context, _ []river.InsertManyParams) error {
	return t.rollback(ctx, nil)
}

func (t postgresSnapshot) rollback(ctx context.Context, _ error) error {
	t.abandon(ctx)
	return nil
}

// postgresWrite carries a group.
type postgresWrite struct {
	postgresTx
	queue *queue[pgx.Tx]
}

// mark is one message, as undo is.
func (t postgresWrite) mark(ctx context.Context, last bool) error {
	if last {
		return t.do(ctx, "RELEASE member; SAVEPOINT member")
	}
	return t.do(ctx, "SAVEPOINT member")
}

// undo works when ctx has ended. It
// fails when the connection is gone.
func (t postgresWrite) undo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return t.do(ctx, "ROLLBACK TO member; RELEASE member")
}

func (t postgresWrite) do(ctx context.Context, sql string) error {
	_, err := t.tx.Conn().PgConn().Exec(ctx, sql).ReadAll()
	return err
}

func (t postgresWrite) insert(ctx context.Context, jobs []river.InsertManyParams) (queues []string, err error) {
	return t.queue.insert(ctx, t.tx, jobs)
}

func (t postgresWrite) commit(ctx context.Context) error {
	if err := t.tx.Commit(ctx); err != nil {
		return commitError{err}
	}
	return nil
}

func (t postgresWrite) rollback(ctx context.Context) { t.abandon(ctx) }

// commitError marks an error of the commit itself, after which only a conflict
// is known to have changed nothing.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

func (e *postgresEngine) repeatable(err error) bool {
	if errors.Is(err, errBroken) || sqlstate(err, "40001", "40P01") || metStandby(err) {
		return true
	}
	if errors.As(err, new(commitError)) {
		return false
	}
	// The server went away or refused before the commit was asked for. Where nobody
	// can be reached, another server may be about to take its place.
	return unreachable(err) || sqlstate(err, "08", "57P01", "57P02", "57P03") || pgconn.SafeToRetry(err)
}
