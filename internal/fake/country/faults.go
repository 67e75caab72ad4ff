package country

import (
	"context"
	"time"

	"mekenjai/internal/state"
)

// FaultKind is a way in which a peer fails.
type FaultKind string

// The faults. Contradictory and Mismatch lie about the right subject, so only
// the rules can notice; Wrong is noticed by package state.
const (
	Works         FaultKind = ""
	Down          FaultKind = "down"
	Slow          FaultKind = "slow"          // answers after the fault's Delay
	Wrong         FaultKind = "wrong"         // answers about somebody else
	Contradictory FaultKind = "contradictory" // says something else at every second asking: other owners, another telephone
	Mismatch      FaultKind = "mismatch"      // property only: two objects of different areas under one code
)

// Fault is how a peer behaves.
type Fault struct {
	Kind  FaultKind
	Delay time.Duration // of Slow
}

// FaultsOf lists the faults that make sense for a peer, Works first.
func FaultsOf(p state.Peer) []FaultKind {
	switch p {
	case state.Properties:
		return []FaultKind{Works, Down, Slow, Wrong, Contradictory, Mismatch}
	case state.Housing, state.Civil, state.Guardianship, state.Education, state.Notaries:
		return []FaultKind{Works, Down, Slow, Wrong}
	}
	return []FaultKind{Works, Down, Slow, Wrong, Contradictory}
}

// Set makes the peer fail in this way from now on.
func (c *Country) Set(p state.Peer, f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults[p] = f
}

// Fault is how the peer behaves now.
func (c *Country) Fault(p state.Peer) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.faults[p]
}

// Heal makes every peer work and drops the changes that wait.
func (c *Country) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.faults)
	clear(c.pending)
}

// Suffer waits or fails as the peer's fault says; what it lies about is for the
// answers.
func (c *Country) Suffer(ctx context.Context, p state.Peer) error { return c.Fault(p).Suffer(ctx) }

// Suffer waits or fails as the fault says.
func (f Fault) Suffer(ctx context.Context) error {
	switch f.Kind {
	case Down:
		return state.ErrDown
	case Slow:
		t := time.NewTimer(f.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
