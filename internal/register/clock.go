package register

import (
	"context"
	"time"

	"mekenjai/internal/database"
)

// LongestClock is what the application under way that has used most of its ten
// minutes has used of them; zero when none is under way. An application whose
// clock runs is one that is to be asked about, or whose entry waits for the state's
// register, so that the indexes of those serve.
func (r *Register) LongestClock(ctx context.Context) (used time.Duration, err error) {
	// A standby may answer: the number is for a dashboard.
	err = r.db.ReadStale(ctx, func(tx database.Tx) error {
		var micros int64
		err := tx.QueryRow(ctx, `SELECT coalesce(max($1 - clock_since + clock_used), 0) FROM application
			WHERE ask_at IS NOT NULL AND clock_since IS NOT NULL`, now(tx)).Scan(&micros)
		if err == nil && !r.Keeper.IsZero() {
			var entering int64
			err = tx.QueryRow(ctx, `SELECT coalesce(max($1 - a.clock_since + a.clock_used), 0) FROM keeper_deed d
				JOIN application a ON a.id = d.application WHERE d.state = 'waiting' AND a.clock_since IS NOT NULL`, now(tx)).Scan(&entering)
			micros = max(micros, entering)
		}
		used = time.Duration(micros) * time.Microsecond
		return err
	})
	return used, err
}
