package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mekenjai/internal/fake/crowd"
)

// Duration is written as people write it, "10s".
type Duration time.Duration

// MarshalText makes it readable in JSON.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Phase is a part of a run with so many users.
type Phase struct {
	Users    int     `json:"users"`
	Requests int     `json:"requests"`
	Writes   Latency `json:"writes"`
	All      Latency `json:"all"`
}

// RunUsers lets so many users at once come with a new browser, load the first page,
// sign in, apply and consent, think before each step, and come again as others. In
// the shape of a spike there are five times as many in the second third.
func RunUsers(ctx context.Context, o Options, isSpike bool) (*Report, error) {
	c, err := crowd.New(o.Crowd, time.Now)
	if err != nil {
		return nil, err
	}
	t := &town{crowd: c, base: strings.TrimSuffix(o.URL, "/"), tally: newTally(), isCold: true}
	var stop func()
	if t.phones, stop, err = listen(ctx, c, t.base); err != nil {
		return nil, err
	}
	defer stop()
	m, err := meterFor(ctx, o)
	if err != nil {
		return nil, err
	}
	r := &Report{Shape: "paced", Options: o, Machine: ThisMachine()}
	r.Memory.Before = m.memory()
	phases := []int{o.Users}
	if isSpike {
		r.Shape, phases = "spike", []int{o.Users, 5 * o.Users, o.Users}
	}
	s := &street{town: t, o: o, phase: time.Duration(o.Lasting) / time.Duration(len(phases)), phases: phases}
	for range phases {
		s.tallies = append(s.tallies, newTally())
	}
	if s.keys, err = newKeyring(c, o.Seed); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	s.report(r)
	return r, m.fill(ctx, r)
}

// street is a run with users.
type street struct {
	town    *town
	o       Options
	keys    *keyring
	phases  []int // users of each
	phase   time.Duration
	tallies []*tally // of each phase
	start   time.Time
	next    atomic.Int64 // applicant

	mu        sync.Mutex
	entered   []time.Duration // guarded by mu
	firstPage int             // bytes; guarded by mu
}

// errLeft ends what a user does who has had enough: no error of the server.
var errLeft = errors.New("the user left")

func (s *street) run(ctx context.Context) error {
	most := 0
	for _, n := range s.phases {
		most = max(most, n)
	}
	s.start = time.Now()
	var group sync.WaitGroup
	for u := range most {
		group.Go(func() { s.live(ctx, u) })
	}
	group.Wait()
	return ctx.Err()
}

// at is which phase it is; false when all are over.
func (s *street) at() (int, bool) {
	k := int(time.Since(s.start) / s.phase)
	return k, k < len(s.phases)
}

// isHere says whether user u is among those of the phase.
func (s *street) isHere(u int) bool {
	k, running := s.at()
	return running && u < s.phases[k]
}

// live is user u until the end: as long as he is here he does one thing after
// another, each as another person of the crowd.
func (s *street) live(ctx context.Context, u int) {
	for ctx.Err() == nil {
		if _, running := s.at(); !running {
			return
		}
		if !s.isHere(u) {
			sleep(ctx, 100*time.Millisecond)
			continue
		}
		if err := s.visit(ctx, u); err != nil && !errors.Is(err, errCounted) && !errors.Is(err, errLeft) && ctx.Err() == nil {
			s.tally().fail("user", err)
		}
	}
}

func (s *street) tally() *tally {
	k, _ := s.at()
	return s.tallies[min(k, len(s.tallies)-1)]
}

// visit is one person's application from the first page to the entry.
func (s *street) visit(ctx context.Context, u int) error {
	n := s.o.First + int(s.next.Add(1)) - 1
	if n >= s.town.crowd.Applicants() {
		sleep(ctx, time.Second)
		return wrong("the crowd has no applicants left")
	}
	t := *s.town
	t.pace = func(ctx context.Context) error {
		sleep(ctx, time.Duration(rand.Float64()*2*float64(s.o.Think)))
		if !s.isHere(u) {
			return errLeft
		}
		return ctx.Err()
	}
	t.phase = s.tally
	if err := t.pace(ctx); err != nil { // users do not come all at one moment
		return err
	}
	person, _ := t.crowd.Applicant(n)
	stranger := t.browserOf(person, 2)
	defer stranger.client.CloseIdleConnections()
	if err := s.arrive(ctx, &t, stranger); err != nil {
		return err
	}
	t.client, t.isCold = stranger.client, false // the same browser goes on
	a, err := t.prepare(ctx, s.keys, n)
	if err != nil {
		return err
	}
	t.isCold = true // the owners come with their own
	took, err := t.complete(ctx, a)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.entered = append(s.entered, took)
	}
	return err
}

// arrive loads the first page with everything that it is made of.
func (s *street) arrive(ctx context.Context, t *town, b *browser) error {
	var p page
	if err := t.current().time("GET first page", func() (err error) {
		p, err = shown(b.get(ctx, "/"))
		return err
	}); err != nil {
		return err
	}
	weight := 0
	count := func(n int) { weight += n }
	if err := t.loadAssetsCounted(ctx, b, p, count); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.firstPage == 0 {
		body, _, err := b.fetch(ctx, "/")
		if err != nil {
			return err
		}
		s.firstPage = weight + len(body)
	}
	return nil
}

var assetLink = regexp.MustCompile(`/assets/[A-Za-z0-9._-]+`)

func (t *town) loadAssets(ctx context.Context, b *browser, p page) error {
	return t.loadAssetsCounted(ctx, b, p, func(int) {})
}

// loadAssetsCounted loads the files that a page names, and those that its styles
// name.
func (t *town) loadAssetsCounted(ctx context.Context, b *browser, p page, count func(bytes int)) error {
	seen := map[string]bool{}
	wanted := assetLink.FindAllString(string(p.body), -1)
	for len(wanted) > 0 {
		link := wanted[0]
		wanted = wanted[1:]
		if seen[link] {
			continue
		}
		seen[link] = true
		if err := t.current().time("GET file of a page", func() error {
			body, packed, err := b.fetch(ctx, link)
			if err != nil {
				return err
			}
			count(len(body))
			if !strings.HasSuffix(link, ".css") {
				return nil
			}
			if packed {
				if body, err = unpacked(body); err != nil {
					return err
				}
			}
			wanted = append(wanted, namedIn(body)...)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

var styleLink = regexp.MustCompile(`url\(["']?(/assets/)?([A-Za-z0-9._-]+\.woff2)["']?\)`)

// namedIn are the fonts that styles name.
func namedIn(css []byte) (links []string) {
	for _, m := range styleLink.FindAllSubmatch(css, -1) {
		links = append(links, "/assets/"+string(m[2]))
	}
	return links
}

func unpacked(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// report sums up the phases.
func (s *street) report(r *Report) {
	all := newTally()
	for k, t := range s.tallies {
		p := Phase{Users: s.phases[k], Writes: t.writes()}
		var took []time.Duration
		for step, d := range t.took {
			all.took[step] = append(all.took[step], d...)
			if strings.HasPrefix(step, "GET") || strings.HasPrefix(step, "POST") {
				took = append(took, d...)
			}
		}
		p.Requests, p.All = len(took), LatencyOf(took)
		for kind, n := range t.errors {
			all.errors[kind] += n
			r.Errors += n
		}
		r.Phases = append(r.Phases, p)
	}
	r.Seconds = time.Duration(s.o.Lasting).Seconds()
	r.Entered, r.SignatureToEntry = len(s.entered), LatencyOf(s.entered)
	r.PerSecond = float64(r.Entered) / r.Seconds
	r.Steps, r.Writes, r.ErrorKinds, r.FirstPageBytes = all.steps(), all.writes(), all.errors, s.firstPage
	r.Goals = goalsOf(r)
}

// goalsOf are those of the shapes with users.
func goalsOf(r *Report) []Goal {
	goals := []Goal{atMost(fmt.Sprintf("errors with %d users", r.Options.Users), 0, float64(r.Errors)),
		atMost("first page with all it is made of, bytes", 100_000, float64(r.FirstPageBytes))}
	if r.Shape == "paced" {
		return append(goals, atMost(fmt.Sprintf("p95 of all requests, %d paced users, ms", r.Options.Users), 300, r.Phases[0].All.P95))
	}
	for _, step := range slices.Sorted(maps.Keys(r.Steps)) {
		if strings.HasPrefix(step, "POST") {
			goals = append(goals, atMost("p95 in the spike of "+step+", ms", 400, r.Steps[step].P95))
		}
	}
	return goals
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
