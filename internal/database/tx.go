package database

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// Tx is a running transaction. It is used by one goroutine and only until the
// closure it was given to returns.
//
// Arguments are strings for TEXT, integers for BIGINT and INTEGER, bool,
// []byte for BYTEA, nil, pointers to these (nil is NULL), named types of these
// kinds, and driver.Valuer. Instants go through Micros; a time.Time is refused
// because the engines would store it differently.
//
// After a statement has failed the transaction is lost, on SQLite as on
// PostgreSQL: each further statement repeats the error and nothing is
// committed. To write "insert or else" use ON CONFLICT.
type Tx struct{ *transaction }

// transaction is the state behind a Tx, with the rules that keep a misuse from
// working on one engine only.
type transaction struct {
	native  native
	now     time.Time
	read    bool   // it is a Read
	ended   bool   // the closure has returned
	reading result // of the Rows that is open, or nil
	failed  error  // the first error of a statement
	jobs    []river.InsertManyParams
}

// native is a transaction of an engine. Jobs are written at commit, all in one
// statement.
type native interface {
	statements
	commit(ctx context.Context, jobs []river.InsertManyParams) error

	// rollback undoes the transaction. An error says that what it failed with is
	// not to be trusted, and stands for it.
	rollback(ctx context.Context) error
}

// statements runs the statements of a transaction.
type statements interface {
	exec(ctx context.Context, sql string, args []any) (rows int64, err error)
	query(ctx context.Context, sql string, args []any) (result, error)

	// lost reports that after err, met while reading rows, the engine refuses
	// further statements.
	lost(err error) bool
}

// result is what an engine answers to a query. Closing twice is allowed.
type result interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Now is the instant of this transaction: the same for all its statements,
// UTC, whole microseconds.
func (tx Tx) Now() time.Time { return tx.now }

// Exec runs one statement and returns the number of rows it changed.
func (tx Tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	args, err := plain(args)
	if err != nil {
		return 0, err
	}
	n, err := tx.native.exec(ctx, sql, args)
	return n, tx.fail(err)
}

// Query runs a statement that returns rows. They are read to the end or closed
// before the next statement.
func (tx Tx) Query(ctx context.Context, sql string, args ...any) (*Rows, error) {
	if err := tx.ready(ctx); err != nil {
		return nil, err
	}
	args, err := plain(args)
	if err != nil {
		return nil, err
	}
	note(ctx, sql, args)
	result, err := tx.native.query(ctx, sql, args)
	if err != nil {
		return nil, tx.fail(err)
	}
	tx.reading = result
	return &Rows{tx.transaction, result}, nil
}

// QueryRow runs a statement of which one row is wanted. Its Scan returns
// ErrNoRows when there is none.
func (tx Tx) QueryRow(ctx context.Context, sql string, args ...any) Row {
	rows, err := tx.Query(ctx, sql, args...)
	return &firstRow{rows, err}
}

// Enqueue leaves a job that is written at commit together with the rows. opts
// may be nil.
func (tx Tx) Enqueue(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error {
	if err := tx.ready(ctx); err != nil {
		return err
	}
	if tx.read {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), ErrReadOnly)
	}
	tx.jobs = append(tx.jobs, river.InsertManyParams{Args: args, InsertOpts: opts})
	return nil
}

// ready reports why no statement can be run now.
func (t *transaction) ready(ctx context.Context) error {
	switch {
	case t.ended:
		return errors.New("database: Tx used after its transaction ended")
	case t.failed != nil:
		return fmt.Errorf("database: the transaction is lost since a statement failed: %w", t.failed)
	case t.reading != nil:
		return errors.New("database: the rows of the last query are still open")
	}
	return ctx.Err()
}

// end closes what the closure left open: whoever follows on the connection
// would meet it.
func (t *transaction) end() {
	t.ended = true
	if t.reading != nil {
		t.reading.Close()
	}
}

// fail notes the error of a statement and gives a write that a Read refused its
// name.
func (t *transaction) fail(err error) error {
	if err == nil {
		return nil
	}
	if t.read {
		err = readOnly(err)
	}
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// outcome decides whether to commit after the closure returned err. A failed
// statement wins over the closure, which may have hidden a conflict.
func (t *transaction) outcome(ctx context.Context, err error) error {
	switch {
	case err != nil && t.failed != nil && !errors.Is(err, t.failed):
		return renamed{err, t.failed}
	case err != nil:
		return err
	case t.failed != nil:
		return fmt.Errorf("database: a statement failed and its error was not returned: %w", t.failed)
	case t.reading != nil:
		return errors.New("database: the closure left rows open")
	}
	return ctx.Err()
}
