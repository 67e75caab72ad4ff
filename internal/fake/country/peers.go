package country

import (
	"context"
	"slices"

	"mekenjai"
	"mekenjai/internal/state"
)

// source is one question as the country answers it. Its functions are called
// under the lock and return values of their own, never the country's: what hangs on
// these by pointers is changed by putting a copy in its place.
type source[K ~string, T any] struct {
	peer     state.Peer
	find     func(K) (T, bool)
	concerns func(T, K) bool
	stranger func(K) T     // an answer about somebody else
	twist    func(*T)      // what it says at every second asking when contradictory
	mismatch func(*T)      // how its answer contradicts itself
	after    func(about K) // what happens once it has answered
}

// line makes the question of state.Peers of it.
func line[K ~string, T any](c *Country, s source[K, T]) func(context.Context, K) (state.Reply[T], error) {
	ask := value(c, s)
	return state.Line[K, T]{Peer: s.peer, Clock: c.clock, Concerns: s.concerns,
		Fetch: func(ctx context.Context, about K) ([]byte, error) {
			if err := c.Suffer(ctx, s.peer); err != nil {
				return nil, err
			}
			return state.EncodeJSON(ask(about))
		}}.Ask
}

// value makes the question of Registers of it.
func value[K ~string, T any](c *Country, s source[K, T]) func(K) *T {
	return func(about K) *T {
		c.mu.Lock()
		defer c.mu.Unlock()
		return s.answer(c, c.faults[s.peer], about)
	}
}

// answer is nil for "not found".
func (s source[K, T]) answer(c *Country, f Fault, about K) *T {
	asking := string(s.peer) + " " + string(about)
	c.askings[asking]++
	v, found := s.find(about)
	switch {
	case f.Kind == Wrong:
		v, found = s.stranger(about), true
	case !found:
	case f.Kind == Contradictory && s.twist != nil && c.askings[asking]%2 == 0:
		s.twist(&v)
	case f.Kind == Mismatch && s.mismatch != nil:
		s.mismatch(&v)
	}
	if s.after != nil {
		s.after(about)
	}
	if !found {
		return nil
	}
	return &v
}

// Peers are the registers of the country.
func (c *Country) Peers() state.Peers {
	return state.Peers{
		Person:    line(c, c.personSource()),
		Property:  line(c, c.propertySource()),
		Holdings:  line(c, c.holdingsSource()),
		Address:   line(c, c.addressSource()),
		Citizen:   line(c, c.citizenSource()),
		Entity:    line(c, c.entitySource()),
		Relation:  line(c, c.relationSource()),
		Parents:   line(c, c.parentsSource()),
		Guardians: line(c, c.guardiansSource()),
		Tenancy:   line(c, c.tenancySource()),
		Residents: line(c, c.residentsSource()),
		Student:   line(c, c.studentSource()),
		Power:     line(c, c.powerSource()),
		Ping: func(ctx context.Context, p state.Peer) error {
			if err := c.Suffer(ctx, p); err != nil {
				return &state.Silence{Peer: p, Cause: err}
			}
			return nil
		},
	}
}

// copied looks a value up in one of the country's tables.
func copied[K comparable, T any](table map[K]*T) func(K) (T, bool) {
	return func(k K) (v T, ok bool) {
		if p := table[k]; p != nil {
			return *p, true
		}
		return v, false
	}
}

// somebody is a person of whom a wrong peer speaks instead.
func (c *Country) somebody(but mekenjai.IIN) mekenjai.IIN {
	if s := c.IIN("stranger"); s != but {
		return s
	}
	return c.IIN("timur")
}

func (c *Country) personSource() source[mekenjai.IIN, state.Person] {
	return source[mekenjai.IIN, state.Person]{
		peer: state.Persons, find: copied(c.persons),
		concerns: func(p state.Person, iin mekenjai.IIN) bool { return p.IIN == iin },
		stranger: func(iin mekenjai.IIN) state.Person { return *c.persons[c.somebody(iin)] },
		twist:    func(p *state.Person) { p.BirthDate = p.BirthDate.AddMonths(12) },
	}
}

func (c *Country) propertySource() source[mekenjai.ARC, state.Property] {
	return source[mekenjai.ARC, state.Property]{
		peer: state.Properties,
		find: func(arc mekenjai.ARC) (state.Property, bool) {
			o := c.objects[arc]
			return state.Property{ARC: arc, Objects: slices.Clone(o)}, len(o) > 0
		},
		concerns: func(p state.Property, arc mekenjai.ARC) bool {
			return p.ARC == arc && !slices.ContainsFunc(p.Objects, func(o state.Object) bool { return o.Address.ARC != arc })
		},
		stranger: func(mekenjai.ARC) state.Property { return state.Property{ARC: at("pulled", 0)} },
		twist: func(p *state.Property) {
			r := slices.Clone(p.Objects[0].Rights)
			r[0].Owner = c.subject(c.Party("stranger"))
			p.Objects[0].Rights = r
		},
		mismatch: func(p *state.Property) {
			o := p.Objects[0]
			o.ID, o.Area = o.ID+"-2", o.Area+1250
			p.Objects = append(p.Objects, o)
		},
		after: c.afterReading,
	}
}

func (c *Country) holdingsSource() source[mekenjai.PartyID, state.Holdings] {
	return source[mekenjai.PartyID, state.Holdings]{
		peer: state.Properties,
		find: func(p mekenjai.PartyID) (state.Holdings, bool) {
			h := state.Holdings{Party: p, Objects: c.objectsOf(p)}
			return h, len(h.Objects) > 0
		},
		concerns: func(h state.Holdings, p mekenjai.PartyID) bool { return h.Party == p },
		stranger: func(p mekenjai.PartyID) state.Holdings {
			return state.Holdings{Party: mekenjai.PartyID(c.somebody(p.IIN()))}
		},
	}
}

// objectsOf are the objects in which the party has a right that stands, in the
// order of their codes.
func (c *Country) objectsOf(p mekenjai.PartyID) []state.Object {
	var found []state.Object
	for _, objects := range c.objects {
		for _, o := range objects {
			if slices.ContainsFunc(o.Holders(), func(h mekenjai.RightHolder) bool { return h.Party == p }) {
				found = append(found, o)
			}
		}
	}
	slices.SortFunc(found, func(a, b state.Object) int {
		if a.Address.ARC < b.Address.ARC {
			return -1
		}
		return 1
	})
	return found
}

func (c *Country) addressSource() source[mekenjai.ARC, state.Address] {
	return source[mekenjai.ARC, state.Address]{
		peer:     state.Addresses,
		find:     func(arc mekenjai.ARC) (state.Address, bool) { a, ok := atlas()[arc]; return a, ok },
		concerns: func(a state.Address, arc mekenjai.ARC) bool { return a.ARC == arc },
		stranger: func(mekenjai.ARC) state.Address { return atlas()[at("pulled", 0)] },
		twist:    func(a *state.Address) { a.Actual = !a.Actual },
	}
}

func (c *Country) citizenSource() source[mekenjai.IIN, state.Citizen] {
	known := copied(c.citizens)
	return source[mekenjai.IIN, state.Citizen]{
		peer: state.Citizens,
		find: func(iin mekenjai.IIN) (state.Citizen, bool) {
			if s, ok := known(iin); ok {
				return s, true
			}
			return state.Citizen{IIN: iin}, true
		},
		concerns: func(s state.Citizen, iin mekenjai.IIN) bool { return s.IIN == iin },
		stranger: func(iin mekenjai.IIN) state.Citizen { return *c.citizens[c.somebody(iin)] },
		twist:    func(s *state.Citizen) { s.Phone = "+77000000199" },
	}
}
