package access

import (
	"context"

	"mekenjai"
	"mekenjai/internal/database"
)

// visitFrom notes from where somebody signed in: browser, platform and network, kept
// only as a keyed hash. A place that he has not been seen at is told to him; the very
// first is none, for there is nothing to compare it with.
func (a *Access) visitFrom(ctx context.Context, tx database.Tx, actor mekenjai.Actor, c Client) error {
	place := a.keyed("access place v1", string(actor.IIN), c.Browser, c.Platform, c.Network())
	now := database.Micros(tx.Now())
	n, err := tx.Exec(ctx, `UPDATE access_place SET seen_at = $3 WHERE iin = $1 AND place = $2`, actor.IIN, place, now)
	if err != nil || n > 0 {
		return err
	}
	places, err := database.One(ctx, tx, database.Column[int], `SELECT count(*) FROM access_place WHERE iin = $1`, actor.IIN)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO access_place (iin, place, first_at, seen_at) VALUES ($1, $2, $3, $3)`, actor.IIN, place, now)
	if err != nil || places == 0 {
		return err
	}
	return a.remark(ctx, tx, Remark{IIN: actor.IIN, Kind: NewPlace, Browser: c.Browser, Platform: c.Platform, Network: c.Network(), Language: string(c.Language)})
}
