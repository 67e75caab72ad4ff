package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mekenjai/internal/database"
)

// Plan is a list of scenarios.
type Plan struct {
	Scenarios []Scenario
	AtOnce    int           // how many of them run at the same time; 0: one after another
	Patience  time.Duration // how long somebody tries one step
	Settle    time.Duration // how long jobs may take when all is over
}

// Short is what the tests run: every fault some times, within a hundred seconds.
func Short() Plan {
	// The patience is for machines that are busy with other tests.
	return Plan{AtOnce: 3, Patience: 4 * time.Minute, Settle: 5 * time.Second, Scenarios: []Scenario{
		// Those that wait the longest begin first.
		{Registers(4 * time.Second), database.SQLite, 1, 1},
		{Kill(), database.Postgres, 2, 16},
		{Kill(), database.Postgres, 1, 14},
		{Cut(), database.Postgres, 1, 4},
		{Kill(), database.SQLite, 1, 20},
		{Disk(), database.Postgres, 1, 2},
		{Disk(), database.SQLite, 1, 2},
	}}
}

// Long is every fault many times; kills and failovers count over the engines and
// ways, and the network and the disk fail in proportion to the kills.
func Long(kills, failovers int) Plan {
	return Plan{Patience: 15 * time.Minute, Settle: 5 * time.Minute, Scenarios: []Scenario{
		{Kill(), database.SQLite, 1, kills * 2 / 5},
		{Kill(), database.Postgres, 1, kills * 3 / 10},
		{Kill(), database.Postgres, 2, kills - kills*2/5 - kills*3/10},
		{Cut(), database.Postgres, 2, max(4, kills/5)},
		{Disk(), database.SQLite, 1, max(2, kills/20)},
		{Disk(), database.Postgres, 2, max(2, kills/20)},
		{Registers(8 * time.Minute), database.SQLite, 1, 1},
		{Registers(8 * time.Minute), database.Postgres, 2, 1},
		{Primary(false), database.Postgres, 2, failovers - failovers/2},
		{Primary(true), database.Postgres, 2, failovers / 2},
	}}
}

// Only is the part of the plan with the faults of these names; none: all.
func (p Plan) Only(names []string) Plan {
	if len(names) > 0 {
		p.Scenarios = slices.DeleteFunc(slices.Clone(p.Scenarios), func(s Scenario) bool { return !slices.Contains(names, s.Fault.Name) })
	}
	return p
}

// Run is how a plan is run.
type Run struct {
	Program string
	Cluster string   // deploy/cluster, for those that need several servers
	Env     []string // of the nodes, beside this process's
	Seed    uint64
	Say     io.Writer // a line a scenario, for people
}

// Report is the outcome of a plan.
type Report struct {
	At       time.Time `json:"at"`
	Seconds  float64   `json:"seconds"`
	Strikes  int       `json:"strikes"` // of all scenarios that were not skipped
	Findings int       `json:"findings"`
	Results  []Result  `json:"results"`
}

// Run runs the scenarios, in their order as far as they are not run at once.
func (p Plan) Run(ctx context.Context, run Run) (report Report, err error) {
	if len(p.Scenarios) == 0 {
		return report, errors.New("there is no such fault")
	}
	dir, err := os.MkdirTemp("", "mekenjai-faults-")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // the database server's user goes through it
		return report, err
	}
	runner := &Runner{Program: run.Program, Env: run.Env, Cluster: run.Cluster, Dir: dir, Postgres: &Postgres{}, Patience: p.Patience, Settle: p.Settle, Seed: run.Seed}
	defer func() { err = errors.Join(err, runner.Postgres.Stop()) }()
	report = Report{At: time.Now().UTC().Truncate(time.Second)}
	results := make([]Result, len(p.Scenarios))
	var say sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, p.AtOnce))
	for i, sc := range p.Scenarios {
		group.Go(func() (err error) {
			if results[i], err = runner.Run(ctx, sc); err != nil {
				return fmt.Errorf("%s on %s: %w", sc.Fault.Name, sc.Engine, err)
			}
			say.Lock()
			defer say.Unlock()
			fmt.Fprintln(run.Say, results[i])
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return report, err
	}
	for _, result := range results {
		report.add(result)
	}
	report.Seconds = time.Since(report.At).Round(time.Second).Seconds()
	return report, nil
}

func (r *Report) add(result Result) {
	r.Results = append(r.Results, result)
	r.Findings += len(result.Findings) + len(result.Failures)
	if result.Skipped == "" {
		r.Strikes += result.Strikes
	}
}

// Broken says whether a guarantee did not hold.
func (r Report) Broken() bool { return slices.ContainsFunc(r.Results, Result.Broken) }

// String is a result for people.
func (r Result) String() string {
	what := fmt.Sprintf("%s on %s, %d node(s)", r.Fault, r.Engine, r.Nodes)
	if r.Skipped != "" {
		return what + ": skipped: " + r.Skipped
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d times in %.0f s; %d stories came to their end, %d acknowledgements, the longest outage %.1f s",
		what, r.Strikes, r.Seconds, r.Stories, sum(r.Told), r.Slowest)
	if !r.Broken() {
		b.WriteString(": nothing lost, nothing twice")
	}
	for _, f := range r.Findings {
		b.WriteString("\n  BROKEN " + f.String())
	}
	for _, f := range r.Failures {
		b.WriteString("\n  FAILED " + f)
	}
	return b.String()
}

func sum[K comparable](m map[K]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}
