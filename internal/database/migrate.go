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

// Migrate brings the schema up to date: first River's own tables, then the
// goose files *.sql at the root of migrations, each in a transaction. Nodes
// that start together take turns. When the database has been migrated further
// than these files, nothing is changed and the error is ErrNewerSchema; a node
// may go on then, as migrations keep the schema usable for the version before.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	return db.engine.exclusively(ctx, func() error {
		goose, done, err := db.goose(migrations)
		if err != nil {
			return err
		}
		defer done()
		has, latest, err := goose.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if has > latest {
			return fmt.Errorf("%w: it is at %d, this program knows %d", ErrNewerSchema, has, latest)
		}
		if err := db.engine.migrateQueue(ctx); err != nil {
			return err
		}
		if _, err := goose.Up(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		return nil
	})
}

// Version returns the version of the schema that the database has and the one
// that Migrate would give it.
func (db *DB) Version(ctx context.Context, migrations fs.FS) (has, latest int64, err error) {
	goose, done, err := db.goose(migrations)
	if err != nil {
		return 0, 0, err
	}
	defer done()
	return goose.GetVersions(ctx)
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

// exclusively: one process serves a SQLite file.
func (e *sqliteEngine) exclusively(_ context.Context, fn func() error) error { return fn() }

func (e *postgresEngine) exclusively(ctx context.Context, fn func() error) error {
	lock, err := e.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return err
	}
	defer lock.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock))
	return fn()
}
