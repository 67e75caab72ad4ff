package database_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

func TestNowStandsStillWithinATransaction(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		clock.Advance(1234567 * time.Nanosecond)
		for _, run := range []func(context.Context, func(database.Tx) error) error{db.Transact, db.Read} {
			err := run(t.Context(), func(tx database.Tx) error {
				before := tx.Now()
				clock.Advance(time.Hour)
				if tx.Now() != before || before.Location() != time.UTC || before.Nanosecond()%1000 != 0 {
					t.Errorf("Now: %v, then %v", before, tx.Now())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestErrorsRollBack(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		wrong := errors.New("wrong")
		err := db.Transact(t.Context(), func(tx database.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`); err != nil {
				return err
			}
			return fmt.Errorf("after all: %w", wrong)
		})
		if !errors.Is(err, wrong) {
			t.Errorf("got %v", err)
		}
		if n := count(t, db, `SELECT count(*) FROM thing`); n != 0 {
			t.Errorf("%d rows remain", n)
		}
	})
}

func TestPanicsRollBackAndGoOn(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		func() {
			defer func() {
				if p := recover(); p != "oh" {
					t.Errorf("recovered %v", p)
				}
			}()
			db.Transact(t.Context(), func(tx database.Tx) error {
				tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`)
				panic("oh")
			})
		}()
		exec(t, db, `INSERT INTO thing (id) VALUES ('b')`) // the database is usable
		if n := count(t, db, `SELECT count(*) FROM thing WHERE id = 'a'`); n != 0 {
			t.Error("the row remains")
		}
	})
}

func TestACancelledContextRollsBack(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Transact(ctx, func(tx database.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO thing (id) VALUES ('a')`)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if err := db.Transact(ctx, func(database.Tx) error { t.Error("the closure ran"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := count(t, db, `SELECT count(*) FROM thing`); n != 0 {
			t.Error("the row remains")
		}
	})
}

func TestConcurrentIncrementsLoseNothing(t *testing.T) {
	const workers, increments = 4, 25
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range increments {
					err := db.Transact(t.Context(), func(tx database.Tx) error {
						var n int64
						if err := tx.QueryRow(t.Context(), `SELECT count FROM thing WHERE id = 'a'`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(t.Context(), `UPDATE thing SET count = $1 WHERE id = 'a'`, n+1)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, db, `SELECT count FROM thing WHERE id = 'a'`); n != workers*increments {
			t.Errorf("%d increments remain of %d", n, workers*increments)
		}
	})
}

// Two transactions each read what the other writes: one of them must see the
// other's row, or both would believe to be the first.
func TestWriteSkewIsPrevented(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		var both sync.WaitGroup
		both.Add(2)
		var firsts [2]bool
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				meet := sync.OnceFunc(func() {
					if db.Engine() == database.Postgres { // on SQLite one waits for the other
						both.Done()
						both.Wait()
					}
				})
				err := db.Transact(t.Context(), func(tx database.Tx) error {
					var n int
					if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&n); err != nil {
						return err
					}
					meet()
					firsts[i] = n == 0
					_, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ($1)`, fmt.Sprint(i))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if firsts[0] == firsts[1] {
			t.Errorf("first: %v", firsts)
		}
		if db.Engine() == database.Postgres && db.Stats().Repeats == 0 {
			t.Error("no transaction was repeated")
		}
	})
}

func TestAConflictHiddenByTheClosureIsStillRepeated(t *testing.T) {
	db, _ := databasetest.Open(t, database.Postgres, schema)
	exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
	attempts := 0
	err := db.Transact(t.Context(), func(tx database.Tx) error {
		attempts++
		var n int64
		if err := tx.QueryRow(t.Context(), `SELECT count FROM thing WHERE id = 'a'`).Scan(&n); err != nil {
			return err
		}
		if attempts == 1 {
			done := make(chan struct{})
			go func() { defer close(done); exec(t, db, `UPDATE thing SET count = 10 WHERE id = 'a'`) }()
			<-done
		}
		if _, err := tx.Exec(t.Context(), `UPDATE thing SET count = $1 WHERE id = 'a'`, n+1); err != nil {
			return errors.New("could not count")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT count FROM thing WHERE id = 'a'`); n != 11 {
		t.Errorf("count is %d, want 11", n)
	}
}

func TestABrokenConnectionIsReplacedBeforeTheCommit(t *testing.T) {
	db, _ := databasetest.Open(t, database.Postgres, schema)
	attempts := 0
	transact(t, db, func(tx database.Tx) error {
		attempts++
		if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`); err != nil {
			return err
		}
		if attempts == 1 {
			if _, err := tx.Exec(t.Context(), `SELECT pg_terminate_backend(pg_backend_pid())`); err == nil {
				t.Error("the connection lives")
			}
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('b')`)
		return err
	})
	if n := count(t, db, `SELECT count(*) FROM thing`); n != 2 || attempts != 2 {
		t.Errorf("%d rows after %d attempts, want 2 and 2", n, attempts)
	}
}

func TestReadsSeeOneSnapshotAndDoNotWaitForWriters(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		runs := 0
		var before, after, third int
		read(t, db, func(tx database.Tx) error {
			runs++
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&before); err != nil {
				return err
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				exec(t, db, `INSERT INTO thing (id) VALUES ($1)`, fmt.Sprintf("run %d", runs))
			}()
			<-done
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&after); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&third)
		})
		if before != runs || after != before || third != before {
			t.Errorf("in run %d saw %d, then %d, then %d", runs, before, after, third)
		}
	})
}

// What a neighbour wrote between the look and the deed is found by looking again.
func TestAKeyThatANeighbourTookIsLookedForAgain(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		if db.Engine() == database.SQLite {
			t.Skip("nobody writes between the look and the deed")
		}
		runs := 0
		err := db.Transact(t.Context(), func(tx database.Tx) error {
			runs++
			var n int
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing WHERE note = 'taken'`).Scan(&n); err != nil || n > 0 {
				return err
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				exec(t, db, `INSERT INTO thing (id, note) VALUES ('k', 'taken')`)
			}()
			<-done
			_, err := tx.Exec(t.Context(), `INSERT INTO thing (id, note) VALUES ('k', 'taken')`)
			return err
		})
		if err != nil || runs != 2 {
			t.Errorf("%d runs, %v", runs, err)
		}
		runs = 0
		err = db.Transact(t.Context(), func(tx database.Tx) error {
			runs++
			_, err := tx.Exec(t.Context(), `INSERT INTO thing (id, note) VALUES ('k', 'mine')`)
			return err
		})
		if err == nil || runs != 2 {
			t.Errorf("who does not look: %d runs, %v", runs, err)
		}
	})
}

// A place in the program that asked more than once is known by that: only its first
// closure is run twice.
func TestAReadOfSeveralQuestionsIsBegunAgainOnce(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		runs := 0
		several := func(tx database.Tx) error {
			runs++
			for range 2 {
				if _, err := database.Collect(t.Context(), tx, database.Column[string], `SELECT id FROM thing`); err != nil {
					return err
				}
			}
			return nil
		}
		for range 3 {
			read(t, db, several)
		}
		if most := map[string]int{database.SQLite: 3, database.Postgres: 4}[db.Engine()]; runs != most {
			t.Errorf("%d runs of 3 reads", runs)
		}
	})
}

func TestReadsRefuseToWrite(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		attempts := map[string]func(tx database.Tx) error{
			"exec": func(tx database.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`)
				return err
			},
			"returning": func(tx database.Tx) error {
				_, err := database.One(t.Context(), tx, database.Column[string], `INSERT INTO thing (id) VALUES ('a') RETURNING id`)
				return err
			},
			"enqueue": func(tx database.Tx) error { return tx.Enqueue(t.Context(), noteArgs{}, nil) },
		}
		for name, attempt := range attempts {
			if err := db.Read(t.Context(), attempt); !errors.Is(err, database.ErrReadOnly) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := count(t, db, `SELECT count(*) FROM thing`); n != 0 {
			t.Error("a row was written")
		}
	})
}

func TestViolationsAreTold(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id, note) VALUES ('a', 'n')`)
		try := func(sql string) error {
			return db.Transact(t.Context(), func(tx database.Tx) error {
				_, err := tx.Exec(t.Context(), sql)
				return err
			})
		}
		if err := try(`INSERT INTO thing (id) VALUES ('a')`); !database.IsUnique(err) || database.IsForeignKey(err) {
			t.Errorf("primary key: %v", err)
		}
		if err := try(`INSERT INTO thing (id, note) VALUES ('b', 'n')`); !database.IsUnique(err) {
			t.Errorf("unique key: %v", err)
		}
		if err := try(`INSERT INTO part (id, thing) VALUES (1, 'nothing')`); !database.IsForeignKey(err) || database.IsUnique(err) {
			t.Errorf("foreign key: %v", err)
		}
		if err := try(`INSERT INTO thing (id, count) VALUES ('c', NULL)`); err == nil || database.IsUnique(err) {
			t.Errorf("not null: %v", err)
		}
		if err := try(`INSERT INTO thing (id, note) VALUES ('b', 'n') ON CONFLICT (note) DO NOTHING`); err != nil {
			t.Errorf("on conflict: %v", err)
		}
	})
}

func TestAFailedStatementLosesTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		err := db.Transact(t.Context(), func(tx database.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('b')`); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`); err == nil {
				t.Error("the duplicate was accepted")
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('c')`); !database.IsUnique(err) {
				t.Errorf("the next statement: %v", err)
			}
			return nil
		})
		if !database.IsUnique(err) {
			t.Errorf("got %v", err)
		}
		if n := count(t, db, `SELECT count(*) FROM thing`); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

func TestMisuseIsToldOnBothEngines(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a'), ('b')`)
		var leaked database.Tx
		err := db.Read(t.Context(), func(tx database.Tx) error {
			leaked = tx
			rows, err := tx.Query(t.Context(), `SELECT id FROM thing`)
			if err != nil {
				return err
			}
			rows.Next()
			if _, err := tx.Exec(t.Context(), `SELECT 1`); err == nil {
				t.Error("a statement ran while rows were open")
			}
			return nil
		})
		if err == nil {
			t.Error("rows were left open")
		}
		if _, err := leaked.Exec(t.Context(), `SELECT 1`); err == nil {
			t.Error("a Tx was used after its end")
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a nested transaction was not noticed")
				}
			}()
			db.Read(t.Context(), func(database.Tx) error {
				return db.Transact(t.Context(), func(database.Tx) error { return nil })
			})
		}()
		exec(t, db, `INSERT INTO thing (id) VALUES ('c')`)
	})
}
