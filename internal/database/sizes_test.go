package database_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"mekenjai/internal/database"
)

func TestSizesTellWhatRowsAndIndexesOccupy(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		before := sizeOf(t, db, "thing")
		transact(t, db, func(tx database.Tx) error {
			for i := range 200 {
				if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id, note, hash) VALUES ($1, $2, $3)`, fmt.Sprint(i), noise(500), []byte(noise(1000))); err != nil {
					return err
				}
			}
			return nil
		})
		after := sizeOf(t, db, "thing")
		if after.Rows != 200 || after.Bytes-before.Bytes < 200*1000 || after.Indexes-before.Indexes < 200*400 {
			t.Errorf("%+v, then %+v", before, after)
		}
	})
}

// noise is text that cannot be made shorter.
func noise(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(rand.Text())
	}
	return b.String()
}

func sizeOf(t *testing.T, db *database.DB, table string) database.TableSize {
	t.Helper()
	s, err := db.Sizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Engine != db.Engine() || s.Bytes == 0 || (s.Log > 0) != (db.Engine() == database.Postgres) {
		t.Errorf("%+v", s)
	}
	for _, size := range s.Tables {
		if size.Name == table {
			return size
		}
	}
	t.Fatalf("no %s among %+v", table, s.Tables)
	return database.TableSize{}
}
