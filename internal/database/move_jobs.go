package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// jobBatch is how many jobs are enqueued in one statement.
const jobBatch = 1000

// finish enqueues the jobs that are still to be done, reads them back, and marks
// the move as ended: in one transaction, so that a move that is killed enqueues
// nothing twice. The tables of the queue differ between the engines, so that the
// jobs go through River and not row by row.
func (m *move) finish(ctx context.Context) error {
	return pgx.BeginFunc(ctx, m.target.conn, func(tx pgx.Tx) error {
		m.report.Jobs, m.report.JobsGivenUp = 0, 0
		theirs, err := m.enqueue(ctx, tx)
		if err != nil {
			return fmt.Errorf("carry the jobs: %w", err)
		}
		found, n, err := readJobs(ctx, tx)
		if err != nil {
			return fmt.Errorf("read the jobs back: %w", err)
		}
		if n != m.report.Jobs || found != theirs {
			return fmt.Errorf("of %d jobs of the source the target has %d, or others", m.report.Jobs, n)
		}
		_, err = tx.Exec(ctx, `UPDATE mekenjai_move SET finished_at = $1, digest = $2, rows_count = $3, jobs_count = $4`,
			Micros(m.now()), m.report.Digest, m.report.Rows, m.report.Jobs)
		return err
	})
}

// job is one that waits, as both engines can tell it.
type job struct {
	kind      string
	args      json.RawMessage
	queue     string
	priority  int
	attempts  int       // that are left
	scheduled time.Time // zero: due
	tags      []string
}

// Kind and MarshalJSON make a job the arguments of its own copy.
func (j job) Kind() string                 { return j.kind }
func (j job) MarshalJSON() ([]byte, error) { return j.args, nil }

func (j job) insert() river.InsertManyParams {
	return river.InsertManyParams{Args: j, InsertOpts: &river.InsertOpts{
		Queue: j.queue, Priority: j.priority, MaxAttempts: j.attempts, ScheduledAt: j.scheduled, Tags: j.tags,
	}}
}

// hash is that of the job in a form that the engines share: they keep the
// members of JSON in orders of their own.
func (j job) hash() ([sha256.Size]byte, error) {
	var args any
	if err := json.Unmarshal(j.args, &args); err != nil {
		return [sha256.Size]byte{}, err
	}
	if len(j.tags) == 0 {
		j.tags = nil
	}
	canonical, err := json.Marshal([]any{j.kind, args, j.queue, j.priority, j.attempts, j.scheduled.UnixMilli(), j.tags})
	return sha256.Sum256(canonical), err
}

// enqueue carries the jobs in the order in which they were made and returns the
// hash over all of them.
func (m *move) enqueue(ctx context.Context, tx pgx.Tx) (all [sha256.Size]byte, err error) {
	rows, err := m.source.pool.QueryContext(ctx, `SELECT kind, json(args), queue, priority, max_attempts - attempt,
		CAST(scheduled_at AS TEXT), json(tags) FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') ORDER BY id`)
	if err != nil {
		return all, err
	}
	defer rows.Close()
	start := m.now()
	var waiting []river.InsertManyParams
	flush := func() error {
		_, err := m.target.engine.queue.insert(ctx, tx, waiting)
		waiting = waiting[:0]
		return err
	}
	for rows.Next() {
		j, err := scanSQLiteJob(rows)
		if err != nil {
			return all, err
		}
		if j.attempts <= 0 { // as adopt gives it up
			m.report.JobsGivenUp++
			continue
		}
		if !j.scheduled.After(start) {
			j.scheduled = time.Time{}
		}
		if all, err = chain(all, j); err != nil {
			return all, err
		}
		m.report.Jobs++
		if waiting = append(waiting, j.insert()); len(waiting) == jobBatch {
			if err := flush(); err != nil {
				return all, err
			}
		}
	}
	return all, errors.Join(rows.Err(), flush())
}

// chain adds a job to the hash of those before it.
func chain(before [sha256.Size]byte, j job) ([sha256.Size]byte, error) {
	h, err := j.hash()
	return sha256.Sum256(append(before[:], h[:]...)), err
}

func scanSQLiteJob(rows *sql.Rows) (j job, err error) {
	var args, tags, scheduled string
	if err := rows.Scan(&j.kind, &args, &j.queue, &j.priority, &j.attempts, &scheduled, &tags); err != nil {
		return j, err
	}
	j.args = json.RawMessage(args)
	if err := json.Unmarshal([]byte(tags), &j.tags); err != nil {
		return j, err
	}
	if j.scheduled, err = time.Parse(riverTime, scheduled); err != nil {
		return j, fmt.Errorf("the time of a job: %w", err)
	}
	return j, nil
}

// readJobs gives the number of jobs in the target, and the hash over them.
func readJobs(ctx context.Context, tx pgx.Tx) (all [sha256.Size]byte, n int64, err error) {
	rows, err := tx.Query(ctx, `SELECT kind, args, queue, priority, max_attempts - attempt,
		CASE state WHEN 'available' THEN NULL ELSE scheduled_at END, tags FROM river_job ORDER BY id`)
	if err != nil {
		return all, 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var j job
		var scheduled *time.Time
		if err := rows.Scan(&j.kind, (*[]byte)(&j.args), &j.queue, &j.priority, &j.attempts, &scheduled, &j.tags); err != nil {
			return all, n, err
		}
		if scheduled != nil {
			j.scheduled = *scheduled
		}
		if all, err = chain(all, j); err != nil {
			return all, n, err
		}
	}
	return all, n, rows.Err()
}
