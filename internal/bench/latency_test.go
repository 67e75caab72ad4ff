package bench

import (
	"testing"
	"time"
)

func TestPercentilesAreOfTheNearestRank(t *testing.T) {
	var took []time.Duration
	for n := 100; n >= 1; n-- {
		took = append(took, time.Duration(n)*time.Millisecond)
	}
	for _, c := range []struct {
		took []time.Duration
		want Latency
	}{
		{took, Latency{100, 50, 95, 99, 100}},
		{took[:1], Latency{1, 1, 1, 1, 1}}, // sorted by the case before: the shortest
		{[]time.Duration{3 * time.Millisecond, 1500 * time.Microsecond}, Latency{2, 1.5, 3, 3, 3}},
		{nil, Latency{}},
	} {
		if got := LatencyOf(c.took); got != c.want {
			t.Errorf("%d values: %+v, want %+v", len(c.took), got, c.want)
		}
	}
}
