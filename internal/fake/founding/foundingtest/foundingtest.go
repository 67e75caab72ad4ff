// Package foundingtest gives tests a database in which the demo country is
// settled already: settling takes longer than most tests.
package foundingtest

import (
	"context"
	"time"

	"mekenjai/internal/access"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/founding"
	"mekenjai/internal/register"
	"mekenjai/internal/schema"
)

// Settled are migrations for databasetest, with the country's own houses, its
// entries as of the instant, its offices and who works there.
func Settled(at time.Time) databasetest.Filled {
	return databasetest.Filled{FS: schema.FS, Name: "demo country", At: at, Fill: func(ctx context.Context, db *database.DB) error {
		clock := func() time.Time { return at }
		land := country.New(clock)
		if err := founding.Staff(ctx, access.New(db, nil, nil, nil, access.Params{}), land); err != nil {
			return err
		}
		return founding.Settle(ctx, db, register.New(db, register.Options{Clock: clock}), land, founding.Small(land))
	}}
}
