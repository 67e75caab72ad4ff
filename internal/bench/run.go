package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mekenjai/internal/fake/crowd"
)

// Options say what is measured, and where.
type Options struct {
	URL          string     `json:"url"`
	Crowd        crowd.Size `json:"crowd"`
	First        int        `json:"first"` // applicant to begin with: each applies once
	Applications int        `json:"applications,omitempty"`
	Clients      int        `json:"clients,omitempty"` // applications under way at once
	Rate         float64    `json:"rate,omitempty"`
	Users        int        `json:"users,omitempty"`  // of the shapes with users
	Think        Duration   `json:"think,omitzero"`   // of a user before a step, on average
	Lasting      Duration   `json:"lasting,omitzero"` // of the shapes with users
	ServerPID    int        `json:"server_pid,omitempty"`
	PostgresPID  int        `json:"postgres_pid,omitempty"`
	Seed         []byte     `json:"-"` // of the authority that the server trusts
	Progress     io.Writer  `json:"-"`
}

// Report is what came of a run.
type Report struct {
	Shape   string  `json:"shape"`
	Options Options `json:"options"`

	Entered        int     `json:"entered"` // complete: the applicant's page says so
	Seconds        float64 `json:"seconds"` // from the first submission to the last entry
	PerSecond      float64 `json:"complete_applications_per_second"`
	Errors         int     `json:"errors"`
	PrepareSeconds float64 `json:"prepare_seconds"`
	SettleSeconds  float64 `json:"settle_seconds"` // until the server had nothing left to do: evidence is gathered after the entry

	CPU    CPU    `json:"cpu"`
	Memory Memory `json:"memory"`

	SignatureToEntry Latency            `json:"last_signature_to_entry"`
	Writes           Latency            `json:"writes"` // all requests that change something
	Phases           []Phase            `json:"phases,omitempty"`
	FirstPageBytes   int                `json:"first_page_bytes,omitempty"` // over the wire, with all it is made of
	Goals            []Goal             `json:"goals,omitempty"`
	Steps            map[string]Latency `json:"steps"`
	Preparation      map[string]Latency `json:"preparation_steps"`
	ErrorKinds       map[string]int     `json:"error_kinds"`
	Machine          Machine            `json:"machine"`
}

// CPU is processor time in milliseconds. That of the server counts until it had
// nothing left to do.
type CPU struct {
	ServerPerApplication    float64 `json:"server_ms_per_application"`
	PostgresPerApplication  float64 `json:"postgres_ms_per_application,omitempty"`
	SumPerApplication       float64 `json:"server_and_database_ms_per_application"`
	GeneratorPerApplication float64 `json:"generator_ms_per_application"`
	AtLastEntry             float64 `json:"server_and_database_ms_per_application_at_the_last_entry"`
}

// Memory is the resident memory of the server in MiB.
type Memory struct {
	Before float64 `json:"before_mib"`
	After  float64 `json:"after_mib"`
	Peak   float64 `json:"peak_mib"` // since the server started
}

// Run prepares the applications and then sends them, as many at once as there are
// clients, or as many a second as the rate says.
func Run(ctx context.Context, o Options) (*Report, error) {
	c, err := crowd.New(o.Crowd, time.Now)
	if err != nil {
		return nil, err
	}
	if o.First < 0 || o.First+o.Applications > c.Applicants() {
		return nil, fmt.Errorf("the crowd has %d applicants: %d applications from number %d on are too many", c.Applicants(), o.Applications, o.First)
	}
	t := &town{crowd: c, base: strings.TrimSuffix(o.URL, "/"), client: clientFor(4 * o.Clients), tally: newTally()}
	var stop func()
	if t.phones, stop, err = listen(ctx, c, t.base); err != nil {
		return nil, err
	}
	defer stop()
	r := &Report{Shape: "full", Options: o}
	start := time.Now()
	prepared, err := t.prepareAll(ctx, o)
	if err != nil {
		return nil, err
	}
	r.PrepareSeconds = time.Since(start).Seconds()
	if r.Preparation = t.tally.steps(); len(prepared) == 0 {
		return nil, fmt.Errorf("not one application could be prepared: %v", t.tally.errors)
	}
	errorsBefore := t.tally.errors
	t.tally = newTally()
	t.tally.errors = errorsBefore
	return r, t.measure(ctx, o, r, prepared)
}

func clientFor(connections int) *http.Client {
	return &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute, DisableCompression: false}}
}

// prepareAll prepares with as many workers as there are clients.
func (t *town) prepareAll(ctx context.Context, o Options) ([]*application, error) {
	all := make([]*application, o.Applications)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range min(o.Clients, o.Applications) {
		keys, err := newKeyring(t.crowd, o.Seed)
		if err != nil {
			return nil, err
		}
		group.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(all) && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				a, err := t.prepare(ctx, keys, o.First+n)
				if err != nil && !errors.Is(err, errCounted) {
					t.tally.fail("prepare", err)
				}
				if err == nil {
					all[n] = a
				}
				if d := done.Add(1); d%500 == 0 {
					fmt.Fprintf(o.Progress, "%d of %d applications prepared\n", d, len(all))
				}
			}
		})
	}
	group.Wait()
	ready := all[:0]
	for _, a := range all {
		if a != nil {
			ready = append(ready, a)
		}
	}
	return ready, ctx.Err()
}

// measure sends what was prepared and fills the report.
func (t *town) measure(ctx context.Context, o Options, r *Report, prepared []*application) error {
	m, err := meterFor(ctx, o)
	if err != nil {
		return err
	}
	r.Memory.Before = m.memory()
	fmt.Fprintf(o.Progress, "%d applications are prepared; sending them\n", len(prepared))
	start := time.Now()
	var mu sync.Mutex
	var entered []time.Duration
	t.send(ctx, o, prepared, func(a *application) {
		took, err := t.complete(ctx, a)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			entered = append(entered, took)
		}
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Seconds = time.Since(start).Seconds()
	r.Entered, r.SignatureToEntry = len(entered), LatencyOf(entered)
	r.PerSecond = float64(r.Entered) / r.Seconds
	r.Steps, r.Writes, r.ErrorKinds = t.tally.steps(), t.tally.writes(), t.tally.errors
	for _, n := range t.tally.errors {
		r.Errors += n
	}
	r.Machine = ThisMachine()
	return m.fill(ctx, r)
}

// send gives each application to a client: at once when one is free, or at the
// rate's pace to as many as it takes.
func (t *town) send(ctx context.Context, o Options, prepared []*application, complete func(*application)) {
	work := make(chan *application)
	var group sync.WaitGroup
	if o.Rate == 0 {
		for range o.Clients {
			group.Go(func() {
				for a := range work {
					complete(a)
				}
			})
		}
	}
	start := time.Now()
	for n, a := range prepared {
		if o.Rate == 0 {
			work <- a
			continue
		}
		time.Sleep(time.Until(start.Add(time.Duration(float64(n) / o.Rate * float64(time.Second)))))
		group.Go(func() { complete(a) })
		if ctx.Err() != nil {
			break
		}
	}
	close(work)
	group.Wait()
}

// meter reads the accounts of the processes that take part.
type meter struct {
	o                           Options
	server, postgres, generator float64 // at the beginning, in seconds
}

// quiet is the share of a core below which the server has nothing left to do, and
// settling is how long that is waited for.
const (
	quiet    = 0.06
	settling = 2 * time.Minute
)

// meterFor begins when the server is quiet.
func meterFor(ctx context.Context, o Options) (m meter, err error) {
	m.o = o
	if err := m.settle(ctx); err != nil {
		return m, err
	}
	m.server, m.postgres, err = m.read()
	if err != nil {
		return m, err
	}
	m.generator, err = cpuOfOurs()
	return m, err
}

func (m meter) read() (server, postgres float64, err error) {
	if m.o.ServerPID != 0 {
		if server, err = cpuOf(m.o.ServerPID); err != nil {
			return 0, 0, fmt.Errorf("--server-pid: %w", err)
		}
	}
	if m.o.PostgresPID != 0 {
		if postgres, err = cpuOfTree(m.o.PostgresPID); err != nil {
			return 0, 0, fmt.Errorf("--postgres-pid: %w", err)
		}
	}
	return server, postgres, nil
}

func (m meter) memory() float64 {
	now, _ := memoryOf(m.o.ServerPID)
	return now
}

// settle waits until the server has nothing left to do.
func (m meter) settle(ctx context.Context) error {
	if m.o.ServerPID == 0 {
		return nil
	}
	const every = time.Second
	end := time.Now().Add(settling)
	last, _, err := m.read()
	for err == nil && time.Now().Before(end) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
		var now float64
		now, _, err = m.read()
		if now-last < quiet*every.Seconds() {
			return err
		}
		last = now
	}
	return err
}

// fill adds what the processes used.
func (m meter) fill(ctx context.Context, r *Report) error {
	generator, err := cpuOfOurs()
	if err != nil {
		return err
	}
	each := func(seconds float64) float64 {
		return milliseconds(time.Duration(seconds / float64(max(1, r.Entered)) * float64(time.Second)))
	}
	r.CPU.GeneratorPerApplication = each(generator - m.generator)
	server, postgres, err := m.read()
	if err != nil {
		return err
	}
	r.CPU.AtLastEntry = each(server - m.server + postgres - m.postgres)
	start := time.Now()
	if err := m.settle(ctx); err != nil {
		return err
	}
	r.SettleSeconds = time.Since(start).Seconds()
	if server, postgres, err = m.read(); err != nil {
		return err
	}
	r.CPU.ServerPerApplication, r.CPU.PostgresPerApplication = each(server-m.server), each(postgres-m.postgres)
	r.CPU.SumPerApplication = each(server - m.server + postgres - m.postgres)
	r.Memory.After, r.Memory.Peak = memoryOf(m.o.ServerPID)
	return nil
}
