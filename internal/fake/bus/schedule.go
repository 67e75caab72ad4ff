package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// A Step of a schedule makes a peer fail from At on, counted from the start, For so
// long.
type Step struct {
	At, For time.Duration
	Peer    state.Peer
	Fault   country.Fault
}

// ReadSchedule reads a JSON array of steps such as
//
//	{"at": "30s", "for": "1m", "peer": "persons", "fault": "slow", "delay": "8s"}
//
// and refuses what it does not know: a schedule that does not do what it says proves
// nothing.
func ReadSchedule(r io.Reader) ([]Step, error) {
	var rows []struct {
		At    string     `json:"at"`
		For   string     `json:"for"`
		Peer  state.Peer `json:"peer"`
		Fault string     `json:"fault"`
		Delay string     `json:"delay"`
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&rows); err != nil {
		return nil, fmt.Errorf("schedule of faults: %w", err)
	}
	steps := make([]Step, len(rows))
	for i, row := range rows {
		fail := func(what string) error { return fmt.Errorf("schedule of faults, step %d: %s", i+1, what) }
		at, err := time.ParseDuration(row.At)
		if err != nil || at < 0 {
			return nil, fail(`"at" is a time from the start, such as "30s"`)
		}
		long, err := time.ParseDuration(row.For)
		if err != nil || long <= 0 {
			return nil, fail(`"for" is how long it lasts, such as "1m"`)
		}
		var delay time.Duration
		if row.Delay != "" {
			if delay, err = time.ParseDuration(row.Delay); err != nil || delay <= 0 {
				return nil, fail(`"delay" is how late a slow peer answers, such as "8s"`)
			}
		}
		fault, ok := FaultNamed(row.Peer, row.Fault, delay)
		if !ok {
			return nil, fail(fmt.Sprintf("the peer %q has no fault %q", row.Peer, row.Fault))
		}
		steps[i] = Step{at, long, row.Peer, fault}
	}
	return steps, nil
}

// Follow does the steps in their time until all are over or ctx ends. A peer whose
// last step is over works again.
func (b *Bus) Follow(ctx context.Context, steps []Step) {
	type turn struct {
		at    time.Duration
		peer  state.Peer
		fault country.Fault
	}
	var turns []turn
	for _, s := range steps {
		turns = append(turns, turn{s.At, s.Peer, s.Fault}, turn{s.At + s.For, s.Peer, country.Fault{}})
	}
	// Where one fault of a peer ends as the next begins, the end comes first.
	slices.SortStableFunc(turns, func(x, y turn) int {
		if x.at != y.at {
			return int(x.at - y.at)
		}
		return rank(x.fault) - rank(y.fault)
	})
	start := time.Now()
	for _, t := range turns {
		wait := time.NewTimer(time.Until(start.Add(t.at)))
		select {
		case <-wait.C:
			b.country.Set(t.peer, t.fault)
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}

func rank(f country.Fault) int {
	if f.Kind == country.Works {
		return 0
	}
	return 1
}
