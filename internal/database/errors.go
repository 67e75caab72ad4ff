package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNoRows is returned by Row.Scan and One when the query has no row.
	ErrNoRows = sql.ErrNoRows

	// ErrReadOnly is returned for a statement that writes inside Read.
	ErrReadOnly = errors.New("database: a read does not write")

	// ErrBusy is returned when conflicts with other transactions did not end;
	// nothing was changed, and the same request may succeed later.
	ErrBusy = errors.New("database: too busy")

	// ErrNewerSchema is returned when the database was migrated by a newer
	// program and no longer serves this one; nothing was changed.
	ErrNewerSchema = errors.New("database: the schema is newer than this program")

	// ErrOlderSchema is returned by CheckSchema when Migrate has something to do.
	ErrOlderSchema = errors.New("database: the schema is older than this program")

	// ErrOlderNode is returned by Migrate when a node runs that the new schema
	// would not serve; nothing was changed.
	ErrOlderNode = errors.New("database: a node is too old for the new schema")

	// ErrUnfinishedMove is returned by Migrate and CheckSchema when a Move into the
	// database was begun and has not ended; nothing was changed.
	ErrUnfinishedMove = errors.New("database: a move into it has not ended: start the same mekenjai move again")
)

// IsAway reports that the database did not answer or could take nothing: it may
// be asked again later. Of a commit that ended so it is not known whether it
// took place.
func IsAway(err error) bool {
	if err == nil {
		return false
	}
	var network net.Error
	return errors.Is(err, ErrBusy) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, puddle.ErrClosedPool) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.As(err, new(*pgconn.ConnectError)) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		// connections, resources (a full disk among them), the operator's intervention
		sqlstate(err, "08", "53", "57") || metStandby(err) ||
		code(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
}

// IsUnique reports that err is the violation of a unique or primary key.
func IsUnique(err error) bool {
	return code(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID) ||
		sqlstate(err, "23505")
}

// IsForeignKey reports that err is the violation of a foreign key.
func IsForeignKey(err error) bool {
	return code(err, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY) || sqlstate(err, "23503")
}

// code reports that err is a SQLite error with one of the codes. A code below
// 256 also stands for its extended forms.
func code(err error, codes ...int) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code() == c || c < 256 && e.Code()&0xff == c {
			return true
		}
	}
	return false
}

// sqlstate reports that err is a PostgreSQL error with one of the states. A
// state of two characters stands for its class.
func sqlstate(err error, states ...string) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	for _, s := range states {
		if e.Code == s || len(s) == 2 && len(e.Code) == 5 && e.Code[:2] == s {
			return true
		}
	}
	return false
}

// readOnly gives the engines' refusals to write inside Read one name.
func readOnly(err error) error {
	if code(err, sqlite3.SQLITE_READONLY) || sqlstate(err, "25006") {
		return errors.Join(ErrReadOnly, err)
	}
	return err
}

// renamed is the error of a closure one of whose statements had failed with
// another: it reads as the closure's and is matched as both, so that a conflict
// is repeated even when the closure gave it a new name.
type renamed struct{ returned, statement error }

func (r renamed) Error() string   { return r.returned.Error() }
func (r renamed) Unwrap() []error { return []error{r.returned, r.statement} }
