package register

import (
	"context"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// PrepareOwnEnd freezes the text by which a person ends his own entry (R61). An
// extension that has not begun may be ended alone.
func (r *Register) PrepareOwnEnd(ctx context.Context, actor mekenjai.Actor, number string) (t SignedText, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := ownEntry(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := stands(e); err != nil {
			return err
		}
		fields := mekenjai.OwnEnd{Person: actor.IIN, Entry: e}
		t, err = r.prepare(ctx, tx, actor, mekenjai.OwnEndPurpose, e.ID, fields, fields.Text)
		return err
	})
	return t, err
}

// ownEntry is the person's own; for anybody else, and for who came with an
// organisation's key, it does not exist.
func ownEntry(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string) (mekenjai.Registration, error) {
	e, err := entryByNumber(ctx, tx, number)
	if err == nil && (e.Person != actor.IIN || actor.BIN != "") {
		err = mekenjai.ErrNotFound
	}
	return e, err
}

// EndOwn ends the person's entry at once, signed by his key or by a code (R61).
// The owners are told; their consent is not needed.
func (r *Register) EndOwn(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.OwnEndPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.OwnEnd](c.Fields)
	if err != nil {
		return err
	}
	owners, err := r.knownOwners(ctx, fields.Entry)
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := ownEntry(ctx, tx, actor, fields.Entry.Number)
		if err != nil {
			return err
		}
		if err := stands(e); err != nil {
			return err
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		x := endingRow{text: c.ID, Ending: mekenjai.Ending{ID: newNumber(), Registration: e.ID, Kind: mekenjai.EndingByPerson,
			State: mekenjai.EndingDone, By: actor.Party(), At: tx.Now(), Closed: tx.Now()}}
		if err := x.insert(ctx, tx); err != nil {
			return err
		}
		if err := r.closeEntry(ctx, tx, e, mekenjai.EndByPerson, owners); err != nil {
			return err
		}
		return audit.Write(ctx, tx, byParty(actor, "registration.end_own", e).With("code", mekenjai.ShortCode(c.Text)))
	})
}
