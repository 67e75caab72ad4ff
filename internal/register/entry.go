package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

const registrationColumns = `id, number, coalesce(application, ''), person, name, arc, kind, kato, address_kk, address_ru,
	from_date, to_date, fixed_at, state, ended_at, end_reason, disputed_at, version`

func scanRegistration(row database.Row) (e mekenjai.Registration, err error) {
	var name string
	err = row.Scan(&e.ID, &e.Number, &e.Application, &e.Person, &name, &e.Dwelling.ARC, &e.Dwelling.Kind,
		&e.Dwelling.KATO, &e.Dwelling.Address.KK, &e.Dwelling.Address.RU, &e.Period.From, &e.Period.To,
		database.ScanTime(&e.FixedAt), &e.State, database.ScanTime(&e.EndedAt), &e.EndReason,
		database.ScanTime(&e.Disputed), &e.Version)
	if err != nil {
		return e, notFound(err)
	}
	e.Name, err = fromJSON[mekenjai.Name](name)
	return e, err
}

// currentEntry is the person's entry that has not ended.
func currentEntry(ctx context.Context, tx database.Tx, person mekenjai.IIN) (e mekenjai.Registration, ok bool, err error) {
	e, err = scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration
		WHERE person = $1 AND state = 'current'`, person))
	if errors.Is(err, mekenjai.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

// entering is what the decision, or the state's register, says of an entry to make.
type entering struct {
	number  string
	period  mekenjai.Period
	fixedAt time.Time
	extends bool // the current entry
}

// enter writes the entry and tells everybody whom it concerns. It counts from
// the instant at which it is fixed in the register (service page, R20): ours, in this
// very transaction, or the state's. An entry elsewhere ends as MOVED (R14); one that
// is extended runs to its last day, the new one waits for it (R22).
func (r *Register) enter(ctx context.Context, tx database.Tx, a *record, x entering) (e mekenjai.Registration, err error) {
	owners, err := ownersOf(a)
	if err != nil {
		return e, err
	}
	former, had, err := currentEntry(ctx, tx, a.Person)
	if err != nil {
		return e, err
	}
	e = mekenjai.Registration{
		ID: newID(), Number: x.number, Application: a.ID, Person: a.Person, Name: a.Name, Dwelling: a.Dwelling,
		Period: x.period, FixedAt: x.fixedAt, State: mekenjai.EntryCurrent,
	}
	switch {
	case had && x.extends:
		e.State = mekenjai.EntryAhead
	case had:
		if err := r.end(ctx, tx, a, former, mekenjai.EndMoved); err != nil {
			return e, err
		}
	}
	if err := r.insertEntry(ctx, tx, e); err != nil {
		return e, err
	}
	if err := watchOwners(ctx, tx, e.Dwelling.ARC, parties(owners)); err != nil {
		return e, err
	}
	if err := r.tellEntry(ctx, tx, a, e, owners); err != nil {
		return e, err
	}
	return e, audit.Write(ctx, tx, audit.BySystem("registration.enter", e.ID).Concerning(a.Person).
		With("application", a.ID).With("number", e.Number).With("arc", e.Dwelling.ARC))
}

// tellEntry tells the person and everybody who has a say in the dwelling. A tenant
// agrees in place of the owners, who are told all the same.
func (r *Register) tellEntry(ctx context.Context, tx database.Tx, a *record, e mekenjai.Registration, owners []mekenjai.RightHolder) error {
	facts := func(n *notify.Args) { n.Entry, n.Period = e.Number, e.Period }
	if err := r.tellApplicant(ctx, tx, a, notify.Registered, facts); err != nil {
		return err
	}
	agreed, err := consenters(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, party := range unique(append(parties(owners), agreed...)) {
		if party == mekenjai.PartyID(a.Person) {
			continue
		}
		if err := r.tell(ctx, tx, a, party, notify.EntryAtMine, facts); err != nil {
			return err
		}
	}
	return nil
}

// insertEntry writes an entry with the days on which time will look at it again.
func (r *Register) insertEntry(ctx context.Context, tx database.Tx, e mekenjai.Registration) error {
	terms, err := r.terms(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO registration (id, number, application, person, name, arc, kind, kato, address_kk,
		address_ru, from_date, to_date, fixed_at, state, end_reason, remind_on, check_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15, $16)`,
		e.ID, e.Number, orNull(e.Application), e.Person, toJSON(e.Name), e.Dwelling.ARC, e.Dwelling.Kind, e.Dwelling.KATO,
		e.Dwelling.Address.KK, e.Dwelling.Address.RU, e.Period.From, e.Period.To, database.Micros(e.FixedAt), e.State,
		nextReminder(terms, e.Period.To, e.Period.From.AddDays(quietDays)), database.Micros(tx.Now().Add(checkEvery)))
	return err
}

// orNull is NULL for the empty text: a reference to nothing.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// Adopt takes over an entry that was made before this register kept them. It is
// for whoever sets the register up; a person who has a current entry keeps it.
func (r *Register) Adopt(ctx context.Context, person mekenjai.IIN, name mekenjai.Name, d mekenjai.Dwelling, period mekenjai.Period) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		if _, had, err := currentEntry(ctx, tx, person); had || err != nil {
			return err
		}
		e := mekenjai.Registration{ID: newID(), Number: newNumber(), Person: person, Name: name, Dwelling: d,
			Period: period, FixedAt: period.From.Start(), State: mekenjai.EntryCurrent}
		return errors.Join(r.insertEntry(ctx, tx, e), watchOwners(ctx, tx, d.ARC, nil), audit.Write(ctx, tx, audit.BySystem("registration.adopt", e.ID).Concerning(person)))
	})
}

// end closes an entry because its time is over or another took its place. Who
// moves is told, and those who consented to the former, or wait for its end.
func (r *Register) end(ctx context.Context, tx database.Tx, a *record, e mekenjai.Registration, reason mekenjai.EndReason) error {
	if err := r.endOne(ctx, tx, e, reason); err != nil {
		return err
	}
	waiting, err := r.voidWhatHangs(ctx, tx, e, reason)
	if err != nil {
		return err
	}
	former := func(n *notify.Args) { n.Entry, n.Period, n.Address = e.Number, e.Period, e.Dwelling.Address }
	if reason == mekenjai.EndMoved {
		if err := r.endAhead(ctx, tx, e.Person, reason); err != nil {
			return err
		}
		if err := r.tell(ctx, tx, a, mekenjai.PartyID(a.Person), notify.EntryMoved, former); err != nil {
			return err
		}
		holders, err := consenters(ctx, tx, e.Application)
		if err != nil {
			return err
		}
		waiting = append(holders, waiting...)
	}
	for _, party := range unique(waiting) {
		if party == mekenjai.PartyID(e.Person) {
			continue
		}
		if err := r.tell(ctx, tx, a, party, notify.LeftMine, former); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, audit.BySystem("registration.end", e.ID).Concerning(e.Person).With("reason", reason))
}

// consenters are the parties who agreed to an application.
func consenters(ctx context.Context, tx database.Tx, application string) ([]mekenjai.PartyID, error) {
	return database.Collect(ctx, tx, database.Column[mekenjai.PartyID], `SELECT party FROM consent
		WHERE application = $1 AND answer = 'agreed' ORDER BY party`, application)
}

func parties(holders []mekenjai.RightHolder) []mekenjai.PartyID {
	list := make([]mekenjai.PartyID, len(holders))
	for i, h := range holders {
		list[i] = h.Party
	}
	return list
}

// unique are the different numbers of a list, in its order: who holds two shares
// is told once.
func unique(list []mekenjai.PartyID) (found []mekenjai.PartyID) {
	for _, p := range list {
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

func (r *Register) expireOne(ctx context.Context, tx database.Tx, id string) error {
	e, err := scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration WHERE id = $1 AND state = 'current'`, id))
	if errors.Is(err, mekenjai.ErrNotFound) {
		return nil // another node was faster
	}
	if err != nil {
		return err
	}
	a, err := applicationOf(ctx, tx, e)
	if err != nil {
		return err
	}
	next, err := optional(scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration
		WHERE person = $1 AND state = 'ahead'`, e.Person)))
	if err != nil {
		return err
	}
	if next == nil {
		if err := r.end(ctx, tx, &a, e, mekenjai.EndExpired); err != nil {
			return err
		}
		return r.tell(ctx, tx, &a, mekenjai.PartyID(e.Person), notify.EntryExpired,
			func(n *notify.Args) { n.Entry, n.Period = e.Number, e.Period })
	}
	if err := passOn(ctx, tx, e, *next); err != nil {
		return err
	}
	if err := r.end(ctx, tx, &a, e, mekenjai.EndExtended); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE registration SET state = 'current' WHERE id = $1`, next.ID)
	return err
}

// applicationOf is the application behind an entry; for an adopted one just
// enough of one to write notices with.
func applicationOf(ctx context.Context, tx database.Tx, e mekenjai.Registration) (record, error) {
	if e.Application == "" {
		return record{Application: mekenjai.Application{Person: e.Person, Name: e.Name, Dwelling: e.Dwelling}}, nil
	}
	return loadApplication(ctx, tx, e.Application)
}
