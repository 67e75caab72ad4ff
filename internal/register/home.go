package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// Residence is the page of a person's residential address.
type Residence struct {
	Permanent *state.PersonAddress // nil: none registered
	// Silent is true when the register of persons did not answer, so that the
	// permanent line is unknown, not absent.
	Silent    bool
	Temporary []mekenjai.Registration // newest first, the current one among them
	Now       time.Time
}

// Residence reads the permanent line from the register of persons and the
// temporary ones from our own.
func (r *Register) Residence(ctx context.Context, actor mekenjai.Actor) (home Residence, err error) {
	if actor.BIN != "" {
		return home, mekenjai.ErrForbidden
	}
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, actor.IIN)
	switch {
	case errors.Is(err, mekenjai.ErrUnavailable):
		home.Silent = true
	case err != nil:
		return home, err
	default:
		if permanent, ok := reply.Value.Permanent(); ok {
			home.Permanent = &permanent
		}
	}
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		home.Now = tx.Now()
		home.Temporary, err = database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+`
			FROM registration WHERE person = $1 ORDER BY fixed_at DESC LIMIT $2`, actor.IIN, pageSize)
		return err
	})
	return home, err
}

// Estate is what a party owns, with who is registered there.
type Estate struct {
	Dwellings []OwnedDwelling
	// Silent is true when the property register did not answer: then only the
	// dwellings for which the party was asked are known.
	Silent bool
}

// OwnedDwelling is one of them.
type OwnedDwelling struct {
	Dwelling  mekenjai.Dwelling
	Share     mekenjai.Share
	Residents []Resident
}

// Resident is what an owner may know of who is registered in the dwelling.
type Resident struct {
	Entry  string // number
	Name   mekenjai.Name
	Period mekenjai.Period
	Since  time.Time
}

// Estate lists the actor's property, a bounded number of dwellings, each with
// its temporary residents.
func (r *Register) Estate(ctx context.Context, actor mekenjai.Actor) (estate Estate, err error) {
	if actor.BIN != "" && !actor.MaySign {
		return estate, mekenjai.ErrForbidden
	}
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Holdings(asking, actor.Party())
	switch {
	case errors.Is(err, mekenjai.ErrUnavailable):
		estate.Silent = true
		if estate.Dwellings, err = r.askedDwellings(ctx, actor.Party()); err != nil {
			return estate, err
		}
	case err != nil:
		return estate, err
	}
	for _, o := range reply.Value.Objects {
		if o.Type == state.ObjectLand || len(estate.Dwellings) == pageSize {
			continue
		}
		d := OwnedDwelling{Dwelling: mekenjai.Dwelling{ARC: o.Address.ARC, KATO: o.Address.KATO,
			Address: mekenjai.Text{KK: o.Address.NameKK, RU: o.Address.NameRU}}}
		for _, h := range o.Holders() {
			if h.Party == actor.Party() {
				d.Share = h.Share
			}
		}
		estate.Dwellings = append(estate.Dwellings, d)
	}
	return estate, r.settleResidents(ctx, estate.Dwellings)
}

// settleResidents fills in who is registered, with one query for all dwellings.
func (r *Register) settleResidents(ctx context.Context, dwellings []OwnedDwelling) error {
	if len(dwellings) == 0 {
		return nil
	}
	arcs, at := make([]any, len(dwellings)), map[mekenjai.ARC]int{}
	for i, d := range dwellings {
		arcs[i], at[d.Dwelling.ARC] = d.Dwelling.ARC, i
	}
	return r.db.Read(ctx, func(tx database.Tx) error {
		args := append([]any{now(tx), mekenjai.IIN("")}, arcs...)
		entries, err := database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration
			WHERE state = 'current' AND arc IN (`+database.Placeholders(3, len(arcs))+`) AND `+visible("registration.person", 1)+` ORDER BY fixed_at LIMIT 1000`, args...)
		for _, e := range entries {
			d := &dwellings[at[e.Dwelling.ARC]]
			d.Residents = append(d.Residents, Resident{e.Number, e.Name, e.Period, e.FixedAt})
		}
		return err
	})
}

// askedDwellings are those for which the party was asked for consent lately.
func (r *Register) askedDwellings(ctx context.Context, party mekenjai.PartyID) (list []OwnedDwelling, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		asked, err := database.Collect(ctx, tx, func(row database.Row) (d OwnedDwelling, err error) {
			return d, row.Scan(&d.Dwelling.ARC, &d.Dwelling.Kind, &d.Dwelling.KATO, &d.Dwelling.Address.KK, &d.Dwelling.Address.RU)
		}, `SELECT a.arc, a.kind, a.kato, a.address_kk, a.address_ru FROM consent c JOIN application a ON a.id = c.application
			WHERE c.party = $1 AND c.answer = 'agreed' ORDER BY c.asked_at DESC LIMIT $2`, party, pageSize)
		seen := map[mekenjai.ARC]bool{}
		for _, d := range asked {
			if !seen[d.Dwelling.ARC] {
				seen[d.Dwelling.ARC] = true
				list = append(list, d)
			}
		}
		return err
	})
	return list, err
}
