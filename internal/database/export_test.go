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

// HastyTerm is the term of a leader that was hastened: long enough for a machine that
// is busy with other tests.
const HastyTerm = 1500 * time.Millisecond

// Hasten makes a node beat fast, before it joins.
func Hasten(db *DB) {
	db.engine.(*postgresEngine).member.pace = pace{beat: 100 * time.Millisecond, term: HastyTerm, dead: 2 * HastyTerm}
}

// Silence makes a node say nothing more, as one that died.
func Silence(db *DB) {
	m := db.engine.(*postgresEngine).member
	m.stop()
	<-m.ended
}
