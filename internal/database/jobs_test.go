package database_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
)

type noteArgs struct {
	ID string `json:"id"`
}

func (noteArgs) Kind() string { return "note" }

// noteWorker counts its runs in the database and does what the test wants.
type noteWorker struct {
	river.WorkerDefaults[noteArgs]
	runs atomic.Int64
	do   func(ctx context.Context, id string, attempt int) error
}

func (w *noteWorker) Work(ctx context.Context, job *river.Job[noteArgs]) error {
	w.runs.Add(1)
	if w.do == nil {
		return nil
	}
	return w.do(ctx, job.Args.ID, job.Attempt)
}

// NextRetry is due at once by any clock. Its zone is not UTC, as the local zone
// of a server is not.
func (w *noteWorker) NextRetry(job *river.Job[noteArgs]) time.Time {
	return job.AttemptedAt.In(time.FixedZone("Almaty", 5*60*60))
}

func work(t testing.TB, db *database.DB, w *noteWorker, opts database.WorkOptions) *database.Worker {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	worker, err := db.Work(context.Background(), workers, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { worker.Stop(context.Background()) })
	return worker
}

func enqueue(t testing.TB, db *database.DB, id string) {
	t.Helper()
	transact(t, db, func(tx database.Tx) error { return tx.Enqueue(t.Context(), noteArgs{id}, nil) })
}

func TestAJobIsLeftWithTheRowsOrNotAtAll(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		wrong := errors.New("wrong")
		for _, result := range []error{wrong, nil} {
			err := db.Transact(t.Context(), func(tx database.Tx) error {
				if err := tx.Enqueue(t.Context(), noteArgs{"n"}, nil); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ('a')`); err != nil {
					return err
				}
				return result
			})
			if !errors.Is(err, result) {
				t.Fatal(err)
			}
			jobs, rows := count(t, db, `SELECT count(*) FROM river_job`), count(t, db, `SELECT count(*) FROM thing`)
			if jobs != rows {
				t.Errorf("after %v: %d jobs, %d rows", result, jobs, rows)
			}
		}
		w := &noteWorker{}
		work(t, db, w, database.WorkOptions{})
		databasetest.Settle(t, db, clock)
		if w.runs.Load() != 1 {
			t.Errorf("the job ran %d times", w.runs.Load())
		}
	})
}

func TestManyJobsRunOnceEach(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := &noteWorker{do: func(ctx context.Context, id string, _ int) error {
			return db.Transact(ctx, func(tx database.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO thing (id) VALUES ($1)`, id)
				return err
			})
		}}
		work(t, db, w, database.WorkOptions{})
		const n = 40
		for i := range n {
			enqueue(t, db, string(rune('A'+i)))
		}
		databasetest.Settle(t, db, clock)
		if rows := count(t, db, `SELECT count(*) FROM thing`); rows != n || w.runs.Load() != n {
			t.Errorf("%d rows of %d runs, want %d", rows, w.runs.Load(), n)
		}
	})
}

func TestAFailedOrPanickingJobIsTriedAgain(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := &noteWorker{do: func(_ context.Context, id string, attempt int) error {
			if attempt > 1 {
				return nil
			}
			if id == "panics" {
				panic("oh")
			}
			return errors.New("not yet")
		}}
		work(t, db, w, database.WorkOptions{})
		enqueue(t, db, "fails")
		enqueue(t, db, "panics")
		databasetest.Settle(t, db, clock)
		if w.runs.Load() != 4 {
			t.Errorf("%d runs, want 4", w.runs.Load())
		}
	})
}

func TestAScheduledJobWaitsForTheClock(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		w := &noteWorker{}
		work(t, db, w, database.WorkOptions{})
		transact(t, db, func(tx database.Tx) error {
			return tx.Enqueue(t.Context(), noteArgs{"later"}, &river.InsertOpts{ScheduledAt: tx.Now().Add(time.Hour)})
		})
		databasetest.Settle(t, db, clock)
		if w.runs.Load() != 0 {
			t.Error("the job ran before its time")
		}
		clock.Advance(time.Hour)
		databasetest.Settle(t, db, clock)
		if w.runs.Load() != 1 {
			t.Errorf("the job ran %d times", w.runs.Load())
		}
	})
}

func TestAnEndedJobIsKeptUnderAClockThatIsBehind(t *testing.T) {
	databasetest.Each(t, schema, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		first := work(t, db, &noteWorker{}, database.WorkOptions{})
		enqueue(t, db, "ended months ago by the real time")
		databasetest.Settle(t, db, clock)
		first.Stop(t.Context())
		work(t, db, &noteWorker{}, database.WorkOptions{})
		for range 12 { // who begins to work cleans within a second or two
			if n := count(t, db, `SELECT count(*) FROM river_job`); n != 1 {
				t.Fatalf("%d jobs", n)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		started, finished := make(chan struct{}), atomic.Bool{}
		w := &noteWorker{do: func(context.Context, string, int) error {
			close(started)
			time.Sleep(100 * time.Millisecond)
			finished.Store(true)
			return nil
		}}
		worker := work(t, db, w, database.WorkOptions{})
		enqueue(t, db, "slow")
		<-started
		if err := worker.Stop(t.Context()); err != nil || !finished.Load() {
			t.Errorf("stopped: %v, finished: %v", err, finished.Load())
		}
		if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'completed'`); n != 1 {
			t.Error("the job is not completed")
		}
	})
}

func TestPeriodicJobsRun(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		ran := make(chan struct{}, 10)
		w := &noteWorker{do: func(context.Context, string, int) error { ran <- struct{}{}; return nil }}
		work(t, db, w, database.WorkOptions{Periodic: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) { return noteArgs{"p"}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
		}})
		select {
		case <-ran:
		case <-time.After(10 * time.Second):
			t.Error("the job did not run")
		}
	})
}

// The bound is far below the interval at which jobs are looked for unasked, so
// it shows that a commit wakes the workers.
func TestACommitWakesTheWorkers(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		ran := make(chan struct{}, 1)
		w := &noteWorker{do: func(context.Context, string, int) error { ran <- struct{}{}; return nil }}
		work(t, db, w, database.WorkOptions{})
		var total time.Duration
		const n = 10
		for range n {
			start := time.Now()
			enqueue(t, db, "now")
			<-ran
			total += time.Since(start)
		}
		if mean := total / n; mean > 300*time.Millisecond {
			t.Errorf("a job waited %v in the mean", mean)
		}
	})
}

// A process that dies leaves its jobs marked as running.
func TestJobsOfAnEndedProcessAreTakenUpAtOnce(t *testing.T) {
	db, clock := databasetest.Open(t, database.SQLite, schema)
	enqueue(t, db, "left")
	enqueue(t, db, "tried too often")
	exec(t, db, `UPDATE river_job SET state = 'running', attempt = CASE id WHEN 2 THEN max_attempts ELSE 1 END`)
	w := &noteWorker{}
	work(t, db, w, database.WorkOptions{})
	databasetest.Settle(t, db, clock)
	if w.runs.Load() != 1 {
		t.Errorf("%d jobs ran, want 1", w.runs.Load())
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'discarded'`); n != 1 {
		t.Errorf("%d jobs were given up, want 1", n)
	}
}

func TestJobsOfAnotherLivingProcessAreLeftToIt(t *testing.T) {
	dsn := databasetest.DSN(t, database.SQLite, schema)
	var dbs [2]*database.DB
	for i := range dbs {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		dbs[i] = db
	}
	running, finish := make(chan struct{}), make(chan struct{})
	first := &noteWorker{do: func(context.Context, string, int) error { close(running); <-finish; return nil }}
	defer close(finish)
	work(t, dbs[0], first, database.WorkOptions{})
	enqueue(t, dbs[0], "n")
	<-running
	second := &noteWorker{}
	work(t, dbs[1], second, database.WorkOptions{})
	time.Sleep(200 * time.Millisecond)
	if n := second.runs.Load(); n != 0 {
		t.Errorf("the job ran twice")
	}
}

func TestCloseStopsForgottenWorkers(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		cancelled := make(chan struct{})
		started := make(chan struct{})
		work(t, db, &noteWorker{do: func(ctx context.Context, _ string, _ int) error {
			close(started)
			<-ctx.Done()
			close(cancelled)
			return ctx.Err()
		}}, database.WorkOptions{})
		enqueue(t, db, "n")
		<-started
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		select {
		case <-cancelled:
		default:
			t.Error("the job was not told to end")
		}
	})
}
