package register

import (
	"context"
	"fmt"
	"strings"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
)

// Owner is a right-holder before an operator, with the document that he showed: an
// organisation's is that of its head.
type Owner struct {
	Party  mekenjai.PartyID
	Number string // of the document, at least its last characters (mekenjai.MinDocumentDigits)
}

// PrepareEndAtWindow freezes what an operator signs when an owner stands before
// him and asks to remove a person (R62): by what the owner was identified, which
// co-owners came with him and confirm at once. Each of them must be known to the
// register of persons with a valid document whose number ends so. The others
// confirm in their cabinets, and the person may object, as always.
func (r *Register) PrepareEndAtWindow(ctx context.Context, actor mekenjai.Actor, number string, owner Owner, present []Owner, ground string) (t SignedText, err error) {
	ground, err = checkGround(ground)
	if err != nil {
		return t, err
	}
	entry := audit.By(actor, "ending.window", number)
	e, d, err := r.atWindow(ctx, actor, number)
	if err != nil {
		return t, r.refusePermit(ctx, entry, err)
	}
	h, ok := d.holder(owner.Party)
	if !ok {
		return t, mekenjai.FieldErrors{{Field: "owner", Key: "life.error.not_owner"}}
	}
	document, err := r.shown(ctx, actor, number, owner, "number")
	if err != nil {
		return t, err
	}
	fields := mekenjai.WindowEnd{Operator: actor.IIN, Office: actor.Duty.Office, Document: document,
		EndRequest: mekenjai.EndRequest{By: h, Dwelling: e.Dwelling, Ground: ground}}
	for _, p := range present {
		other, ok := d.holder(p.Party)
		if !ok || p.Party == owner.Party {
			return t, mekenjai.FieldErrors{{Field: "present", Key: "life.error.not_owner"}}
		}
		document, err := r.shown(ctx, actor, number, p, "present")
		if err != nil {
			return t, err
		}
		fields.Present, fields.Documents = append(fields.Present, other), append(fields.Documents, document)
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if fields.Entries, err = removable(ctx, tx, owner.Party, []string{number}, e.Dwelling.ARC); err != nil {
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

// shown checks the document of an owner at the window against the register of
// persons, and says in both languages which it was. While that register is silent
// nobody is identified: mekenjai.ErrUnavailable.
func (r *Register) shown(ctx context.Context, actor mekenjai.Actor, entry string, o Owner, field string) (string, error) {
	if strings.TrimSpace(o.Number) == "" {
		return "", mekenjai.FieldErrors{{Field: field, Key: "life.error.document_empty"}}
	}
	asking, cancel := patiently(ctx)
	defer cancel()
	iin := o.Party.IIN()
	if o.Party.IsOrganisation() {
		entity, err := r.Peers.Entity(asking, o.Party.BIN())
		if err != nil {
			return "", err
		}
		iin = entity.Value.Head()
	}
	reply, err := r.Peers.Person(asking, iin)
	if err != nil {
		return "", err
	}
	if reply.Found && !reply.Value.IsDead() {
		for _, kind := range mekenjai.DocumentKinds {
			if whole, ok := documentOf(reply.Value, kind, mekenjai.DateOf(r.now()), IdentityInput{Number: o.Number}); ok {
				tail := []rune(whole)
				key := "office.document." + string(kind)
				return fmt.Sprintf("%s / %s …%s", locale.KK.T(key), locale.RU.T(key), string(tail[max(0, len(tail)-mekenjai.MinDocumentDigits):])), nil
			}
		}
	}
	return "", r.refuseAttempt(ctx, audit.By(actor, "ending.window", entry).Concerning(iin), "identity",
		mekenjai.FieldErrors{{Field: field, Key: "counter.error.document_number"}})
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
