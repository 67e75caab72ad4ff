package database_test

import (
	"net/url"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// What a node meets after a switchover behind a pooler: its connections lead to a
// server that refuses to write, and new ones to one that does not.
func TestAWriteThatMeetsAStandbyIsMadeElsewhere(t *testing.T) {
	dsn := databasetest.DSN(t, database.Postgres, schema)
	writable, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := writable.Query()
	query.Set("default_transaction_read_only", "off")
	writable.RawQuery = query.Encode()
	open := func(dsn string) *database.DB {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	keeper := open(writable.String())
	var name string
	read(t, keeper, func(tx database.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT CAST(current_database() AS text)`).Scan(&name)
	})
	exec(t, keeper, `ALTER DATABASE "`+name+`" SET default_transaction_read_only = on`)
	db := open(dsn)
	promoted := make(chan error, 1)
	go func() {
		time.Sleep(100 * time.Millisecond)
		promoted <- keeper.Transact(t.Context(), func(tx database.Tx) error {
			_, err := tx.Exec(t.Context(), `ALTER DATABASE "`+name+`" RESET default_transaction_read_only`)
			return err
		})
	}()
	exec(t, db, `INSERT INTO thing (id) VALUES ('a')`)
	if err := <-promoted; err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT count(*) FROM thing`); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}
