package database

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
)

// errMore ends a glance that would not do.
var errMore = errors.New("database: a glance is one question")

// glance is a Read of which one statement is expected. It goes to the server without
// BEGIN and ROLLBACK, a message in place of three: a statement alone has a snapshot of
// its own. A second statement would need the same snapshot, so it ends the glance with
// errMore, the closure is run again over a snapshot that lasts, and its place in the
// program is remembered. Most reads are one question: a session, an application, a
// count.
type glance struct {
	pool  *pgxpool.Pool
	asked bool
}

// changing finds what a read-only transaction refuses and a statement alone does not.
var changing = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|FOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE)|FOR\s+KEY\s+SHARE|nextval|setval|pg_\w*advisory\w*|pg_notify)\b`)

// reading remembers of statements whether they read and do nothing else.
var reading sync.Map // text → bool

func only(sql string) bool {
	known, found := reading.Load(sql)
	if !found {
		text := strings.TrimSpace(sql)
		known = (strings.HasPrefix(text, "SELECT") || strings.HasPrefix(text, "WITH")) && !changing.MatchString(text)
		reading.Store(sql, known) // there are as many as stand in the program
	}
	return known.(bool)
}

func (g *glance) query(ctx context.Context, sql string, args []any) (result, error) {
	if g.asked || !only(sql) {
		return nil, errMore
	}
	g.asked = true
	return g.pool.Query(ctx, sql, args...)
}

func (g *glance) exec(context.Context, string, []any) (int64, error) { return 0, errMore }

func (g *glance) lost(err error) bool { return saidByServer(err) }

func (g *glance) commit(context.Context, []river.InsertManyParams) error { return nil }

func (g *glance) rollback(context.Context) error { return nil }
