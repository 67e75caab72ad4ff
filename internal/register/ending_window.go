package register

import (
	"context"
	"strings"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// PrepareEndAtWindow freezes what an operator signs when an owner stands before
// him and asks to remove a person (R62): by whom the owner was identified, which
// co-owners came with him and confirm at once. The others confirm in their
// cabinets, and the person may object, as always.
func (r *Register) PrepareEndAtWindow(ctx context.Context, actor mekenjai.Actor, number string, owner mekenjai.PartyID, present []mekenjai.PartyID, document, ground string) (t SignedText, err error) {
	ground, err = checkGround(ground)
	if err != nil {
		return t, err
	}
	document = strings.TrimSpace(document)
	if document == "" {
		return t, mekenjai.FieldErrors{{Field: "document", Key: "life.error.document_empty"}}
	}
	entry := audit.By(actor, "ending.window", number)
	e, d, err := r.atWindow(ctx, actor, number)
	if err != nil {
		return t, r.refusePermit(ctx, entry, err)
	}
	h, ok := d.holder(owner)
	if !ok {
		return t, mekenjai.FieldErrors{{Field: "owner", Key: "life.error.not_owner"}}
	}
	fields := mekenjai.WindowEnd{Operator: actor.IIN, Office: actor.Duty.Office, Document: document,
		EndRequest: mekenjai.EndRequest{By: h, Dwelling: e.Dwelling, Ground: ground}}
	for _, p := range present {
		other, ok := d.holder(p)
		if !ok || p == owner {
			return t, mekenjai.FieldErrors{{Field: "present", Key: "life.error.not_owner"}}
		}
		fields.Present = append(fields.Present, other)
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if fields.Entries, err = removable(ctx, tx, owner, []string{number}, e.Dwelling.ARC); err != nil {
			return err
		}
		terms, err := r.terms(tx)
		if err != nil {
			return err
		}
		fields.Days = terms.ObjectionDays
		t, err = r.prepare(ctx, tx, actor, mekenjai.WindowEndPurpose, e.ID, fields, fields.Text)
		return err
	})
	return t, err
}

// atWindow loads an entry for an operator of the territory, and its dwelling.
func (r *Register) atWindow(ctx context.Context, actor mekenjai.Actor, number string) (e mekenjai.Registration, d dwelling, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		if e, err = visibleEntry(ctx, tx, number, actor.IIN); err != nil {
			return err
		}
		return actor.Permitted(mekenjai.DoEndAtWindow, mekenjai.Matter{KATO: []string{e.Dwelling.KATO}})
	})
	if err != nil {
		return e, d, err
	}
	d, err = r.dwellingAt(ctx, e.Dwelling.ARC)
	return e, d, err
}

// EndAtWindow takes the operator's signature: the request runs as one that the
// owner signed himself.
func (r *Register) EndAtWindow(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.WindowEndPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.WindowEnd](c.Fields)
	if err != nil {
		return err
	}
	if err := actor.Permitted(mekenjai.DoEndAtWindow, mekenjai.Matter{KATO: []string{fields.Dwelling.KATO}}); err != nil {
		return r.refusePermit(ctx, audit.By(actor, "ending.window", c.Subject), err)
	}
	return r.startRequest(ctx, actor, c, fields.EndRequest, mekenjai.EndingAtWindow, fields.Present)
}
