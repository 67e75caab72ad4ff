package crowd

import (
	"context"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/state"
)

// Peers answer for the crowd, and hand every question about somebody else to the
// registers of the country beside it.
func (c *Crowd) Peers(others state.Peers) state.Peers {
	person, dwelling := c.ofPerson, c.ofDwelling
	return state.Peers{
		Person: line(c, state.Persons, person, c.person, others.Person,
			func(p state.Person, iin mekenjai.IIN) bool { return p.IIN == iin }),
		Property: line(c, state.Properties, dwelling, c.property, others.Property,
			func(p state.Property, arc mekenjai.ARC) bool { return p.ARC == arc }),
		Holdings: line(c, state.Properties, c.ofParty, c.holdings, others.Holdings,
			func(h state.Holdings, p mekenjai.PartyID) bool { return h.Party == p }),
		Address: line(c, state.Addresses, dwelling, func(j int) *state.Address { a := c.Address(j); return &a }, others.Address,
			func(a state.Address, arc mekenjai.ARC) bool { return a.ARC == arc }),
		Citizen: line(c, state.Citizens, person, c.citizen, others.Citizen,
			func(s state.Citizen, iin mekenjai.IIN) bool { return s.IIN == iin }),
		Residents: line(c, state.Residents, dwelling, c.residents, others.Residents,
			func(r state.ResidentList, arc mekenjai.ARC) bool { return r.ARC == arc }),
		Tenancy:   line(c, state.Housing, dwelling, nothing[state.Tenancy], others.Tenancy, any2[state.Tenancy, mekenjai.ARC]),
		Relation:  line(c, state.Civil, c.ofPair, nothing[state.Relation], others.Relation, any2[state.Relation, state.Pair]),
		Parents:   line(c, state.Civil, person, nothing[state.Parents], others.Parents, any2[state.Parents, mekenjai.IIN]),
		Guardians: line(c, state.Guardianship, person, nothing[state.Guardians], others.Guardians, any2[state.Guardians, mekenjai.IIN]),
		Student:   line(c, state.Education, person, nothing[state.Student], others.Student, any2[state.Student, mekenjai.IIN]),
		Entity:    others.Entity, // the crowd founds nothing and empowers nobody
		Power:     others.Power,
		Ping:      others.Ping,
	}
}

// line answers about the crowd over the wire format of the peers, as the demo
// country does; nil is "not found".
func line[K ~string, T any](c *Crowd, peer state.Peer, of func(K) (int, bool), answer func(int) *T,
	others func(context.Context, K) (state.Reply[T], error), concerns func(T, K) bool) func(context.Context, K) (state.Reply[T], error) {
	ask := state.Line[K, T]{Peer: peer, Clock: c.clock, Concerns: concerns,
		Fetch: func(_ context.Context, about K) ([]byte, error) {
			i, _ := of(about)
			return state.EncodeJSON(answer(i))
		}}.Ask
	return func(ctx context.Context, about K) (state.Reply[T], error) {
		if _, ours := of(about); ours {
			return ask(ctx, about)
		}
		return others(ctx, about)
	}
}

func nothing[T any](int) *T { return nil }

// any2 is never asked: nothing is found.
func any2[T, K any](T, K) bool { return true }

func (c *Crowd) ofPerson(iin mekenjai.IIN) (int, bool)   { return c.Person(iin) }
func (c *Crowd) ofDwelling(arc mekenjai.ARC) (int, bool) { return c.Dwelling(arc) }
func (c *Crowd) ofParty(p mekenjai.PartyID) (int, bool)  { return c.Person(p.IIN()) }

// ofPair is the owner of a pair of which both are of the crowd.
func (c *Crowd) ofPair(p state.Pair) (int, bool) {
	if len(p) != 25 {
		return 0, false
	}
	i, ok := c.Person(mekenjai.IIN(p[:12]))
	_, both := c.Person(mekenjai.IIN(p[13:]))
	return i, ok && both
}

func (c *Crowd) person(i int) *state.Person {
	born, _ := IIN(i).BirthDate()
	p := country.Ordinary{IIN: IIN(i), Name: c.Name(i), Born: born, Woman: isWoman(i), Card: cardOf(i),
		Since: c.today.AddMonths(-20 - i%40), Home: c.Address(c.Home(i))}.Person()
	if k := i - 2*c.Dwellings; k >= 0 && k < c.Entries {
		e := c.Entry(k)
		country.Stays(&p, c.ARC(e.Dwelling), e.Period)
	}
	return &p
}

func (c *Crowd) object(j int) state.Object {
	var owners []state.Subject
	for _, i := range c.Owners(j) {
		owners = append(owners, state.Subject{Party: mekenjai.PartyID(IIN(i)), Name: c.Name(i).String(), IsPerson: true})
	}
	useful := state.SquareMetres(50 + j%30)
	return country.Flat(j, c.Address(j), useful+300, useful, c.today.AddMonths(-60-j%100), owners...)
}

func (c *Crowd) property(j int) *state.Property {
	return &state.Property{ARC: c.ARC(j), Objects: []state.Object{c.object(j)}}
}

func (c *Crowd) holdings(i int) *state.Holdings {
	if i >= 2*c.Dwellings {
		return nil
	}
	return &state.Holdings{Party: mekenjai.PartyID(IIN(i)), Objects: []state.Object{c.object(i % c.Dwellings)}}
}

func (c *Crowd) citizen(i int) *state.Citizen {
	return &state.Citizen{IIN: IIN(i), Exists: true, Phone: phoneOf(i), OnPortal: true, HasEDS: true}
}

// residents are who is permanently registered in dwelling j, in the order of their
// places in the crowd.
func (c *Crowd) residents(j int) *state.ResidentList {
	list := &state.ResidentList{ARC: c.ARC(j), Persons: []mekenjai.IIN{}}
	for i := j; i < c.Persons; i += c.Dwellings {
		list.Persons = append(list.Persons, IIN(i))
	}
	return list
}

// AtOnce answers about persons and their property without the way over the wire, for
// measurements of what lies behind it.
func (c *Crowd) AtOnce(others state.Peers) state.Peers {
	others.Person = func(_ context.Context, iin mekenjai.IIN) (r state.Reply[state.Person], err error) {
		if i, ok := c.Person(iin); ok {
			r.Value, r.Found = *c.person(i), true
		}
		return r, nil
	}
	others.Holdings = func(_ context.Context, p mekenjai.PartyID) (r state.Reply[state.Holdings], err error) {
		if i, ok := c.Person(p.IIN()); ok {
			if h := c.holdings(i); h != nil {
				r.Value, r.Found = *h, true
			}
		}
		return r, nil
	}
	return others
}
