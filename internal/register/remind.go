package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// remind tells people that the last day of their stay comes near (R59): each
// reminder once. The column remind_on is the next day on which there is something
// to say, so a sweep that comes late says it late, and says only the latest.
func (r *Register) remind(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM registration WHERE state = 'current' AND remind_on <> '' AND remind_on <= $1
		ORDER BY remind_on LIMIT $2`, func(tx database.Tx) any { return mekenjai.DateOf(tx.Now()) })
	done, err2 := r.eachAlone(ctx, ids, r.remindOne)
	return done, errors.Join(err, err2)
}

func (r *Register) remindOne(ctx context.Context, tx database.Tx, id string) error {
	var on mekenjai.Date
	err := tx.QueryRow(ctx, `SELECT remind_on FROM registration WHERE id = $1 AND state = 'current'`, id).Scan(&on)
	today := mekenjai.DateOf(tx.Now())
	if errors.Is(err, database.ErrNoRows) || err == nil && (on.IsZero() || on.After(today)) {
		return nil // ended, or another node was faster
	}
	if err != nil {
		return err
	}
	e, err := entryByID(ctx, tx, id)
	if err != nil {
		return err
	}
	t, err := r.terms(tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE registration SET remind_on = $2 WHERE id = $1`, id, nextReminder(t, e.Period.To, today)); err != nil {
		return err
	}
	days, due := t.ReminderDue(e.Period.To, today, nil)
	ahead, err := hasAhead(ctx, tx, e.Person)
	if err != nil || !due || ahead {
		return err // extended already, or only the day was to be set
	}
	return errors.Join(r.tellPerson(ctx, tx, e, nil, notify.Reminder),
		audit.Write(ctx, tx, audit.BySystem("registration.remind", e.ID).Concerning(e.Person).With("days", days)))
}

// quietDays are the first days of a stay: who has just been registered for a month
// need not be told that it ends in thirty days.
const quietDays = 7

// nextReminder is the first day after a day on which a reminder is due, no date
// when none follows.
func nextReminder(p rules.Parameters, to, after mekenjai.Date) (next mekenjai.Date) {
	for _, n := range p.ReminderDays {
		if on := to.AddDays(-n); on.After(after) && (next.IsZero() || on.Before(next)) {
			next = on
		}
	}
	return next
}

// hasAhead says whether an extension waits for the person's entry to end.
func hasAhead(ctx context.Context, tx database.Tx, person mekenjai.IIN) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM registration WHERE person = $1 AND state = 'ahead'`, person).Scan(&n)
	return n > 0, err
}
