package country

import (
	"slices"

	"mekenjai"
	"mekenjai/internal/state"
)

func (c *Country) entitySource() source[mekenjai.BIN, state.Entity] {
	return source[mekenjai.BIN, state.Entity]{
		peer: state.Entities, find: copied(c.entities),
		concerns: func(e state.Entity, bin mekenjai.BIN) bool { return e.BIN == bin },
		stranger: func(bin mekenjai.BIN) state.Entity {
			if b := c.BIN("centre"); b != bin {
				return *c.entities[b]
			}
			return *c.entities[c.BIN("builder")]
		},
		twist: func(e *state.Entity) {
			l := *e.Leader
			l.IIN, l.Surname = c.IIN("stranger"), "Бөтенов"
			e.Leader = &l
		},
	}
}

func (c *Country) relationSource() source[state.Pair, state.Relation] {
	return source[state.Pair, state.Relation]{
		peer: state.Civil, find: copied(c.relations),
		concerns: func(r state.Relation, p state.Pair) bool { return state.PairOf(r.Owner, r.Person) == p },
		stranger: func(state.Pair) state.Relation {
			return state.Relation{Owner: c.IIN("stranger"), Person: c.IIN("stranger"), Kind: state.RelationSpouse}
		},
	}
}

func (c *Country) parentsSource() source[mekenjai.IIN, state.Parents] {
	return source[mekenjai.IIN, state.Parents]{
		peer: state.Civil, find: copied(c.parents),
		concerns: func(p state.Parents, iin mekenjai.IIN) bool { return p.Child == iin },
		stranger: func(iin mekenjai.IIN) state.Parents { return state.Parents{Child: c.somebody(iin)} },
	}
}

func (c *Country) guardiansSource() source[mekenjai.IIN, state.Guardians] {
	return source[mekenjai.IIN, state.Guardians]{
		peer: state.Guardianship, find: copied(c.guardians),
		concerns: func(g state.Guardians, iin mekenjai.IIN) bool { return g.Ward == iin },
		stranger: func(iin mekenjai.IIN) state.Guardians { return state.Guardians{Ward: c.somebody(iin)} },
	}
}

func (c *Country) tenancySource() source[mekenjai.ARC, state.Tenancy] {
	return source[mekenjai.ARC, state.Tenancy]{
		peer: state.Housing, find: copied(c.tenancies),
		concerns: func(t state.Tenancy, arc mekenjai.ARC) bool { return t.ARC == arc },
		stranger: func(mekenjai.ARC) state.Tenancy { return state.Tenancy{ARC: at("pulled", 0)} },
	}
}

func (c *Country) residentsSource() source[mekenjai.ARC, state.ResidentList] {
	return source[mekenjai.ARC, state.ResidentList]{
		peer:     state.Residents,
		find:     func(arc mekenjai.ARC) (state.ResidentList, bool) { return c.residents(arc), true },
		concerns: func(r state.ResidentList, arc mekenjai.ARC) bool { return r.ARC == arc },
		stranger: func(mekenjai.ARC) state.ResidentList { return state.ResidentList{ARC: at("pulled", 0)} },
		twist:    func(r *state.ResidentList) { r.Persons = append(r.Persons, c.IIN("stranger")) },
	}
}

// residents are who is permanently registered at the code, in the order of their
// numbers.
func (c *Country) residents(arc mekenjai.ARC) state.ResidentList {
	list := state.ResidentList{ARC: arc, Persons: []mekenjai.IIN{}}
	for iin, p := range c.persons {
		if a, ok := p.Permanent(); ok && a.ARC == arc {
			list.Persons = append(list.Persons, iin)
		}
	}
	slices.Sort(list.Persons)
	return list
}

func (c *Country) studentSource() source[mekenjai.IIN, state.Student] {
	return source[mekenjai.IIN, state.Student]{
		peer: state.Education, find: copied(c.students),
		concerns: func(s state.Student, iin mekenjai.IIN) bool { return s.IIN == iin },
		stranger: func(iin mekenjai.IIN) state.Student { return state.Student{IIN: c.somebody(iin)} },
	}
}

func (c *Country) powerSource() source[state.PowerQuestion, state.Power] {
	return source[state.PowerQuestion, state.Power]{
		peer: state.Notaries, find: copied(c.powers),
		concerns: func(p state.Power, q state.PowerQuestion) bool {
			return state.PowerOf(p.Principal, p.Attorney, p.Number) == q
		},
		stranger: func(state.PowerQuestion) state.Power {
			return state.Power{Principal: c.Party("stranger"), Attorney: c.IIN("timur"), Number: "ҮЛГІ-0"}
		},
	}
}
