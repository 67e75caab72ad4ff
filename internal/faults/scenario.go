package faults

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mekenjai/internal/check"
	"mekenjai/internal/database"
	"mekenjai/internal/papers"
)

// Fault is something that goes wrong. Its functions are called one after another;
// all but Strike may be nil.
type Fault struct {
	Name string
	Says string // what is promised

	// Prepare sets the site's database up, before the nodes start; nil: a fresh
	// database that nothing happens to.
	Prepare func(ctx context.Context, s *Site) error
	// Strike lets it happen once, with the people on their way, and returns when
	// the service could work again.
	Strike func(ctx context.Context, s *Site) error
	// Prove looks, after all, at what only this fault can break.
	Prove func(ctx context.Context, s *Site, db *database.DB) error
}

// Skip is why a fault cannot be made here.
type Skip struct{ Why string }

func (s *Skip) Error() string { return s.Why }

// Scenario is a fault on an engine with a number of nodes.
type Scenario struct {
	Fault   Fault
	Engine  string
	Nodes   int
	Strikes int
}

// Result is what came of a scenario.
type Result struct {
	Fault    string             `json:"fault"`
	Says     string             `json:"promise"`
	Engine   string             `json:"engine"`
	Nodes    int                `json:"nodes"`
	Strikes  int                `json:"strikes"`
	Seconds  float64            `json:"seconds"`
	Stories  int64              `json:"stories"`          // come to their end
	Told     map[check.Deed]int `json:"acknowledged"`     // by deed
	Again    int64              `json:"steps_done_again"` // because an answer was lost or an error
	Slowest  float64            `json:"longest_outage_s"` // that somebody met with one step
	StartP50 float64            `json:"start_p50_ms"`     // of a node, to its first answer
	StartMax float64            `json:"start_max_ms"`
	Skipped  string             `json:"skipped,omitempty"`
	Findings []check.Finding    `json:"findings"`
	Failures []string           `json:"failures"`
}

// Broken says whether a guarantee did not hold.
func (r Result) Broken() bool { return len(r.Findings)+len(r.Failures) > 0 }

// Site is the service of one scenario.
type Site struct {
	Engine string
	Dir    string // for files of the scenario
	URL    string // public address
	Nodes  []*Node
	DSN    string   // of the database itself
	Via    string   // how nodes reach it; "": DSN
	Flags  []string // further arguments of every node
	Random *rand.Rand

	postgres *Postgres
	cluster  string // the script
	people   *people
	undo     []func() error
}

// Undo is called when the scenario is over, last first.
func (s *Site) Undo(f func() error) { s.undo = append(s.undo, f) }

func (s *Site) close() (err error) {
	for _, n := range s.Nodes {
		n.Kill()
	}
	for _, f := range slices.Backward(s.undo) {
		err = errors.Join(err, f())
	}
	return err
}

// Runner runs scenarios.
type Runner struct {
	Program  string   // the binary
	Env      []string // of the nodes, beside this process's
	Cluster  string   // the script that runs several servers
	Dir      string   // for databases and journals
	Postgres *Postgres
	Patience time.Duration // how long somebody tries a step
	Settle   time.Duration // how long jobs may take when all is over
	Seed     uint64
}

// Run runs one scenario to its end. Its error is one of the runner, not of what it
// examines.
func (r *Runner) Run(ctx context.Context, sc Scenario) (result Result, err error) {
	result = Result{Fault: sc.Fault.Name, Says: sc.Fault.Says, Engine: sc.Engine, Nodes: sc.Nodes, Strikes: sc.Strikes,
		Findings: []check.Finding{}, Failures: []string{}}
	begun := time.Now()
	defer func() { result.Seconds = time.Since(begun).Round(10 * time.Millisecond).Seconds() }()
	dir, err := os.MkdirTemp(r.Dir, "site-")
	if err != nil {
		return result, err
	}
	s := &Site{Engine: sc.Engine, Dir: dir, postgres: r.Postgres, cluster: r.Cluster, Random: rand.New(rand.NewPCG(r.Seed, uint64(sc.Strikes)))}
	s.Undo(func() error { return os.RemoveAll(dir) })
	defer func() { err = errors.Join(err, s.close()) }()
	var skip *Skip
	if err := s.prepare(ctx, sc.Fault); errors.As(err, &skip) {
		result.Skipped = skip.Why
		return result, nil
	} else if err != nil {
		return result, fmt.Errorf("prepare: %w", err)
	}
	if err := s.start(ctx, r, sc.Nodes); err != nil {
		return result, err
	}
	j, err := openJournal(filepath.Join(dir, "told.jsonl"))
	if err != nil {
		return result, err
	}
	defer j.close()
	transport := &http.Transport{DialContext: balancer(s.Nodes).dial, MaxIdleConnsPerHost: 4, IdleConnTimeout: 5 * time.Second}
	defer transport.CloseIdleConnections()
	if s.people, err = newPeople(s.URL, transport, j, r.Patience); err != nil {
		return result, err
	}
	result.fail(s.under(ctx, sc))
	if len(result.Failures) > 0 {
		for i, n := range s.Nodes {
			result.fail(fmt.Errorf("node %d says last: %s", i+1, n.log.String()))
		}
	}
	if len(result.Failures) == 0 {
		if err := j.tell(check.Line{Deed: check.Complete}); err != nil {
			return result, err
		}
	}
	result.measure(s, j)
	return result, r.prove(ctx, sc, s, j, &result)
}

// prepare makes the database.
func (s *Site) prepare(ctx context.Context, f Fault) error {
	if f.Prepare != nil {
		return f.Prepare(ctx, s)
	}
	return s.Database(ctx, "")
}

// Database makes a fresh one, its files in folder; "" where the others are.
func (s *Site) Database(ctx context.Context, folder string) (err error) {
	if s.Engine == database.Postgres {
		s.DSN, err = s.postgres.Create(ctx, folder)
		return err
	}
	if folder == "" {
		folder = s.Dir
	}
	s.DSN = filepath.Join(folder, "mekenjai.db")
	return nil
}

// start starts the nodes, one after another: the first makes the schema.
func (s *Site) start(ctx context.Context, r *Runner, n int) error {
	secret := filepath.Join(s.Dir, "papers.secret")
	if err := os.WriteFile(secret, []byte(papers.NewSecret("faults")), 0o600); err != nil {
		return err
	}
	dsn := s.Via
	if dsn == "" {
		dsn = s.DSN
	}
	for range n {
		node, err := newNode(r.Program, dsn, s.URL, secret, s.Flags...)
		if err != nil {
			return err
		}
		if s.URL == "" {
			s.URL = "http://" + node.Address
		}
		node.env = r.Env
		s.Nodes = append(s.Nodes, node)
		if err := errors.Join(node.Start(), node.Await(ctx)); err != nil {
			return err
		}
		node.starts = nil // the first one makes the schema and the country's people
	}
	return nil
}

// under strikes while the people are on their way, and lets them come to their
// end.
func (s *Site) under(ctx context.Context, sc Scenario) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	closing := make(chan struct{})
	errs := make([]error, len(stories))
	var everybody sync.WaitGroup
	for i, id := range stories {
		everybody.Go(func() {
			if errs[i] = s.people.live(ctx, closing, id); errs[i] != nil {
				cancel(errors.New("somebody gave up")) // waiting for the others proves nothing more
			}
		})
	}
	var struck error
	for n := 0; n < sc.Strikes && struck == nil && ctx.Err() == nil; n++ {
		if struck = sc.Fault.Strike(ctx, s); struck != nil && ctx.Err() == nil {
			struck = fmt.Errorf("strike %d: %w", n+1, struck)
		}
	}
	close(closing)
	everybody.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err // the first one that gave up; the others were called off
		}
	}
	return struck
}

// prove waits until the jobs are done, stops the nodes and examines the database.
func (r *Runner) prove(ctx context.Context, sc Scenario, s *Site, j *journal, result *Result) error {
	db, err := database.Open(ctx, s.DSN, database.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := settle(ctx, db, r.Settle); err != nil {
		return err
	}
	for i, n := range s.Nodes {
		if err := n.Stop(); err != nil {
			result.fail(fmt.Errorf("node %d does not stop well: %w: %s", i+1, err, n.log.String()))
		}
	}
	found, err := check.Database(ctx, db, time.Now())
	if err != nil {
		return err
	}
	told, err := check.Told(ctx, db, j.lines)
	if err != nil {
		return err
	}
	result.Findings = append(result.Findings, append(found, told...)...)
	if sc.Fault.Prove != nil {
		result.fail(sc.Fault.Prove(ctx, s, db))
	}
	return nil
}

// settle waits until no job is running or due, or for so long.
func settle(ctx context.Context, db *database.DB, atMost time.Duration) error {
	for deadline := time.Now().Add(atMost); time.Now().Before(deadline); {
		busy := false
		err := db.Read(ctx, func(tx database.Tx) error {
			jobs, err := db.Unfinished(ctx, tx, 10_000)
			for _, j := range jobs {
				busy = busy || !j.IsGivenUp() && (j.State == "running" || j.Due.Before(time.Now().Add(5*time.Second)))
			}
			return err
		})
		if err != nil || !busy {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return nil // what is not done the examination says
}

func (r *Result) fail(err error) {
	if err != nil {
		r.Failures = append(r.Failures, err.Error())
	}
}

func (r *Result) measure(s *Site, j *journal) {
	r.Told, r.Stories, r.Again = j.counts(), s.people.laps.Load(), s.people.again.Load()
	r.Slowest = time.Duration(s.people.slowest.Load()).Round(time.Millisecond).Seconds()
	var starts []time.Duration
	for _, n := range s.Nodes {
		starts = append(starts, n.starts...)
	}
	if slices.Sort(starts); len(starts) > 0 {
		r.StartP50 = float64(starts[len(starts)/2].Milliseconds())
		r.StartMax = float64(starts[len(starts)-1].Milliseconds())
	}
}
