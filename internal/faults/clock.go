package faults

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai/internal/database"
)

// Clock lets the machine's clock of the nodes jump: an hour ahead, back, an hour
// behind, back, and run away by five seconds in each. set puts it off by so much.
func Clock(set func(off time.Duration) error) Fault {
	return Fault{
		Name: "clock",
		Says: "A machine's clock that jumps lets no deadline pass and puts nothing before what it follows.",
		Strike: func(ctx context.Context, s *Site) (err error) {
			defer func() { err = errors.Join(err, set(0)) }()
			for _, off := range []time.Duration{time.Hour, 0, -time.Hour, 0} {
				if err := errors.Join(set(off), pause(ctx, time.Second+time.Duration(s.Random.IntN(500))*time.Millisecond)); err != nil {
					return err
				}
			}
			for off := time.Duration(0); off < 100*time.Second; off += 5 * time.Second {
				if err := errors.Join(set(off), pause(ctx, 100*time.Millisecond)); err != nil {
					return err
				}
			}
			return nil
		},
		Prove: inOrder,
	}
}

// inOrder finds steps that are older than the one before them.
func inOrder(ctx context.Context, _ *Site, db *database.DB) error {
	return db.Read(ctx, func(tx database.Tx) error {
		ids, err := database.Collect(ctx, tx, database.Column[string], `SELECT later.id FROM application_step later
			JOIN application_step earlier ON earlier.application = later.application AND earlier.id < later.id
			WHERE later.at < earlier.at LIMIT 20`)
		if err == nil && len(ids) > 0 {
			err = fmt.Errorf("steps are older than those before them: %v", ids)
		}
		return err
	})
}
