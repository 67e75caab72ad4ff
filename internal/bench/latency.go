package bench

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// Latency is how long something took, in milliseconds: the value that a share of
// all does not exceed (nearest rank).
type Latency struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// LatencyOf sorts what it is given.
func LatencyOf(took []time.Duration) Latency {
	if len(took) == 0 {
		return Latency{}
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		rank := int(math.Ceil(share * float64(len(took))))
		return milliseconds(took[max(rank, 1)-1])
	}
	return Latency{len(took), at(0.50), at(0.95), at(0.99), milliseconds(took[len(took)-1])}
}

func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*1000) / 1000
}

// tally collects what many workers measure at the same time.
type tally struct {
	mu     sync.Mutex
	took   map[string][]time.Duration
	errors map[string]int
}

func newTally() *tally { return &tally{took: map[string][]time.Duration{}, errors: map[string]int{}} }

func (t *tally) add(step string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took[step] = append(t.took[step], took)
}

func (t *tally) fail(step string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors[step+": "+err.Error()]++
}

// time measures one step. One that failed is counted among the errors alone.
func (t *tally) time(step string, do func() error) error {
	start := time.Now()
	if err := do(); err != nil {
		t.fail(step, err)
		return errCounted
	}
	t.add(step, time.Since(start))
	return nil
}

// writes is the latency of all steps that change something, together.
func (t *tally) writes() Latency {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []time.Duration
	for step, took := range t.took {
		if strings.HasPrefix(step, "POST") {
			all = append(all, took...)
		}
	}
	return LatencyOf(all)
}

// steps are the latencies of all steps.
func (t *tally) steps() map[string]Latency {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[string]Latency{}
	for step, took := range t.took {
		all[step] = LatencyOf(took)
	}
	return all
}
