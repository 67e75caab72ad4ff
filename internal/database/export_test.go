package database

import (
	"context"
	"strconv"
	"testing"
	"time"
)

// Lanes is how many transactions of db write at once.
func Lanes(db *DB) int {
	l := lineOf(db)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free
}

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
	l := lineOf(db)
	open := l.open
	l.open = func(ctx context.Context) (carrier, error) {
		c, err := open(ctx)
		return hooked{c, before}, err
	}
}

type hooked struct {
	carrier
	before func() error
}

func (h hooked) commit(ctx context.Context) error {
	if err := h.before(); err != nil {
		h.rollback(ctx)
		return err
	}
	return h.carrier.commit(ctx)
}

func lineOf(db *DB) *line {
	switch e := db.engine.(type) {
	case *sqliteEngine:
		return e.line
	case *postgresEngine:
		return e.line
	}
	panic("no engine")
}

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
