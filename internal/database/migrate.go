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
	return db.engine.migrate(ctx, migrations)
}

func (e *sqliteEngine) migrate(ctx context.Context, migrations fs.FS) error {
	return migrate(ctx, goose.DialectSQLite3, e.writer, migrations, e.migrateQueue)
}

func (e *postgresEngine) migrate(ctx context.Context, migrations fs.FS) error {
	lock, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer lock.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock))

	pool := stdlib.OpenDBFromPool(e.pool)
	defer pool.Close()
	return migrate(ctx, goose.DialectPostgres, pool, migrations, e.migrateQueue)
}

func migrate(ctx context.Context, dialect goose.Dialect, pool *sql.DB, migrations fs.FS, queue func(context.Context) error) error {
	p, err := goose.NewProvider(dialect, pool, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > want {
		return fmt.Errorf("%w: it is at %d, this program knows %d", ErrNewerSchema, have, want)
	}
	if err := queue(ctx); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
