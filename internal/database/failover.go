package database

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// After a failover a connection may lead to a standby: a pooler such as PgBouncer
// keeps it while the server behind it has changed its part. The driver asks who may
// be written to when it connects and not again, so such a connection would fail for
// ever.

// leaveStandby makes the driver close a connection that refuses to write; the next
// one is made to where writing is allowed. next is the driver's own judgement.
func leaveStandby(next pgconn.PgErrorHandler) pgconn.PgErrorHandler {
	return func(conn *pgconn.PgConn, err *pgconn.PgError) bool {
		return next(conn, err) && err.Code != readOnlyTransaction && err.Code != notSupported
	}
}

const (
	// readOnlyTransaction is the answer of a standby to a statement that writes.
	readOnlyTransaction = "25006"

	// notSupported is its answer to the beginning of a serializable transaction.
	notSupported = "0A000"
)

// standbyError is the refusal of a standby to begin a transaction that writes.
type standbyError struct{ error }

func (e standbyError) Unwrap() error { return e.error }

// unreachable reports that no server took a connection.
func unreachable(err error) bool { return errors.As(err, new(*pgconn.ConnectError)) }

// begun names the error of a begin.
func begun(err error) error {
	if sqlstate(err, notSupported) {
		return standbyError{err}
	}
	return err
}

// metStandby reports that a transaction that writes met a server that does not:
// nothing was changed, and another server may take it.
func metStandby(err error) bool {
	return errors.As(err, new(standbyError)) || sqlstate(err, readOnlyTransaction) && !errors.Is(err, ErrReadOnly)
}
