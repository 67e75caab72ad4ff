package database

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// A durable commit costs SQLite more than what a verb does before it. So those who
// waited while others were at work share one: the closures of a group run one
// after another in one transaction of the writer, each but the first under a
// savepoint, and are answered together after its commit. Whoever fails is
// rolled back to its savepoint and its neighbours go on.
//
// A member sees what those before it in the group wrote. That is right, as they
// are committed together or not at all; and as nobody, not even one who failed,
// is answered before that is decided, no answer rests on what never was.

const (
	// groupSize and groupTime bound the wait of the first of a group for the
	// last. They matter under a load that leaves no pause.
	groupSize = 64
	groupTime = 10 * time.Millisecond
)

// errBroken is the answer to the members of a group whose transaction SQLite gave
// up, as it does when the disk is full. Nothing of it was committed; each is
// repeated, alone.
var errBroken = errors.New("database: the transaction was lost with its group")

// group is what one commit answers. It is handed from member to member; who
// has it is the only one to touch it until done is closed.
type group struct {
	line    *line
	carrier *sqliteWrite
	opened  time.Time
	members int      // that wait for the commit
	queues  []string // to wake after it
	marked  bool     // the savepoint of a member is set
	full    bool     // takes nobody else
	broken  bool     // cannot be committed

	done chan struct{} // closed when err says how it ended
	err  error
}

func newGroup(l *line, c *sqliteWrite) *group {
	return &group{line: l, carrier: c, opened: time.Now(), done: make(chan struct{})}
}

// pass lets the next in line come along, or ends the group.
func (g *group) pass() {
	if g.full || g.members >= groupSize || time.Since(g.opened) >= g.line.atMost || !g.line.company(g) {
		g.end()
	}
}

// end commits the group.
func (g *group) end() {
	if g.broken {
		g.carrier.rollback()
		g.err = errBroken
	} else {
		g.err = g.line.commit(g.carrier)
	}
	g.line.release()
	if g.err == nil {
		g.line.ring(g.queues)
	}
	close(g.done)
}

// rider is the transaction of one call of Transact, alone or in a group.
type rider struct {
	statements
	turn  chan *group // gets the group to join, nil to begin one
	group *group
	apart bool // shares its commit with nobody
}

// ride begins the turn of a member in a group that others are in.
func (m *rider) ride(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		m.group.pass()
		return err
	}
	g := m.group
	if err := g.carrier.mark(ctx, g.marked); err != nil {
		g.broken = true
		g.end()
		return errBroken
	}
	g.marked = true
	return nil
}

// commit ends the turn of m and waits until its group is committed.
func (m *rider) commit(ctx context.Context, jobs []river.InsertManyParams) error {
	g := m.group
	queues, err := g.carrier.insert(ctx, jobs)
	if err != nil {
		if lost := m.rollback(ctx); lost != nil {
			return lost
		}
		return err
	}
	g.members++
	g.queues = append(g.queues, queues...)
	g.full = m.apart
	g.pass()
	<-g.done
	return g.err
}

// rollback undoes what m did. It returns the error of the group when that was
// not committed: then the error of m rests on what never was.
func (m *rider) rollback(ctx context.Context) error {
	g := m.group
	if g.members == 0 { // it has no savepoint, and needs none
		g.carrier.rollback()
		g.line.release()
		return nil
	}
	if err := g.carrier.undo(ctx); err != nil {
		g.broken = true
		g.end()
	} else {
		g.marked = false
		g.pass()
	}
	<-g.done
	return g.err
}
