package database

import (
	"strconv"
	"testing"
	"time"
)

// InLine is how many wait to write.
func InLine(db *DB) int {
	l := lineOf(db)
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// WithoutHaste lets groups of db take their time.
func WithoutHaste(db *DB) { lineOf(db).atMost = time.Minute }

// BeforeCommit calls before in place of each commit that writes. When it returns
// an error the commit fails with that and nothing is written.
func BeforeCommit(db *DB, before func() error) {
	lineOf(db).commit = func(w *sqliteWrite) error {
		if err := before(); err != nil {
			w.rollback()
			return err
		}
		return w.commit()
	}
}

func lineOf(db *DB) *line { return db.engine.(*sqliteEngine).line }

// LimitPages is a disk with room for the schema and n more pages.
func LimitPages(t testing.TB, db *DB, n int) {
	t.Helper()
	var pages int
	writer := db.engine.(*sqliteEngine).writer
	if err := writer.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := writer.QueryRow(`PRAGMA max_page_count = ` + strconv.Itoa(pages+n)).Scan(&pages); err != nil {
		t.Fatal(err)
	}
}

// Hasten makes a node beat fast, before it joins. Its term bears a machine that is
// busy with other tests.
func Hasten(db *DB) { beat(db, 1500*time.Millisecond) }

// LeadForLong is Hasten with a term that does not end within a test.
func LeadForLong(db *DB) { beat(db, time.Hour) }

func beat(db *DB, term time.Duration) {
	db.engine.(*postgresEngine).member.pace = pace{beat: 100 * time.Millisecond, term: term, dead: 2 * term}
}

// Silence makes a node say nothing more, as one that died.
func Silence(db *DB) {
	m := db.engine.(*postgresEngine).member
	m.stop()
	<-m.ended
}
