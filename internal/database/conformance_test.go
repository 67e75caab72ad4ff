package database_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

var schema = fstest.MapFS{
	"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (
	id      TEXT PRIMARY KEY,
	count   BIGINT NOT NULL DEFAULT 0,
	small   INTEGER,
	flag    BOOLEAN,
	hash    BYTEA,
	made_at BIGINT,
	note    TEXT UNIQUE
);
CREATE TABLE part (
	id    BIGINT PRIMARY KEY,
	thing TEXT NOT NULL REFERENCES thing (id)
);`)},
}

// each runs a test of the contract on both engines.
func each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, _ *databasetest.Clock) { test(t, db) })
}

func transact(t testing.TB, db *database.DB, fn func(tx database.Tx) error) {
	t.Helper()
	if err := db.Transact(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *database.DB, fn func(tx database.Tx) error) {
	t.Helper()
	if err := db.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *database.DB, sql string, args ...any) {
	t.Helper()
	transact(t, db, func(tx database.Tx) error {
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	})
}

func count(t testing.TB, db *database.DB, sql string, args ...any) (n int) {
	t.Helper()
	read(t, db, func(tx database.Tx) error { return tx.QueryRow(t.Context(), sql, args...).Scan(&n) })
	return n
}

func TestPlaceholdersRepeatAndComeInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		read(t, db, func(tx database.Tx) error {
			var a, b, c, d string
			err := tx.QueryRow(t.Context(),
				`SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT), '$3' || '?'`, "one", "two").Scan(&a, &b, &c, &d)
			if got, want := fmt.Sprint(a, b, c, d), "two"+"one"+"two"+"$3?"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			return err
		})
		if got := database.Placeholders(2, 3); got != "$2, $3, $4" {
			t.Errorf("Placeholders: %s", got)
		}
	})
}

type iin string // a named text, as the domain has

type color struct{ r, g, b uint8 } // a value with its own form in the database

func (c color) Value() (driver.Value, error) { return fmt.Sprintf("%02x%02x%02x", c.r, c.g, c.b), nil }

func (c *color) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("color from %T", v)
	}
	_, err := fmt.Sscanf(s, "%02x%02x%02x", &c.r, &c.g, &c.b)
	return err
}

func TestValuesComeBackAsTheyWereStored(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		type row struct {
			ID      iin
			Count   int64
			Small   int
			Flag    bool
			Hash    []byte
			MadeAt  time.Time
			Note    *string
			HasNote bool
		}
		note := "Қазақстан ₸ 'quoted' $1 ?"
		want := row{"850101300123", 1 << 60, 7, true, []byte{0, 1, 0xff}, time.UnixMicro(1_772_424_000_000_001).UTC(), &note, true}
		exec(t, db, `INSERT INTO thing (id, count, small, flag, hash, made_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			want.ID, want.Count, want.Small, want.Flag, want.Hash, database.Micros(want.MadeAt), want.Note)
		var got row
		read(t, db, func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT id, count, small, flag, hash, made_at, note, note IS NOT NULL FROM thing WHERE id = $1 AND flag = $2`, want.ID, true).
				Scan(&got.ID, &got.Count, &got.Small, &got.Flag, &got.Hash, database.ScanTime(&got.MadeAt), &got.Note, &got.HasNote)
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNullsComeBackAsNulls(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		var noString *string
		var noName *iin
		exec(t, db, `INSERT INTO thing (id, flag, hash, made_at, note) VALUES ($1, $2, $3, $4, $5)`, "x", nil, nil, database.NullMicros(time.Time{}), noString)
		var (
			flag   *bool
			hash   []byte
			note   *iin
			small  *int
			madeAt = time.Now()
		)
		read(t, db, func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT flag, hash, made_at, note, small FROM thing WHERE note IS NULL AND id <> coalesce($1, 'y')`, noName).
				Scan(&flag, &hash, database.ScanTime(&madeAt), &note, &small)
		})
		if flag != nil || hash != nil || note != nil || small != nil || !madeAt.IsZero() {
			t.Errorf("got %v %v %v %v %v", flag, hash, note, small, madeAt)
		}
	})
}

func TestNamedTypesAndValuersAreArgumentsAndTargets(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		id := uuid.Must(uuid.NewV7())
		name := iin("850101300123")
		exec(t, db, `INSERT INTO thing (id, note) VALUES ($1, $2)`, id, color{1, 2, 255})
		exec(t, db, `INSERT INTO thing (id, note) VALUES ($1, $2)`, "named", &name)
		read(t, db, func(tx database.Tx) error {
			var gotID uuid.UUID
			var gotColor color
			if err := tx.QueryRow(t.Context(), `SELECT id, note FROM thing WHERE id = $1`, id.String()).Scan(&gotID, &gotColor); err != nil {
				return err
			}
			if gotID != id || gotColor != (color{1, 2, 255}) {
				t.Errorf("got %v %v", gotID, gotColor)
			}
			names, err := database.Collect(t.Context(), tx, database.Column[iin], `SELECT note FROM thing WHERE note = $1`, name)
			if len(names) != 1 || names[0] != name {
				t.Errorf("got %v", names)
			}
			return err
		})
	})
}

func TestSumsAndCountsScanIntoIntegers(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id, count) VALUES ($1, $2), ($3, $4)`, "a", 2, "b", int64(3))
		var sum, n int64
		var some bool
		read(t, db, func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT sum(count), count(*), EXISTS (SELECT 1 FROM thing) FROM thing`).Scan(&sum, &n, &some)
		})
		if sum != 5 || n != 2 || !some {
			t.Errorf("got %d %d %v", sum, n, some)
		}
	})
}

func TestLikeTellsCapitalsApart(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ($1)`, "Abay")
		if n := count(t, db, `SELECT count(*) FROM thing WHERE id LIKE $1 || '%'`, "ab"); n != 0 {
			t.Error("abc matches Abc")
		}
		if n := count(t, db, `SELECT count(*) FROM thing WHERE id LIKE $1`, "Ab%"); n != 1 {
			t.Error("Ab% does not match Abay")
		}
	})
}

func TestTextIsOrderedByBytes(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('b'), ('B'), ('a'), ('ә'), ('а')`)
		read(t, db, func(tx database.Tx) error {
			got, err := database.Collect(t.Context(), tx, database.Column[string], `SELECT id FROM thing ORDER BY id`)
			if want := "B a b а ә"; strings.Join(got, " ") != want {
				t.Errorf("got %v, want %s", got, want)
			}
			return err
		})
	})
}

func TestUnusableArgumentsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		for _, arg := range []any{time.Now(), new(time.Time), "zero \x00 byte", "\xff not UTF-8", struct{ A, B int }{1, 2}} {
			err := db.Transact(t.Context(), func(tx database.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ($1)`, arg)
				return err
			})
			if err == nil {
				t.Errorf("%T %q was stored", arg, arg)
			}
		}
	})
}

func TestExecCountsTheRowsItChanged(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a'), ('b'), ('c')`)
		transact(t, db, func(tx database.Tx) error {
			n, err := tx.Exec(t.Context(), `UPDATE thing SET count = 1 WHERE id IN (`+database.Placeholders(1, 2)+`)`, "a", "b")
			if n != 2 {
				t.Errorf("%d rows changed, want 2", n)
			}
			return err
		})
	})
}

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
	const workers, each_ = 4, 25
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range each_ {
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
		if n := count(t, db, `SELECT count FROM thing WHERE id = 'a'`); n != workers*each_ {
			t.Errorf("%d increments remain of %d", n, workers*each_)
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

func TestReadsSeeOneSnapshotAndDoNotWaitForWriters(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		look := func(tx database.Tx) (n int) {
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		read(t, db, func(tx database.Tx) error {
			before := look(tx)
			done := make(chan struct{})
			go func() { defer close(done); exec(t, db, `INSERT INTO thing (id) VALUES ('b')`) }()
			<-done
			if after := look(tx); before != 1 || after != 1 {
				t.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
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

func TestNoRowsHasOneName(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		read(t, db, func(tx database.Tx) error {
			if _, err := database.One(t.Context(), tx, database.Column[string], `SELECT id FROM thing`); !errors.Is(err, database.ErrNoRows) {
				t.Errorf("got %v", err)
			}
			list, err := database.Collect(t.Context(), tx, database.Column[string], `SELECT id FROM thing`)
			if list != nil {
				t.Errorf("got %v", list)
			}
			return err // finding nothing does not end the transaction
		})
	})
}

func TestAScanIntoTheWrongTypeIsAnError(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
		err := db.Read(t.Context(), func(tx database.Tx) error {
			_, err := database.Collect(t.Context(), tx, database.Column[int], `SELECT id FROM thing`)
			return err
		})
		if err == nil {
			t.Error("no error")
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

func TestMigrateIsForwardOnlyAndRepeatable(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		if err := db.Migrate(t.Context(), schema); err != nil {
			t.Errorf("again: %v", err)
		}
		next := fstest.MapFS{"00002_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE thing ADD COLUMN more TEXT;")}}
		for name, file := range schema {
			next[name] = file
		}
		if err := db.Migrate(t.Context(), next); err != nil {
			t.Errorf("next: %v", err)
		}
		exec(t, db, `INSERT INTO thing (id, more) VALUES ('a', 'm')`)
		if has, latest, err := db.Version(t.Context(), schema); has != 2 || latest != 1 || err != nil {
			t.Errorf("Version: %d %d %v", has, latest, err)
		}
		if err := db.Migrate(t.Context(), schema); !errors.Is(err, database.ErrNewerSchema) {
			t.Errorf("older program: %v", err)
		}
	})
}

func TestAWrongNameIsAPlainError(t *testing.T) {
	for _, dsn := range []string{"", "mysql://x/y", t.TempDir() + "/no/such/folder/x.db", t.TempDir(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"} {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err == nil {
			db.Close()
			t.Errorf("%q was opened", dsn)
			continue
		}
		if strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestTheSQLiteFileIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/a b%?#.db"
	db, err := database.Open(t.Context(), "sqlite://"+path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "a b%?#.db") {
			t.Errorf("a stray file: %s", f.Name())
		}
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
}
