package database

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river"
)

func (e *sqliteEngine) begin(ctx context.Context, read, apart bool) (native, error) {
	if !read {
		return e.line.begin(ctx, apart)
	}
	tx, err := e.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return sqliteSnapshot{sqliteTx{tx}}, nil
}

// carry begins the transaction of a group. Its turn between this process's
// verbs has come; the job queue may still be at a statement of its own.
func (e *sqliteEngine) carry(ctx context.Context) (*sqliteWrite, error) {
	conn, err := e.writer.Conn(ctx)
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
	return t.rollback(ctx)
}

func (t sqliteSnapshot) rollback(context.Context) error {
	t.tx.Rollback()
	return nil
}

// sqliteWrite carries a group and has the writer to itself. Its statements are not
// interrupted in the middle, which would cost the connection with all that is
// prepared on it; the Tx looks at ctx before each statement and before the commit.
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

// mark sets a savepoint in place of the last one.
func (t *sqliteWrite) mark(ctx context.Context, last bool) error {
	if last {
		if err := t.do(ctx, "RELEASE member"); err != nil {
			return err
		}
	}
	return t.do(ctx, "SAVEPOINT member")
}

// undo rolls back to the savepoint and forgets it. It fails when SQLite rolled back
// everything by itself, as it does when the disk is full or broken.
func (t *sqliteWrite) undo(ctx context.Context) error {
	if err := t.do(ctx, "ROLLBACK TO member"); err != nil {
		return err
	}
	return t.do(ctx, "RELEASE member")
}

func (t *sqliteWrite) do(ctx context.Context, sql string) error {
	_, err := t.exec(ctx, sql, nil)
	return err
}

func (t *sqliteWrite) insert(ctx context.Context, jobs []river.InsertManyParams) (queues []string, err error) {
	return t.queue.insert(context.WithoutCancel(ctx), t.tx, jobs)
}

func (t *sqliteWrite) commit() error {
	defer t.conn.Close()
	return t.tx.Commit()
}

func (t *sqliteWrite) rollback() {
	t.tx.Rollback()
	t.conn.Close()
}
