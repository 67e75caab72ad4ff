package shep

import (
	"sync"
	"time"
)

// BreakerState is how a service is treated.
type BreakerState string

// Closed: it is asked. Open: it failed repeatedly and is left alone for a while.
// HalfOpen: one question is on its way to see whether it answers again.
const (
	Closed   BreakerState = "closed"
	Open     BreakerState = "open"
	HalfOpen BreakerState = "half_open"
)

// A service that failed failuresToOpen times in a row is left alone for firstRest,
// twice as long after each further failure, longestRest at most: the ten-minute
// promise runs, and a service that came back must be noticed soon.
const (
	failuresToOpen = 5
	firstRest      = time.Second
	longestRest    = 20 * time.Second
)

// breakers keeps one breaker a service. Its time is the machine's monotonic one.
type breakers struct {
	mu  sync.Mutex
	by  map[string]*breaker
	now func() time.Time // nil: time.Now
}

type breaker struct {
	failures int // in a row
	rest     time.Duration
	until    time.Time // open; zero: closed
	probing  bool
}

func (b *breakers) clock() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now()
}

// enter says whether the service may be asked now; whoever enters must tell how it
// went.
func (b *breakers) enter(service string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.by[service]
	if x == nil || x.until.IsZero() {
		return nil
	}
	if x.probing || b.clock().Before(x.until) {
		return ErrOpen
	}
	x.probing = true
	return nil
}

// leave notes how a question went. given is false when the asker gave up, which says
// nothing of the service.
func (b *breakers) leave(service string, answered, given bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.by[service]
	switch {
	case !given:
		if x != nil {
			x.probing = false
		}
	case answered:
		delete(b.by, service)
	default:
		if x == nil {
			x = &breaker{rest: firstRest}
			if b.by == nil {
				b.by = map[string]*breaker{}
			}
			b.by[service] = x
		}
		x.probing = false
		if x.failures++; x.failures >= failuresToOpen {
			x.until = b.clock().Add(x.rest)
			x.rest = min(2*x.rest, longestRest)
		}
	}
}

// state of a service.
func (b *breakers) state(service string) BreakerState {
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.by[service]
	switch {
	case x == nil || x.until.IsZero():
		return Closed
	case x.probing || !b.clock().Before(x.until):
		return HalfOpen
	}
	return Open
}
