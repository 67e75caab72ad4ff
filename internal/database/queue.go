package database

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

const (
	// cooldown is the least time between two fetches of jobs: it bounds the
	// delay of a job that follows another and gathers jobs into one fetch.
	cooldown = 10 * time.Millisecond

	// poll is how often jobs are looked for without being woken. It finds jobs
	// that became due and those of other processes.
	poll = time.Second

	keepForEver = -1 // River's word for jobs that are not deleted after their end
)

// queue is River on one engine, whose native transactions are of type T.
type queue[T any] struct {
	driver riverdriver.Driver[T]
	bell   *bell
	config river.Config
	client *river.Client[T] // inserts, never works
	node   string           // by which the others know whose jobs are running; "": there are no others
	worked atomic.Int64     // clients that work, so far
}

func sqliteQueue(pool *sql.DB, opts Options) (*queue[*sql.Tx], error) {
	b := &bell{}
	return newQueue[*sql.Tx](sqliteDriver{riversqlite.New(pool), b}, b, opts)
}

// postgresQueue is the queue of a node; direct is the pool whose connections can
// LISTEN, nil when none can.
func postgresQueue(pool, direct *pgxpool.Pool, opts Options) (*queue[pgx.Tx], error) {
	d := postgresDriver{Driver: riverpgxv5.New(pool), bell: &bell{}}
	if direct != nil {
		d.direct = riverpgxv5.New(direct)
	}
	return newQueue[pgx.Tx](d, d.bell, opts)
}

func newQueue[T any](driver riverdriver.Driver[T], b *bell, opts Options) (*queue[T], error) {
	q := &queue[T]{driver: driver, bell: b}
	q.config = river.Config{Logger: opts.Logger, FetchCooldown: cooldown, FetchPollInterval: poll}
	if opts.Clock != nil {
		q.config.Test.Time = clock(opts.Clock)
		q.config.TestOnly = true
		// River compares the real time with the clock's to find jobs whose end
		// could not be written, as when the database went away at that moment, and
		// jobs that ended so long ago that nobody asks for them. Under a clock that
		// is behind that means nothing; one that is ahead only lengthens the wait.
		if opts.Clock().Before(time.Now().Add(-rescueMargin)) {
			q.config.RescueStuckJobsAfter = math.MaxInt64 / 2
			q.config.CancelledJobRetentionPeriod = keepForEver
			q.config.CompletedJobRetentionPeriod = keepForEver
			q.config.DiscardedJobRetentionPeriod = keepForEver
		}
	}
	config := q.config
	var err error
	if q.client, err = river.NewClient(driver, &config); err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return q, nil
}

// insert writes jobs in tx and returns the queues to wake after the commit.
func (q *queue[T]) insert(ctx context.Context, tx T, jobs []river.InsertManyParams) ([]string, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	inserted, err := q.client.InsertManyTx(ctx, tx, jobs)
	if err != nil {
		return nil, fmt.Errorf("enqueue: %w", err)
	}
	var queues []string
	for _, r := range inserted {
		if r.Job.State == rivertype.JobStateAvailable {
			queues = append(queues, r.Job.Queue)
		}
	}
	return queues, nil
}

func (q *queue[T]) work(ctx context.Context, workers *river.Workers, opts WorkOptions) (*Worker, error) {
	config := q.config
	config.Workers = workers
	config.PeriodicJobs = opts.Periodic
	config.JobTimeout = opts.Timeout
	config.RetryPolicy = opts.Retry
	config.MaxAttempts = opts.MaxAttempts
	if opts.Observe != nil {
		config.Middleware = append(config.Middleware, observed(opts.Observe))
	}
	if q.node != "" {
		config.ID = q.node + "/" + strconv.FormatInt(q.worked.Add(1), 10)
	}
	if config.RescueStuckJobsAfter == 0 {
		config.RescueStuckJobsAfter = opts.Timeout + rescueMargin
	}
	config.Queues = make(map[string]river.QueueConfig)
	for name, atOnce := range opts.Queues {
		config.Queues[name] = river.QueueConfig{MaxWorkers: atOnce}
	}
	client, err := river.NewClient(q.driver, &config)
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Worker{stop: client.Stop, kill: client.StopAndCancel}, nil
}

func (q *queue[T]) migrator() (*rivermigrate.Migrator[T], error) {
	// River tells each of its steps at level Info; the result says enough.
	quiet := slog.New(slog.DiscardHandler)
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("migrate job queue: %w", err)
	}
	return m, nil
}

// queueVersion is the version of River's tables that this program wants.
func (q *queue[T]) queueVersion() (newest int, err error) {
	m, err := q.migrator()
	if err != nil {
		return 0, err
	}
	for _, v := range m.AllVersions() {
		newest = max(newest, v.Version)
	}
	return newest, nil
}

// migrateQueue brings River's own tables up to date.
func (q *queue[T]) migrateQueue(ctx context.Context) error {
	m, err := q.migrator()
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}

// clock is the Clock of the Options as River takes it.
type clock func() time.Time

func (c clock) Now() time.Time { return c() }

func (c clock) NowOrNil() *time.Time {
	t := c().UTC()
	return &t
}
