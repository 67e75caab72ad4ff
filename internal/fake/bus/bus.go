package bus

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/fake/entries"
	"mekenjai/internal/state"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
)

// Customer is the one information system that is registered at the bus: us.
type Customer struct {
	ID, Password string
	Code         string // what GBD FL calls it
	BIN          mekenjai.BIN
	Login        *eds.Certificate // for tokens of KDP that vouch for a signature; nil: it has none
}

// Options are what a bus is made of.
type Options struct {
	Country  *country.Country
	Entries  *entries.Register
	Keys     Keys
	Verifier *eds.Verifier // judges the customer's signatures
	Customer Customer
	Mappings map[state.Peer]*mapped.Set // where there is none: the one that is built in
	Clock    func() time.Time
	// Follows lets the clock of the bus run ahead with its customer's: that of a demo
	// country in another process can be moved.
	Follows bool
	Log     *slog.Logger
}

// Bus is one simulated bus. Its methods may be called at the same time.
type Bus struct {
	country   *country.Country
	registers country.Registers
	entries   *entries.Register
	keys      Keys
	verifier  *eds.Verifier
	customer  Customer
	follows   bool
	ahead     atomic.Int64 // how far the customer's clock was seen to be ahead of ours
	machine   func() time.Time
	log       *slog.Logger

	services map[string]service
	leave    *leave
	storage  storage
	answered memory
	server   *shep.SyncServer
	post     postbox

	mu     sync.Mutex
	latest map[string]reply // the last whole reply of each service, for Replayed
}

// New makes a bus.
func New(o Options) (*Bus, error) {
	b := &Bus{country: o.Country, registers: o.Country.Registers(), entries: o.Entries, keys: o.Keys, verifier: o.Verifier,
		customer: o.Customer, follows: o.Follows, machine: o.Clock, log: o.Log,
		services: map[string]service{}, leave: newLeave(), storage: storage{files: map[string]*stored{}}, latest: map[string]reply{},
		post: postbox{threads: map[string]*Thread{}, progress: map[string]shep.Progress{}}}
	modelled, err := b.modelled(o.Mappings)
	if err != nil {
		return nil, err
	}
	for _, s := range append(b.withSchema(), modelled...) {
		if _, twice := b.services[s.ID]; twice {
			return nil, fmt.Errorf("the service %s is registered twice", s.ID)
		}
		b.services[s.ID] = s
	}
	b.server = &shep.SyncServer{Server: shep.Server{Key: o.Keys.Bus, Verifier: o.Verifier, Clock: b.clock, Log: o.Log, Limit: mostFileBytes * 2, Schemas: schemas{}}, Answer: b.answer}
	return b, nil
}

// Where the channels are.
const (
	SyncPath  = "/sync"
	AsyncPath = "/async"
)

// Handler is both channels.
func (b *Bus) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(SyncPath, b.serveSync)
	mux.Handle(AsyncPath, b.asyncServer())
	return mux
}

func (b *Bus) serveSync(w http.ResponseWriter, r *http.Request) {
	v := new(verdict)
	var c capture
	b.server.ServeHTTP(&c, r.WithContext(context.WithValue(r.Context(), verdictKey{}, v)))
	whole := c.whole()
	switch {
	case v.silent:
		panic(http.ErrAbortHandler) // the connection ends without a word
	case v.fault == Replayed:
		earlier, ok := b.replay(v.service)
		if !ok {
			panic(http.ErrAbortHandler)
		}
		earlier.send(w)
		return
	case v.service != "" && v.fault == country.Works:
		b.remember(v.service, whole)
	}
	if err := b.strike(w, v.fault, whole); err != nil {
		b.log.ErrorContext(r.Context(), "the simulator cannot do a fault", "fault", v.fault, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// verdict is what a question's answer says of the reply that carries it.
type verdict struct {
	service string
	fault   country.FaultKind // of the way
	silent  bool              // there is no reply at all
}

type verdictKey struct{}

// clock is that of the bus.
func (b *Bus) clock() time.Time { return b.machine().Add(time.Duration(b.ahead.Load())) }

// follow lets the clock run ahead with the customer's.
func (b *Bus) follow(theirs time.Time) {
	if ahead := int64(theirs.Sub(b.machine())); b.follows && ahead > b.ahead.Load() {
		b.ahead.Store(ahead)
	}
}

func (b *Bus) remember(service string, r reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.latest[service] = r
}

// replay is the reply to an earlier question to the service, or to any when there was
// none; while nobody has asked anything there is nothing to replay.
func (b *Bus) replay(service string) (reply, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if earlier, ok := b.latest[service]; ok {
		return earlier, true
	}
	for _, earlier := range b.latest {
		return earlier, true
	}
	return reply{}, false
}
