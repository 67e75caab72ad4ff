package bus_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/founding/foundingtest"
	"mekenjai/internal/fake/phones"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/state/shep"
	"mekenjai/internal/state/wire"
)

var settled = foundingtest.Settled(databasetest.Start)

// world is our register with the bus around it and its jobs at work.
type world struct {
	*testing.T
	*site
	line     *atomic.Pointer[connect.Connection] // in use now
	db       *database.DB
	clock    *databasetest.Clock
	register *register.Register
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, clock := databasetest.Open(t, database.SQLite, settled)
	w := &world{T: t, line: new(atomic.Pointer[connect.Connection]), site: serve(t, clock.Now, eds.GOST2015x512), db: db, clock: clock}
	w.connect()
	vault, err := papers.ReadVault([]byte(papers.NewSecret("test")))
	if err != nil {
		t.Fatal(err)
	}
	w.register = register.New(db, register.Options{Peers: w.asking(), Keeper: w.keeping(),
		Verifier: &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()},
		SendSMS:  phones.New(clock.Now).Send,
		Timestamp: func(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
			return authority().Token(signature, d, clock.Now())
		},
		Papers: vault, BaseURL: "https://mekenjai.example", Clock: clock.Now, Office: access.New(db, nil, nil, nil, access.Params{}).Office,
		Log: slog.New(slog.DiscardHandler), // the silences are meant
	})
	workers := river.NewWorkers()
	w.register.AddWorkers(workers)
	worker, err := db.Work(t.Context(), workers, database.WorkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := worker.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return w
}

// in is the world within a part of the test.
func (w *world) in(t *testing.T) *world {
	part := *w
	part.T = t
	return &part
}

// person is the actor who signed in with an own key.
func (w *world) person(iin mekenjai.IIN) mekenjai.Actor {
	return mekenjai.Actor{IIN: iin, Method: mekenjai.ByEDS, Session: "s-" + string(iin), Fresh: w.clock.Now(), Language: "ru"}
}

func (w *world) sign(a mekenjai.Actor, text []byte) []byte {
	w.Helper()
	o := pki.Options{}
	if a.BIN != "" {
		o.BIN, o.Organization, o.Roles = string(a.BIN), "Organisation", []eds.Role{eds.RoleHead}
	}
	k, err := authority().Person(pki.Person{IIN: string(a.IIN), Surname: "СЫНАҚ", Given: "АДАМ"}, o)
	if err != nil {
		w.Fatal(err)
	}
	cms, err := eds.SignCMS(k, text, eds.SignOptions{Time: w.clock.Now()})
	if err != nil {
		w.Fatal(err)
	}
	return cms
}

// connect makes our end of the bus anew, as a bus file would: it knows of no failure yet.
func (w *world) connect() {
	w.Helper()
	n, err := connect.New(w.config())
	if err != nil {
		w.Fatal(err)
	}
	w.line.Store(n)
}

func (w *world) config() connect.Config {
	w.Helper()
	return w.site.config(w.T)
}

// config is what a bus file of the customer says.
func (s *site) config(t *testing.T) connect.Config {
	t.Helper()
	signers := []*eds.Certificate{s.keys.Register.Certificate}
	persons, entities := persons, entities
	persons.Signers, entities.Signers = signers, signers
	c := connect.Config{URL: s.server.URL + bus.SyncPath, Sender: shep.Sender{ID: customer.ID, Password: customer.Password},
		Key: s.keys.Client, Signers: []*eds.Certificate{s.keys.Bus.Certificate}, Company: connect.Company{BIN: bus.CustomerBIN(), Name: "Mekenjai"},
		Persons:  &connect.Persons{Service: persons, Sender: customer.Code, Consent: kdp, Expires: 10 * time.Minute, Statuses: wire.OurKDPStatuses()},
		Entities: &connect.Entities{Service: entities}, Modelled: map[state.Peer]connect.Modelled{},
		Verifier: &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}, Clock: s.clock, Log: slog.New(slog.DiscardHandler)}
	for _, p := range mapped.Peers() {
		set, err := mapped.BuiltIn(p)
		if err != nil {
			t.Fatal(err)
		}
		c.Modelled[p] = connect.Modelled{Mapping: set, Signers: signers}
	}
	return c
}

// asking are the questions over whatever line is in use.
func (w *world) asking() state.Peers {
	p := state.Unconnected()
	p.Person = over(w, func(p state.Peers) func(context.Context, mekenjai.IIN) (state.Reply[state.Person], error) {
		return p.Person
	})
	p.Property = over(w, func(p state.Peers) func(context.Context, mekenjai.ARC) (state.Reply[state.Property], error) {
		return p.Property
	})
	p.Holdings = over(w, func(p state.Peers) func(context.Context, mekenjai.PartyID) (state.Reply[state.Holdings], error) {
		return p.Holdings
	})
	p.Address = over(w, func(p state.Peers) func(context.Context, mekenjai.ARC) (state.Reply[state.Address], error) {
		return p.Address
	})
	p.Citizen = over(w, func(p state.Peers) func(context.Context, mekenjai.IIN) (state.Reply[state.Citizen], error) {
		return p.Citizen
	})
	p.Entity = over(w, func(p state.Peers) func(context.Context, mekenjai.BIN) (state.Reply[state.Entity], error) {
		return p.Entity
	})
	p.Relation = over(w, func(p state.Peers) func(context.Context, state.Pair) (state.Reply[state.Relation], error) {
		return p.Relation
	})
	p.Parents = over(w, func(p state.Peers) func(context.Context, mekenjai.IIN) (state.Reply[state.Parents], error) {
		return p.Parents
	})
	p.Guardians = over(w, func(p state.Peers) func(context.Context, mekenjai.IIN) (state.Reply[state.Guardians], error) {
		return p.Guardians
	})
	p.Tenancy = over(w, func(p state.Peers) func(context.Context, mekenjai.ARC) (state.Reply[state.Tenancy], error) {
		return p.Tenancy
	})
	p.Residents = over(w, func(p state.Peers) func(context.Context, mekenjai.ARC) (state.Reply[state.ResidentList], error) {
		return p.Residents
	})
	p.Student = over(w, func(p state.Peers) func(context.Context, mekenjai.IIN) (state.Reply[state.Student], error) {
		return p.Student
	})
	return p
}

func over[K, T any](w *world, question func(state.Peers) func(context.Context, K) (state.Reply[T], error)) func(context.Context, K) (state.Reply[T], error) {
	return func(ctx context.Context, about K) (state.Reply[T], error) {
		return question(w.line.Load().Peers())(ctx, about)
	}
}

func (w *world) keeping() state.Keeper {
	return state.Keeper{
		Write: func(ctx context.Context, d state.Deed) (state.Reply[state.Confirmation], error) {
			return w.line.Load().Keeper().Write(ctx, d)
		},
		Look: func(ctx context.Context, id string) (state.Reply[state.Confirmation], error) {
			return w.line.Load().Keeper().Look(ctx, id)
		},
		List: func(ctx context.Context, after string, limit int) (state.Reply[state.Page], error) {
			return w.line.Load().Keeper().List(ctx, after, limit)
		},
		Ping: func(ctx context.Context) error { return w.line.Load().Keeper().Ping(ctx) },
	}
}
