package access

import (
	"context"
	"fmt"
	"time"

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
var sweeps = []sweep{
	{0, `DELETE FROM access_challenge WHERE id IN
		(SELECT id FROM access_challenge WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`},
	{0, `DELETE FROM access_code WHERE id IN
		(SELECT id FROM access_code WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`},
	{0, `DELETE FROM access_session WHERE id IN
		(SELECT id FROM access_session WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`},
	{0, `DELETE FROM access_proof WHERE session IN
		(SELECT session FROM access_proof WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`},
	{mobileKept, `DELETE FROM access_mobile WHERE id IN
		(SELECT id FROM access_mobile WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`},
	{0, `DELETE FROM access_limit WHERE (kind, key_hash) IN
		(SELECT kind, key_hash FROM access_limit WHERE full_until <= $1 AND told_until <= $1 ORDER BY full_until LIMIT $2)`},
	{0, `UPDATE access_phone SET former = '', hold_until = NULL WHERE iin IN
		(SELECT iin FROM access_phone WHERE hold_until <= $1 ORDER BY hold_until LIMIT $2)`},
	{placeKept, `DELETE FROM access_place WHERE (iin, place) IN
		(SELECT iin, place FROM access_place WHERE seen_at <= $1 ORDER BY seen_at LIMIT $2)`},
	{remarkKept, `DELETE FROM access_notice WHERE id IN
		(SELECT id FROM access_notice WHERE at <= $1 ORDER BY at LIMIT $2)`},
}

// mobileKept is how long the page of a QR code says what became of it.
const mobileKept = time.Hour

// sweep is a statement about what has ended, or was kept for so long.
type sweep struct {
	kept time.Duration
	sql  string
}

// How long a place is remembered at which nobody signed in, and what a person was
// told about his access.
const (
	placeKept  = 365 * 24 * time.Hour
	remarkKept = 180 * 24 * time.Hour
)

// Sweep deletes challenges, codes, wishes to sign in eGov Mobile, sessions, proofs and limits that have ended, and
// what is remembered of phones and places for too long, and says
// how many rows that were. Nothing depends on it: what has ended is not accepted
// while its row still stands.
func (a *Access) Sweep(ctx context.Context) (rows int, err error) {
	for _, s := range sweeps {
		for range sweepBatches {
			var n int64
			err := a.db.Transact(ctx, func(tx database.Tx) (err error) {
				n, err = tx.Exec(ctx, s.sql, database.Micros(tx.Now().Add(-s.kept)), sweepBatch)
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
