package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

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
	Residents []Resident // the first of them, residentsShown at most
	Count     int        // of all temporary residents
	Norm      *Occupancy // where an area norm limits how many may be registered
}

// Occupancy is a dwelling against the area norm (rules R47, R48).
type Occupancy struct {
	Area     float64 // useful, in square metres
	Each     float64 // the norm for one person
	Capacity int
	// Registered are the permanent and temporary ones together, -1 when the
	// ministry's register did not tell.
	Registered int
}

// Resident is what an owner may know of who is registered in the dwelling.
type Resident struct {
	Entry    string // number
	Name     mekenjai.Name
	Period   mekenjai.Period
	Since    time.Time
	Disputed bool
	Request  mekenjai.EndingState // to end it, "" when none runs
	Own      bool                 // the owner himself
}

// residentsShown is how many residents of a dwelling stand on the page of all
// property; the rest have a page of their own.
const residentsShown = 20

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
		if d.Norm, err = r.occupancy(o); err != nil {
			return estate, err
		}
		for _, h := range o.Holders() {
			if h.Party == actor.Party() {
				d.Share = h.Share
			}
		}
		estate.Dwellings = append(estate.Dwellings, d)
	}
	if err := r.settleResidents(ctx, actor, estate.Dwellings); err != nil {
		return estate, err
	}
	return estate, r.countPermanent(asking, estate.Dwellings)
}

// occupancy is what the norm allows in an object; nil where none holds, or where
// the cadastre does not tell the useful area.
func (r *Register) occupancy(o state.Object) (*Occupancy, error) {
	today := mekenjai.DateOf(r.now())
	p, err := r.Parameters(today)
	if err != nil || !p.NormHolds(o.Address.KATO, today) || o.UsefulArea <= 0 {
		return nil, err
	}
	area := o.UsefulArea.M2()
	return &Occupancy{Area: area, Each: p.NormArea, Capacity: p.Capacity(area)}, nil
}

// countPermanent adds who is permanently registered where a norm counts them.
func (r *Register) countPermanent(ctx context.Context, dwellings []OwnedDwelling) error {
	for _, d := range dwellings { // those under the norm alone, pageSize at most
		if d.Norm == nil {
			continue
		}
		reply, err := r.Peers.Residents(ctx, d.Dwelling.ARC)
		switch {
		case errors.Is(err, mekenjai.ErrUnavailable):
			d.Norm.Registered = -1
		case err != nil:
			return err
		default:
			d.Norm.Registered = reply.Value.Count() + d.Count
		}
	}
	return nil
}

// settleResidents fills in who is registered, with three queries for all dwellings.
func (r *Register) settleResidents(ctx context.Context, actor mekenjai.Actor, dwellings []OwnedDwelling) error {
	if len(dwellings) == 0 {
		return nil
	}
	arcs, at := make([]any, len(dwellings)), map[mekenjai.ARC]int{}
	for i, d := range dwellings {
		arcs[i], at[d.Dwelling.ARC] = d.Dwelling.ARC, i
	}
	in := `(` + database.Placeholders(3, len(arcs)) + `) AND ` + visible("r.person", 1)
	return r.db.Read(ctx, func(tx database.Tx) error {
		for i := range dwellings {
			dwellings[i].Residents, dwellings[i].Count = nil, 0
		}
		args := append([]any{now(tx), mekenjai.IIN("")}, arcs...)
		requests, err := runningAt(ctx, tx, in, args)
		if err != nil {
			return err
		}
		entries, err := database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration r
			WHERE state = 'current' AND arc IN `+in+` ORDER BY fixed_at LIMIT 1000`, args...)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if d := &dwellings[at[e.Dwelling.ARC]]; len(d.Residents) < residentsShown {
				d.Residents = append(d.Residents, resident(actor, e, requests))
			}
		}
		counts, err := database.Collect(ctx, tx, func(row database.Row) (c struct {
			arc mekenjai.ARC
			n   int
		}, err error) {
			return c, row.Scan(&c.arc, &c.n)
		}, `SELECT arc, count(*) FROM registration r WHERE state = 'current' AND arc IN `+in+` GROUP BY arc`, args...)
		for _, c := range counts {
			dwellings[at[c.arc]].Count = c.n
		}
		return err
	})
}

// runningAt are the states of the owners' requests that run, by the entry's id.
func runningAt(ctx context.Context, tx database.Tx, in string, args []any) (map[string]mekenjai.EndingState, error) {
	found := map[string]mekenjai.EndingState{}
	_, err := database.Collect(ctx, tx, func(row database.Row) (id string, err error) {
		var state mekenjai.EndingState
		err = row.Scan(&id, &state)
		found[id] = state
		return id, err
	}, `SELECT r.id, e.state FROM registration r JOIN ending e ON e.registration = r.id
		WHERE r.state = 'current' AND e.state IN ('running', 'objected') AND r.arc IN `+in+` LIMIT 1000`, args...)
	return found, err
}

func resident(actor mekenjai.Actor, e mekenjai.Registration, requests map[string]mekenjai.EndingState) Resident {
	return Resident{Entry: e.Number, Name: e.Name, Period: e.Period, Since: e.FixedAt, Disputed: !e.Disputed.IsZero(),
		Request: requests[e.ID], Own: mekenjai.PartyID(e.Person) == actor.Party()}
}

// ResidentsOf is a page of the temporary residents of one dwelling, oldest entry
// first, for who has a right in it; after is the number of the last one of the
// page before, "" for the first.
func (r *Register) ResidentsOf(ctx context.Context, actor mekenjai.Actor, arc mekenjai.ARC, after string) (d OwnedDwelling, more bool, err error) {
	if actor.BIN != "" && !actor.MaySign {
		return d, false, mekenjai.ErrForbidden
	}
	at, err := r.dwellingAt(ctx, arc)
	if err != nil {
		return d, false, err
	}
	h, ok := at.holder(actor.Party())
	if !ok {
		return d, false, mekenjai.ErrNotFound
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		o := at.object.Address
		d = OwnedDwelling{Share: h.Share, Dwelling: mekenjai.Dwelling{ARC: arc, KATO: o.KATO, Address: mekenjai.Text{KK: o.NameKK, RU: o.NameRU}}}
		seen := visible("r.person", 1)
		args := []any{now(tx), mekenjai.IIN(""), arc}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM registration r WHERE arc = $3 AND state = 'current' AND `+seen, args...).Scan(&d.Count); err != nil {
			return err
		}
		requests, err := runningAt(ctx, tx, `($3) AND `+seen, args)
		if err != nil {
			return err
		}
		from := ""
		if after != "" {
			last, err := visibleEntry(ctx, tx, after, "")
			if err != nil {
				return err
			}
			from = last.ID
		}
		list, err := database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration r
			WHERE arc = $3 AND state = 'current' AND id > $4 AND `+seen+` ORDER BY id LIMIT $5`, append(args, from, residentsPage+1)...)
		if err != nil {
			return err
		}
		if more = len(list) > residentsPage; more {
			list = list[:residentsPage]
		}
		for _, e := range list {
			d.Residents = append(d.Residents, resident(actor, e, requests))
		}
		return audit.Write(ctx, tx, audit.By(actor, "dwelling.residents", string(arc)))
	})
	return d, more, err
}

// residentsPage is how many residents one page of a dwelling shows, and one
// signature of an institution may remove from it.
const residentsPage = 50

// askedDwellings are those for which the party was asked for consent lately.
func (r *Register) askedDwellings(ctx context.Context, party mekenjai.PartyID) (list []OwnedDwelling, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list = nil
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
