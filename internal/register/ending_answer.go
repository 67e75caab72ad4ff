package register

import (
	"context"
	"errors"
	"slices"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// PrepareConfirmation freezes the text by which a co-owner confirms another's
// request (R60). Who is no longer an owner cannot confirm, whatever he was asked.
func (r *Register) PrepareConfirmation(ctx context.Context, actor mekenjai.Actor, number string) (t SignedText, err error) {
	e, _, h, err := r.ofHolder(ctx, actor, number, "ending.confirm")
	if err != nil {
		return t, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		x, _, err := askedToConfirm(ctx, tx, actor, e.ID)
		if err != nil {
			return err
		}
		request, err := textOf(ctx, tx, x.text)
		if err != nil {
			return err
		}
		fields := mekenjai.EndConfirmation{By: h, Ending: x.ID, Asked: x.By, Entry: e, Request: mekenjai.ShortCode(request)}
		t, err = r.prepare(ctx, tx, actor, mekenjai.EndConfirmationPurpose, x.ID, fields, fields.Text)
		return err
	})
	return t, err
}

// textOf is a signed text itself.
func textOf(ctx context.Context, tx database.Tx, id string) (text []byte, err error) {
	return text, notFound(tx.QueryRow(ctx, `SELECT text FROM signed_text WHERE id = $1`, id).Scan(&text))
}

// askedToConfirm is the running request about an entry that waits for the actor's
// word, in time.
func askedToConfirm(ctx context.Context, tx database.Tx, actor mekenjai.Actor, registration string) (*endingRow, []confirmationRow, error) {
	x, err := runningEnding(ctx, tx, registration)
	if err != nil {
		return nil, nil, err
	}
	if x == nil || !x.MayConfirm(tx.Now()) {
		return nil, nil, mekenjai.ErrConflict
	}
	list, err := confirmationsOf(ctx, tx, x.ID)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(list, func(c confirmationRow) bool { return c.holder.Party == actor.Party() })
	switch {
	case i < 0:
		return nil, nil, mekenjai.ErrNotFound
	case list[i].answer != mekenjai.ConfirmAsked:
		return nil, nil, mekenjai.ErrConflict
	}
	return x, list, nil
}

// answerConfirmation writes a co-owner's word once.
func answerConfirmation(ctx context.Context, tx database.Tx, ending string, party mekenjai.PartyID, answer mekenjai.Confirmation, reason, text string) error {
	n, err := tx.Exec(ctx, `UPDATE ending_confirmation SET answer = $3, reason = $4, answered_at = $5, signed_text = $6
		WHERE ending = $1 AND party = $2 AND answer = 'asked'`, ending, party, answer, reason, database.Micros(tx.Now()), orNull(text))
	if err == nil && n != 1 {
		err = mekenjai.ErrConflict
	}
	return err
}

// ConfirmEnd takes a co-owner's own EDS under another's request (R60). The entry
// ends when the period is over, not before: the person may still object.
func (r *Register) ConfirmEnd(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.EndConfirmationPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.EndConfirmation](c.Fields)
	if err != nil {
		return err
	}
	if sig.Code != nil {
		return r.refuseAttempt(ctx, byParty(actor, "ending.confirm", fields.Entry), "method", mekenjai.ErrForbidden) // R60: EDS
	}
	if err := r.ofOwnKey(ctx, actor, c); err != nil {
		return err
	}
	e, _, _, err := r.ofHolder(ctx, actor, fields.Entry.Number, "ending.confirm") // still an owner
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		x, _, err := askedToConfirm(ctx, tx, actor, e.ID)
		if err != nil {
			return err
		}
		if x.ID != fields.Ending {
			return mekenjai.ErrStale
		}
		return errors.Join(c.consume(ctx, tx),
			answerConfirmation(ctx, tx, x.ID, actor.Party(), mekenjai.ConfirmAgreed, "", c.ID),
			r.hurry(ctx, tx, x),
			audit.Write(ctx, tx, byParty(actor, "ending.confirm", e).With("ending", x.ID).With("code", mekenjai.ShortCode(c.Text))))
	})
}

// DeclineEnd is a co-owner's refusal to confirm: nobody is removed, and who asked
// is pointed to the court (R67). Any one of them stops the request.
func (r *Register) DeclineEnd(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	reason, err := checkGround(reason)
	if err != nil {
		return err
	}
	if actor.BIN != "" && !actor.MaySign {
		return mekenjai.ErrForbidden
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := visibleEntry(ctx, tx, number, "")
		if err != nil {
			return err
		}
		x, _, err := askedToConfirm(ctx, tx, actor, e.ID)
		if err != nil {
			return err
		}
		return errors.Join(
			answerConfirmation(ctx, tx, x.ID, actor.Party(), mekenjai.ConfirmDeclined, reason, ""),
			r.stopEnding(ctx, tx, e, x, mekenjai.EndingRefused, actor.Party()),
			audit.Write(ctx, tx, byParty(actor, "ending.decline", e).With("ending", x.ID)))
	})
}

// WithdrawEnd takes a request back: only who asked may, until it is over.
func (r *Register) WithdrawEnd(ctx context.Context, actor mekenjai.Actor, number string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := visibleEntry(ctx, tx, number, "")
		if err != nil {
			return err
		}
		x, err := runningEnding(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		switch {
		case x == nil || !x.Kind.IsOwners():
			last, err := latestEnding(ctx, tx, e.ID)
			if err == nil && last != nil && last.By == actor.Party() {
				err = mekenjai.ErrConflict // it is over, and he may know
			} else if err == nil {
				err = mekenjai.ErrNotFound
			}
			return err
		case x.By != actor.Party() || actor.BIN != "" && !actor.MaySign:
			return mekenjai.ErrNotFound
		}
		return errors.Join(
			r.stopEnding(ctx, tx, e, x, mekenjai.EndingWithdrawn, actor.Party()),
			audit.Write(ctx, tx, byParty(actor, "ending.withdraw", e).With("ending", x.ID)))
	})
}

// stopEnding ends an owner's request without an end of the entry: an objection to
// it has lost its object, the person is told that he stays, the owners that
// nothing comes of it. whose deed it is need not be told.
func (r *Register) stopEnding(ctx context.Context, tx database.Tx, e mekenjai.Registration, x *endingRow, next mekenjai.EndingState, whose mekenjai.PartyID) error {
	if err := x.move(ctx, tx, next); err != nil {
		return err
	}
	if err := r.voidObjection(ctx, tx, x.ID); err != nil {
		return err
	}
	return errors.Join(
		r.tellPerson(ctx, tx, e, x, notify.EndStopped),
		r.tellEnding(ctx, tx, e, x, notify.EndNotDone, whose))
}

// Object is the person's "I live here": it stops an owner's request, which an
// officer then decides. It needs no signature, only the person's own session: who
// is to be protected is not asked for a key. Once, and within the period.
func (r *Register) Object(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	reason, err := checkGround(reason)
	if err != nil {
		return err
	}
	if reason == "" {
		return mekenjai.FieldErrors{{Field: "reason", Key: "life.error.objection_empty"}}
	}
	late := false
	var entry audit.Entry
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := ownEntry(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		entry = byParty(actor, "ending.object", e)
		x, err := runningEnding(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if late = x == nil || !x.MayObject(tx.Now()); late {
			return mekenjai.ErrConflict
		}
		x.Objected = tx.Now()
		return errors.Join(
			x.move(ctx, tx, mekenjai.EndingObjected),
			r.raise(ctx, tx, e, mekenjai.Dispute{Kind: mekenjai.Objection, By: actor.Party(), Reason: reason, Ending: x.ID}),
			r.tellEnding(ctx, tx, e, x, notify.EndObjected, ""),
			audit.Write(ctx, tx, entry.With("ending", x.ID)))
	})
	if late {
		return r.refuseAttempt(ctx, entry, "late", err)
	}
	return err
}
