package database

import (
	"context"
	"slices"
	"sync"
	"time"
)

// line is where transactions that write wait for SQLite's one writer. Who finds it
// free waits for nobody; who must wait may ride along in the group that has it, see
// group.
type line struct {
	open   func(ctx context.Context) (*sqliteWrite, error)
	commit func(*sqliteWrite) error
	ring   func(queues []string) // tells the workers what was committed

	atMost time.Duration // groupTime; tests have more

	mu      sync.Mutex
	taken   bool     // somebody has the writer
	waiting []*rider // in the order they came
}

// begin waits for a turn. A member that goes apart shares its commit with
// nobody.
func (l *line) begin(ctx context.Context, apart bool) (native, error) {
	m := &rider{apart: apart}
	if err := l.wait(ctx, m); err != nil {
		return nil, err
	}
	if m.group == nil {
		if err := l.first(ctx, m); err != nil {
			return nil, err
		}
	} else if err := m.ride(ctx); err != nil {
		return nil, err
	}
	m.statements = m.group.carrier
	return m, nil
}

// wait ends when m has the writer, alone or with the group that has it.
func (l *line) wait(ctx context.Context, m *rider) error {
	l.mu.Lock()
	if !l.taken {
		l.taken = true
		l.mu.Unlock()
		return nil
	}
	m.turn = make(chan *group, 1)
	l.waiting = append(l.waiting, m)
	l.mu.Unlock()
	select {
	case m.group = <-m.turn:
		return nil
	case <-ctx.Done():
	}
	if l.forget(m) {
		return ctx.Err()
	}
	m.group = <-m.turn // it was called just now; the end of ctx is noticed later
	return nil
}

// forget takes m out of the line, unless it was called already.
func (l *line) forget(m *rider) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, m)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	return true
}

// first begins a group with the writer that m has.
func (l *line) first(ctx context.Context, m *rider) error {
	c, err := l.open(ctx)
	if err != nil {
		l.release()
		return err
	}
	m.group = newGroup(l, c)
	return nil
}

// release gives the writer to the next in line.
func (l *line) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken = len(l.waiting) > 0; l.taken {
		l.pop().turn <- nil
	}
}

// company calls the next in line into g and reports whether there is one who
// comes along.
func (l *line) company(g *group) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 || l.waiting[0].apart {
		return false
	}
	l.pop().turn <- g
	return true
}

func (l *line) pop() *rider {
	m := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	return m
}
