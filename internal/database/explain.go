package database

import (
	"context"
	"strings"
	"sync"
)

// Plan is how the engine would run a statement.
type Plan struct {
	SQL   string   `json:"sql"`
	Steps []string `json:"steps"`
}

// notebook notes the queries that are made under a context.
type notebook struct {
	mu      sync.Mutex
	queries []noted // each text once; guarded by mu
}

type noted struct {
	sql  string
	args []any
}

type notebookKey struct{}

// note is called for every query; nearly always nobody listens.
func note(ctx context.Context, sql string, args []any) {
	b, ok := ctx.Value(notebookKey{}).(*notebook)
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range b.queries {
		if q.sql == sql {
			return
		}
	}
	b.queries = append(b.queries, noted{sql, args})
}

// Plans runs fn and tells how the engine answers the queries that fn makes under
// its context, each text once, with the arguments it had the first time.
func (db *DB) Plans(ctx context.Context, fn func(ctx context.Context) error) (plans []Plan, err error) {
	b := &notebook{}
	if err := fn(context.WithValue(ctx, notebookKey{}, b)); err != nil {
		return nil, err
	}
	err = db.Read(ctx, func(tx Tx) error {
		plans = nil
		for _, q := range b.queries {
			steps, err := Collect(ctx, tx, db.engine.planStep, db.engine.explain()+q.sql, q.args...)
			if err != nil {
				return err
			}
			plans = append(plans, Plan{strings.Join(strings.Fields(q.sql), " "), steps})
		}
		return nil
	})
	return plans, err
}

func (e *postgresEngine) explain() string { return "EXPLAIN " }

func (e *postgresEngine) planStep(r Row) (step string, err error) { return step, r.Scan(&step) }

func (e *sqliteEngine) explain() string { return "EXPLAIN QUERY PLAN " }

func (e *sqliteEngine) planStep(r Row) (step string, err error) {
	var id, parent, unused int64
	return step, r.Scan(&id, &parent, &unused, &step)
}
