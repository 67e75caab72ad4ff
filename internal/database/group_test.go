package database_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// member is a call of Transact; ctx may be nil.
type member struct {
	ctx context.Context
	do  func(tx database.Tx) error
}

var (
	errGone    = errors.New("the call did not return")
	errBlocker = errors.New("had the writer")
	errWrong   = errors.New("wrong")
)

// party runs members in one group, in their order: somebody has the writer until
// all of them wait. Who ends by a panic or Goexit is answered with errGone.
func party(t testing.TB, db *database.DB, members ...member) (answers []error) {
	t.Helper()
	database.WithoutHaste(db)
	free := occupy(t, db)
	answers = make([]error, len(members))
	var wg sync.WaitGroup
	for i, m := range members {
		answers[i] = errGone
		if m.ctx == nil {
			m.ctx = context.Background()
		}
		wg.Go(func() {
			defer func() { _ = recover() }()
			answers[i] = db.Transact(m.ctx, m.do)
		})
		await(t, "the member waits", func() bool { return database.InLine(db) == i+1 })
	}
	free()
	wg.Wait()
	return answers
}

// occupy takes the writer. The function it returns gives it back and waits until
// nobody is in line.
func occupy(t testing.TB, db *database.DB) (free func()) {
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- db.Transact(context.Background(), func(database.Tx) error {
			close(held)
			<-end
			return errBlocker
		})
	}()
	<-held
	return func() {
		close(end)
		if err := <-ended; err != errBlocker {
			t.Errorf("who had the writer: %v", err)
		}
		await(t, "the line is empty", func() bool { return database.InLine(db) == 0 })
	}
}

func await(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(50 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Errorf("not so after ten seconds: %s", what)
			return
		}
	}
}

func inserts(id string) member {
	return member{do: func(tx database.Tx) error { return insert(tx, id) }}
}

func insert(tx database.Tx, id string) error {
	_, err := tx.Exec(context.Background(), `INSERT INTO thing (id, made_at) VALUES ($1, $2)`, id, database.Micros(tx.Now()))
	return err
}

// ids are the rows there are, in the order of their ids.
func ids(t testing.TB, db *database.DB) (list []string) {
	t.Helper()
	read(t, db, func(tx database.Tx) (err error) {
		list, err = database.Collect(t.Context(), tx, database.Column[string], `SELECT id FROM thing ORDER BY id`)
		return err
	})
	return list
}

func TestThoseWhoWaitedShareACommitInTheirOrder(t *testing.T) {
	db, clock := databasetest.Open(t, database.SQLite, schema)
	var commits atomic.Int64
	database.BeforeCommit(db, func() error { commits.Add(1); return nil })
	seen, now := make([]int, 3), make([]time.Time, 3)
	look := func(i int) member {
		return member{do: func(tx database.Tx) error {
			clock.Advance(time.Second)
			now[i] = tx.Now()
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&seen[i]); err != nil {
				return err
			}
			return insert(tx, fmt.Sprint(i))
		}}
	}
	for i, err := range party(t, db, look(0), look(1), look(2)) {
		if err != nil || seen[i] != i || i > 0 && !now[i].After(now[i-1]) {
			t.Errorf("member %d saw %d rows at %v: %v", i, seen[i], now[i], err)
		}
	}
	if n := commits.Load(); n != 1 {
		t.Errorf("%d commits", n)
	}
}

func TestALoneCallerNeedsNoCompany(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	var commits atomic.Int64
	database.BeforeCommit(db, func() error { commits.Add(1); return nil })
	for i := range 3 {
		exec(t, db, `INSERT INTO thing (id) VALUES ($1)`, fmt.Sprint(i))
		if n := commits.Load(); n != int64(i+1) {
			t.Errorf("answered after %d commits of %d", n, i+1)
		}
	}
}

func TestNeighboursOfWhoFailsCommit(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	ctx, cancel := context.WithCancel(t.Context())
	leaves := func(id string, how func()) member {
		return member{do: func(tx database.Tx) error {
			if err := insert(tx, id); err != nil {
				return err
			}
			how()
			return errWrong
		}}
	}
	cancelled := leaves("6 cancelled", cancel)
	cancelled.ctx = ctx
	leavesRowsOpen := member{do: func(tx database.Tx) error {
		_, err := tx.Query(t.Context(), `SELECT id FROM thing`)
		return err
	}}
	answers := party(t, db,
		leaves("0 fails", func() {}), // the first of a group has no savepoint
		inserts("1"),
		leaves("2 fails", func() {}),
		inserts("1"), // a row that is there
		inserts("3"),
		leaves("4 panics", func() { panic("oh") }),
		leaves("5 goes", runtime.Goexit),
		cancelled,
		leavesRowsOpen,
		inserts("7"),
		member{ctx: ctx, do: func(tx database.Tx) error { t.Error("ran after the end of its context"); return nil }},
	)
	if got := ids(t, db); !slices.Equal(got, []string{"1", "3", "7"}) {
		t.Errorf("rows %v", got)
	}
	for i, want := range map[int]error{0: errWrong, 1: nil, 2: errWrong, 4: nil, 5: errGone, 6: errGone, 7: errWrong, 9: nil, 10: context.Canceled} {
		if !errors.Is(answers[i], want) {
			t.Errorf("member %d: %v, want %v", i, answers[i], want)
		}
	}
	if !database.IsUnique(answers[3]) || answers[8] == nil {
		t.Errorf("members 3 and 8: %v, %v", answers[3], answers[8])
	}
}

func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	var answered atomic.Int64
	commits := 0
	database.BeforeCommit(db, func() error {
		time.Sleep(20 * time.Millisecond)
		if n := answered.Load(); n != 0 {
			t.Errorf("%d are answered before the commit", n)
		}
		commits++
		return nil
	})
	database.WithoutHaste(db)
	free := occupy(t, db)
	var wg sync.WaitGroup
	for i, m := range []member{inserts("a"), inserts("b"), inserts("a")} { // nor the last, whose answer rests on the first
		wg.Go(func() {
			err := db.Transact(t.Context(), m.do)
			answered.Add(1)
			if database.IsUnique(err) != (i == 2) {
				t.Errorf("member %d: %v", i, err)
			}
		})
		await(t, "the member waits", func() bool { return database.InLine(db) == i+1 })
	}
	free()
	wg.Wait()
	if commits != 1 {
		t.Errorf("%d commits", commits)
	}
}

func TestAFailedCommitFailsItsGroupAlone(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	broken := errors.New("the disk is broken")
	var fail error
	database.BeforeCommit(db, func() error { return fail })
	exec(t, db, `INSERT INTO thing (id) VALUES ('before')`)
	fail = broken
	for i, err := range party(t, db, inserts("a"), inserts("b"), inserts("a")) { // the last was refused for a row that never was
		if !errors.Is(err, broken) {
			t.Errorf("member %d: %v", i, err)
		}
	}
	fail = nil
	exec(t, db, `INSERT INTO thing (id) VALUES ('later')`)
	if got := ids(t, db); !slices.Equal(got, []string{"before", "later"}) {
		t.Errorf("rows %v", got)
	}
}

func TestJobsAreRungForAfterTheCommitOfTheGroup(t *testing.T) {
	db, clock := databasetest.Open(t, database.SQLite, schema)
	w := &noteWorker{do: func(ctx context.Context, id string, _ int) error {
		return db.Read(ctx, func(tx database.Tx) error {
			return tx.QueryRow(ctx, `SELECT id FROM thing WHERE id = $1`, id).Scan(new(string))
		})
	}}
	work(t, db, w, database.WorkOptions{})
	leaves := func(id string, result error) member {
		return member{do: func(tx database.Tx) error {
			return errors.Join(insert(tx, id), tx.Enqueue(t.Context(), noteArgs{id}, nil), result)
		}}
	}
	party(t, db, leaves("a", nil), leaves("b", errWrong), leaves("c", nil))
	databasetest.Settle(t, db, clock)
	if n := w.runs.Load(); n != 2 {
		t.Errorf("%d jobs ran, want 2", n)
	}
}

// The closure that is known to be slow begins a group of its own, and nobody
// waits for it who was before it.
func TestASlowClosureHoldsNobodyUp(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	id := "once"
	slow := func(tx database.Tx) error {
		time.Sleep(120 * time.Millisecond)
		return insert(tx, id)
	}
	transact(t, db, slow)
	id = "again"
	commits := 0
	database.BeforeCommit(db, func() error { commits++; return nil })
	for i, err := range party(t, db, inserts("a"), inserts("b"), member{do: slow}, inserts("d")) {
		if err != nil {
			t.Errorf("member %d: %v", i, err)
		}
	}
	if commits != 3 {
		t.Errorf("%d commits, want 3: before the slow one, its own, after it", commits)
	}
}

// SQLite gives up the whole transaction when it cannot get memory or disk.
func TestAFullDiskFailsOnlyWhoFillsIt(t *testing.T) {
	db, _ := databasetest.Open(t, database.SQLite, schema)
	database.LimitPages(t, db, 40)
	fills := member{do: func(tx database.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO thing (id, hash) VALUES ('large', $1)`, make([]byte, 4<<20))
		return err
	}}
	answers := party(t, db, inserts("a"), fills, inserts("b"))
	if answers[0] != nil || answers[1] == nil || answers[2] != nil {
		t.Errorf("answers %v", answers)
	}
	if got := ids(t, db); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("rows %v", got)
	}
}
