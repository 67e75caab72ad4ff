package database

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river"
)

func (e *sqliteEngine) begin(ctx context.Context, read bool) (native, error) {
	if read {
		tx, err := e.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, err
		}
		return sqliteSnapshot{sqliteTx{tx}}, nil
	}
	conn, err := e.writer.Conn(ctx) // waits in line for the one writer
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &sqliteWrite{sqliteTx{tx}, conn, e.queue}, nil
}

// sqliteTx is what a write and a snapshot have in common.
type sqliteTx struct{ tx *sql.Tx }

func (t sqliteTx) exec(ctx context.Context, sql string, args []any) (int64, error) {
	r, err := t.tx.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t sqliteTx) query(ctx context.Context, sql string, args []any) (result, error) {
	rows, err := t.tx.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return sqliteRows{rows}, nil
}

// lost is true of any error: SQLite would go on, PostgreSQL would not.
func (t sqliteTx) lost(error) bool { return true }

// sqliteRows differs from the driver's in Close, whose error Err repeats.
type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { r.Rows.Close() }

// sqliteSnapshot reads in the pool of readers. A statement is interrupted when
// its ctx ends: it may be a long one.
type sqliteSnapshot struct{ sqliteTx }

func (t sqliteSnapshot) commit(ctx context.Context, _ []river.InsertManyParams) error {
	t.rollback(ctx)
	return nil
}

func (t sqliteSnapshot) rollback(context.Context) { t.tx.Rollback() }

// sqliteWrite has the writer to itself. Its statements are not interrupted in
// the middle, which would cost the connection with all that is prepared on it;
// the Tx looks at ctx before each statement and before the commit.
type sqliteWrite struct {
	sqliteTx
	conn  *sql.Conn
	queue *queue[*sql.Tx]
}

func (t *sqliteWrite) exec(ctx context.Context, sql string, args []any) (int64, error) {
	return t.sqliteTx.exec(context.WithoutCancel(ctx), sql, args)
}

func (t *sqliteWrite) query(ctx context.Context, sql string, args []any) (result, error) {
	return t.sqliteTx.query(context.WithoutCancel(ctx), sql, args)
}

func (t *sqliteWrite) commit(ctx context.Context, jobs []river.InsertManyParams) error {
	defer t.conn.Close()
	queues, err := t.queue.insert(context.WithoutCancel(ctx), t.tx, jobs)
	if err != nil {
		t.tx.Rollback()
		return err
	}
	if err := t.tx.Commit(); err != nil {
		return err
	}
	t.queue.bell.ring(queues)
	return nil
}

func (t *sqliteWrite) rollback(context.Context) {
	t.tx.Rollback()
	t.conn.Close()
}
