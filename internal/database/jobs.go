package database

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"
)

const (
	jobTimeout = time.Minute

	// rescueMargin is added to the timeout of a job before a job that is still
	// marked as running is taken for one whose process died.
	rescueMargin = 30 * time.Second
)

// WorkOptions says how jobs are worked; the zero value is usable.
type WorkOptions struct {
	Queues      map[string]int          // queue → jobs at once; nil: {"default": 16}
	Periodic    []*river.PeriodicJob    // run by one process of all that work
	Timeout     time.Duration           // of a job whose worker states none; default 1 minute
	Retry       river.ClientRetryPolicy // when the worker has no NextRetry; nil: River's
	MaxAttempts int                     // of a job that states none; 0: River's 25

	// Observe is told of each job that ran how it ended ("done", "failed",
	// "panicked"), how long it had been due and how long it ran; optional.
	Observe func(kind, outcome string, waited, took time.Duration)
}

// Worker is running jobs.
type Worker struct {
	stop, kill func(context.Context) error // of River
	forget     func()                      // by the DB
}

// Work starts to run the jobs for which workers has a handler. A job whose
// handler returns an error or panics is tried again later; one whose process
// died is taken up again within half a minute. Handlers therefore bear being run
// twice. When ctx ends the contexts of running jobs
// do too; Stop is the gentle way.
func (db *DB) Work(ctx context.Context, workers *river.Workers, opts WorkOptions) (*Worker, error) {
	if opts.Queues == nil {
		opts.Queues = map[string]int{river.QueueDefault: 16}
	}
	if opts.Timeout == 0 {
		opts.Timeout = jobTimeout
	}
	if err := db.engine.join(ctx, JoinOptions{Works: true}); err != nil {
		return nil, err
	}
	w, err := db.engine.work(ctx, workers, opts)
	if err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.workers = append(db.workers, w)
	w.forget = func() {
		db.mu.Lock()
		defer db.mu.Unlock()
		db.workers = slices.DeleteFunc(db.workers, func(other *Worker) bool { return other == w })
	}
	return w, nil
}

// Stop takes no more jobs and waits for those that run. When ctx ends before
// they do, their contexts are cancelled and they will be tried again.
func (w *Worker) Stop(ctx context.Context) error {
	err := w.stop(ctx)
	if ctx.Err() != nil {
		return w.cancel()
	}
	w.forget()
	return err
}

// cancel ends the contexts of running jobs and waits for a moment.
func (w *Worker) cancel() error {
	defer w.forget()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return w.kill(ctx)
}
