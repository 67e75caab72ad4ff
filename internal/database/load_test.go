package database_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"mekenjai/internal/database"
)

func things(n int, fail error) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range n {
			if !yield([]any{fmt.Sprint("t", i), int64(i), i%2 == 0, []byte{byte(i)}, nil}, nil) {
				return
			}
		}
		if fail != nil {
			yield(nil, fail)
		}
	}
}

var thingColumns = []string{"id", "count", "flag", "hash", "note"}

func TestLoadWritesRowsAsStatementsDo(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		n, err := db.Load(t.Context(), "thing", thingColumns, things(1234, nil))
		if err != nil || n != 1234 {
			t.Fatalf("loaded %d: %v", n, err)
		}
		exec(t, db, `INSERT INTO thing (id, count, flag, hash, note) VALUES ($1, $2, $3, $4, $5)`, "again", 7, false, []byte{7}, nil)
		if got := count(t, db, `SELECT count(*) FROM thing WHERE count = 7 AND flag = $1 AND hash = $2 AND note IS NULL`, false, []byte{7}); got != 2 {
			t.Errorf("%d rows are alike, want the loaded and the inserted one", got)
		}
		if err := db.Analyze(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// What cannot be written, or read, ends the load; of a batch that is not whole
// nothing stays.
func TestLoadKeepsNoPartOfABatch(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		broken := errors.New("the source is broken")
		if n, err := db.Load(t.Context(), "thing", thingColumns, things(10, broken)); n != 0 || !errors.Is(err, broken) {
			t.Errorf("loaded %d: %v", n, err)
		}
		exec(t, db, `INSERT INTO thing (id) VALUES ('t5')`)
		if n, err := db.Load(t.Context(), "thing", thingColumns, things(10, nil)); n != 0 || !database.IsUnique(err) {
			t.Errorf("loaded %d beside a row with the same key: %v", n, err)
		}
		if n, err := db.Load(t.Context(), "thing", []string{"id"}, things(1, nil)); n != 0 || err == nil {
			t.Errorf("loaded %d rows that are too long: %v", n, err)
		}
		if got := count(t, db, `SELECT count(*) FROM thing`); got != 1 {
			t.Errorf("%d rows stay, want the one before", got)
		}
	})
}

func TestTablesAreThoseOfTheMigrations(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		tables, err := db.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, table := range tables {
			names = append(names, fmt.Sprint(table.Name, len(table.Columns), slices.Index(table.IsFlag, true)))
		}
		if !slices.Equal(names, []string{"part2 -1", "thing7 3"}) {
			t.Errorf("tables with their columns: %v", names)
		}
	})
}

func TestPlansTellByWhichIndexAQueryIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.Load(t.Context(), "thing", thingColumns, things(5000, nil)); err != nil {
			t.Fatal(err)
		}
		if err := db.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		plans, err := db.Plans(t.Context(), func(ctx context.Context) error {
			return db.Read(ctx, func(tx database.Tx) error {
				for range 2 {
					if _, err := database.One(ctx, tx, database.Column[int64], `SELECT count FROM thing WHERE id = $1`, "t17"); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err != nil || len(plans) != 1 {
			t.Fatalf("plans %v: %v", plans, err)
		}
		if steps := strings.ToLower(strings.Join(plans[0].Steps, " ")); !strings.Contains(steps, "using") || !strings.Contains(steps, "index") {
			t.Errorf("a look-up by the key is answered so: %s", steps)
		}
	})
}
