package register

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// An application may begin on egov.kz. Its order becomes a draft here, and what happens
// to the draft and to the application that it becomes is told there: a row of
// portal_word in the transaction of what it tells of (docs/decisions/0015-orders.md).

// TakeOrder keeps an order of egov.kz and returns the thread in which it is answered:
// once, however often it comes. What the order says is filled into the person's draft,
// where the person has answered nothing yet; what cannot be meant is left to be asked.
func (r *Register) TakeOrder(ctx context.Context, o state.Order) (thread string, err error) {
	if o.Message == "" {
		return "", fmt.Errorf("an order without a number: %w", mekenjai.ErrConflict)
	}
	if o.Thread == "" {
		o.Thread = o.Message
	}
	if o.Number == "" {
		o.Number = o.Thread
	}
	answers, err := r.answersIn(ctx, o)
	if err != nil {
		return "", fmt.Errorf("take an order: %w", err)
	}
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		thread, err = takeOrder(ctx, tx, o, answers)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("take an order: %w", err)
	}
	return thread, nil
}

// answersIn are the answers of an order that the form would have taken.
func (r *Register) answersIn(ctx context.Context, o state.Order) (d mekenjai.Draft, err error) {
	d.Registrant = "self"
	today := mekenjai.DateOf(r.now())
	for _, step := range []mekenjai.DraftStep{mekenjai.StepMonths, mekenjai.StepOwnership, mekenjai.StepDwelling, mekenjai.StepOwner,
		mekenjai.StepPurpose, mekenjai.StepArrival} {
		answered, wrong := d.Answer(step, o.Answers, today)
		if wrong.OrNil() != nil || step == mekenjai.StepOwner && !mayOwn(answered, o.Person) {
			continue
		}
		if step == mekenjai.StepDwelling {
			var unusable *mekenjai.FieldError
			if _, err := address.Choose(ctx, r.db, "arc", string(answered.ARC)); errors.As(err, &unusable) {
				continue
			} else if err != nil {
				return d, err
			}
		}
		d = answered
	}
	return d, nil
}

// mayOwn says whether the draft may name its owner: another than the person, by one
// who is no owner.
func mayOwn(d mekenjai.Draft, person mekenjai.IIN) bool {
	return d.IsOwner != nil && !*d.IsOwner && d.Owner != mekenjai.PartyID(person)
}

func takeOrder(ctx context.Context, tx database.Tx, o state.Order, answers mekenjai.Draft) (thread string, err error) {
	var person mekenjai.IIN
	err = tx.QueryRow(ctx, `SELECT thread, person FROM portal_order WHERE message = $1 OR thread = $2 ORDER BY made_at LIMIT 1`, o.Message, o.Thread).
		Scan(&thread, &person)
	switch {
	case err == nil && person != o.Person:
		return "", fmt.Errorf("an order in the thread of somebody else: %w", mekenjai.ErrConflict)
	case err == nil: // it came again
		return thread, nil
	case !errors.Is(err, database.ErrNoRows):
		return "", err
	}
	id := newID()
	entry := audit.BySystem("order.take", id).Concerning(o.Person)
	other, err := underWay(ctx, tx, o.Person)
	if err != nil {
		return "", err
	}
	if other != "" { // one application at a time (R15)
		return o.Thread, errors.Join(insertOrder(ctx, tx, id, o, ""), say(ctx, tx, id, state.OrderUnderWay, true),
			audit.Write(ctx, tx, entry.Refused("under_way").With("application", other)))
	}
	draft, err := fillDraft(ctx, tx, o.Person, answers)
	if err != nil {
		return "", err
	}
	return o.Thread, errors.Join(orderEnds(ctx, tx, draft, state.OrderReplaced), insertOrder(ctx, tx, id, o, draft),
		say(ctx, tx, id, state.OrderDraft, false), audit.Write(ctx, tx, entry.With("draft", draft)))
}

func insertOrder(ctx context.Context, tx database.Tx, id string, o state.Order, draft string) error {
	_, err := tx.Exec(ctx, `INSERT INTO portal_order (id, message, thread, number, person, language, hash, application, state, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)`,
		id, o.Message, o.Thread, o.Number, o.Person, o.Language, o.SHA256[:], orNull(draft), database.Micros(tx.Now()))
	return err
}

// fillDraft puts answers into the person's draft, beside those that the person gave,
// and returns its id. A text that waits for its signature has all its answers.
func fillDraft(ctx context.Context, tx database.Tx, person mekenjai.IIN, answers mekenjai.Draft) (string, error) {
	row, err := scanDraft(tx.QueryRow(ctx, `SELECT `+draftColumns+` FROM draft WHERE person = $1`, person))
	if errors.Is(err, mekenjai.ErrNotFound) {
		id := newID()
		_, err := tx.Exec(ctx, `INSERT INTO draft (id, person, data, fields, updated_at) VALUES ($1, $2, $3, '', $4)`,
			id, person, toJSON(answers), database.Micros(tx.Now()))
		return id, err
	}
	if err != nil {
		return "", err
	}
	filled := row.data.With(answers)
	if filled.Same(row.data) {
		return row.id, nil
	}
	_, err = tx.Exec(ctx, `UPDATE draft SET data = $2, statement = NULL, fields = '', waiting = NULL, waiting_at = NULL,
		try_at = NULL, updated_at = $3 WHERE id = $1`, row.id, toJSON(filled), database.Micros(tx.Now()))
	return row.id, err
}

// orderMoved tells egov.kz where the application of an order stands now, until it has
// heard the end.
func orderMoved(ctx context.Context, tx database.Tx, a *record) error {
	id, err := openOrder(ctx, tx, a.ID)
	if err != nil || id == "" {
		return err
	}
	return say(ctx, tx, id, state.OrderStatus(a.State), a.State.IsFinal())
}

// orderEnds tells egov.kz that nothing comes of the order of a draft, if it has one.
func orderEnds(ctx context.Context, tx database.Tx, draft string, why state.OrderStatus) error {
	id, err := openOrder(ctx, tx, draft)
	if err != nil || id == "" {
		return err
	}
	return say(ctx, tx, id, why, true)
}

// openOrder is the id of the order of a draft or application that is not over, "" for
// none.
func openOrder(ctx context.Context, tx database.Tx, application string) (string, error) {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM portal_order WHERE application = $1 AND state = 'open'`, application)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return id, err
}
