package register

import (
	"context"
	"errors"
	"time"

	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// leftFor is how long an intake or petition lies open that nobody comes back to:
// the person left and will begin anew.
const leftFor = 7 * 24 * time.Hour

// dropLeft closes what was left lying at the counters.
func (r *Register) dropLeft(ctx context.Context) (int, error) {
	long := func(tx database.Tx) any { return database.Micros(tx.Now().Add(-leftFor)) }
	intakes, err := r.due(ctx, `SELECT id FROM intake WHERE state = 'open' AND updated_at < $1 ORDER BY updated_at LIMIT $2`, long)
	done, err1 := r.eachAlone(ctx, intakes, func(ctx context.Context, tx database.Tx, id string) error {
		row, err := loadIntake(ctx, tx, id)
		if err != nil || row.state != IntakeOpen {
			return err
		}
		return errors.Join(row.drop(ctx, tx), audit.Write(ctx, tx, audit.BySystem("intake.drop", id).Concerning(row.data.Registrant)))
	})
	petitions, err2 := r.due(ctx, `SELECT id FROM petition WHERE state IN ('loading', 'open') AND opened_at < $1 ORDER BY opened_at LIMIT $2`, long)
	more, err3 := r.eachAlone(ctx, petitions, func(ctx context.Context, tx database.Tx, id string) error {
		p, err := loadPetition(ctx, tx, id)
		if err != nil || !p.in([]PetitionState{PetitionLoading, PetitionOpen}) {
			return err
		}
		return errors.Join(p.drop(ctx, tx), audit.Write(ctx, tx, audit.BySystem("petition.drop", id)))
	})
	return done + more, errors.Join(err, err1, err2, err3)
}
