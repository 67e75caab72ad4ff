package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Extension is whether and how a current entry can be extended (R22).
type Extension struct {
	Opens  mekenjai.Date   // first day on which it may be filed
	Months mekenjai.Months // at most; 0 when the stay is as long as it may be
	Filed  bool            // an entry waits already, or an application is under way
	Open   bool            // it may be filed today
}

// extension reads what can be done about the end of the person's entry.
func (r *Register) extension(ctx context.Context, tx database.Tx, e mekenjai.Registration) (x Extension, err error) {
	if e.State != mekenjai.EntryCurrent {
		return x, nil
	}
	t, err := r.terms(tx)
	if err != nil {
		return x, err
	}
	since, err := staySince(ctx, tx, e)
	if err != nil {
		return x, err
	}
	opens, months := t.Extension(mekenjai.Period{From: since, To: e.Period.To})
	x.Opens, x.Months = opens, mekenjai.Months(months)
	ahead, err := hasAhead(ctx, tx, e.Person)
	if err != nil {
		return x, err
	}
	other, err := underWay(ctx, tx, e.Person)
	if err != nil {
		return x, err
	}
	today := mekenjai.DateOf(tx.Now())
	x.Filed = ahead || other != ""
	x.Open = !x.Filed && months > 0 && !today.Before(opens) && !today.After(e.Period.To)
	return x, nil
}

// staySince is the first day of the unbroken stay: an entry that extends others
// counts together with them, else a year could be extended for ever.
func staySince(ctx context.Context, tx database.Tx, e mekenjai.Registration) (mekenjai.Date, error) {
	former, err := database.Collect(ctx, tx, func(row database.Row) (p mekenjai.Period, err error) {
		return p, row.Scan(&p.From, &p.To)
	}, `SELECT from_date, to_date FROM registration WHERE person = $1 AND arc = $2 AND end_reason = $3
		ORDER BY from_date DESC LIMIT 24`, e.Person, e.Dwelling.ARC, mekenjai.EndExtended)
	since := e.Period.From
	for _, p := range former {
		if p.To.AddDays(1) == since {
			since = p.From
		}
	}
	return since, err
}

// DraftInTheWay is the conflict of extending while answers for something else lie
// unfinished: nothing is thrown away without being asked.
type DraftInTheWay struct{ ID string }

func (e *DraftInTheWay) Error() string { return "draft " + e.ID + " is unfinished" }

// Unwrap makes it an ErrConflict.
func (e *DraftInTheWay) Unwrap() error { return mekenjai.ErrConflict }

// Extend prefills an application for the same dwelling, so that only consents are
// needed anew (R22): the months that are left, owner and purpose as before. The
// entry that is extended runs to its last day, the new one begins the day after.
// An unfinished draft for something else is replaced only when replace says so.
func (r *Register) Extend(ctx context.Context, actor mekenjai.Actor, number string, replace bool) (draft string, err error) {
	var entry audit.Entry
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := ownEntry(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		entry = byParty(actor, "registration.extend", e)
		x, err := r.extension(ctx, tx, e)
		if err != nil {
			return err
		}
		if other, err := underWay(ctx, tx, actor.IIN); err != nil {
			return err
		} else if other != "" {
			return &InProgress{other}
		}
		if !x.Open {
			return mekenjai.ErrConflict
		}
		answers, err := answersFor(ctx, tx, e, x)
		if err != nil {
			return err
		}
		draft, err = putDraft(ctx, tx, actor, answers, replace)
		return errors.Join(err, audit.Write(ctx, tx, entry.With("draft", draft)))
	})
	var way *DraftInTheWay
	var progress *InProgress
	if errors.Is(err, mekenjai.ErrConflict) && !errors.As(err, &way) && !errors.As(err, &progress) {
		return "", r.refuseAttempt(ctx, entry, "not_now", err)
	}
	return draft, err
}

// answersFor are the answers of an extension: those of the application behind the
// entry; for an adopted entry what the entry itself tells.
func answersFor(ctx context.Context, tx database.Tx, e mekenjai.Registration, x Extension) (d mekenjai.Draft, err error) {
	d = mekenjai.Draft{Registrant: "self", Months: x.Months, ARC: e.Dwelling.ARC, Arrival: e.Period.From}
	if e.Application == "" {
		return d, nil
	}
	a, err := loadApplication(ctx, tx, e.Application)
	d.Months, d.IsOwner, d.Owner, d.Purpose, d.Arrival = min(a.Months, x.Months), &a.IsOwner, a.Owner, a.Purpose, a.Arrival
	return d, err
}

// putDraft writes the answers as the person's draft.
func putDraft(ctx context.Context, tx database.Tx, actor mekenjai.Actor, answers mekenjai.Draft, replace bool) (string, error) {
	old, err := scanDraft(tx.QueryRow(ctx, `SELECT `+draftColumns+` FROM draft WHERE person = $1`, actor.IIN))
	switch {
	case errors.Is(err, mekenjai.ErrNotFound):
		id := newID()
		_, err := tx.Exec(ctx, `INSERT INTO draft (id, person, data, fields, updated_at) VALUES ($1, $2, $3, '', $4)`,
			id, actor.IIN, toJSON(answers), database.Micros(tx.Now()))
		return id, err
	case err != nil:
		return "", err
	case old.data.Same(answers):
		return old.id, nil // pressed twice
	case old.data.ARC != answers.ARC && !old.data.Same(mekenjai.Draft{}) && !replace:
		return "", &DraftInTheWay{old.id}
	}
	_, err = tx.Exec(ctx, `UPDATE draft SET data = $2, statement = NULL, fields = '', waiting = NULL, waiting_at = NULL,
		try_at = NULL, updated_at = $3 WHERE id = $1`, old.id, toJSON(answers), database.Micros(tx.Now()))
	return old.id, err
}
