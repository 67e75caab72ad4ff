package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

// MoveOptions says what is moved and who is told.
type MoveOptions struct {
	Migrations fs.FS                          // of the product, as for Migrate
	Logger     *slog.Logger                   // nil: slog.Default()
	Clock      func() time.Time               // of the jobs, as for Open; nil: time.Now
	Progress   func(table string, rows int64) // after each batch, with the rows of the table so far; may be nil
}

// MoveReport tells what stands in the target after a move.
type MoveReport struct {
	Source      string       `json:"source_sha256"` // of the file and the log beside it, before and after
	Schema      int64        `json:"schema"`
	Digest      string       `json:"digest"` // SHA-256 over the tables' names, counts and digests
	Rows        int64        `json:"rows"`
	Copied      int64        `json:"rows_copied_now"` // fewer than Rows when an earlier attempt was interrupted
	Jobs        int64        `json:"jobs"`            // that are still to be done
	JobsGivenUp int64        `json:"jobs_given_up"`   // that a killed process had tried for the last time
	Tables      []MovedTable `json:"tables,omitempty"`
	CopySeconds float64      `json:"copy_seconds"`
	ReadSeconds float64      `json:"check_seconds"` // both sides read again and compared, row by row
	Before      bool         `json:"moved_before"`  // the same move had ended already; nothing was done now
}

// MovedTable is one table, read back from the target and equal to the source.
type MovedTable struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"` // SHA-256 over the SHA-256 of each row, in the order of keys
}

// Move carries the database in the SQLite file that from names into the empty
// PostgreSQL database that to names: every table of the product and the jobs
// that are still to be done. The file is not changed, not even locked for those
// who read it, but no process may serve it meanwhile. Rows go in the order of
// their keys, in batches that are each whole; how far it came, the target's own
// rows tell, so that a move that was killed at any moment goes on when it is
// started again. At the end all rows are read back and compared with the source;
// only then, in one transaction with the jobs, the move is over and Migrate lets
// a program use the target. Memory does not grow with the database.
func Move(ctx context.Context, from, to string, o MoveOptions) (MoveReport, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	m := &move{MoveOptions: o, now: o.Clock}
	if m.now == nil {
		m.now = time.Now
	}
	defer m.close()
	if err := m.openSource(ctx, from); err != nil {
		return MoveReport{}, err
	}
	if err := m.openTarget(ctx, to); err != nil {
		return MoveReport{}, err
	}
	before, err := m.claim(ctx)
	if err != nil {
		return MoveReport{}, m.sentence(err)
	}
	if before {
		m.report.Before = true
		return m.report, nil
	}
	if err := m.carry(ctx); err != nil {
		return MoveReport{}, m.sentence(err)
	}
	return m.report, nil
}

// move is one that is under way.
type move struct {
	MoveOptions
	now    func() time.Time
	source *sqliteFile
	lock   *workLock
	tables []table
	target *target
	report MoveReport
}

func (m *move) close() {
	if m.target != nil {
		m.target.close()
	}
	if m.source != nil {
		m.source.close()
	}
	m.lock.release()
}

// openSource takes the file for the time of the move, and refuses it unless it
// has the schema of this program.
func (m *move) openSource(ctx context.Context, from string) error {
	path, err := sqlitePath(from)
	if err != nil {
		return fmt.Errorf("the source of the move: %w", err)
	}
	if m.lock, err = unused(path); err != nil {
		return err
	}
	how, err := left(path)
	if err != nil {
		return err
	}
	if m.source, err = openFile(ctx, path, how); err != nil {
		return err
	}
	has, err := m.source.version(ctx)
	if err != nil {
		return err
	}
	known, err := latest(m.Migrations)
	switch {
	case err != nil:
		return err
	case has < known:
		return fmt.Errorf("the schema of %s is of version %d, older than this program's %d: run mekenjai migrate on it first", path, has, known)
	case has > known:
		return fmt.Errorf("%w: %s is of version %d, this program knows %d", ErrNewerSchema, path, has, known)
	}
	m.report.Schema = has
	if m.tables, err = m.source.tables(ctx); err != nil {
		return err
	}
	m.report.Source, err = m.source.fingerprint(ctx)
	return err
}

// carry copies what is missing, compares everything, and ends the move.
func (m *move) carry(ctx context.Context) error {
	start := time.Now()
	for _, t := range m.tables {
		n, err := m.copyTable(ctx, t)
		if err != nil {
			return fmt.Errorf("copy %s: %w", t.name, err)
		}
		m.report.Copied += n
	}
	if err := m.target.analyze(ctx); err != nil {
		return err
	}
	m.report.CopySeconds = time.Since(start).Seconds()

	start = time.Now()
	whole := sha256.New()
	err := m.target.snapshot(ctx, func() error {
		for _, t := range m.tables {
			done, err := m.compare(ctx, t)
			if err != nil {
				return fmt.Errorf("compare %s: %w", t.name, err)
			}
			m.report.Tables = append(m.report.Tables, done)
			m.report.Rows += done.Rows
			fmt.Fprintln(whole, done.Name, done.Rows, done.Digest)
		}
		return nil
	})
	if err != nil {
		return err
	}
	m.report.Digest = hex.EncodeToString(whole.Sum(nil))
	m.report.ReadSeconds = time.Since(start).Seconds()

	now, err := m.source.fingerprint(ctx)
	if err != nil {
		return err
	}
	if now != m.report.Source {
		return fmt.Errorf("%s was changed while it was moved: stop whoever uses it, empty the target and begin anew", m.source.path)
	}
	return m.finish(ctx)
}

// sentence tells what to do about an error of the target.
func (m *move) sentence(err error) error {
	const again = "start the same command again, and it goes on where it was"
	switch {
	case errors.As(err, new(difference)):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped: %s", again)
	case sqlstate(err, "53100", "58030"):
		return fmt.Errorf("the target's disk is full: make room and %s: %w", again, oneLine{err})
	case m.target.broken(err):
		return fmt.Errorf("the target does not answer any more: %s: %w", again, oneLine{err})
	}
	return oneLine{err}
}
