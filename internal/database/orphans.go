package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/riverqueue/river"
)

// workLock is a file beside a SQLite database that the working process keeps
// locked. The system releases the lock when the process ends, however it ends.
type workLock struct{ file *os.File }

// take reports whether this process is the only one that works the jobs.
func (l *workLock) take(path string) (bool, error) {
	f, err := os.OpenFile(path+"-work", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return false, nil
		}
		return false, err
	}
	l.file = f
	return true, nil
}

func (l *workLock) release() {
	if l != nil && l.file != nil {
		l.file.Close()
		l.file = nil
	}
}

// adopt takes up the jobs of a process that died. River waits for their
// timeouts, since on PostgreSQL another node may still be at them; SQLite
// serves one process, and the lock tells that no other is alive. A job that
// has used its attempts is given up: it may be what kills the process.
func adopt(ctx context.Context, writer *sql.DB) (int64, error) {
	r, err := writer.ExecContext(ctx, `UPDATE river_job SET
		state = CASE WHEN attempt >= max_attempts THEN 'discarded' ELSE 'available' END,
		finalized_at = CASE WHEN attempt >= max_attempts THEN datetime('now', 'subsec') END
		WHERE state = 'running'`)
	if err != nil {
		return 0, fmt.Errorf("take up the jobs of an ended process: %w", err)
	}
	return r.RowsAffected()
}

func (e *sqliteEngine) work(ctx context.Context, workers *river.Workers, opts WorkOptions) (*Worker, error) {
	if _, err := e.alone(ctx); err != nil {
		return nil, err
	}
	return e.queue.work(ctx, workers, opts)
}

// alone reports that this process is the one that works. It becomes that when the
// one before has ended, whose jobs it takes up then.
func (e *sqliteEngine) alone(ctx context.Context) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lock.file != nil {
		return true, nil
	}
	alone, err := e.lock.take(e.path)
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", e.path, err)
	}
	if !alone {
		return false, nil
	}
	n, err := adopt(ctx, e.writer)
	if err != nil {
		e.lock.release() // the jobs are still to be taken up
		return false, err
	}
	if n > 0 {
		e.log.InfoContext(ctx, "took up the jobs of an ended process", "jobs", n)
	}
	return true, nil
}
