package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
)

// BackupOptions says how a SQLite database is copied or put back.
type BackupOptions struct {
	Migrations fs.FS // of the product, as for Migrate
	Overwrite  bool  // a file under the new name may be there
}

// BackupReport tells what is in a file that was checked.
type BackupReport struct {
	File     string           `json:"file"`
	SHA256   string           `json:"sha256"`
	Bytes    int64            `json:"bytes"`
	Schema   int64            `json:"schema"`
	Rows     map[string]int64 `json:"rows"`                // by table
	SetAside string           `json:"set_aside,omitempty"` // the database that stood there before a Restore
	Seconds  float64          `json:"seconds"`
}

// stepPages is how much is copied before a Backup looks whether it is to stop.
const stepPages = 2000

// Backup copies the SQLite database that from names into the file to, while a
// process serves it or not: readers and writers go on. The copy is of one
// moment and holds everything that was committed before Backup was called. It
// gets its name only when it is whole, durable and checked: integrity, foreign
// keys, the schema's version and the count of every table against the source at
// that moment. Only its owner can read it. A file that is there is kept unless
// Overwrite says otherwise.
func Backup(ctx context.Context, from, to string, o BackupOptions) (report BackupReport, err error) {
	start := time.Now()
	path, err := sqlitePath(from)
	if err != nil {
		return report, fmt.Errorf("the database to back up: %w", err)
	}
	if to, err = destination(to, path, o.Overwrite); err != nil {
		return report, err
	}
	source, err := openFile(ctx, path, asServed)
	if err != nil {
		return report, err
	}
	defer source.close()
	if report.Schema, err = source.supported(ctx, o.Migrations); err != nil {
		return report, err
	}
	partial, err := newPartial(to)
	if err != nil {
		return report, err
	}
	defer partial.discard()
	if report.Rows, err = source.copyTo(ctx, partial.name); err != nil {
		return report, fmt.Errorf("copy %s: %w", path, err)
	}
	if err := checkCopy(ctx, partial.name, report); err != nil {
		return report, fmt.Errorf("the copy is not good, and nothing was kept: %w", err)
	}
	if report.SHA256, report.Bytes, err = partial.sum(ctx); err != nil {
		return report, err
	}
	report.File, report.Seconds = to, time.Since(start).Seconds()
	return report, partial.place(to, o.Overwrite)
}

// supported is the version of the schema, unless this program does not know it.
func (f *sqliteFile) supported(ctx context.Context, migrations fs.FS) (int64, error) {
	has, err := f.version(ctx)
	if err != nil {
		return 0, err
	}
	known, err := latest(migrations)
	if err == nil && has > known {
		err = fmt.Errorf("%w: %s is of version %d, this program knows %d", ErrNewerSchema, f.path, has, known)
	}
	return has, err
}

// copyTo copies the pages of one snapshot and counts its rows. A transaction
// that reads holds the snapshot: without it SQLite would begin the copy anew
// whenever another process writes.
func (f *sqliteFile) copyTo(ctx context.Context, to string) (rows map[string]int64, err error) {
	conn, err := f.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if rows, err = countRows(ctx, tx); err != nil {
		return nil, err
	}
	return rows, conn.Raw(func(native any) error {
		b, err := native.(*cachingConn).nativeConn.(backuper).NewBackup("file:" + (&url.URL{Path: to}).EscapedPath())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = b.Step(stepPages); err == nil {
				err = ctx.Err()
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// backuper is what SQLite's driver offers beside database/sql.
type backuper interface {
	NewBackup(to string) (*sqlite.Backup, error)
}

// countRows counts the rows of every table, those of the job queue included.
func countRows(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[string]int64{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		counts[name] = 0
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for name := range counts {
		var n int64
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}

// destination refuses a name under which a file is or cannot be made.
func destination(to, from string, overwrite bool) (string, error) {
	kind, path, err := parse(to)
	if err == nil && kind != SQLite {
		err = fmt.Errorf("%s://… is a server: a file is wanted here", kind)
	}
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", fmt.Errorf("the new file: %w", err)
	}
	if path == from {
		return "", fmt.Errorf("%s is both the old and the new file", path)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return path, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is not a file", path)
	case !overwrite:
		return "", fmt.Errorf("%s is there already: name another file, or say --overwrite", path)
	}
	return path, nil
}
