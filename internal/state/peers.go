package state

import (
	"context"
	"sync"
	"time"

	"mekenjai"
)

// Peer names an information system of the state.
type Peer string

// The peers, by the question they answer.
const (
	Persons      Peer = "persons"      // GBD FL, the state database of natural persons
	Properties   Peer = "property"     // ЕГКН, the unified real estate cadastre
	Addresses    Peer = "addresses"    // the Address Register
	Citizens     Peer = "citizens"     // BMG, the Mobile Citizens Database, with the portal's accounts
	Entities     Peer = "entities"     // GBD UL, the state database of legal entities
	Civil        Peer = "civil"        // ZAGS, records of civil status
	Guardianship Peer = "guardianship" // bodies of guardianship
	Housing      Peer = "housing"      // local executive bodies: state rental housing
	Residents    Peer = "residents"    // RP DRN: permanent registrations
	Education    Peer = "education"    // the national education database
	Notaries     Peer = "notaries"     // the unified notarial information system: powers of attorney
)

// Consents is KDP, the citizen's leave to ask GBD FL about him. It is asked on the way to
// Persons and answers no question of the register's own.
const Consents Peer = "kdp"

// All lists the peers in the order in which doctor and the demo show them.
var All = []Peer{Persons, Properties, Addresses, Citizens, Entities, Civil, Guardianship, Housing, Residents, Education, Notaries}

// Limit is how long a question to the peer may take before it counts as silent.
// The person waits before the page for the quick ones; a job waits for the rest.
func (p Peer) Limit() time.Duration {
	switch p {
	case Citizens, Addresses:
		return 5 * time.Second
	case Properties, Civil, Guardianship:
		return 20 * time.Second
	}
	return 10 * time.Second
}

// Peers is every question that the register may put to the state. All fields are
// set: see Unconnected.
type Peers struct {
	Person    func(context.Context, mekenjai.IIN) (Reply[Person], error)
	Property  func(context.Context, mekenjai.ARC) (Reply[Property], error)
	Holdings  func(context.Context, mekenjai.PartyID) (Reply[Holdings], error)
	Address   func(context.Context, mekenjai.ARC) (Reply[Address], error)
	Citizen   func(context.Context, mekenjai.IIN) (Reply[Citizen], error)
	Entity    func(context.Context, mekenjai.BIN) (Reply[Entity], error)
	Relation  func(context.Context, Pair) (Reply[Relation], error)
	Parents   func(context.Context, mekenjai.IIN) (Reply[Parents], error)
	Guardians func(context.Context, mekenjai.IIN) (Reply[Guardians], error)
	Tenancy   func(context.Context, mekenjai.ARC) (Reply[Tenancy], error)
	Residents func(context.Context, mekenjai.ARC) (Reply[ResidentList], error)
	Student   func(context.Context, mekenjai.IIN) (Reply[Student], error)
	Power     func(context.Context, PowerQuestion) (Reply[Power], error)

	// Ping asks whether the peer is there, without a question about anybody.
	Ping func(context.Context, Peer) error
}

// Unconnected are the peers of a configuration that has no bus yet: every
// question is unanswered, so nothing passes and nothing is refused.
func Unconnected() Peers {
	return Peers{
		Person:    nobody[mekenjai.IIN, Person](Persons),
		Property:  nobody[mekenjai.ARC, Property](Properties),
		Holdings:  nobody[mekenjai.PartyID, Holdings](Properties),
		Address:   nobody[mekenjai.ARC, Address](Addresses),
		Citizen:   nobody[mekenjai.IIN, Citizen](Citizens),
		Entity:    nobody[mekenjai.BIN, Entity](Entities),
		Relation:  nobody[Pair, Relation](Civil),
		Parents:   nobody[mekenjai.IIN, Parents](Civil),
		Guardians: nobody[mekenjai.IIN, Guardians](Guardianship),
		Tenancy:   nobody[mekenjai.ARC, Tenancy](Housing),
		Residents: nobody[mekenjai.ARC, ResidentList](Residents),
		Student:   nobody[mekenjai.IIN, Student](Education),
		Power:     nobody[PowerQuestion, Power](Notaries),
		Ping:      func(_ context.Context, p Peer) error { return &Silence{Peer: p, Cause: ErrUnconnected} },
	}
}

func nobody[K, T any](p Peer) func(context.Context, K) (Reply[T], error) {
	return func(context.Context, K) (Reply[T], error) {
		return Reply[T]{}, &Silence{Peer: p, Cause: ErrUnconnected}
	}
}

// Health is one line of doctor.
type Health struct {
	Peer    Peer
	Latency time.Duration
	Err     error // nil: the peer is there
}

// Check pings every peer at once and answers in the order of All, within the
// longest of their limits.
func (p Peers) Check(ctx context.Context) []Health {
	found := make([]Health, len(All))
	var wg sync.WaitGroup
	for i, peer := range All {
		wg.Go(func() {
			limited, cancel := context.WithTimeoutCause(ctx, peer.Limit(), ErrSlow)
			defer cancel()
			start := time.Now()
			err := p.Ping(limited, peer)
			if err != nil && limited.Err() != nil {
				err = &Silence{Peer: peer, Cause: context.Cause(limited)}
			}
			found[i] = Health{Peer: peer, Latency: time.Since(start), Err: err}
		})
	}
	wg.Wait()
	return found
}
