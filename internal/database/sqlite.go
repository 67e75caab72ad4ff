package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite waits for another process that writes to the
// same file. Writers of this process queue for the one connection instead.
const busyTimeout = 5 * time.Second

// mapped is the largest part of the file that readers map into memory, the
// most SQLite allows. Mapping saves a copy of each page that is not cached.
const mapped = 0x7fff0000

// sqliteEngine has one connection that writes and a pool that reads the last
// committed state beside it.
type sqliteEngine struct {
	*queue[*sql.Tx]
	line           *line // before the writer
	path           string
	log            *slog.Logger
	writer, reader *sql.DB

	mu   sync.Mutex
	lock workLock // guarded by mu; held from the first Work until close
}

func openSQLite(ctx context.Context, path string, opts Options) (engine, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// The file holds personal data; SQLite gives its own files the same mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	f.Close()

	e := &sqliteEngine{path: path, log: opts.Logger}
	if e.writer, err = sqlitePool(path, "", 1, "BEGIN IMMEDIATE",
		"journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit("+strconv.Itoa(64<<20)+")"); err != nil {
		return nil, err
	}
	if e.reader, err = sqlitePool(path, "", max(4, 2*runtime.NumCPU()), "BEGIN",
		"query_only(1)", "mmap_size("+strconv.Itoa(mapped)+")"); err != nil {
		return nil, err
	}
	if e.queue, err = sqliteQueue(e.writer, opts); err != nil {
		return nil, err
	}
	e.line = &line{open: e.carry, commit: (*sqliteWrite).commit, ring: e.queue.bell.ring, atMost: groupTime}
	if err := e.ping(ctx); err != nil {
		e.close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := e.forgetSmall(ctx); err != nil { // notes that an earlier program left
		e.close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return e, nil
}

// sqlitePool opens a file in the mode that how says in the driver's words, "" for
// the usual one.
func sqlitePool(path, how string, size int, begin string, pragmas ...string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + how
	pragmas = append([]string{
		"busy_timeout(" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) + ")",
		"foreign_keys(1)",
		"case_sensitive_like(1)", // as on PostgreSQL, and an index serves LIKE 'prefix%'
		"temp_store(memory)",
		"trusted_schema(0)",
	}, pragmas...)
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	pool := sql.OpenDB(cachingConnector{connector, begin})
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

func (e *sqliteEngine) name() string { return SQLite }

// repeatable: the writer takes the lock at BEGIN, so what is refused as busy
// has changed nothing.
func (e *sqliteEngine) repeatable(err error, _ int) bool {
	return errors.Is(err, errBroken) || code(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	if err := e.writer.PingContext(ctx); err != nil {
		return err
	}
	return e.reader.PingContext(ctx)
}

func (e *sqliteEngine) connections() (open, inUse int, waited time.Duration) {
	w, r := e.writer.Stats(), e.reader.Stats()
	return w.OpenConnections + r.OpenConnections, w.InUse + r.InUse, w.WaitDuration + r.WaitDuration
}

// close closes the readers first, so that the writer is the last one and
// SQLite merges the log into the file.
func (e *sqliteEngine) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.lock.release()
	err := e.reader.Close()
	if werr := e.writer.Close(); err == nil {
		err = werr
	}
	return err
}
