package database

import (
	"context"
	"time"
)

// Nodes are the processes that share one database. Each says every second that
// it lives; one of those that work leads: it does what one process is enough
// for. None of it decides about correctness, since a node that was thought dead
// may come back in the middle of a deed: what the leader does bears being done
// by two.
type pace struct {
	beat time.Duration // between two signs of life

	// term is how long a leader leads without saying so again. It bounds the
	// delay of a deadline when the leader dies.
	term time.Duration

	// dead is how long a node is silent before its jobs are given to others.
	dead time.Duration
}

var usualPace = pace{beat: time.Second, term: 4 * time.Second, dead: 10 * time.Second}

// Node is one process as the others see it.
type Node struct {
	ID     string
	Name   string        // as Options.Node says
	Works  bool          // it takes jobs
	Schema int64         // the newest schema that its program knows
	Up     time.Duration // since it joined
	Silent time.Duration // since it was heard
	Leads  bool
}

// JoinOptions is what a node tells the others of itself.
type JoinOptions struct {
	Works  bool  // it takes jobs, and may lead
	Schema int64 // the newest schema that its program knows
}

// Join makes this process a node until Close. Joining again changes what is told.
// Work joins by itself.
func (db *DB) Join(ctx context.Context, o JoinOptions) error { return db.engine.join(ctx, o) }

// Leads reports that this process is the one to do what one of all is enough for.
// Another takes over within seconds when it dies, at once when it ends.
func (db *DB) Leads() bool { return db.engine.leads() }

// Nodes are the processes that were heard lately, by their names.
func (db *DB) Nodes(ctx context.Context) ([]Node, error) { return db.engine.nodes(ctx) }

// Skew is by how much this machine's clock is ahead of the database's, and
// whether that has been measured: never for SQLite, where both are the same.
func (db *DB) Skew(ctx context.Context) (ahead time.Duration, known bool, err error) {
	return db.engine.skew(ctx)
}

// join: one process serves a SQLite file.
func (e *sqliteEngine) join(context.Context, JoinOptions) error { return nil }

// leads: the lock beside the file says which process works. It is free as soon
// as the one that held it has ended.
func (e *sqliteEngine) leads() bool {
	alone, err := e.alone(context.Background())
	return err == nil && alone
}

func (e *sqliteEngine) nodes(context.Context) ([]Node, error) { return nil, nil }

func (e *sqliteEngine) skew(context.Context) (time.Duration, bool, error) { return 0, false, nil }
