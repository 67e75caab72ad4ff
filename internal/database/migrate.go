package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// migrationLock is the key of the advisory lock under which one node of many
// migrates a PostgreSQL database.
const migrationLock = 0x6d656b656e6a6169

// Migrate brings the schema up to date: first River's own tables and this
// package's, then the goose files *.sql at the root of migrations, each in a
// transaction. Nodes that start together take turns. A database that is up to
// date is not touched.
//
// When the database has been migrated further than these files, nothing is
// changed: the error is nil when the newer migrations say that they serve this
// program, ErrNewerSchema when they do not. When a migration to be made does not
// serve a node that lives, nothing is changed either and the error is
// ErrOlderNode. See promise.go. A database into which a move has not ended is left
// alone too: ErrUnfinishedMove.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	if err := db.engine.whole(ctx); err != nil {
		return err
	}
	return db.bring(ctx, migrations)
}

// bring is Migrate for whoever may use half a database.
func (db *DB) bring(ctx context.Context, migrations fs.FS) error {
	state, err := db.schemaState(ctx, migrations)
	if err != nil {
		return err
	}
	if state.has > state.latest {
		return db.servesStill(ctx, state)
	}
	if state.complete {
		return nil
	}
	return db.engine.exclusively(ctx, func() error { return db.migrate(ctx, migrations) })
}

func (db *DB) migrate(ctx context.Context, migrations fs.FS) error {
	goose, done, err := db.goose(migrations)
	if err != nil {
		return err
	}
	defer done()
	has, latest, err := goose.GetVersions(ctx) // another node may have been faster
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if has > latest {
		return db.servesStill(ctx, schemaState{has: has, latest: latest})
	}
	promises, err := Promises(migrations)
	if err != nil {
		return err
	}
	if err := db.mayMigrate(ctx, has, promises); err != nil {
		return err
	}
	if err := db.engine.migrateQueue(ctx); err != nil {
		return err
	}
	if err := db.engine.prepare(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := db.promise(ctx, promises); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := goose.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Exclusively runs fn while no other node is in Exclusively or Migrate.
func (db *DB) Exclusively(ctx context.Context, fn func() error) error {
	return db.engine.exclusively(ctx, fn)
}

// CheckSchema is the error that Migrate would return or mend: nil when this
// program can run on the schema as it is. It changes nothing.
func (db *DB) CheckSchema(ctx context.Context, migrations fs.FS) error {
	if err := db.engine.whole(ctx); err != nil {
		return err
	}
	state, err := db.schemaState(ctx, migrations)
	switch {
	case err != nil:
		return err
	case state.has > state.latest:
		return db.servesStill(ctx, state)
	case !state.complete:
		return fmt.Errorf("%w: it is at %d, this program needs %d: run mekenjai migrate first", ErrOlderSchema, state.has, state.latest)
	}
	return nil
}

// Version returns the version of the schema that the database has and the one
// that Migrate would give it.
func (db *DB) Version(ctx context.Context, migrations fs.FS) (has, latest int64, err error) {
	state, err := db.schemaState(ctx, migrations)
	return state.has, state.latest, err
}

// schemaState is how far a database is.
type schemaState struct {
	has, latest int64 // versions; has is 0 in an empty database
	complete    bool  // nothing is left to migrate, River's tables and this package's included
}

// schemaState asks one question where goose would make its table first, look
// for a lock and list what was applied: it is asked at every start.
func (db *DB) schemaState(ctx context.Context, migrations fs.FS) (s schemaState, err error) {
	goose, done, err := db.goose(migrations)
	if err != nil {
		return s, err
	}
	defer done()
	for _, source := range goose.ListSources() {
		s.latest = max(s.latest, source.Version)
	}
	queue, err := db.engine.queueVersion()
	if err != nil {
		return s, err
	}
	pool, _, release := db.engine.standard()
	defer release()
	var exist int
	if err := pool.QueryRowContext(ctx, db.engine.countTables()).Scan(&exist); err != nil {
		return s, fmt.Errorf("read the version of the schema: %w", err)
	}
	if exist&1 == 0 {
		return s, nil
	}
	if err := pool.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&s.has); err != nil {
		return s, fmt.Errorf("read the version of the schema: %w", err)
	}
	if exist != allTables {
		return s, nil
	}
	var has int
	if err := pool.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM river_migration WHERE line = 'main'`).Scan(&has); err != nil {
		return s, fmt.Errorf("read the version of the job queue: %w", err)
	}
	s.complete = s.has == s.latest && has >= queue
	return s, nil
}

// allTables is the sum of what countTables counts: 1 for goose's table, 2 for
// River's, 4 for the promises, 8 for the nodes.
const allTables = 1 + 2 + 4 + 8

func (*sqliteEngine) countTables() string {
	return `SELECT 8 + coalesce(sum(CASE name WHEN 'goose_db_version' THEN 1 WHEN 'river_migration' THEN 2 WHEN 'mekenjai_schema' THEN 4 END), 0)
		FROM sqlite_schema WHERE type = 'table' AND name IN ('goose_db_version', 'river_migration', 'mekenjai_schema')`
}

func (*postgresEngine) countTables() string {
	return `SELECT CASE WHEN to_regclass('goose_db_version') IS NULL THEN 0 ELSE 1 END + CASE WHEN to_regclass('river_migration') IS NULL THEN 0 ELSE 2 END
		+ CASE WHEN to_regclass('mekenjai_schema') IS NULL THEN 0 ELSE 4 END + CASE WHEN to_regclass('mekenjai_lease') IS NULL THEN 0 ELSE 8 END`
}

func (db *DB) goose(migrations fs.FS) (p *goose.Provider, done func() error, err error) {
	pool, dialect, done := db.engine.standard()
	p, err = goose.NewProvider(dialect, pool, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	return p, done, nil
}

func (e *sqliteEngine) standard() (*sql.DB, goose.Dialect, func() error) {
	return e.writer, goose.DialectSQLite3, func() error { return nil }
}

func (e *postgresEngine) standard() (*sql.DB, goose.Dialect, func() error) {
	pool := stdlib.OpenDBFromPool(e.pool)
	return pool, goose.DialectPostgres, pool.Close
}

// prepare makes the tables of this package.
func (e *sqliteEngine) prepare(ctx context.Context) error {
	_, err := e.writer.ExecContext(ctx, promiseTable)
	return err
}

func (e *postgresEngine) prepare(ctx context.Context) error {
	for _, sql := range append([]string{promiseTable}, nodeTables...) {
		if _, err := e.pool.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// exclusively: one process serves a SQLite file.
func (e *sqliteEngine) exclusively(_ context.Context, fn func() error) error { return fn() }

// exclusively holds the lock of a transaction: it holds behind a pooler too,
// where a session is another one with each transaction.
func (e *postgresEngine) exclusively(ctx context.Context, fn func() error) error {
	tx, err := e.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
		return err
	}
	return fn()
}
