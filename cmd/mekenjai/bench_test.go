package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mekenjai/internal/bench"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/crowd"
	"mekenjai/internal/schema"
)

// The crowd's application is granted by the real program over HTTP, and the floor
// leaves the rows that it leaves, table by table: neither engine writes more.
func TestTheFloorLeavesTheRowsOfARealApplication(t *testing.T) {
	t.Setenv(asProgram, "1")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var written *bench.Specimen // of SQLite, written to both
	for _, engine := range []string{database.SQLite, database.Postgres} {
		t.Run(engine, func(t *testing.T) {
			dsn := databasetest.DSN(t, engine, schema.FS)
			s, err := bench.TakeSpecimen(t.Context(), program, dsn, demo.Seed)
			if err != nil {
				t.Fatal(err)
			}
			real := s.Count()
			if written == nil {
				written = s
			}
			if real["registration"] != 1 || real["consent"] != 2 || real["access_proof"] != 2 {
				t.Fatalf("an application leaves %v", real)
			}
			db, err := database.Open(t.Context(), dsn, database.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			before := rowsByTable(t, db)
			limit, err := bench.MeasureLimit(t.Context(), db, written, bench.LimitOptions{Applications: 1, Writers: 2, Seed: demo.Seed})
			if err != nil {
				t.Fatal(err)
			}
			left := map[string]int{}
			for table, n := range rowsByTable(t, db) {
				if d := n - before[table]; d != 0 {
					left[table] = d / 2 // one application one by one, one grouped
				}
			}
			if diff := cmp.Diff(real, left); diff != "" {
				t.Errorf("the floor leaves other rows than the register:\n%s", diff)
			}
			if limit.OneByOne.PerSecond <= 0 || limit.Grouped.Applications != 1 || limit.Evidence <= 0 || limit.Checks <= 0 {
				t.Errorf("the floor is %+v", limit)
			}
		})
	}
}

// The country that is loaded is the one that the formula tells: an owner finds the
// entry in his dwelling, the person his own, and a second load is refused.
func TestTheLoadedCountryIsTheOneOfTheFormula(t *testing.T) {
	t.Setenv(asProgram, "1")
	file := filepath.Join(t.TempDir(), "country.db")
	size := crowd.Size{Persons: 300, Dwellings: 100, Entries: 50}
	db, load, err := fill(t.Context(), file, size)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if load.Rows["registration"] != 50 || load.Rows["consent"] != 100 {
		t.Errorf("loaded %v", load.Rows)
	}
	many, err := bench.LookUp(t.Context(), db, size, 20)
	if err != nil || many.Found != 4*20 {
		t.Errorf("looked up %+v: %v", many, err)
	}
	if _, _, err := fill(t.Context(), file, size); err == nil {
		t.Error("a second country was loaded into the same database")
	}
}

func rowsByTable(t *testing.T, db *database.DB) map[string]int {
	t.Helper()
	tables, err := db.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, table := range tables {
		err := db.Read(t.Context(), func(tx database.Tx) error {
			var n int
			err := tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table.Name).Scan(&n)
			counts[table.Name] = n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return counts
}
