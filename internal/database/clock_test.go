package database_test

import (
	"slices"
	"testing"
	"time"

	"mekenjai/internal/database"
)

// machine has a clock that can be set, and knows what has passed.
type machine struct {
	passed, off time.Duration
	jumps       []time.Duration
}

func (m *machine) clock() *database.Clock {
	start := time.Date(2026, time.March, 2, 4, 0, 0, 0, time.UTC)
	return database.NewClock(func() time.Time { return start.Add(m.passed + m.off) },
		func() (time.Duration, bool) { return m.passed, true },
		func(ahead time.Duration) { m.jumps = append(m.jumps, ahead) })
}

func TestAClockThatJumpsAheadLetsNoDeadlinePass(t *testing.T) {
	var m machine
	c := m.clock()
	begun := c.Now()
	m.off = time.Hour
	for range 10 {
		m.passed += time.Minute
		if real, shown := m.passed, c.Now().Sub(begun); shown < real || shown > real+real/20 {
			t.Fatalf("after %s it shows %s", real, shown)
		}
	}
	for range 20 * 60 {
		m.passed += time.Minute
		c.Now()
	}
	if shown := c.Now().Sub(begun); shown != m.passed+time.Hour {
		t.Errorf("a day later it shows %s, the machine %s", shown, m.passed+time.Hour)
	}
	if !slices.Equal(m.jumps, []time.Duration{time.Hour}) {
		t.Errorf("told of the jumps %v", m.jumps)
	}
}

func TestAClockThatJumpsBackNeverShowsAnEarlierTime(t *testing.T) {
	var m machine
	c := m.clock()
	begun, last := c.Now(), c.Now()
	m.off = -time.Hour
	for range 30 * 60 {
		m.passed += time.Minute
		now := c.Now()
		if !now.After(last) {
			t.Fatalf("it went from %s to %s", last, now)
		}
		if real, shown := m.passed, now.Sub(begun); shown < real-real/20 || shown < real-time.Hour {
			t.Fatalf("after %s it shows %s", real, shown)
		}
		last = now
	}
	if shown := last.Sub(begun); shown != m.passed-time.Hour {
		t.Errorf("thirty hours later it shows %s, the machine %s", shown, m.passed-time.Hour)
	}
}

func TestAClockThatIsRightIsFollowedExactlyAndAConfirmedOneAtOnce(t *testing.T) {
	var m machine
	c := m.clock()
	begun := c.Now()
	for range 1000 {
		m.passed += time.Second
		m.off += time.Millisecond // it drifts, as every clock does, and far more than most
		if got := c.Now().Sub(begun); got != m.passed+m.off {
			t.Fatalf("it shows %s, the machine %s", got, m.passed+m.off)
		}
	}
	m.off += time.Hour // it slept where nobody counts
	c.Follow()
	if got := c.Now().Sub(begun); got != m.passed+m.off {
		t.Errorf("confirmed, it shows %s, the machine %s", got, m.passed+m.off)
	}
	m.off -= 2 * time.Hour
	before := c.Now()
	c.Follow()
	if now := c.Now(); now.Before(before) {
		t.Errorf("it went back from %s to %s", before, now)
	}
}

func TestWhatHasPassedGoesOn(t *testing.T) {
	before, known := database.Passed()
	if !known {
		t.Skip("this system does not say how long it has been running")
	}
	time.Sleep(2 * time.Millisecond)
	if after, _ := database.Passed(); after-before < 2*time.Millisecond || after-before > time.Minute {
		t.Errorf("%s passed", after-before)
	}
}
