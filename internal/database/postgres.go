package database

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectionsPerCore was measured: fewer leave the server idle during the
// durable write of a commit, more only add conflicts.
const connectionsPerCore = 4

// postgresEngine speaks to PostgreSQL through pgx itself, with prepared
// statements.
type postgresEngine struct {
	*queue[pgx.Tx]
	pool *pgxpool.Pool
	log  *slog.Logger
}

func openPostgres(ctx context.Context, dsn string, opts Options) (engine, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = int32(connectionsPerCore * max(2, runtime.NumCPU()))
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "mekenjai"
	}
	params["timezone"] = "UTC"

	e := &postgresEngine{log: opts.Logger}
	if e.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := e.inspect(ctx); err != nil {
		e.pool.Close()
		return nil, fmt.Errorf("open database %s on %s: %w", config.ConnConfig.Database, config.ConnConfig.Host, oneLine{err})
	}
	if e.queue, err = postgresQueue(e.pool, opts); err != nil {
		e.pool.Close()
		return nil, err
	}
	return e, nil
}

// oneLine is an error of pgx, which gives each address a line, as one sentence.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }

// inspect checks that the database keeps text as SQLite does: in UTF-8, and
// ordered by bytes.
func (e *postgresEngine) inspect(ctx context.Context) error {
	var encoding, collation string
	err := e.pool.QueryRow(ctx, `SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()`).
		Scan(&encoding, &collation)
	if err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s: create it with ENCODING 'UTF8'", encoding)
	}
	if collation != "C" && collation != "C.UTF-8" && collation != "C.utf8" {
		e.log.WarnContext(ctx, "database orders text by a locale; create it with LOCALE 'C'", "collation", collation)
	}
	return nil
}

func (e *postgresEngine) name() string { return Postgres }

func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.Ping(ctx) }

func (e *postgresEngine) connections() (open, inUse int, waited time.Duration) {
	s := e.pool.Stat()
	return int(s.TotalConns()), int(s.AcquiredConns()), s.EmptyAcquireWaitTime()
}

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}
