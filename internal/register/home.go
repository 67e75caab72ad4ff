package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// Residence is the page of a person's residential address.
type Residence struct {
	Permanent *state.PersonAddress // nil: none registered
	// Silent is true when the register of persons did not answer, so that the
	// permanent line is unknown, not absent.
	Silent    bool
	Temporary []mekenjai.Registration // newest first, the current one among them
	Extension Extension               // of the current one
	Now       time.Time
}

// Residence reads the permanent line from the register of persons and the
// temporary ones from our own.
func (r *Register) Residence(ctx context.Context, actor mekenjai.Actor) (home Residence, err error) {
	if actor.BIN != "" {
		return home, mekenjai.ErrForbidden
	}
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, actor.IIN)
	switch {
	case errors.Is(err, mekenjai.ErrUnavailable):
		home.Silent = true
	case err != nil:
		return home, err
	default:
		if permanent, ok := reply.Value.Permanent(); ok {
			home.Permanent = &permanent
		}
	}
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		home.Now = tx.Now()
		home.Temporary, err = database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+`
			FROM registration WHERE person = $1 ORDER BY fixed_at DESC LIMIT $2`, actor.IIN, pageSize)
		if err != nil {
			return err
		}
		if current, ok, err := currentEntry(ctx, tx, actor.IIN); ok || err != nil {
			home.Extension, err = r.extension(ctx, tx, current)
			return err
		}
		return nil
	})
	return home, err
}
