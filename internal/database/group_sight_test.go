package database_test

import (
	"strings"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// Who was answered, or knows who was, sees it: a transaction that begins after a
// commit must not ride in a group whose snapshot is older than that commit. The
// group is one of two lanes of PostgreSQL; SQLite has one, and no such group.
func TestWhoComesAfterACommitSeesIt(t *testing.T) {
	dsn := databasetest.DSN(t, database.Postgres, schema)
	joint := "?"
	if strings.Contains(dsn, "?") {
		joint = "&"
	}
	db, err := database.Open(t.Context(), dsn+joint+"pool_max_conns=2", database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	database.WithoutHaste(db)
	occupy := func() (release func()) {
		began, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			transact(t, db, func(tx database.Tx) error {
				_, err := database.One(t.Context(), tx, database.Column[int64], `SELECT count(*) FROM part`)
				close(began)
				<-end
				return err
			})
		}()
		<-began
		return func() { close(end); <-ended }
	}
	first := occupy()
	exec(t, db, `INSERT INTO thing (id) VALUES ('committed')`)
	second := occupy()
	seen := make(chan int64)
	go func() {
		var n int64
		transact(t, db, func(tx database.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM thing WHERE id = 'committed'`).Scan(&n)
		})
		seen <- n
	}()
	for database.InLine(db) == 0 {
		time.Sleep(time.Millisecond)
	}
	first()
	if n := <-seen; n != 1 {
		t.Error("a transaction that began after a commit does not see it")
	}
	second()
}
