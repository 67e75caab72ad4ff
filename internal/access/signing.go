package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// BeginSigningCode sends the actor a code with which he signs text, the statement
// of the thing subjectID. The message names the text's short code, so that he sees
// what the code is for. A code proves a person, never an organisation:
// mekenjai.ErrForbidden for an actor with a BIN. The error may be *TooMany.
func (a *Access) BeginSigningCode(ctx context.Context, actor mekenjai.Actor, subjectID string, text []byte) (code Code, err error) {
	if actor.BIN != "" {
		return Code{}, fmt.Errorf("sign for an organisation by SMS: %w", mekenjai.ErrForbidden)
	}
	if err := a.mayPhoneSign(ctx, actor.IIN); err != nil {
		return Code{}, a.refuseHeld(ctx, actor, subjectID, err)
	}
	var over *TooMany
	digest := sha256.Sum256(text)
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		over, err = a.take(ctx, tx, actor.IIN, use{LimitSigning, string(actor.IIN)}, use{LimitSigningDay, string(actor.IIN)})
		if err != nil || over != nil {
			return err
		}
		code, err = a.place(ctx, tx, order{kind: kindSigning, iin: actor.IIN, holder: hash(actor.Session),
			subject: subjectID, textHash: digest[:], short: mekenjai.ShortCode(text), language: actor.Language})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, "code.ask", code.ID).Concerning(actor.IIN).
			With("kind", kindSigning).With("signs", subjectID))
	})
	if err != nil {
		return Code{}, fmt.Errorf("begin signing by SMS: %w", err)
	}
	return code, refusal(over)
}

// refuseHeld audits that a changed phone was to sign.
func (a *Access) refuseHeld(ctx context.Context, actor mekenjai.Actor, subjectID string, cause error) error {
	var held *HeldPhone
	if !errors.As(cause, &held) {
		return fmt.Errorf("begin signing by SMS: %w", cause)
	}
	err := a.db.Transact(ctx, func(tx database.Tx) error {
		return audit.Write(ctx, tx, audit.By(actor, "code.ask", subjectID).Concerning(actor.IIN).Refused("phone_held").With("kind", kindSigning))
	})
	return errors.Join(held, err)
}

// SigningProof says that a person entered the code that was sent for one text.
// Only VerifySigningCode makes it.
type SigningProof struct {
	Phone      mekenjai.Phone // where the code was sent
	SentAt     time.Time
	TextSHA256 [32]byte
	id         string
}

// VerifySigningCode checks the digits for exactly this text, thing, person and
// session. The try is counted in a transaction of its own, so that it stays counted
// whatever becomes of the submission; the code itself stays until Consume. The
// error may be *CodeError.
func (a *Access) VerifySigningCode(ctx context.Context, actor mekenjai.Actor, subjectID string, text []byte, digits string) (*SigningProof, error) {
	digits, err := parseDigits(digits)
	if err != nil {
		return nil, err
	}
	proof := &SigningProof{TextSHA256: sha256.Sum256(text)}
	var wrong *CodeError
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		o, err := find(ctx, tx, `iin = $1 AND kind = $2`, actor.IIN, kindSigning)
		if err != nil {
			return err
		}
		own := actor.BIN == "" && o.subject == subjectID && o.belongs(hash(actor.Session), proof.TextSHA256[:])
		proof.id, proof.Phone, proof.SentAt = o.id, o.phone, o.sent
		wrong, err = a.try(ctx, tx, o, own, digits)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify signing code: %w", err)
	}
	if wrong != nil {
		return nil, wrong
	}
	return proof, nil
}

// SigningCode is VerifySigningCode in the form in which the register asks for it:
// it checks the digits against a text and returns what uses them up.
func (a *Access) SigningCode(actor mekenjai.Actor, subjectID, digits string) func(context.Context, []byte) (func(context.Context, database.Tx) error, error) {
	return func(ctx context.Context, text []byte) (func(context.Context, database.Tx) error, error) {
		proof, err := a.VerifySigningCode(ctx, actor, subjectID, text, digits)
		if err != nil {
			return nil, err
		}
		return proof.Consume, nil
	}
}

// Consume uses the code up in the transaction of what it signs, so that one code
// signs one thing once: mekenjai.ErrStale when it is used already or a newer code
// took its place. When the transaction is rolled back the code is good again.
func (p *SigningProof) Consume(ctx context.Context, tx database.Tx) error {
	if p == nil || p.id == "" {
		return errors.New("signing proof that nobody made")
	}
	n, err := tx.Exec(ctx, `DELETE FROM access_code WHERE id = $1 AND kind = $2`, p.id, kindSigning)
	if err == nil && n == 0 {
		err = mekenjai.ErrStale
	}
	if err != nil {
		return fmt.Errorf("use signing code %s: %w", p.id, err)
	}
	return nil
}

// Code is the id of the code, under which the audit knows it.
func (p *SigningProof) Code() string { return p.id }
