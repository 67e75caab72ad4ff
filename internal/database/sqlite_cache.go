package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// cachedStatements bounds the prepared statements of one connection. The
// program has a few hundred texts; lists of placeholders add some more.
const cachedStatements = 500

// cachingConnector opens connections that keep their statements prepared:
// compiling a statement costs SQLite several times what running it does, and
// database/sql compiles each one anew. It serves the job queue as well.
type cachingConnector struct {
	driver.Connector
	begin string // how a transaction that may write begins
}

func (c cachingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	native, ok := conn.(nativeConn)
	if !ok {
		conn.Close()
		return nil, errors.New("database: the SQLite driver lacks a method")
	}
	return &cachingConn{nativeConn: native, begin: c.begin, statements: make(map[string]*statement)}, nil
}

// nativeConn is what database/sql uses of the driver's connection.
type nativeConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// cachingConn is used by one goroutine at a time, as database/sql promises.
type cachingConn struct {
	nativeConn
	begin      string
	statements map[string]*statement
}

type statement struct {
	native driver.Stmt
	busy   bool // its rows are being read
	cached bool
}

func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := normalize(args); err != nil {
		return nil, err
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer s.release()
	return s.native.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := normalize(args); err != nil {
		return nil, err
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.native.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		s.release()
		return nil, err
	}
	return &cachedRows{rows, s}, nil
}

// BeginTx begins and ends transactions with prepared statements, too.
func (c *cachingConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	begin := c.begin
	if o.ReadOnly {
		begin = "BEGIN"
	}
	if err := c.run(ctx, begin); err != nil {
		return nil, err
	}
	return cachedTx{c}, nil
}

func (c *cachingConn) run(ctx context.Context, sql string) error {
	_, err := c.ExecContext(ctx, sql, nil)
	return err
}

type cachedTx struct{ conn *cachingConn }

// Commit leaves no transaction open when it fails.
func (t cachedTx) Commit() error {
	err := t.conn.run(context.Background(), "COMMIT")
	if err != nil {
		_ = t.Rollback() // there is none when SQLite has done it itself
	}
	return err
}

func (t cachedTx) Rollback() error { return t.conn.run(context.Background(), "ROLLBACK") }

// take returns the statement prepared for query, or prepares it. One that is
// still being read is left alone.
func (c *cachingConn) take(ctx context.Context, query string) (*statement, error) {
	if s := c.statements[query]; s != nil && !s.busy {
		s.busy = true
		return s, nil
	}
	// The driver takes a text with anything after its statement, were it a line
	// break, for a script, which it compiles at each use. River's texts end so.
	native, err := c.PrepareContext(ctx, strings.TrimRight(query, " \t\r\n;"))
	if err != nil {
		return nil, err
	}
	s := &statement{native: native, busy: true}
	if c.statements[query] == nil {
		if len(c.statements) >= cachedStatements {
			c.evict()
		}
		s.cached = true
		c.statements[query] = s
	}
	return s, nil
}

// evict drops some idle statement; Go's map order makes it a random one, which
// is nearly as good as the oldest.
func (c *cachingConn) evict() {
	for query, s := range c.statements {
		if !s.busy {
			s.native.Close()
			delete(c.statements, query)
			return
		}
	}
}

func (s *statement) release() {
	s.busy = false
	if !s.cached {
		s.native.Close()
	}
}

func (c *cachingConn) Close() error {
	for _, s := range c.statements {
		s.native.Close()
	}
	clear(c.statements)
	return c.nativeConn.Close()
}

// cachedRows gives its statement back when it is closed.
type cachedRows struct {
	driver.Rows
	statement *statement
}

func (r *cachedRows) Close() error {
	if r.statement == nil {
		return nil
	}
	err := r.Rows.Close()
	r.statement.release()
	r.statement = nil
	return err
}

var errText = errors.New("database: text is not valid UTF-8 or holds a zero byte")

// riverTime is how River writes instants on SQLite, in UTC; it compares them as
// text. Some of its statements leave the writing to the driver, which would
// use the local zone.
const riverTime = "2006-01-02 15:04:05.999"

// normalize refuses the text that PostgreSQL refuses, and writes the instants
// of the job queue in one form; those of a Tx are integers.
func normalize(args []driver.NamedValue) error {
	for i := range args {
		switch v := args[i].Value.(type) {
		case string:
			if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
				return errText
			}
		case time.Time:
			args[i].Value = v.UTC().Round(time.Millisecond).Format(riverTime)
		}
	}
	return nil
}
