package register

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
)

// ConsentInput is a right-holder's consent at the counter.
type ConsentInput struct {
	Party         string // IIN or BIN of the right-holder
	Signer        string // IIN of who signs; "" the right-holder himself
	As            string // a mekenjai.Capacity; "" himself
	HandSignature        // by hand or by key: a code sent to a phone is no consent here
}

var capacities = []mekenjai.Capacity{mekenjai.AsHimself, mekenjai.AsRepresentative, mekenjai.AsAttorney}

// ConsentAtCounter records the consent of a right-holder who stands at the
// counter, or for whom a representative or attorney does: an act of its own, by
// somebody whom the operator has identified, under the frozen statement, by hand
// or by an own key (for an organisation with its key). The rules say whether the
// signer may speak for the right-holder: mekenjai.FieldErrors, audited, else. A
// guardian without the permission of the guardianship body is recorded, and stands
// against the acceptance (R39).
func (r *Register) ConsentAtCounter(ctx context.Context, actor mekenjai.Actor, id string, in ConsentInput) error {
	if in.Code != nil {
		return mekenjai.ErrForbidden
	}
	h, err := r.hear(ctx, actor, id, false)
	if err != nil {
		return err
	}
	c, signer, err := h.consent(in)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "intake.consent", id).Concerning(h.row.data.Registrant).With("party", c.Holder.Party).With("capacity", c.As)
	var text []byte
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "intake.consent", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		text = row.statement
		return row.mayBeSigned(ctx, tx, signer.IIN)
	})
	if err != nil {
		return err
	}
	if ok, err := r.maySpeakHere(ctx, &h, c); err != nil {
		return err
	} else if !ok {
		return r.refuseAttempt(ctx, entry, "authority", mekenjai.FieldErrors{{Field: "signer", Key: "counter.error.may_not_speak"}})
	}
	p, err := r.prove(ctx, signer, entry, text, in.HandSignature)
	if err != nil {
		return err
	}
	return r.atCounter(ctx, actor, mekenjai.DoFile, "intake.consent", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		if err := row.stillSays(ctx, tx, text, signer.IIN); err != nil {
			return err
		}
		proof := mekenjai.ProvesConsent
		if c.Holder.Party.IsOrganisation() {
			proof = mekenjai.ProvesPetition
		}
		if err := p.settleIn(ctx, tx, mekenjai.PaperOfIntake, id, proof); err != nil {
			return err
		}
		c.SignedHere, c.signature = p.SignedHere, p.cms
		return errors.Join(c.insert(ctx, tx, actor, id), row.save(ctx, tx),
			audit.Write(ctx, tx, entry.With("method", p.Method).With("signer", p.Signer).With("code", mekenjai.ShortCode(text))))
	})
}

// consent reads the input against the seats of the evaluated intake.
func (h *heard) consent(in ConsentInput) (c consentHere, signer mekenjai.Actor, err error) {
	party, errParty := mekenjai.ParsePartyID(in.Party)
	i := slices.IndexFunc(h.verdict.Seats, func(s rules.Seat) bool { return s.Holder.Party == party })
	c.As = mekenjai.Capacity(in.As)
	if c.As == "" {
		c.As = mekenjai.AsHimself
	}
	switch {
	case errParty != nil || i < 0:
		return c, signer, mekenjai.FieldErrors{{Field: "party", Key: "counter.error.no_holder"}}
	case !slices.Contains(capacities, c.As):
		return c, signer, mekenjai.FieldErrors{{Field: "as", Key: "counter.error.capacity"}}
	}
	c.ID, c.Holder = newNumber(), h.verdict.Seats[i].Holder
	signer.IIN = party.IIN()
	if strings.TrimSpace(in.Signer) != "" {
		if signer.IIN, err = mekenjai.ParseIIN(in.Signer); err != nil {
			return c, signer, mekenjai.FieldErrors{{Field: "signer", Key: "counter.error.iin_format"}}
		}
	}
	if signer.IIN == "" {
		return c, signer, mekenjai.FieldErrors{{Field: "signer", Key: "counter.error.iin_empty"}}
	}
	if party.IsOrganisation() && c.As == mekenjai.AsHimself && in.Paper == "" {
		signer.BIN = party.BIN()
	}
	given := func(p mekenjai.Power) bool { return p.Principal == party && p.Attorney == signer.IIN }
	if c.As == mekenjai.AsAttorney && !slices.ContainsFunc(h.row.data.Powers, given) {
		return c, signer, mekenjai.FieldErrors{{Field: "as", Key: "counter.error.no_power"}}
	}
	c.Signer, c.Method = signer.IIN, mekenjai.ByEDS
	if in.Paper != "" {
		c.Method = mekenjai.ByHand
	}
	return c, signer, nil
}

// maySpeakHere asks the rules whether a consent of this signer in this capacity
// would count. While a register that must tell is silent it may.
func (r *Register) maySpeakHere(ctx context.Context, h *heard, c consentHere) (bool, error) {
	with := *h
	c.At = r.now()
	with.consents = slices.DeleteFunc(slices.Clone(h.consents), func(x consentHere) bool {
		return x.Holder.Party == c.Holder.Party && x.As == c.As
	})
	with.consents = append(with.consents, c)
	a, err := r.pretend(ctx, &with)
	if err != nil {
		return false, err
	}
	if _, err := r.gatherIntake(ctx, a, &with, false); err != nil {
		return false, err
	}
	return !slices.ContainsFunc(with.verdict.Findings, func(f rules.Finding) bool {
		return f.Rule == "R35" && f.Code == "CONSENT_IGNORED" && f.Party == c.Holder.Party
	}), nil
}

// insert writes the consent; the same right-holder's earlier one in the same
// capacity gives way.
func (c *consentHere) insert(ctx context.Context, tx database.Tx, actor mekenjai.Actor, intake string) error {
	_, err := tx.Exec(ctx, `DELETE FROM intake_consent WHERE intake = $1 AND party = $2 AND capacity = $3`, intake, c.Holder.Party, c.As)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO intake_consent (id, intake, party, name, right_kind, share_num, share_den, capacity, signer, method,
		paper, signature, operator, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		c.ID, intake, c.Holder.Party, c.Holder.Name, c.Holder.Right, c.Holder.Share.Numerator, c.Holder.Share.Denominator, c.As,
		c.Signer, c.Method, c.Paper, c.signature, actor.IIN, database.Micros(c.At))
	return err
}

// RevokeAtCounter takes a consent back before the acceptance: the right-holder
// changed his mind.
func (r *Register) RevokeAtCounter(ctx context.Context, actor mekenjai.Actor, id, consent string) error {
	return r.atCounter(ctx, actor, mekenjai.DoFile, "intake.revoke", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		n, err := tx.Exec(ctx, `DELETE FROM intake_consent WHERE id = $1 AND intake = $2`, consent, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return mekenjai.ErrNotFound
		}
		return errors.Join(row.save(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "intake.revoke", id).Concerning(row.data.Registrant).With("consent", consent)))
	})
}
