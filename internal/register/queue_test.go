package register_test

import (
	"slices"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/register"
)

// Jobs are taken by priority, then by age. Registers are asked daily about everybody
// with an entry: millions of such jobs may stand before what somebody waits for.
func TestTheDailyRoundKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, settled, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := idleWorld(t, db, clock)
		clock.Advance(25 * time.Hour)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(s.Applicant)
		if _, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)}); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		err = db.Read(t.Context(), func(tx database.Tx) (err error) {
			kinds, err = database.Collect(t.Context(), tx, database.Column[string],
				`SELECT kind FROM river_job WHERE state = 'available' ORDER BY priority, scheduled_at, id`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		inquiry, evidence := slices.Index(kinds, "inquiry"), slices.Index(kinds, "evidence")
		round := slices.IndexFunc(kinds, func(k string) bool { return k == "person" || k == "owners" })
		if inquiry < 0 || inquiry > evidence || evidence > round {
			t.Errorf("jobs are taken in the order %v", kinds)
		}
	})
}
