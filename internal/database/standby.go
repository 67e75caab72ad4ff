package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// A standby may answer what bears to be some seconds old. How old its state is
// at most is measured in the background and never in a request: the position of
// the primary's log is read together with this machine's time, and once the
// standby has replayed the log so far, it has everything that was committed at
// that time. No other clock takes part. A standby that dies, falls behind or
// cannot be measured ages by itself until it is too old to answer.
const (
	measureEvery = 500 * time.Millisecond
	samplesKept  = 240 // two minutes of them

	// distrust follows a log that went backwards: another primary took over, and a
	// standby may still be on the way of the former one.
	distrust = 10 * time.Second
)

// standby is a streaming replica.
type standby struct {
	name string
	pool *pgxpool.Pool
	asOf atomic.Int64 // it has everything that was committed then, by time since start
}

// start is the origin of the times of samples; its reading is monotonic.
var start = time.Now()

func (s *standby) age() time.Duration { return time.Since(start) - time.Duration(s.asOf.Load()) }

// standbys are those of one database.
type standbys struct {
	bound   time.Duration
	primary *pgxpool.Pool
	list    []*standby
	samples []sample // oldest first; only measure looks at them
	trust   time.Duration
	turn    atomic.Uint64
	answers atomic.Int64
	stop    context.CancelFunc
	ended   chan struct{}
}

// sample is how far the primary's log was at a time since start.
type sample struct {
	at  time.Duration
	log int64
}

// openStandbys never fails because a standby does not answer: it may come later.
func openStandbys(ctx context.Context, primary *pgxpool.Pool, opts Options) (*standbys, error) {
	g := &standbys{bound: opts.Staleness, primary: primary, ended: make(chan struct{})}
	for _, dsn := range opts.Standbys {
		config, err := pgxpool.ParseConfig(dsn)
		if err != nil {
			g.closePools()
			return nil, fmt.Errorf("open standby: %w", oneLine{err})
		}
		ready(config, dsn)
		config.ConnConfig.ConnectTimeout = time.Second
		config.MaxConnLifetime = time.Minute            // an address of several hosts finds its standby again after a failover
		pool, err := pgxpool.NewWithConfig(ctx, config) // it connects later
		if err != nil {
			g.closePools()
			return nil, fmt.Errorf("open standby: %w", oneLine{err})
		}
		s := &standby{name: fmt.Sprintf("%s:%d", config.ConnConfig.Host, config.ConnConfig.Port), pool: pool}
		s.asOf.Store(int64(time.Since(start) - 24*time.Hour)) // nothing is known of it yet
		g.list = append(g.list, s)
	}
	ctx, g.stop = context.WithCancel(context.WithoutCancel(ctx))
	go g.watch(ctx, opts.Logger)
	return g, nil
}

func (g *standbys) watch(ctx context.Context, log *slog.Logger) {
	defer close(g.ended)
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	told := map[*standby]bool{}
	for {
		g.measure(ctx)
		for _, s := range g.list {
			if behind := s.age() > g.bound; behind != told[s] && ctx.Err() == nil {
				told[s] = behind
				log.InfoContext(ctx, "a standby", "name", s.name, "answers", !behind)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// measure asks the primary where its log is and each standby how far it got.
func (g *standbys) measure(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	now := sample{at: time.Since(start)}
	if err := g.primary.QueryRow(ctx, `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn`).Scan(&now.log); err != nil {
		return
	}
	if n := len(g.samples); n > 0 && now.log < g.samples[n-1].log {
		g.samples, g.trust = nil, now.at+distrust
	}
	if now.at < g.trust {
		return
	}
	if g.samples = append(g.samples, now); len(g.samples) > samplesKept {
		g.samples = g.samples[1:]
	}
	for _, s := range g.list {
		var got int64
		if err := s.pool.QueryRow(ctx, `SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn`).Scan(&got); err != nil {
			continue // NULL on what is no standby: a primary of its own has nothing of ours
		}
		for i := len(g.samples) - 1; i >= 0; i-- {
			if g.samples[i].log <= got {
				s.asOf.Store(int64(max(g.samples[i].at, time.Duration(s.asOf.Load()))))
				break
			}
		}
	}
}

// pick is a standby that is fresh enough, in turn; nil: none is.
func (g *standbys) pick() *standby {
	n := uint64(len(g.list))
	first := g.turn.Add(1)
	for i := range n {
		if s := g.list[(first+i)%n]; s.age() <= g.bound {
			return s
		}
	}
	return nil
}

func (g *standbys) close() {
	g.stop()
	<-g.ended
	g.closePools()
}

func (g *standbys) closePools() {
	for _, s := range g.list {
		s.pool.Close()
	}
}

// errElsewhere says that the primary must be asked.
var errElsewhere = errors.New("database: no standby answers")

// ReadStale is Read over a snapshot that may be older by the staleness of the
// Options: of a standby, when one is fresh enough. It is for look-ups whose
// answer decides nothing and shows nothing that the reader has just done. When
// the standby fails, and also when fn returns an error over its snapshot (what
// it looks for may not have arrived there), fn is run over the primary: no
// error, and no "not found", is ever a standby's.
func (db *DB) ReadStale(ctx context.Context, fn func(tx Tx) error) error {
	err := db.engine.readStandby(ctx, func(native native) error {
		defer db.nested.enter("ReadStale")()
		t := &transaction{native: native, read: true, now: db.clock().UTC().Truncate(time.Microsecond)}
		defer t.end()
		return t.outcome(ctx, fn(Tx{t}))
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return db.Read(ctx, fn)
}

func (e *sqliteEngine) readStandby(context.Context, func(native) error) error { return errElsewhere }

func (e *sqliteEngine) lags() []Lag { return nil }

func (e *sqliteEngine) staleReads() int64 { return 0 }

func (e *postgresEngine) staleReads() int64 {
	if e.standbys == nil {
		return 0
	}
	return e.standbys.answers.Load()
}

func (e *postgresEngine) readStandby(ctx context.Context, fn func(native) error) error {
	if e.standbys == nil {
		return errElsewhere
	}
	s := e.standbys.pick()
	if s == nil {
		return errElsewhere
	}
	// A standby that does not answer must not be waited for.
	bounded, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	tx, err := s.pool.BeginTx(bounded, snapshot)
	if err != nil {
		s.asOf.Store(int64(time.Since(start) - 24*time.Hour)) // until it is measured again
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if err := fn(postgresSnapshot{postgresTx{tx}}); err != nil {
		return err
	}
	e.standbys.answers.Add(1)
	return nil
}

// Lag is how far a standby is behind at most.
type Lag struct {
	Standby string
	Behind  time.Duration
}

// Lags are those of all standbys.
func (db *DB) Lags() []Lag { return db.engine.lags() }

func (e *postgresEngine) lags() (list []Lag) {
	if e.standbys == nil {
		return nil
	}
	for _, s := range e.standbys.list {
		list = append(list, Lag{Standby: s.name, Behind: s.age()})
	}
	return list
}
