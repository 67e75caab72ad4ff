package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Restore puts the backup that from names in place of the SQLite database to. The
// backup is examined before anything is touched: a damaged or cut one, one of
// another program and one of a newer schema are refused, as is a database that a
// process serves. One of an older schema is taken; Migrate brings it up to date.
// With Overwrite the database that is there is not lost: it is set aside, with
// its log, under a name that tells the time.
func Restore(ctx context.Context, from, to string, o BackupOptions) (report BackupReport, err error) {
	start := time.Now()
	path, err := sqlitePath(from)
	if err != nil {
		return report, fmt.Errorf("the backup: %w", err)
	}
	if to, err = destination(to, path, o.Overwrite); err != nil {
		return report, err
	}
	if report, err = inspectBackup(ctx, path, o); err != nil {
		return report, fmt.Errorf("%s does not restore, and nothing was changed: %w", path, err)
	}
	lock, err := unused(to)
	if errors.Is(err, os.ErrNotExist) { // nothing is there to be used
		err = nil
	}
	if err != nil {
		return report, err
	}
	defer lock.release()
	partial, err := newPartial(to)
	if err != nil {
		return report, err
	}
	defer partial.discard()
	if err := copyFile(ctx, path, partial.name); err != nil {
		return report, fmt.Errorf("copy %s: %w", path, err)
	}
	if err := checkCopy(ctx, partial.name, report); err != nil {
		return report, fmt.Errorf("the copy of %s is not good, and nothing was changed: %w", path, err)
	}
	if report.SHA256, report.Bytes, err = partial.sum(ctx); err != nil {
		return report, err
	}
	if report.SetAside, err = setAside(to, start); err != nil {
		return report, err
	}
	report.File, report.Seconds = to, time.Since(start).Seconds()
	return report, partial.place(to, o.Overwrite)
}

// inspectBackup tells what is in the backup, or why it is none.
func inspectBackup(ctx context.Context, path string, o BackupOptions) (report BackupReport, err error) {
	how, err := left(path)
	if err != nil {
		return report, err
	}
	if how != asSealed {
		return report, errors.New("a log stands beside it: it is a database that was in use, of which mekenjai backup makes a backup")
	}
	f, err := openFile(ctx, path, asSealed)
	if err != nil {
		return report, err
	}
	defer f.close()
	if report.Schema, err = f.supported(ctx, o.Migrations); err != nil {
		return report, err
	}
	report.Rows, err = f.examine(ctx)
	return report, err
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, reader{ctx, in})
	return errors.Join(err, out.Close())
}

// setAside gives the database that is there a second name, and its log the name
// that belongs to it: the log of one database must never meet another. Until the
// new one takes its place the old one stays where it is.
func setAside(path string, now time.Time) (name string, err error) {
	aside := path + ".before-restore-" + now.UTC().Format("20060102T150405.000Z")
	err = os.Link(path, aside)
	if err == nil {
		name = aside
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("set the old database aside: %w", err)
	}
	for _, ending := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Rename(path+ending, aside+ending); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("set the log of the old database aside: %w", err)
		}
	}
	return name, syncPath(filepath.Dir(path))
}
