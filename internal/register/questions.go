package register

import (
	"context"
	"maps"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

func (q *inquiry) person(ctx context.Context, iin mekenjai.IIN) {
	x, ok := put(ctx, q, q.r.Peers.Person, iin)
	if !ok {
		return
	}
	if q.persists { // for a checklist at a counter, where a sealed person does not exist
		seen, err := q.r.isSeen(ctx, iin)
		if err != nil {
			q.fail(err)
			return
		}
		if !seen {
			x.Found, x.Value = false, state.Person{}
		}
	}
	q.learn(func(f *rules.Facts) {
		f.Persons = append(f.Persons, personFact(iin, x, q.today))
		if iin != q.a.Person || !x.Found {
			return
		}
		q.name = x.Value.Name()
		if x.Value.IsReturning() && f.Application.Returnee == nil { // what an operator saw is known already
			f.Application.Returnee = &rules.Returnee{ConsularMark: false}
		}
	})
}

func (q *inquiry) address(ctx context.Context) {
	if x, ok := put(ctx, q, q.r.Peers.Address, q.a.Dwelling.ARC); ok {
		q.learn(func(f *rules.Facts) { f.Address = addressFact(x) })
	}
}

// property asks the cadastre, and whose contract it is if the dwelling is state
// housing. The reply that names the right-holders is frozen with its time and hash.
func (q *inquiry) property(ctx context.Context) {
	x, ok := put(ctx, q, q.r.Peers.Property, q.a.Dwelling.ARC)
	if !ok {
		return
	}
	t, ok := put(ctx, q, q.r.Peers.Tenancy, q.a.Dwelling.ARC)
	if !ok {
		return
	}
	q.learn(func(f *rules.Facts) {
		f.Property = propertyFact(q.a.Dwelling.ARC, x, t, q.today)
		q.propertyAt, q.propertyHash = x.AnsweredAt, x.SHA256[:]
	})
}

func (q *inquiry) organisation(ctx context.Context, bin mekenjai.BIN) {
	if x, ok := put(ctx, q, q.r.Peers.Entity, bin); ok {
		q.learn(func(f *rules.Facts) { f.Organisations = append(f.Organisations, organisationFact(bin, x)) })
	}
}

// party asks whether somebody can be asked and can sign. An organisation is
// reached through its head.
func (q *inquiry) party(ctx context.Context, party mekenjai.PartyID) {
	person := party.IIN()
	if party.IsOrganisation() {
		entity, ok := put(ctx, q, q.r.Peers.Entity, party.BIN())
		if !ok {
			return
		}
		if person = entity.Value.Head(); person == "" {
			q.learn(func(f *rules.Facts) {
				f.Parties = append(f.Parties, rules.Party{Party: party, Reply: reply(entity, true)})
			})
			return
		}
	}
	if x, ok := put(ctx, q, q.r.Peers.Citizen, person); ok {
		q.learn(func(f *rules.Facts) { f.Parties = append(f.Parties, partyFact(party, x)) })
	}
}

// civilRecords asks who the parents of the wards are, and how the registrant, and
// everybody registered at the dwelling, is related to its owners: the norm of the
// capital needs it.
func (q *inquiry) civilRecords(ctx context.Context) {
	q.records()
	for _, child := range q.wards(q.adultAge) {
		q.parents(ctx, child)
	}
	if q.needsKin() {
		q.kin(ctx)
	}
}

// records makes the group of answers: nothing is found until something is.
func (q *inquiry) records() {
	q.learn(func(f *rules.Facts) {
		if f.CivilRecords == nil {
			f.CivilRecords = &rules.CivilRecords{Reply: rules.Reply{Status: rules.NotFound, AskedAt: q.r.now(), AnsweredAt: q.r.now()}}
		}
	})
}

// found notes an answer of a register that answers for many at once.
func found(group *rules.Reply, answer rules.Reply) {
	if group.Status == rules.NotFound && answer.Status == rules.Answered {
		group.Status = rules.Answered
	}
	if answer.AnsweredAt.After(group.AnsweredAt) {
		group.AnsweredAt = answer.AnsweredAt
	}
}

// parents asks for the birth record of a child.
func (q *inquiry) parents(ctx context.Context, child mekenjai.IIN) {
	x, ok := put(ctx, q, q.r.Peers.Parents, child)
	if !ok {
		q.forgetRecords()
		return
	}
	q.learn(func(f *rules.Facts) {
		q.asked["parents:"+string(child)] = true
		found(&f.CivilRecords.Reply, reply(x, x.Found))
		for _, p := range x.Value.Parents {
			f.CivilRecords.Relations = append(f.CivilRecords.Relations,
				rules.Relation{Person: p.IIN, Is: rules.ParentOf, Of: child, RightsDeprived: p.Deprived})
		}
	})
}

// forgetRecords: an answer that is not whole is none, the question is put again.
func (q *inquiry) forgetRecords() {
	q.learn(func(f *rules.Facts) {
		f.CivilRecords = nil
		maps.DeleteFunc(q.asked, func(k string, _ bool) bool { return k == "kin" || strings.HasPrefix(k, "parents:") })
	})
}

// kin asks how the registrant and the residents are related to the owners.
func (q *inquiry) kin(ctx context.Context) {
	owners := q.naturalOwners()
	related := func(person mekenjai.IIN) (exempt, ok bool) {
		for _, owner := range owners {
			if owner == person {
				exempt = true
				continue
			}
			x, ok := put(ctx, q, q.r.Peers.Relation, state.PairOf(owner, person))
			if !ok {
				return false, false
			}
			q.learn(func(f *rules.Facts) { found(&f.CivilRecords.Reply, reply(x, true)) })
			if x.Found {
				exempt = true
				if person == q.a.Person {
					q.relate(rules.Relation{Person: person, Is: rules.Kin(x.Value.Kind), Of: owner})
				}
			}
		}
		return exempt, true
	}
	if _, ok := related(q.a.Person); !ok {
		q.forgetRecords()
		return
	}
	stranger, ok := q.strangerHere(ctx, related)
	if !ok {
		q.forgetRecords()
		return
	}
	q.learn(func(f *rules.Facts) {
		q.asked["kin"] = true
		if f.Register != nil {
			f.Register.NonExemptHere = stranger
		}
	})
}

// relate adds a relation unless a birth record told it already.
func (q *inquiry) relate(r rules.Relation) {
	q.learn(func(f *rules.Facts) {
		for _, x := range f.CivilRecords.Relations {
			if x.Person == r.Of && x.Of == r.Person {
				return
			}
		}
		f.CivilRecords.Relations = append(f.CivilRecords.Relations, r)
	})
}

// manyResidents bounds whom the records are asked about: a dwelling with more
// certainly holds strangers, or must be looked at by an officer.
const manyResidents = 30

// strangerHere says whether somebody outside the exempt categories is registered
// at the dwelling, nil when that cannot be known: the rules know what to do then.
func (q *inquiry) strangerHere(ctx context.Context, related func(mekenjai.IIN) (exempt, ok bool)) (stranger *bool, ok bool) {
	here, ok := q.everybodyHere(ctx)
	if !ok || len(here) > manyResidents {
		return nil, ok
	}
	found := false
	for _, person := range here {
		exempt, ok := related(person)
		if !ok {
			return nil, false
		}
		found = found || !exempt
	}
	return &found, true
}

// everybodyHere are the persons registered at the dwelling, permanently or for a
// time, without the registrant.
func (q *inquiry) everybodyHere(ctx context.Context) ([]mekenjai.IIN, bool) {
	x, ok := put(ctx, q, q.r.Peers.Residents, q.a.Dwelling.ARC)
	if !ok {
		return nil, false
	}
	here := slices.Clone(x.Value.Persons)
	err := q.r.db.Read(ctx, func(tx database.Tx) error {
		temporary, err := database.Collect(ctx, tx, database.Column[mekenjai.IIN], `SELECT person FROM registration
			WHERE arc = $1 AND state = 'current' ORDER BY fixed_at LIMIT $2`, q.a.Dwelling.ARC, manyResidents+1)
		here = append(here, temporary...)
		return err
	})
	if err != nil {
		q.fail(err)
		return nil, false
	}
	here = slices.DeleteFunc(here, func(p mekenjai.IIN) bool { return p == q.a.Person })
	slices.Sort(here)
	return slices.Compact(here), true
}

func (q *inquiry) naturalOwners() (owners []mekenjai.IIN) {
	q.learn(func(f *rules.Facts) {
		if f.Property == nil {
			return
		}
		for _, h := range f.Property.Holders {
			if iin := h.Party.IIN(); iin != "" && !slices.Contains(owners, iin) {
				owners = append(owners, iin)
			}
		}
	})
	return owners
}

// guardianship asks who the guardians and trustees of the wards are.
func (q *inquiry) guardianship(ctx context.Context) {
	q.learn(func(f *rules.Facts) {
		if f.Guardianship == nil {
			f.Guardianship = &rules.Guardianship{Reply: rules.Reply{Status: rules.NotFound, AskedAt: q.r.now(), AnsweredAt: q.r.now()}}
		}
	})
	for _, ward := range q.wards(everyAge) {
		q.guardians(ctx, ward)
	}
}

func (q *inquiry) guardians(ctx context.Context, ward mekenjai.IIN) {
	x, ok := put(ctx, q, q.r.Peers.Guardians, ward)
	if !ok {
		q.learn(func(f *rules.Facts) {
			f.Guardianship = nil // asked anew, about all of them
			maps.DeleteFunc(q.asked, func(k string, _ bool) bool { return strings.HasPrefix(k, "guardians:") })
		})
		return
	}
	q.learn(func(f *rules.Facts) {
		if f.Guardianship == nil {
			return
		}
		q.asked["guardians:"+string(ward)] = true
		found(&f.Guardianship.Reply, reply(x, x.Found))
		for _, g := range x.Value.Guardians {
			permitted := slices.ContainsFunc(g.Permitted, func(p state.Permission) bool {
				return p.ARC == q.a.Dwelling.ARC && !q.today.After(p.Until)
			})
			f.Guardianship.Wards = append(f.Guardianship.Wards,
				rules.Ward{Ward: ward, Guardian: g.IIN, From: g.Begin, Until: g.End, Permission: permitted})
		}
	})
}

func (q *inquiry) education(ctx context.Context) {
	if x, ok := put(ctx, q, q.r.Peers.Student, q.a.Person); ok {
		q.learn(func(f *rules.Facts) { f.Education = educationFact(x, q.today) })
	}
}

// residents asks how many are permanently registered at the dwelling; the
// register adds its own part within the transaction.
func (q *inquiry) residents(ctx context.Context) {
	x, ok := put(ctx, q, q.r.Peers.Residents, q.a.Dwelling.ARC)
	if !ok {
		return
	}
	others := slices.DeleteFunc(slices.Clone(x.Value.Persons), func(p mekenjai.IIN) bool { return p == q.a.Person })
	q.learn(func(f *rules.Facts) {
		f.Register = &rules.Register{Reply: reply(x, true), PermanentHere: len(others)}
	})
}
