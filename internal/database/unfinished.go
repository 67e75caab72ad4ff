package database

import (
	"context"
	"time"
)

// Job is one that has not been done: it waits, runs, or was given up.
type Job struct {
	ID    int64
	Kind  string
	Args  []byte    // JSON
	State string    // 'available', 'running', 'retryable', 'scheduled', 'pending', 'discarded'
	Due   time.Time // when it was or is to be begun, to the second
	Begun time.Time // its last attempt, zero: none
}

// IsGivenUp says that the job used its attempts and will not be tried again.
func (j Job) IsGivenUp() bool { return j.State == "discarded" }

// unfinished is the query of both engines, with what differs between them: how
// the arguments become text and instants seconds.
func (db *DB) unfinished() string {
	text, seconds := `json(args)`, func(column string) string { return `CAST(strftime('%s', ` + column + `) AS INTEGER)` }
	if db.Engine() == Postgres {
		text = `CAST(args AS text)`
		seconds = func(column string) string { return `CAST(extract(epoch FROM ` + column + `) AS BIGINT)` }
	}
	return `SELECT id, kind, ` + text + `, state, ` + seconds(`scheduled_at`) + `, coalesce(` + seconds(`attempted_at`) + `, 0)
		FROM river_job WHERE state NOT IN ('completed', 'cancelled') ORDER BY id LIMIT $1`
}

// Unfinished lists, as the transaction sees them, the jobs that have not been done,
// oldest first. It is for those who examine a database, and reads the whole table
// of jobs.
func (db *DB) Unfinished(ctx context.Context, tx Tx, limit int) ([]Job, error) {
	return Collect(ctx, tx, func(row Row) (j Job, err error) {
		var due, begun int64
		err = row.Scan(&j.ID, &j.Kind, &j.Args, &j.State, &due, &begun)
		j.Due = time.Unix(due, 0).UTC()
		if begun != 0 {
			j.Begun = time.Unix(begun, 0).UTC()
		}
		return j, err
	}, db.unfinished(), limit)
}
