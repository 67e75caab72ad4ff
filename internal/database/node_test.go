package database_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

// nodes opens one PostgreSQL database n times, as n processes would.
func nodes(t *testing.T, n int) []*database.DB {
	t.Helper()
	dsn := databasetest.DSN(t, database.Postgres, schema)
	list := make([]*database.DB, n)
	for i := range list {
		db, err := database.Open(t.Context(), dsn, database.Options{Node: fmt.Sprint("node ", i), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		database.Hasten(db)
		list[i] = db
	}
	return list
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

func join(t *testing.T, db *database.DB) {
	t.Helper()
	if err := db.Join(t.Context(), database.JoinOptions{Works: true, Schema: 1}); err != nil {
		t.Fatal(err)
	}
}

func TestOneNodeLeadsAndAnotherTakesOver(t *testing.T) {
	n := nodes(t, 3)
	for _, db := range n {
		join(t, db)
	}
	eventually(t, "the first node leads alone", func() bool { return n[0].Leads() && !n[1].Leads() && !n[2].Leads() })
	if seen, err := n[2].Nodes(t.Context()); err != nil || len(seen) != 3 || !seen[0].Leads || seen[1].Leads || seen[2].Name != "node 2" || seen[2].Schema != 1 {
		t.Errorf("the nodes are %+v, %v", seen, err)
	}
	if ahead, known, err := n[1].Skew(t.Context()); err != nil || !known || ahead.Abs() > time.Second {
		t.Errorf("on one machine the clocks differ by %v, %v, %v", ahead, known, err)
	}
	database.Silence(n[0])
	eventually(t, "another leads than who died", func() bool { return n[1].Leads() != n[2].Leads() })
	if n[0].Leads() {
		t.Error("who died still leads")
	}
}

func TestANodeThatEndsLeavesTheLeadAtOnce(t *testing.T) {
	n := nodes(t, 2)
	for _, db := range n {
		database.LeadForLong(db)
		join(t, db)
	}
	if !n[0].Leads() || n[1].Leads() {
		t.Fatal("the first node does not lead alone")
	}
	if err := n[0].Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "the other leads before the term is over", n[1].Leads)
}

// The file of an embedded database is led by the process that has its lock.
func TestOneProcessLeadsAnEmbeddedDatabase(t *testing.T) {
	dsn := databasetest.DSN(t, database.SQLite, schema)
	var dbs [2]*database.DB
	for i := range dbs {
		var err error
		if dbs[i], err = database.Open(t.Context(), dsn, database.Options{}); err != nil {
			t.Fatal(err)
		}
		defer dbs[i].Close()
	}
	if !dbs[0].Leads() || dbs[1].Leads() || !dbs[0].Leads() {
		t.Error("the first does not lead alone")
	}
	enqueue(t, dbs[0], "in the hands of the first")
	exec(t, dbs[0], `UPDATE river_job SET state = 'running', attempt = 1`)
	dbs[0].Close()
	if !dbs[1].Leads() {
		t.Error("nobody leads")
	}
	if n := count(t, dbs[1], `SELECT count(*) FROM river_job WHERE state = 'available'`); n != 1 {
		t.Error("who leads now has not taken up the jobs")
	}
}

// Under load from a node that serves pages only, one of two that work dies with
// jobs in its hands: every job is done.
func TestJobsOfANodeThatDiesAreTakenUpByAnother(t *testing.T) {
	n := nodes(t, 3)
	pages, dying, living := n[0], n[1], n[2]
	done := sync.Map{}
	held, end := make(chan struct{}, 1000), make(chan struct{})
	work(t, dying, &noteWorker{do: func(context.Context, string, int) error {
		held <- struct{}{}
		<-end
		return nil
	}}, database.WorkOptions{})
	t.Cleanup(func() { close(end) })
	const jobs = 200
	for i := range jobs / 2 {
		enqueue(t, pages, fmt.Sprint(i))
	}
	<-held
	work(t, living, &noteWorker{do: func(_ context.Context, id string, _ int) error { done.Store(id, true); return nil }}, database.WorkOptions{})
	go func() {
		for i := jobs / 2; i < jobs; i++ {
			_ = pages.Transact(t.Context(), func(tx database.Tx) error { return tx.Enqueue(t.Context(), noteArgs{fmt.Sprint(i)}, nil) })
		}
	}()
	database.Silence(dying)
	eventually(t, "every job is done", func() bool {
		for i := range jobs {
			if _, ok := done.Load(fmt.Sprint(i)); !ok {
				return false
			}
		}
		return true
	})
}

// The bound is far below the second after which jobs are found by looking. The
// second job of each pair follows so closely that River would not announce it.
func TestAJobLeftByAPagesOnlyNodeStartsAtOnceElsewhere(t *testing.T) {
	n := nodes(t, 2)
	ran := make(chan struct{}, 2)
	work(t, n[1], &noteWorker{do: func(context.Context, string, int) error { ran <- struct{}{}; return nil }}, database.WorkOptions{})
	enqueue(t, n[0], "first: the listener may be about to connect")
	<-ran
	time.Sleep(200 * time.Millisecond)
	var total time.Duration
	const rounds = 10
	for range rounds {
		start := time.Now()
		enqueue(t, n[0], "a")
		enqueue(t, n[0], "b")
		<-ran
		<-ran
		total += time.Since(start)
	}
	if mean := total / rounds; mean > 500*time.Millisecond {
		t.Errorf("two jobs took %v in the mean", mean)
	} else {
		t.Logf("two jobs took %v in the mean", mean)
	}
}
