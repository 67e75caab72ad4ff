package database

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connectionsPerCore was measured: fewer leave the server idle during the
// durable write of a commit, more only add conflicts.
const connectionsPerCore = 4

// pingTimeout is how long a connection that was idle may take to show that it is
// alive: one that a firewall forgot shows nothing.
const pingTimeout = 2 * time.Second

// connectTimeout is how long a connection may take to begin. Meanwhile it has a
// place in the pool, so a network that swallows everything would fill the pool.
const connectTimeout = 5 * time.Second

// postgresEngine speaks to PostgreSQL through pgx itself, with prepared
// statements where the connection bears them.
type postgresEngine struct {
	*queue[pgx.Tx]
	pool   *pgxpool.Pool
	direct *pgxpool.Pool // connections of their own for LISTEN; nil: those of pool serve
	pooled bool          // a pooler stands between: a session is no connection
	log    *slog.Logger

	standbys  *standbys // nil: there are none
	member    *member
	announcer *announcer
}

func openPostgres(ctx context.Context, dsn string, opts Options) (_ engine, err error) {
	e := &postgresEngine{log: opts.Logger}
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	if e.pool, e.pooled, err = postgresPool(ctx, dsn, "database", opts.Logger); err != nil {
		return nil, err
	}
	listening := e.pool
	switch {
	case opts.Listen != "":
		if err := e.openDirect(ctx, opts); err != nil {
			return nil, err
		}
		listening = e.direct
	case e.pooled:
		e.log.WarnContext(ctx, "a connection pooler stands before the database and no direct address is given for LISTEN: jobs of other nodes are found by looking every second")
		listening = nil
	}
	if e.queue, err = postgresQueue(e.pool, listening, opts); err != nil {
		return nil, err
	}
	if len(opts.Standbys) > 0 {
		if e.standbys, err = openStandbys(ctx, e.pool, opts); err != nil {
			return nil, err
		}
	}
	e.member = newMember(e.pool, opts.Node, opts.Logger, e.bell.ring)
	e.queue.node = e.member.id
	e.announcer = startAnnouncer(e.pool, func() bool { return !e.member.lonely() })
	e.bell.announce = e.announcer.add
	return e, nil
}

// openDirect opens the few connections that bypass the pooler.
func (e *postgresEngine) openDirect(ctx context.Context, opts Options) (err error) {
	var pooled bool
	if e.direct, pooled, err = postgresPool(ctx, opts.Listen, "database for LISTEN", opts.Logger); err != nil {
		return err
	}
	if pooled {
		return fmt.Errorf("open database for LISTEN: a connection pooler stands there too: give the address of the server itself")
	}
	return nil
}

// postgresPool opens a pool and checks what answers. Where a pooler answers, a
// statement that one connection prepared is unknown to the next: nothing is
// prepared then, unless the address says default_query_exec_mode itself
// (PgBouncer from 1.21 on can be told to carry prepared statements along).
func postgresPool(ctx context.Context, dsn, what string, log *slog.Logger) (pool *pgxpool.Pool, pooled bool, err error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, false, fmt.Errorf("open %s: %w", what, oneLine{err})
	}
	ready(config, dsn)
	config.ConnConfig.OnPgError = leaveStandby(config.ConnConfig.OnPgError)
	pooled, err = inspect(ctx, config.ConnConfig, log)
	if err != nil {
		return nil, false, fmt.Errorf("open %s %s on %s: %w", what, config.ConnConfig.Database, config.ConnConfig.Host, oneLine{err})
	}
	if pooled && !strings.Contains(dsn, "default_query_exec_mode") {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	if !pooled { // which passes no parameters on: there the database is told (docs/operations.md)
		onlyByIndex(config.ConnConfig.RuntimeParams)
	}
	if pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, false, fmt.Errorf("open %s: %w", what, oneLine{err})
	}
	return pool, pooled, nil
}

// dialer finds out within a quarter of a minute that a silent connection, such
// as one that listens, leads nowhere.
var dialer = &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 3 * time.Second, Count: 3}}

// ready sets what the address leaves open.
func ready(config *pgxpool.Config, dsn string) {
	config.ConnConfig.DialFunc = dialer.DialContext
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = int32(connectionsPerCore * max(2, runtime.NumCPU()))
	}
	if !strings.Contains(dsn, "pool_ping_timeout") {
		config.PingTimeout = pingTimeout
	}
	if !strings.Contains(dsn, "connect_timeout") {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "mekenjai"
	}
	params["timezone"] = "UTC"
}

// onlyByIndex keeps the planner from reading a small table from end to end: every
// query of ours has an index, and what a serializable transaction has read in
// that way conflicts with everything that is written to the table meanwhile.
func onlyByIndex(params map[string]string) {
	if params["enable_seqscan"] == "" {
		params["enable_seqscan"] = "off"
	}
}

// oneLine is an error of pgx, which gives each address a line, as one sentence.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }

// inspect checks that the database keeps text as SQLite does: in UTF-8, and
// ordered by bytes. It tells a pooler by the process that answers, which is not
// the one that the connection was promised.
func inspect(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (pooled bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var encoding, collation string
	var process uint32
	err = conn.QueryRow(ctx, `SELECT pg_encoding_to_char(encoding), datcollate, pg_backend_pid() FROM pg_database WHERE datname = current_database()`,
		pgx.QueryExecModeExec).Scan(&encoding, &collation, &process)
	if err != nil {
		return false, err
	}
	if encoding != "UTF8" {
		return false, fmt.Errorf("its encoding is %s: create it with ENCODING 'UTF8'", encoding)
	}
	if !orderedByBytes(collation) {
		log.WarnContext(ctx, "database orders text by a locale; create it with LOCALE 'C'", "collation", collation)
	}
	return process != conn.PgConn().PID(), nil
}

// orderedByBytes reports that text in the collation is ordered as SQLite orders it.
func orderedByBytes(collation string) bool {
	return collation == "C" || collation == "C.UTF-8" || collation == "C.utf8"
}

func (e *postgresEngine) name() string { return Postgres }

func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.Ping(ctx) }

func (e *postgresEngine) connections() (open, inUse int, waited time.Duration) {
	s := e.pool.Stat()
	return int(s.TotalConns()), int(s.AcquiredConns()), s.EmptyAcquireWaitTime()
}

func (e *postgresEngine) close() error {
	if e.member != nil {
		e.member.leave()
	}
	if e.standbys != nil {
		e.standbys.close()
	}
	if e.announcer != nil {
		e.announcer.close()
	}
	for _, pool := range []*pgxpool.Pool{e.direct, e.pool} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}
