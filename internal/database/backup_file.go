package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
)

// partialFile is one that gets its name when it is whole.
type partialFile struct{ name string }

// newPartial makes an empty file beside its later name that only its owner can
// read.
func newPartial(to string) (*partialFile, error) {
	if err := private(filepath.Dir(to)); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+".*.partial")
	if err != nil {
		return nil, fmt.Errorf("the new file: %w", err)
	}
	return &partialFile{f.Name()}, f.Close()
}

// private makes the folder for its owner alone, or refuses one in which others
// could exchange the file.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the folder of the new file: %w", err)
	}
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0 {
		err = fmt.Errorf("others may write to the folder %s and could exchange the file: take that from them with chmod go-w", dir)
	}
	return err
}

// discard removes the file unless it was placed, and what SQLite left beside it.
func (p *partialFile) discard() {
	for _, ending := range []string{"", "-journal", "-wal", "-shm"} {
		os.Remove(p.name + ending)
	}
}

// sum reads the file anew.
func (p *partialFile) sum(ctx context.Context) (hash string, size int64, err error) {
	f, err := os.Open(p.name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, reader{ctx, f})
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// place makes the file durable and gives it its name in one step. Without
// overwrite a file of that name, made meanwhile, is kept.
func (p *partialFile) place(to string, overwrite bool) error {
	if err := syncPath(p.name); err != nil {
		return err
	}
	var err error
	if overwrite {
		err = os.Rename(p.name, to)
	} else if err = os.Link(p.name, to); err == nil {
		err = os.Remove(p.name)
	}
	if err != nil {
		return fmt.Errorf("put the new file in place: %w", err)
	}
	return syncPath(filepath.Dir(to))
}

// syncPath makes a file, or the names in a folder, durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// checkCopy examines a file that nobody writes to against what should be in it.
func checkCopy(ctx context.Context, path string, want BackupReport) error {
	f, err := openFile(ctx, path, asSealed)
	if err != nil {
		return err
	}
	defer f.close()
	version, err := f.version(ctx)
	if err != nil {
		return err
	}
	if version != want.Schema {
		return fmt.Errorf("its schema is of version %d, not %d", version, want.Schema)
	}
	rows, err := f.examine(ctx)
	if err == nil && !maps.Equal(rows, want.Rows) {
		err = errors.New("its tables have not as many rows as those of the source")
	}
	return err
}

// examine reads the whole file: every page and index, every foreign key.
func (f *sqliteFile) examine(ctx context.Context) (rows map[string]int64, err error) {
	tx, err := f.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var found string
	if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return nil, fmt.Errorf("it cannot be read to its end: %w", err)
	}
	if found != "ok" {
		return nil, errors.New("it is damaged: SQLite's integrity check fails")
	}
	var broken bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check)`).Scan(&broken); err != nil {
		return nil, err
	}
	if broken {
		return nil, errors.New("it is damaged: rows refer to others that are not there")
	}
	return countRows(ctx, tx)
}
