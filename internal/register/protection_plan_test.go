package register_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/register"
)

// Addresses are imported, and the tables looked at, before anybody is registered. What
// is noted of an empty table then must not be believed for ever; and the predicate of the
// seal, which stands in nearly every query, is answered by the person, not by going
// through all who are sealed: judges and witnesses of a country are thousands.
func TestQueriesKeepTheirIndexesThoughTablesWereEmptyWhenAnalysed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.db.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := w.db.Transact(t.Context(), func(tx database.Tx) error {
			until := database.Micros(tx.Now().Add(180 * 24 * time.Hour))
			for i := range 2000 {
				if _, err := tx.Exec(t.Context(), `INSERT INTO protection (id, number, person, state, ground, paper, months, territory, proposed_by, proposed_at, until_at)
					VALUES ($1, $2, $3, 'sealed', '', '', 6, '', '', $4, $5)`, fmt.Sprintf("p%d", i), fmt.Sprint(i), crowd.IIN(i), until, until+int64(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		plans, err := w.db.Plans(t.Context(), func(ctx context.Context) error {
			return w.db.Read(ctx, func(tx database.Tx) error {
				_, err := database.Collect(ctx, tx, database.Column[string], `SELECT r.id FROM registration r WHERE r.state = 'current' AND r.arc IN ($3) AND `+
					register.Visible("r.person", 1), database.Micros(tx.Now()), "", "1")
				return err
			})
		})
		if err != nil || len(plans) != 1 {
			t.Fatalf("%v %v", plans, err)
		}
		steps := strings.Join(plans[0].Steps, "\n")
		if !strings.Contains(steps, "protection_now") || !strings.Contains(strings.ToLower(steps), "using registration_") && !strings.Contains(steps, "INDEX registration_") {
			t.Errorf("residents who may be seen are found so:\n%s", steps)
		}
	})
}
