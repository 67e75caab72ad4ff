// Package database hides two databases behind one small Tx: an embedded SQLite
// file for one office, PostgreSQL for a country. Callers write one SQL text
// with $1 placeholders and one schema text; everything that differs between
// the engines (isolation, conflicts, error codes, pools, how jobs are stored
// and woken) lives here and nowhere else.
//
// Work is done in two ways only. Transact runs a closure in a serializable
// transaction and repeats it when the engine reports a conflict, so a closure
// has no side effect outside its Tx. Read runs a closure over one consistent
// snapshot and never blocks writers. Jobs enqueued in a transaction become
// visible to the workers with its rows or not at all.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
)

// The names of the engines, as Engine returns them.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Options changes how a database is opened; the zero value is right for a
// running system.
type Options struct {
	// Clock is the source of Tx.Now and of the times of jobs: of a clock that is
	// moved at will. Default: Now, and the machine's own for jobs.
	Clock func() time.Time

	// Now is the source of Tx.Now when there is no Clock. Default: time.Now. A
	// running system gives it a Clock's.
	Now func() time.Time

	// Logger takes the messages of the job queue and of migrations.
	// Default: slog.Default().
	Logger *slog.Logger

	// Node is what the others that share the database call this process, such as
	// its host and address.
	Node string

	// Listen names the database by an address at which LISTEN works, when the
	// one that Open is given leads through a connection pooler.
	Listen string

	// Standbys name PostgreSQL replicas that may answer ReadStale while they are
	// no older than Staleness.
	Standbys  []string
	Staleness time.Duration

	// Longest bounds a Transact or Read, its repetitions included: a network that
	// swallows everything without a word must not hold anybody for ever, least of
	// all a sweep, after which time stands still. 0 is no bound.
	Longest time.Duration

	// Strict makes Transact and Read panic when they are called inside another
	// closure of the same database: on SQLite that waits for itself forever,
	// on PostgreSQL it starves the pool. It costs some microseconds a
	// transaction and is meant for tests.
	Strict bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	clock   func() time.Time
	longest time.Duration // 0: no bound
	nested  *nesting      // nil unless Options.Strict
	laps    laps

	commits, reads, repeats atomic.Int64

	mu      sync.Mutex
	workers []*Worker // started and not yet stopped
}

// engine is one of the two databases.
type engine interface {
	name() string

	// begin starts a serializable transaction, or a snapshot that refuses
	// writes. Transactions that are not apart may share one durable commit:
	// begin waits for a turn, commit for the group. A snapshot that is not apart
	// may fail with errMore at its second statement.
	begin(ctx context.Context, read, apart bool) (native, error)

	// repeatable reports that the attempt that ended with err changed nothing
	// and may succeed when made again; n attempts were made before it.
	repeatable(err error, n int) bool

	// standard returns the engine through database/sql, as goose wants it, and
	// a function to be called after the use.
	standard() (*sql.DB, goose.Dialect, func() error)
	countTables() string                                    // a query; see allTables
	prepare(ctx context.Context) error                      // this package's own tables
	exclusively(ctx context.Context, fn func() error) error // among all nodes
	whole(ctx context.Context) error                        // no move into the database waits for its end
	migrateQueue(ctx context.Context) error
	queueVersion() (int, error) // that migrateQueue would give
	work(ctx context.Context, workers *river.Workers, opts WorkOptions) (*Worker, error)
	join(ctx context.Context, o JoinOptions) error
	leads() bool
	nodes(ctx context.Context) ([]Node, error)
	readStandby(ctx context.Context, fn func(native) error) error
	lags() []Lag
	staleReads() int64
	skew(ctx context.Context) (ahead time.Duration, known bool, err error)
	load(ctx context.Context, table string, columns []string, rows [][]any) error
	columns() string                   // a query: table, column, whether it is BOOLEAN
	analyze(ctx context.Context) error // so that plans fit what was loaded
	explain() string                   // stands before a query
	planStep(Row) (string, error)      // of what is answered to that
	ping(ctx context.Context) error
	connections() (open, inUse int, waited time.Duration)
	sizes(ctx context.Context) (Sizes, error) // without the numbers of rows
	close() error
}

// Open opens the database that dsn names and checks that it answers:
// "postgres://…" is PostgreSQL; "sqlite:///absolute/path.db" or a plain path
// is a SQLite file, made when it is absent (its folder must exist). The schema
// is not touched; see Migrate.
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	db := &DB{clock: opts.Clock, longest: opts.Longest}
	if db.clock == nil {
		db.clock = opts.Now
	}
	if db.clock == nil {
		db.clock = time.Now
	}
	if opts.Strict {
		db.nested = &nesting{}
	}
	kind, name, err := parse(dsn)
	switch {
	case err != nil:
	case kind == Postgres:
		db.engine, err = openPostgres(ctx, name, opts)
	default:
		db.engine, err = openSQLite(ctx, name, opts)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// parse tells which engine a database's name means, and under which name that
// engine knows it: the path of a file, or the whole name.
func parse(dsn string) (engine, name string, err error) {
	scheme, rest, isURL := strings.Cut(dsn, "://")
	switch {
	case dsn == "":
		return "", "", errors.New("no database is named: give a file path or postgres://…")
	case isURL && (scheme == "postgres" || scheme == "postgresql"):
		return Postgres, dsn, nil
	case isURL && scheme == SQLite:
		return SQLite, rest, nil
	case isURL:
		return "", "", fmt.Errorf("database %s://… is of no known kind: give a file path, sqlite:///path or postgres://…", scheme)
	}
	return SQLite, dsn, nil
}

// Engine names the engine in use, SQLite or Postgres. Only diagnostics and
// tests have a reason to ask.
func (db *DB) Engine() string { return db.engine.name() }

// Ping checks that the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.engine.ping(ctx) }

// Close closes all connections. Workers are better stopped before, with
// Worker.Stop; Close cancels the jobs of those that are not.
func (db *DB) Close() error {
	db.mu.Lock()
	workers := db.workers
	db.mu.Unlock()
	for _, w := range workers {
		w.cancel()
	}
	return db.engine.close()
}

// Stats counts what the database has done since it was opened.
type Stats struct {
	Commits     int64         // transactions committed by Transact
	Reads       int64         // snapshots read by Read
	StaleReads  int64         // snapshots of standbys read by ReadStale
	Repeats     int64         // attempts repeated after a conflict
	Connections int           // open now
	InUse       int           // in use now
	Waited      time.Duration // sum of waits for a free connection
}

// Stats returns the counts at this moment.
func (db *DB) Stats() Stats {
	s := Stats{Commits: db.commits.Load(), Reads: db.reads.Load(), Repeats: db.repeats.Load()}
	s.StaleReads = db.engine.staleReads()
	s.Connections, s.InUse, s.Waited = db.engine.connections()
	return s
}
