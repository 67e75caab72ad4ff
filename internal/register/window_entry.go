package register

import (
	"context"
	"errors"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// EntryAtWindow finds the number of the entry of which an owner speaks at a
// counter, by the IIN that he gives (rule R62). Who is registered in another
// territory, who is protected and who is not registered at all answer alike:
// mekenjai.ErrNotFound. Each question is audited, whatever the answer.
func (r *Register) EntryAtWindow(ctx context.Context, actor mekenjai.Actor, typed string) (number string, err error) {
	person, err := mekenjai.ParseIIN(typed)
	if err != nil {
		return "", mekenjai.FieldErrors{{Field: "person", Key: "counter.error.iin_format"}}
	}
	entry := audit.By(actor, "ending.find", "").Concerning(person)
	if actor.Duty.Role != mekenjai.Operator {
		return "", r.refuseAttempt(ctx, entry, "forbidden", mekenjai.ErrForbidden)
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		number = ""
		found, err := database.One(ctx, tx, database.Column[string], `SELECT number FROM registration WHERE person = $1 AND state = 'current'`, person)
		if err != nil {
			return notFound(err)
		}
		e, err := visibleEntry(ctx, tx, found, actor.IIN)
		if err != nil {
			return err
		}
		if actor.Permitted(mekenjai.DoEndAtWindow, mekenjai.Matter{KATO: []string{e.Dwelling.KATO}}) != nil {
			return mekenjai.ErrNotFound
		}
		number = e.Number
		return audit.Write(ctx, tx, entry.With("entry", e.ID))
	})
	if errors.Is(err, mekenjai.ErrNotFound) {
		return "", r.refuseAttempt(ctx, entry, "not_found", err)
	}
	return number, err
}
