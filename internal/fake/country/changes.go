package country

import (
	"fmt"
	"slices"

	"mekenjai"
	"mekenjai/internal/state"
)

// change is a transfer of title that waits.
type change struct{ from, to mekenjai.PartyID }

// Transfer passes the title, or the share, of one holder of a dwelling to
// another party today.
func (c *Country) Transfer(arc mekenjai.ARC, from, to mekenjai.PartyID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transfer(arc, from, to)
}

func (c *Country) transfer(arc mekenjai.ARC, from, to mekenjai.PartyID) error {
	today := mekenjai.DateOf(c.clock())
	for i := range c.objects[arc] {
		// A copy: replies that are being encoded share the old one.
		rights := append([]state.TitleRight(nil), c.objects[arc][i].Rights...)
		for j := range rights {
			if r := &rights[j]; r.Ended.IsZero() && r.Owner.Party == from {
				next := *r
				r.Ended = today
				next.Registered, next.Owner = today, c.subject(to)
				next.Basis.Number, next.Basis.Date = next.Basis.Number+"-Б", today
				c.objects[arc][i].Rights = append(rights, next)
				return nil
			}
		}
	}
	return fmt.Errorf("%s holds no right at %s: %w", from.Masked(), arc, mekenjai.ErrNotFound)
}

// TransferAfterReading lets the title pass right after the property register is
// next asked about the dwelling, once: the owners change between the request for
// their consent and the decision.
func (c *Country) TransferAfterReading(arc mekenjai.ARC, from, to mekenjai.PartyID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[arc] = change{from, to}
}

func (c *Country) afterReading(arc mekenjai.ARC) {
	if x, ok := c.pending[arc]; ok {
		delete(c.pending, arc)
		_ = c.transfer(arc, x.from, x.to) // a holder who is gone already has nothing to pass
	}
}

// ChangePhone lets the Mobile Citizens Database name another phone for a person: the
// one it named before, when it was changed already.
func (c *Country) ChangePhone(iin mekenjai.IIN) (to mekenjai.Phone, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.citizens[iin]
	if old == nil || old.Phone == "" {
		return "", fmt.Errorf("phone of %s: %w", iin.Masked(), mekenjai.ErrNotFound)
	}
	next := *old
	if former, changed := c.phones[iin]; changed {
		next.Phone = former
		delete(c.phones, iin)
	} else {
		c.phones[iin] = old.Phone
		next.Phone = old.Phone[:5] + "9" + old.Phone[6:]
	}
	c.citizens[iin] = &next
	return next.Phone, nil
}

// Die enters the death of a person today.
func (c *Country) Die(iin mekenjai.IIN) error {
	return c.change(iin, func(p *state.Person, today mekenjai.Date) { c.bury(p, today) })
}

// Settle registers a person permanently at another address today.
func (c *Country) Settle(iin mekenjai.IIN, arc mekenjai.ARC) error {
	return c.change(iin, func(p *state.Person, today mekenjai.Date) {
		c.settle(p, arc)
		p.RegAddress.Begin = today
	})
}

// Leave lets a person leave the country for permanent residence today.
func (c *Country) Leave(iin mekenjai.IIN) error {
	return c.change(iin, func(p *state.Person, today mekenjai.Date) {
		if p.RegAddress != nil {
			a := *p.RegAddress
			a.End = today
			p.RegAddress = &a
		}
		p.Addresses = append(slices.Clone(p.Addresses), state.PersonAddress{Type: departure, Country: germany, City: "Berlin", Begin: today})
	})
}

// Rename writes another name, as after a mistake was found in the register.
func (c *Country) Rename(iin mekenjai.IIN, n mekenjai.Name) error {
	return c.change(iin, func(p *state.Person, _ mekenjai.Date) {
		p.Surname, p.Given, p.Patronymic = n.Surname, n.Given, n.Patronymic
	})
}

// change puts a changed copy of a person's record in its place: replies that are
// being encoded share the old one.
func (c *Country) change(iin mekenjai.IIN, how func(p *state.Person, today mekenjai.Date)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.persons[iin]
	if old == nil {
		return fmt.Errorf("person %s: %w", iin.Masked(), mekenjai.ErrNotFound)
	}
	p := *old
	how(&p, mekenjai.DateOf(c.clock()))
	c.persons[iin] = &p
	return nil
}

func (c *Country) bury(p *state.Person, on mekenjai.Date) {
	p.LifeStatus, p.DeathDate = dead, on
	p.DeathCertificate = &state.CivilAct{Number: "ҮЛГІ-Ө-" + string(p.IIN[6:]), Begin: on.AddDays(1)}
	if p.RegAddress != nil {
		a := *p.RegAddress
		a.End = on
		p.RegAddress = &a
	}
}
