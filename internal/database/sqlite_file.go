package database

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// How a file is opened to be looked at.
const (
	asServed = "mode=rw"             // beside a process that writes to it
	asLeft   = "mode=ro"             // with a log that a killed process left; nothing is merged into the file
	asSealed = "mode=ro&immutable=1" // nobody writes: SQLite makes no files beside it
)

// sqliteFile is a SQLite database that is looked at and not changed.
type sqliteFile struct {
	path string
	pool *sql.DB
}

// sqlitePath is the path behind a name that must mean a SQLite database that is
// there.
func sqlitePath(dsn string) (string, error) {
	kind, path, err := parse(dsn)
	if err != nil {
		return "", err
	}
	if kind != SQLite {
		return "", fmt.Errorf("%s://… is a server: a file is wanted here", kind)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	return path, isSQLite(path)
}

// isSQLite refuses, by its first bytes, what is not a database of SQLite.
func isSQLite(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("%s is not a file", path))
	}
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || !bytes.Equal(head, []byte(magic)) {
		return fmt.Errorf("%s is not a SQLite database", path)
	}
	return nil
}

func openFile(ctx context.Context, path, how string) (*sqliteFile, error) {
	pool, err := sqlitePool(path, how, 2, "BEGIN", "query_only(1)") // not mapped: the memory of a move would seem to grow with the file
	if err != nil {
		return nil, err
	}
	f := &sqliteFile{path, pool}
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), f.close())
	}
	return f, nil
}

func (f *sqliteFile) close() error { return f.pool.Close() }

// left is how the file of no running process is opened: with the log or journal
// that a killed one left, or alone.
func left(path string) (how string, err error) {
	for _, ending := range []string{"-wal", "-journal"} {
		log, err := os.Stat(path + ending)
		if err == nil && log.Size() > 0 {
			return asLeft, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return asSealed, nil
}

// version is that of the schema in the file; a file without one is no database
// of this program.
func (f *sqliteFile) version(ctx context.Context) (version int64, err error) {
	var known bool
	err = f.pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version')`).Scan(&known)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", f.path, err)
	}
	if !known {
		return 0, fmt.Errorf("%s is not a database of Mekenjai", f.path)
	}
	err = f.pool.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version in %s: %w", f.path, err)
	}
	return version, nil
}

// latest is the version of the schema that migrations lead to.
func latest(migrations fs.FS) (version int64, err error) {
	promises, err := Promises(migrations)
	for v := range promises {
		version = max(version, v)
	}
	return version, err
}

// fingerprint is the SHA-256 of all that is in the file and in the log beside
// it: two databases with one fingerprint are the same.
func (f *sqliteFile) fingerprint(ctx context.Context) (string, error) {
	h := sha256.New()
	for _, path := range []string{f.path, f.path + "-wal"} {
		file, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) && path != f.path {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, reader{ctx, file})
		file.Close()
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// unused takes the lock of the file's jobs, and refuses a file that another
// process has open. Nothing is written: where the lock has no file and none can
// be made, nobody can serve the database either.
func unused(path string) (*workLock, error) {
	inUse := fmt.Errorf("%s is in use by a running program: stop it first", path)
	l := &workLock{}
	alone, err := l.take(path)
	if err != nil && !errors.Is(err, os.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err == nil && !alone {
		return nil, inUse
	}
	open, err := openElsewhere(path)
	if err != nil || open {
		l.release()
		if err == nil {
			err = inUse
		}
		return nil, err
	}
	return l, nil
}

// openElsewhere asks the system whether another process holds one of SQLite's
// locks on the file, which one with an open connection always does in WAL mode.
// It must not be asked while this process has the file open in SQLite: closing
// any descriptor of a file gives up all locks that the process has on it.
func openElsewhere(path string) (bool, error) {
	const firstLock, locks = 0x40000000, 512 // SQLite's PENDING_BYTE and what follows
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: firstLock, Len: locks}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock); err != nil {
		return false, fmt.Errorf("locks of %s: %w", path, err)
	}
	return lock.Type != syscall.F_UNLCK, nil
}
