package register

import (
	"context"
	"errors"
	"slices"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// dwelling is what the state's registers say of a dwelling at this moment: who
// may ask for the end of an entry there, and what its size allows.
type dwelling struct {
	owners  []mekenjai.RightHolder
	tenants []mekenjai.RightHolder // who agrees in the owners' place: state housing, a registered lease
	object  state.Object
}

// dwellingAt asks the cadastre, and for a dwelling of organisations alone the
// register of state housing, outside any transaction and with a person waiting.
func (r *Register) dwellingAt(ctx context.Context, arc mekenjai.ARC) (d dwelling, err error) {
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Property(asking, arc)
	if err != nil {
		return d, err
	}
	object, ok := reply.Value.Dwelling()
	if !reply.Found || !ok {
		return d, nil
	}
	d.object, d.owners = object, object.Holders()
	today := mekenjai.DateOf(r.now())
	if l, ok := object.Lease(today); ok && !l.BansResidents && !l.OwnerLives {
		d.tenants = append(d.tenants, mekenjai.RightHolder{Party: l.Tenant.Party, Name: l.Tenant.Name, Right: mekenjai.RightTenant})
	}
	if !slices.ContainsFunc(d.owners, func(h mekenjai.RightHolder) bool { return !h.Party.IsOrganisation() }) {
		t, err := r.Peers.Tenancy(asking, arc)
		if err != nil {
			return d, err
		}
		if t.Found && !t.Value.LeasedByState {
			d.tenants = append(d.tenants, mekenjai.RightHolder{Party: mekenjai.PartyID(t.Value.Tenant), Name: t.Value.Name, Right: mekenjai.RightTenant})
		}
	}
	return d, nil
}

// holder is the right by which a party has a say in the dwelling.
func (d dwelling) holder(party mekenjai.PartyID) (mekenjai.RightHolder, bool) {
	for _, h := range append(slices.Clone(d.owners), d.tenants...) {
		if h.Party == party {
			return h, true
		}
	}
	return mekenjai.RightHolder{}, false
}

// others are those whose confirmation a request of h needs: every other owner
// (R60); a tenant who may register people may end it alone.
func (d dwelling) others(h mekenjai.RightHolder) (list []mekenjai.RightHolder) {
	if h.Right == mekenjai.RightTenant {
		return nil
	}
	for _, o := range d.owners {
		if o.Party != h.Party && !slices.ContainsFunc(list, func(x mekenjai.RightHolder) bool { return x.Party == o.Party }) {
			list = append(list, o)
		}
	}
	return list
}

// parties are everybody with a say in the dwelling.
func (d dwelling) parties() []mekenjai.PartyID {
	return unique(append(parties(d.owners), parties(d.tenants)...))
}

// capacity is how many people the area norm lets be registered in the dwelling
// (rules R47, R48); false where no norm holds or the area is not known.
func (d dwelling) capacity(kato string, p rules.Parameters, today mekenjai.Date) (people int, area float64, ok bool) {
	if !p.NormHolds(kato, today) || d.object.UsefulArea <= 0 {
		return 0, 0, false
	}
	area = d.object.UsefulArea.M2()
	return p.Capacity(area), area, true
}

// ofHolder loads an entry and the actor's right in its dwelling. For who has none
// the entry does not exist, and the attempt is audited.
func (r *Register) ofHolder(ctx context.Context, actor mekenjai.Actor, number, verb string) (e mekenjai.Registration, d dwelling, h mekenjai.RightHolder, err error) {
	if actor.BIN != "" && !actor.MaySign {
		return e, d, h, mekenjai.ErrForbidden
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		e, err = visibleEntry(ctx, tx, number, "")
		return err
	})
	if err != nil {
		return e, d, h, err
	}
	if d, err = r.dwellingAt(ctx, e.Dwelling.ARC); err != nil {
		return e, d, h, err
	}
	h, ok := d.holder(actor.Party())
	if !ok {
		return e, d, h, r.refuseAttempt(ctx, byParty(actor, verb, e), "not_holder", mekenjai.ErrNotFound)
	}
	return e, d, h, nil
}

// knownOwners are the owners to be told of what happens to an entry: as the
// cadastre names them now, or when it is silent as they were named at the
// decision.
func (r *Register) knownOwners(ctx context.Context, e mekenjai.Registration) ([]mekenjai.PartyID, error) {
	d, err := r.dwellingAt(ctx, e.Dwelling.ARC)
	if err == nil || !errors.Is(err, mekenjai.ErrUnavailable) {
		return d.parties(), err
	}
	if e.Application == "" {
		return nil, nil
	}
	var list []mekenjai.RightHolder
	err = r.db.Read(ctx, func(tx database.Tx) error {
		a, err := loadApplication(ctx, tx, e.Application)
		if err != nil {
			return err
		}
		list, err = ownersOf(&a)
		return err
	})
	return parties(list), err
}

// ofOwnKey refuses a signature by a key that does not speak for the organisation:
// the sign-in may have been with another key than the signature.
func (r *Register) ofOwnKey(ctx context.Context, actor mekenjai.Actor, c checked) error {
	if actor.BIN == "" {
		return nil
	}
	signer, err := r.verifyOwn(ctx, actor, c.Text, c.cms)
	if err == nil && !speaksFor(signer) {
		err = &mekenjai.SignatureError{Code: "role"}
	}
	if err != nil {
		return r.refuseSignature(ctx, audit.By(actor, "text.sign", c.ID).With("purpose", c.Purpose), err)
	}
	return nil
}
