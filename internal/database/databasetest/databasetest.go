// Package databasetest gives each test a fresh, migrated database of each
// engine and a clock to move. PostgreSQL is started by the test run itself: by
// the first test that needs it, or once for many test binaries by the command
// in the folder cluster.
package databasetest

import (
	"context"
	"io/fs"
	"log/slog"
	"testing"
	"time"

	"mekenjai/internal/database"
)

// Start is what the clock of a test shows at first: Monday 2 March 2026, nine
// in the morning in Almaty.
var Start = time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)

// Each runs test once on each engine, as the subtests "sqlite" and "postgres".
// migrations are the *.sql files that database.Migrate takes.
func Each(t *testing.T, migrations fs.FS, test func(t *testing.T, db *database.DB, clock *Clock)) {
	t.Helper()
	for _, engine := range []string{database.SQLite, database.Postgres} {
		t.Run(engine, func(t *testing.T) {
			db, clock := Open(t, engine, migrations)
			test(t, db, clock)
		})
	}
}

// Open returns a fresh database of one engine, which is closed and removed when
// the test ends. It panics on a Transact inside a Transact.
func Open(t testing.TB, engine string, migrations fs.FS) (*database.DB, *Clock) {
	t.Helper()
	clock := NewClock(Start)
	db, err := database.Open(t.Context(), DSN(t, engine, migrations), database.Options{
		Clock:  clock.Now,
		Logger: logger(t),
		Strict: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, clock
}

// DSN makes a fresh migrated database of one engine and returns its name, for a
// test that opens it itself or more than once.
func DSN(t testing.TB, engine string, migrations fs.FS) string {
	t.Helper()
	if engine == database.SQLite {
		return sqliteCopy(t, migrations)
	}
	return postgresCopy(t, migrations)
}

// Settle waits until no job is running or due by the clock. A Worker must be
// running; jobs that became due only because the clock was moved may take it
// some seconds.
func Settle(t testing.TB, db *database.DB, clock *Clock) {
	t.Helper()
	unsettled := `SELECT count(*) FROM river_job WHERE state = 'running' OR
		state IN ('available', 'scheduled', 'retryable') AND scheduled_at <= `
	now := clock.Now().UTC().Format("2006-01-02 15:04:05.999")
	if db.Engine() == database.Postgres {
		unsettled += `CAST($1 AS timestamptz)`
	} else {
		unsettled += `$1`
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		var n int
		err := db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, unsettled, now).Scan(&n)
		})
		if err != nil {
			t.Fatalf("wait for jobs (%d left): %v", n, err)
		}
		if n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// logger shows warnings in the output of the test.
func logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}
