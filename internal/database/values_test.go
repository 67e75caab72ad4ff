package database_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"mekenjai/internal/database"
)

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
			if err == nil && (len(names) != 1 || names[0] != name) {
				t.Errorf("got %v", names)
			}
			return err
		})
	})
}

// A type that hides its value when it is printed is still stored in full.
type secret string

func (secret) String() string { return "•••" }

func TestPrintedFormsAreNotStored(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		hidden := secret("850101300123")
		exec(t, db, `INSERT INTO thing (id, note, count) VALUES ($1, $2, $3)`, hidden, &hidden, time.Minute)
		var got, note string
		var d time.Duration
		read(t, db, func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT id, note, count FROM thing`).Scan(&got, &note, &d)
		})
		if got != "850101300123" || note != got || d != time.Minute {
			t.Errorf("got %q %q %v", got, note, d)
		}
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
