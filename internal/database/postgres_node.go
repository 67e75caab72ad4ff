package database

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// nodeTables are this package's own. They are not logged: a beat then costs no
// durable write, and what is gone after a crash is said again within a second.
var nodeTables = []string{
	`CREATE UNLOGGED TABLE IF NOT EXISTS mekenjai_node (
		id TEXT PRIMARY KEY, name TEXT NOT NULL, works BOOLEAN NOT NULL, schema_known BIGINT NOT NULL,
		since TIMESTAMPTZ NOT NULL, seen TIMESTAMPTZ NOT NULL)`,
	`CREATE UNLOGGED TABLE IF NOT EXISTS mekenjai_lease (
		name TEXT PRIMARY KEY, holder TEXT NOT NULL, since TIMESTAMPTZ NOT NULL, seen TIMESTAMPTZ NOT NULL)`,
}

// member is this process among the nodes of a PostgreSQL database. All instants
// of the tables are of the database's clock, so that no node's own matters.
type member struct {
	pool *pgxpool.Pool
	log  warner
	id   string
	name string
	ring func(queues []string) // wakes the workers of this process
	pace pace

	mu      sync.Mutex
	joined  bool
	options JoinOptions
	stop    context.CancelFunc
	ended   chan struct{}

	leadsUntil atomic.Pointer[time.Time] // by this machine's monotonic clock; nil: it does not lead
	alone      atomic.Bool               // no other node works
	beats      atomic.Int64
}

type warner interface {
	WarnContext(ctx context.Context, msg string, args ...any)
	InfoContext(ctx context.Context, msg string, args ...any)
}

func newMember(pool *pgxpool.Pool, name string, log warner, ring func([]string)) *member {
	return &member{pool: pool, log: log, id: uuid.NewString(), name: name, ring: ring, pace: usualPace}
}

func (m *member) join(ctx context.Context, o JoinOptions) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.joined {
		m.options.Works = m.options.Works || o.Works
		m.options.Schema = max(m.options.Schema, o.Schema)
		return m.once(ctx, m.options)
	}
	if err := m.once(ctx, o); err != nil {
		return fmt.Errorf("join the nodes: %w", err)
	}
	m.joined, m.options, m.ended = true, o, make(chan struct{})
	ctx, m.stop = context.WithCancel(context.WithoutCancel(ctx))
	go m.live(ctx)
	return nil
}

// live says every second that this node lives, until it leaves. A database that
// does not answer is not news: everybody who asks it finds out.
func (m *member) live(ctx context.Context) {
	defer close(m.ended)
	tick := time.NewTicker(m.pace.beat)
	defer tick.Stop()
	silent := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		m.mu.Lock()
		o := m.options
		m.mu.Unlock()
		bounded, cancel := context.WithTimeout(ctx, m.pace.term-m.pace.beat)
		err := m.once(bounded, o)
		cancel()
		if err != nil && ctx.Err() == nil && !silent {
			m.log.WarnContext(ctx, "this node cannot say that it lives", "error", oneLine{err})
		}
		silent = err != nil
	}
}

// once is one beat: one round trip, no durable write. The silence of the leader
// makes another one the leader; so does its own, as it may have been taken for
// dead meanwhile.
func (m *member) once(ctx context.Context, o JoinOptions) error {
	began := time.Now()
	var batch pgx.Batch
	batch.Queue(`INSERT INTO mekenjai_node (id, name, works, schema_known, since, seen)
		VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
		ON CONFLICT (id) DO UPDATE SET works = excluded.works, schema_known = excluded.schema_known, seen = excluded.seen`,
		m.id, m.name, o.Works, o.Schema)
	if o.Works {
		batch.Queue(`INSERT INTO mekenjai_lease (name, holder, since, seen) VALUES ('lead', $1, clock_timestamp(), clock_timestamp())
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, seen = excluded.seen,
				since = CASE WHEN mekenjai_lease.seen > excluded.seen - make_interval(secs => $2) THEN mekenjai_lease.since ELSE excluded.since END
			WHERE mekenjai_lease.holder = excluded.holder OR mekenjai_lease.seen < excluded.seen - make_interval(secs => $2)`,
			m.id, m.pace.term.Seconds())
	}
	batch.Queue(`SELECT coalesce((SELECT holder FROM mekenjai_lease WHERE name = 'lead'), ''),
		coalesce((SELECT clock_timestamp() - since > make_interval(secs => $2) FROM mekenjai_lease WHERE name = 'lead'), FALSE),
		(SELECT count(*) FROM (SELECT 1 FROM mekenjai_node WHERE works AND id <> $1 AND seen > clock_timestamp() - make_interval(secs => $2) LIMIT 1) AS other)`,
		m.id, m.pace.dead.Seconds())
	results := m.pool.SendBatch(ctx, &batch)
	defer results.Close()
	for range batch.Len() - 1 {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	var leader string
	var long bool
	var others int
	if err := results.QueryRow().Scan(&leader, &long, &others); err != nil {
		return err
	}
	if err := results.Close(); err != nil {
		return err
	}
	m.alone.Store(others == 0)
	if leader != m.id {
		m.leadsUntil.Store(nil)
		return nil
	}
	until := began.Add(m.pace.term)
	m.leadsUntil.Store(&until)
	if m.beats.Add(1)%5 == 0 && long {
		return m.inherit(ctx)
	}
	return nil
}

// inherit forgets nodes that are silent and gives their jobs to those that live.
// River alone would wait for the timeout of each job. It is done by a leader of
// some time only: when the database itself was away every node was silent.
func (m *member) inherit(ctx context.Context) error {
	if _, err := m.pool.Exec(ctx, `DELETE FROM mekenjai_node WHERE seen < clock_timestamp() - make_interval(secs => $1)`, m.pace.dead.Seconds()); err != nil {
		return err
	}
	rows, err := m.pool.Query(ctx, `UPDATE river_job SET
			state = CASE WHEN attempt >= max_attempts THEN 'discarded'::river_job_state ELSE 'available'::river_job_state END,
			finalized_at = CASE WHEN attempt >= max_attempts THEN clock_timestamp() END
		WHERE state = 'running' AND NOT EXISTS (
			SELECT 1 FROM mekenjai_node n WHERE n.id = split_part(attempted_by[array_upper(attempted_by, 1)], '/', 1))
		RETURNING queue`)
	if err != nil {
		return err
	}
	queues, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(queues) > 0 {
		m.log.InfoContext(ctx, "took up the jobs of a node that is silent", "jobs", len(queues))
		m.ring(queues)
	}
	return nil
}

func (m *member) leads() bool {
	until := m.leadsUntil.Load()
	return until != nil && time.Now().Before(*until)
}

// lonely reports that no other node is known to work, so that nobody need be
// told of new jobs. A node that has not joined knows nothing.
func (m *member) lonely() bool { return m.alone.Load() }

// leave lets another node lead at once.
func (m *member) leave() {
	m.mu.Lock()
	joined := m.joined
	m.joined = false
	m.mu.Unlock()
	if !joined {
		return
	}
	m.stop()
	<-m.ended // without the lock, which the last beat may wait for
	m.leadsUntil.Store(nil)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var batch pgx.Batch
	batch.Queue(`DELETE FROM mekenjai_lease WHERE name = 'lead' AND holder = $1`, m.id)
	batch.Queue(`DELETE FROM mekenjai_node WHERE id = $1`, m.id)
	_ = m.pool.SendBatch(ctx, &batch).Close() // else the others wait for some seconds
}

func (e *postgresEngine) join(ctx context.Context, o JoinOptions) error { return e.member.join(ctx, o) }
func (e *postgresEngine) leads() bool                                   { return e.member.leads() }

func (e *postgresEngine) nodes(ctx context.Context) ([]Node, error) {
	rows, err := e.pool.Query(ctx, `SELECT n.id, n.name, n.works, n.schema_known,
			extract(epoch FROM clock_timestamp() - n.since)::float8, extract(epoch FROM clock_timestamp() - n.seen)::float8,
			EXISTS (SELECT 1 FROM mekenjai_lease l WHERE l.name = 'lead' AND l.holder = n.id)
		FROM mekenjai_node n WHERE n.seen > clock_timestamp() - make_interval(secs => $1) ORDER BY n.name, n.id LIMIT 1000`, e.member.pace.dead.Seconds())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Node, err error) {
		var up, silent float64
		err = row.Scan(&n.ID, &n.Name, &n.Works, &n.Schema, &up, &silent, &n.Leads)
		n.Up, n.Silent = seconds(up), seconds(silent)
		return n, err
	})
}

// skew compares the clocks around the shortest of some round trips.
func (e *postgresEngine) skew(ctx context.Context) (ahead time.Duration, known bool, err error) {
	best := time.Duration(-1)
	for range 3 {
		var theirs time.Time
		began := time.Now()
		if err := e.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
			return 0, false, err
		}
		if trip := time.Since(began); best < 0 || trip < best {
			best, ahead = trip, began.Add(trip/2).Sub(theirs)
		}
	}
	return ahead, true, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
