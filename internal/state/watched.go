package state

import (
	"context"
	"errors"
	"time"
)

// Watched are the peers with every question told to tell: whom it went to, how
// long it took and whether it was answered. Who was asked about is not told.
func (p Peers) Watched(tell func(peer Peer, took time.Duration, answered bool)) Peers {
	p.Person = watched(Persons, p.Person, tell)
	p.Property = watched(Properties, p.Property, tell)
	p.Holdings = watched(Properties, p.Holdings, tell)
	p.Address = watched(Addresses, p.Address, tell)
	p.Citizen = watched(Citizens, p.Citizen, tell)
	p.Entity = watched(Entities, p.Entity, tell)
	p.Relation = watched(Civil, p.Relation, tell)
	p.Parents = watched(Civil, p.Parents, tell)
	p.Guardians = watched(Guardianship, p.Guardians, tell)
	p.Tenancy = watched(Housing, p.Tenancy, tell)
	p.Residents = watched(Residents, p.Residents, tell)
	p.Student = watched(Education, p.Student, tell)
	p.Power = watched(Notaries, p.Power, tell)
	return p
}

// Watched is the keeper with every question told to tell, as those of Peers. A refusal
// is an answer.
func (k Keeper) Watched(tell func(peer Peer, took time.Duration, answered bool)) Keeper {
	if k.IsZero() {
		return k
	}
	told := func(start time.Time, err error) {
		var no *Rejection
		tell(Entries, time.Since(start), err == nil || errors.As(err, &no))
	}
	write, list := k.Write, k.List
	k.Write = func(ctx context.Context, d Deed) (Reply[Confirmation], error) {
		start := time.Now()
		reply, err := write(ctx, d)
		told(start, err)
		return reply, err
	}
	k.Look = watched(Entries, k.Look, tell)
	k.List = func(ctx context.Context, after string, limit int) (Reply[Page], error) {
		start := time.Now()
		reply, err := list(ctx, after, limit)
		told(start, err)
		return reply, err
	}
	return k
}

func watched[K, T any](peer Peer, ask func(context.Context, K) (Reply[T], error), tell func(Peer, time.Duration, bool)) func(context.Context, K) (Reply[T], error) {
	return func(ctx context.Context, about K) (Reply[T], error) {
		start := time.Now()
		reply, err := ask(ctx, about)
		tell(peer, time.Since(start), err == nil)
		return reply, err
	}
}
