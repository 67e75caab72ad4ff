package database

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// observed tells observe of each job that ran.
func observed(observe func(kind, outcome string, waited, took time.Duration)) rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) (err error) {
		var waited time.Duration
		if job.AttemptedAt != nil {
			waited = max(0, job.AttemptedAt.Sub(job.ScheduledAt))
		}
		start, outcome := time.Now(), "panicked"
		defer func() { observe(job.Kind, outcome, waited, time.Since(start)) }()
		if err = work(ctx); err != nil {
			outcome = "failed"
		} else {
			outcome = "done"
		}
		return err
	})
}

// QueueDepth counts the jobs that wait or run, by their state: available (due),
// running, retryable and scheduled (due later).
func (db *DB) QueueDepth(ctx context.Context) (depth map[string]int, err error) {
	// A standby may answer: the number is for a dashboard.
	err = db.ReadStale(ctx, func(tx Tx) error {
		depth = map[string]int{"available": 0, "running": 0, "retryable": 0, "scheduled": 0}
		rows, err := tx.Query(ctx, `SELECT state, count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled') GROUP BY state`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state string
			var n int
			if err := rows.Scan(&state, &n); err != nil {
				return err
			}
			depth[state] = n
		}
		return rows.Err()
	})
	return depth, err
}
