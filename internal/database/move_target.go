package database

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// moveLock is the key of the advisory lock that a move holds on its target.
const moveLock = 0x6d656b656e6d6f76

// patienceForMove is how long the connection of a move that was killed is waited
// for: the server notices only when it next writes to it.
const patienceForMove = 15 * time.Second

// patienceForNodes is how long a node that was just stopped is waited for.
const patienceForNodes = 2 * time.Second

// mover is the name under which a move is connected, beside the usual one of
// nodes.
const mover = "mekenjai move"

// target is the PostgreSQL database of a move, used through one connection that
// holds the lock.
type target struct {
	db       *DB
	engine   *postgresEngine
	pool     *pgxpool.Conn
	conn     *pgx.Conn
	bytewise string // what makes it order text by bytes
}

func (m *move) openTarget(ctx context.Context, to string) error {
	kind, _, err := parse(to)
	if err == nil && kind != Postgres {
		err = fmt.Errorf("%s is a file: a database that postgres://… names is wanted here", to)
	}
	if err != nil {
		return fmt.Errorf("the target of the move: %w", err)
	}
	t := &target{}
	if t.db, err = Open(ctx, asMover(to), Options{Logger: m.Logger, Clock: m.Clock}); err != nil {
		return err
	}
	m.target = t
	t.engine = t.db.engine.(*postgresEngine)
	if t.engine.pooled {
		return errors.New("the target of the move: a connection pooler stands before it: name the server itself")
	}
	if t.pool, err = t.engine.pool.Acquire(ctx); err != nil {
		return fmt.Errorf("the target of the move: %w", oneLine{err})
	}
	t.conn = t.pool.Conn()
	var collation string
	if err := t.conn.QueryRow(ctx, `SELECT datcollate FROM pg_database WHERE datname = current_database()`).Scan(&collation); err != nil {
		return err
	}
	if !orderedByBytes(collation) {
		t.bytewise = ` COLLATE "C"`
	}
	return t.alone(ctx)
}

// asMover gives the address the name under which a move is connected, unless it
// has one. It is not taken apart: an address may name several servers.
func asMover(dsn string) string {
	if strings.Contains(dsn, "application_name=") {
		return dsn
	}
	separator := "?"
	if strings.Contains(dsn, "?") {
		separator = "&"
	}
	return dsn + separator + "application_name=" + strings.ReplaceAll(mover, " ", "%20")
}

func (t *target) close() {
	if t.pool != nil {
		t.pool.Release()
	}
	t.db.Close()
}

// alone takes the lock, so that two moves do not meet.
func (t *target) alone(ctx context.Context) error {
	for deadline := time.Now().Add(patienceForMove); ; {
		var taken bool
		if err := t.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(moveLock)).Scan(&taken); err != nil || taken {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("another move into the target is under way")
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// claim makes the target ready for this source, or reports that the same move
// has ended before. Everything else that is in the target is a reason to refuse.
func (m *move) claim(ctx context.Context) (ended bool, err error) {
	c := m.target.conn
	var marked bool
	if err := c.QueryRow(ctx, `SELECT to_regclass('mekenjai_move') IS NOT NULL`).Scan(&marked); err != nil {
		return false, err
	}
	if marked {
		return m.known(ctx)
	}
	if err := m.empty(ctx); err != nil {
		return false, err
	}
	err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE mekenjai_move (
			source      TEXT PRIMARY KEY, -- SHA-256 of the SQLite file
			started_at  BIGINT NOT NULL,
			finished_at BIGINT,
			digest      TEXT NOT NULL, -- of all that was carried, '' before the end
			rows_count  BIGINT NOT NULL,
			jobs_count  BIGINT NOT NULL)`)
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO mekenjai_move (source, started_at, digest, rows_count, jobs_count) VALUES ($1, $2, '', 0, 0)`,
				m.report.Source, Micros(m.now()))
		}
		return err
	})
	if err != nil {
		return false, err
	}
	return false, m.target.db.bring(ctx, m.Migrations)
}

// known looks at the move that was begun in the target before.
func (m *move) known(ctx context.Context) (ended bool, err error) {
	var source string
	err = m.target.conn.QueryRow(ctx, `SELECT source, finished_at IS NOT NULL, digest, rows_count, jobs_count FROM mekenjai_move`).
		Scan(&source, &ended, &m.report.Digest, &m.report.Rows, &m.report.Jobs)
	switch {
	case err != nil:
		return false, err
	case source != m.report.Source:
		return false, errors.New("the target holds the move of another database, or of this one before it was changed: name an empty one")
	case ended:
		return true, nil
	}
	return false, m.target.db.bring(ctx, m.Migrations)
}

// empty refuses a target in which there is anything, or which a node serves. The
// tables of a fresh mekenjai migrate do not count.
func (m *move) empty(ctx context.Context) error {
	c := m.target.conn
	if err := m.target.unserved(ctx); err != nil {
		return err
	}
	names, err := m.target.list(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY tablename`)
	if err != nil {
		return err
	}
	for _, name := range names {
		ours := slices.ContainsFunc(m.tables, func(t table) bool { return t.name == name })
		if !ours && !kept(name) {
			return fmt.Errorf("the target is not empty: it has a table %s, which is not of Mekenjai", name)
		}
		if !ours && name != "river_job" {
			continue
		}
		var filled bool
		if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM `+pgx.Identifier{name}.Sanitize()+`)`).Scan(&filled); err != nil {
			return err
		}
		if filled {
			return fmt.Errorf("the target is not empty: its table %s holds rows, and none of them would be kept apart from those of the source", name)
		}
	}
	return nil
}

// unserved refuses a target to which a node is connected; the server takes a
// moment to notice that one has gone.
func (t *target) unserved(ctx context.Context) error {
	for deadline := time.Now().Add(patienceForNodes); ; {
		var nodes int
		err := t.conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'mekenjai'`).Scan(&nodes)
		if err != nil || nodes == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("a node is connected to the target: stop it until the move has ended")
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

func (t *target) list(ctx context.Context, sql string) ([]string, error) {
	rows, err := t.conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// analyze counts the rows for the planner: a node may serve at once.
func (t *target) analyze(ctx context.Context) error {
	_, err := t.conn.Exec(ctx, `ANALYZE`)
	return err
}

// snapshot runs fn while the connection reads one state of the target.
func (t *target) snapshot(ctx context.Context, fn func() error) error {
	return pgx.BeginTxFunc(ctx, t.conn, snapshot, func(pgx.Tx) error { return fn() })
}

// broken reports that the server went away.
func (t *target) broken(err error) bool {
	return t.conn.IsClosed() || sqlstate(err, "08", "57P01", "57P02", "57P03") || pgconn.Timeout(err)
}

// whole refuses a database into which a move was begun and not ended.
func (e *postgresEngine) whole(ctx context.Context) error {
	var marked, unfinished bool
	err := e.pool.QueryRow(ctx, `SELECT to_regclass('mekenjai_move') IS NOT NULL`).Scan(&marked)
	if err == nil && marked {
		err = e.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM mekenjai_move WHERE finished_at IS NULL)`).Scan(&unfinished)
	}
	if err == nil && unfinished {
		err = ErrUnfinishedMove
	}
	return err
}

// whole: nothing is moved into a file.
func (e *sqliteEngine) whole(context.Context) error { return nil }
