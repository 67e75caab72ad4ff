package access

import (
	"context"
	"fmt"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// BeginSMS asks for a code to sign in as iin from the browser of visit. The
// answer, the work and its time are the same for every IIN: whether the person
// exists and has a phone is asked in a job, after the answer, and the limits count
// unknown IINs like known ones. The error may be *TooMany.
func (a *Access) BeginSMS(ctx context.Context, visit string, iin mekenjai.IIN, freshFor string, c Client) (code Code, err error) {
	if err := validFor(freshFor); err != nil {
		return Code{}, err
	}
	holder, err := browserOf(visit)
	if err != nil {
		return Code{}, err
	}
	var over *TooMany
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		over, err = a.take(ctx, tx, iin, use{LimitSMSAddress, c.Key()},
			use{LimitSMSPerson, string(iin)}, use{LimitSMSDay, string(iin)})
		if err != nil || over != nil {
			return err
		}
		code, err = a.place(ctx, tx, order{kind: kindSignIn, iin: iin, holder: holder,
			subject: freshFor, textHash: []byte{}, language: string(c.Language)})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Verb: "code.ask", Subject: code.ID, Outcome: audit.Done}.
			Concerning(iin).With("kind", kindSignIn).With("network", c.Network()))
	})
	if err != nil {
		return Code{}, fmt.Errorf("begin sign-in by SMS: %w", err)
	}
	return code, refusal(over)
}

// FinishSMS signs in whoever received the code: *CodeError when the digits are
// wrong or the code is dead. The digits are good only in the browser that asked for
// them.
func (a *Access) FinishSMS(ctx context.Context, visit, codeID, digits string, c Client) (in SignedIn, err error) {
	digits, err = parseDigits(digits)
	if err != nil {
		return SignedIn{}, err
	}
	holder, err := browserOf(visit)
	if err != nil {
		return SignedIn{}, err
	}
	var wrong *CodeError
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		in = SignedIn{}
		o, err := find(ctx, tx, `id = $1 AND kind = $2`, codeID, kindSignIn)
		if err != nil {
			return err
		}
		if wrong, err = a.try(ctx, tx, o, o.belongs(holder, nil), digits); err != nil || wrong != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM access_code WHERE id = $1`, o.id); err != nil {
			return err
		}
		in.For = o.subject
		in.Token, in.Actor, err = a.insert(ctx, tx, mekenjai.Actor{IIN: o.iin, Method: mekenjai.BySMS}, o.subject, c,
			audit.Entry{}.With("code", o.id))
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("finish sign-in by SMS: %w", err)
	}
	if wrong != nil {
		return SignedIn{}, wrong
	}
	return in, nil
}
