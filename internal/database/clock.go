package database

import (
	"sync"
	"time"
)

// Clock is the time of a machine without its jumps. Deadlines of people hang on
// it: a machine's clock that is set an hour ahead must not let everybody's consent
// lapse at once, and one that is set back must not put an answer before its
// question. So the clock goes on by the time that has really passed, never back,
// and follows a machine's clock that differs by twentieths: an hour in twenty.
type Clock struct {
	wall   func() time.Time
	passed func() (time.Duration, bool)

	mu      sync.Mutex
	shown   time.Time     // guarded by mu, as the rest
	at      time.Duration // passed when it was shown
	differs bool
	jump    func(ahead time.Duration)
}

// followBy is the share of the passed time by which a difference is taken up.
const followBy = 20

// jumpOf is from which difference on a machine's clock has jumped.
const jumpOf = 10 * time.Second

// NewClock makes a clock of the machine's wall and of the time that has passed
// since some moment; where passed does not know that, the clock is the wall.
// jump is told when the wall begins to differ by much; nil tells nobody.
func NewClock(wall func() time.Time, passed func() (time.Duration, bool), jump func(ahead time.Duration)) *Clock {
	if jump == nil {
		jump = func(time.Duration) {}
	}
	return &Clock{wall: wall, passed: passed, jump: jump}
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall().Round(0)
	at, known := c.passed()
	if !known {
		return wall
	}
	if c.shown.IsZero() {
		c.shown, c.at = wall, at
		return wall
	}
	passed := max(0, at-c.at)
	c.at = at
	c.shown = c.shown.Add(passed)
	ahead := wall.Sub(c.shown)
	c.shown = c.shown.Add(min(max(ahead, -passed/followBy), passed/followBy))
	if differs := ahead.Abs() >= jumpOf; differs != c.differs {
		c.differs = differs
		if differs {
			c.jump(ahead)
		}
	}
	return c.shown
}

// Follow takes up at once what the machine's clock is ahead: somebody who knows
// the time has confirmed it. What it is behind is taken up slowly, as always.
func (c *Clock) Follow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wall := c.wall().Round(0); wall.After(c.shown) && !c.shown.IsZero() {
		c.shown = wall
	}
}
