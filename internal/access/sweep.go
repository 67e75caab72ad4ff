package access

import (
	"context"
	"fmt"

	"mekenjai/internal/database"
)

// sweepBatch bounds one transaction of a sweep, sweepBatches one sweep of a
// table: what is left waits for the next one.
const (
	sweepBatch   = 500
	sweepBatches = 100
)

// sweeps delete what has ended, through the index on its end, oldest first. A
// limit goes when nothing of it is taken and its refusal may be told again.
var sweeps = []string{
	`DELETE FROM access_challenge WHERE id IN
		(SELECT id FROM access_challenge WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`,
	`DELETE FROM access_code WHERE id IN
		(SELECT id FROM access_code WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`,
	`DELETE FROM access_session WHERE id IN
		(SELECT id FROM access_session WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`,
	`DELETE FROM access_proof WHERE session IN
		(SELECT session FROM access_proof WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`,
	`DELETE FROM access_limit WHERE (kind, key_hash) IN
		(SELECT kind, key_hash FROM access_limit WHERE full_until <= $1 AND told_until <= $1 ORDER BY full_until LIMIT $2)`,
}

// Sweep deletes challenges, codes, sessions, proofs and limits that have ended and says
// how many rows that were. Nothing depends on it: what has ended is not accepted
// while its row still stands.
func (a *Access) Sweep(ctx context.Context) (rows int, err error) {
	for _, sql := range sweeps {
		for range sweepBatches {
			var n int64
			err := a.db.Transact(ctx, func(tx database.Tx) (err error) {
				n, err = tx.Exec(ctx, sql, database.Micros(tx.Now()), sweepBatch)
				return err
			})
			if err != nil {
				return rows, fmt.Errorf("sweep access: %w", err)
			}
			rows += int(n)
			if n < sweepBatch {
				break
			}
		}
	}
	return rows, nil
}
