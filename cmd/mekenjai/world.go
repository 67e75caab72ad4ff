package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/online"
	"mekenjai/internal/access"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
	"mekenjai/internal/desk"
	"mekenjai/internal/kannel"
	"mekenjai/internal/office"
	"mekenjai/internal/pep"
	"mekenjai/internal/portal"
	"mekenjai/internal/register"
	"mekenjai/internal/schema"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/telemetry"
	"mekenjai/internal/web"

	"github.com/riverqueue/river"
)

// world is everything outside the register that a configuration chooses.
type world struct {
	peers    state.Peers
	keeper   state.Keeper // the state's register of registrations as a system of its own; zero: ours is the register
	verifier *eds.Verifier
	sendSMS  func(context.Context, mekenjai.Phone, string) error
	seal     *eds.Key
	sms      *kannel.Centre      // nil: not through Kannel
	bus      *connect.Connection // nil: the registers are in this process, or not connected
	portal   *pep.Portal         // egov.kz, where the service is ordered; nil: nobody orders it
	// timestamp asks the time-stamping authority; nil: there is none.
	timestamp func(context.Context, []byte, eds.Digest) ([]byte, error)
	lists     *online.Lists // revocation lists to keep fresh; nil: none
	clock     func() time.Time
	steady    *database.Clock                        // the machine's own without its jumps, which the database may confirm; nil: a movable one
	movable   func() time.Time                       // clock, when it is not the machine's own
	limits    map[string]access.Limit                // wider than the usual ones, nil for those
	ncalayer  string                                 // web socket of the signing program, "" for the usual one
	connect   []string                               // further addresses that the pages' scripts may reach
	prepare   func(context.Context, *program) error  // fills an empty database
	routes    func(*program) map[string]http.Handler // beside the portal's; nil for none
	mobile    *portal.Mobile                         // signing in eGov Mobile; nil: not offered
	close     func()
}

// production is the world of a real installation. What is not connected stays
// silent: nothing passes unchecked, nothing is refused for it.
func production(c config, log *slog.Logger) (world, error) {
	anchors, err := c.anchors()
	if err != nil {
		return world{}, err
	}
	w := world{
		peers: state.Unconnected(),
		// Without a source of revocation no signature can be called good: each is
		// indeterminate and waits.
		verifier: &eds.Verifier{Anchors: anchors},
		sendSMS: func(context.Context, mekenjai.Phone, string) error {
			return fmt.Errorf("no SMS centre is connected: %w", mekenjai.ErrUnavailable)
		},
		close: func() {},
	}
	if w.mobile, err = c.mobileSigning(); err != nil {
		return world{}, err
	}
	w.steady = steadyClock(log)
	w.clock = w.steady.Now
	client := &online.Client{UserAgent: "mekenjai"}
	var sources eds.Checkers
	if c.OCSP != "" {
		sources = append(sources, &online.OCSP{Client: client, URL: c.OCSP})
	}
	if len(c.CRL) > 0 {
		w.lists = &online.Lists{Client: client, Store: &eds.CRLStore{}, URLs: c.CRL, Authorities: anchors.Certificates()}
		sources = append(sources, w.lists.Store)
	}
	if len(sources) > 0 {
		w.verifier.Revocation = sources
	}
	if c.Seal != "" {
		if w.seal, err = loadSeal(c, w.verifier, w.clock()); err != nil {
			return world{}, err
		}
	}
	if c.Bus != "" {
		if w.bus, err = connectBus(c, w.verifier, w.clock, log); err != nil {
			return world{}, err
		}
		w.peers, w.keeper = w.bus.Peers(), w.bus.Keeper()
		if w.portal, err = w.bus.Portal(); err != nil {
			return world{}, err
		}
	}
	if c.TSA != "" {
		w.timestamp = (&online.TSA{Client: client, URL: c.TSA}).Timestamp
	}
	return w, nil
}

// program is a running installation.
type program struct {
	config   config
	world    world
	log      *slog.Logger
	db       *database.DB
	access   *access.Access
	register *register.Register

	metrics   *telemetry.Metrics
	condition condition
	skew      atomic.Int64 // of the clock as last measured, in nanoseconds
}

// open opens the database, brings its schema up to date and wires the packages.
func open(ctx context.Context, c config) (p *program, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	secret, err := c.secret()
	if err != nil {
		return nil, err
	}
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	p = &program{config: c, log: c.logger()}
	if c.demo() {
		p.world, err = demoCountry(c, p.log)
	} else {
		p.world, err = production(c, p.log)
	}
	if err != nil {
		return nil, err
	}
	p.count()
	if err := c.makeFolder(); err != nil {
		return nil, err
	}
	if p.db, err = database.Open(ctx, c.Database, database.Options{Longest: transactionBound,
		Clock: p.world.movable, Now: p.world.clock, Logger: p.log, Node: nodeName(c), Listen: c.ListenDatabase,
		Standbys: c.Standby, Staleness: c.Staleness,
	}); err != nil {
		return nil, err
	}
	bring := p.db.Migrate
	if c.NoMigrate {
		bring = p.db.CheckSchema
	}
	if err := bring(ctx, schema.FS); err != nil {
		return nil, errors.Join(err, p.db.Close())
	}
	vault, err := c.vault() // after the database: one that does not answer leaves no secret behind
	if err != nil {
		return nil, errors.Join(err, p.db.Close())
	}
	params := access.Params{Origin: c.URL, Secret: secret, Proxies: proxies, Limits: p.world.limits, Logger: p.log,
		Timestamp: p.world.timestamp, Proof: c.KeepSignIns}
	if len(c.SMSURL) > 0 {
		if p.world.sms, err = c.kannel(p.db, secret, p.log); err != nil {
			return nil, errors.Join(err, p.db.Close())
		}
		p.world.sendSMS, params.SendCode = p.world.sms.Send, p.world.sms.SendCode
	}
	p.access = access.New(p.db, p.world.verifier, p.phoneOf, p.world.sendSMS, params)
	p.register = register.New(p.db, register.Options{
		Peers: p.world.peers, Keeper: p.world.keeper, Orderer: p.orderer(), Verifier: p.world.verifier, Timestamp: p.world.timestamp, SendSMS: p.world.sendSMS, Contacts: p.access.Contacts, Seal: p.world.seal,
		Papers: vault, Specimen: c.demo(), BaseURL: c.URL, Clock: p.world.clock, Log: p.log, Office: p.access.Office, Entered: p.metrics.Entered,
	})
	p.takeOrders()
	if p.world.prepare != nil {
		// Nodes that start together fill the database once.
		if err := p.db.Exclusively(ctx, func() error { return p.world.prepare(ctx, p) }); err != nil {
			return nil, errors.Join(err, p.close())
		}
	}
	return p, nil
}

func (p *program) close() error {
	p.world.close()
	return p.db.Close()
}

// phoneOf is the phone by which somebody may sign in: the one in the Mobile
// Citizens Database.
func (p *program) phoneOf(ctx context.Context, iin mekenjai.IIN) (mekenjai.Phone, bool, error) {
	reply, err := p.world.peers.Citizen(ctx, iin)
	return reply.Value.Phone, reply.Value.Exists && reply.Value.Phone != "", err
}

// tend starts what every node does for itself, until ctx ends.
func (p *program) tend(ctx context.Context) {
	go p.every(ctx, watchEvery, "this node", p.watch)
	if lists := p.world.lists; lists != nil { // a node that only serves pages checks signatures too
		go func() {
			lists.Refresh(ctx)
			p.every(ctx, 15*time.Minute, "revocation lists", func(ctx context.Context) (int, error) { lists.Refresh(ctx); return 0, nil })
		}()
	}
}

// work starts the jobs and, on the node that leads, the sweeps; the returned
// function stops them gently.
func (p *program) work(ctx context.Context) (stop func(context.Context) error, err error) {
	workers := river.NewWorkers()
	p.access.AddWorkers(workers)
	p.register.AddWorkers(workers)
	worker, err := p.db.Work(ctx, workers, database.WorkOptions{Observe: p.metrics.Job})
	if err != nil {
		return nil, err
	}
	sweeping, cancel := context.WithCancel(ctx)
	go p.every(sweeping, time.Second, "deadlines", p.leading(p.register.Sweep))
	go p.every(sweeping, 10*time.Minute, "sign-ins", p.leading(p.access.Sweep))
	if p.world.sms != nil {
		go p.every(sweeping, time.Hour, "text messages", p.leading(p.world.sms.Sweep))
	}
	p.talkToPortal(sweeping)
	return func(ctx context.Context) error {
		cancel()
		return worker.Stop(ctx)
	}, nil
}

// leading does a sweep on one node of all that work: the verbs bear that two do
// it, as when a leader was thought dead, but they would only get in each other's
// way. A node that is unfit, by its clock say, sweeps nothing.
func (p *program) leading(sweep func(context.Context) (int, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		if p.condition.get() != nil || !p.db.Leads() {
			return 0, nil
		}
		return sweep(ctx)
	}
}

// every sweeps at an interval until ctx ends. A sweep that fails is tried again.
func (p *program) every(ctx context.Context, interval time.Duration, what string, sweep func(context.Context) (int, error)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := sweep(ctx); err != nil && ctx.Err() == nil {
				p.log.ErrorContext(ctx, "sweep", "of", what, "error", err)
			}
		}
	}
}

// handler is everything that is served.
func (p *program) handler() http.Handler {
	site := &web.Site{Log: p.log, Demo: p.config.demo(), NCALayer: p.world.ncalayer, TestChain: p.config.demo(),
		Connect: p.world.connect, Insecure: !isTLS(p.config.URL), Nav: portal.Nav(), Uploads: p.uploads, Away: database.IsAway, Observe: p.metrics.Request}
	face := &portal.Portal{Register: p.register, Access: p.access, Addresses: address.In(p.db), Specimen: p.config.demo(), Mobile: p.world.mobile}
	mux := http.NewServeMux()
	mux.Handle("/", p.access.Middleware(face.Handler()))
	counter := &office.Office{Register: p.register, Access: p.access, Addresses: address.In(p.db), Specimen: p.config.demo()}
	mux.Handle("/office/", p.access.Middleware(counter.Handler()))
	mux.Handle("/desk/", p.access.Middleware((&desk.Desk{Register: p.register, Access: p.access}).Handler()))
	if p.world.routes != nil {
		for pattern, h := range p.world.routes(p) {
			mux.Handle(pattern, h)
		}
	}
	if p.world.sms != nil {
		mux.Handle(kannel.ReportPattern, p.world.sms)
	}
	if p.world.portal != nil {
		mux.Handle(pep.Path, p.world.portal.Endpoint())
	}
	mux.Handle("GET /assets/", site.Assets())
	return p.healthBeside(site.Wrap(p.fit(web.Friendly(mux))))
}

// healthBeside answers the load balancer's question before everything else: it
// is asked every second, and has neither language nor incident.
func (p *program) healthBeside(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			p.health(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// uploads says which requests bring a file along.
func (*program) uploads(r *http.Request) bool { return office.Uploads(r) || portal.Uploads(r) }
