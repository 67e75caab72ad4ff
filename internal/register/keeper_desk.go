package register

import (
	"context"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// DeadLetter is a deed that the state's register refused, as the desk reads it.
type DeadLetter struct {
	Kind     state.DeedKind
	Code     string
	Said     string // in the register's words; "" while masked
	Made     time.Time
	Answered time.Time
	Attempts int
	Reason   mekenjai.EndReason // of an end
	Entry    *state.Entry       // nil while masked
}

// letter is the deed for the desk. While a case is masked, nothing in it tells who
// it is about.
func (d *deedRow) letter(masked bool) *DeadLetter {
	l := &DeadLetter{Kind: d.Kind, Code: d.code, Made: d.made, Answered: d.answered, Attempts: d.attempts, Reason: d.Reason}
	if !masked {
		l.Said, l.Entry = d.said, &d.Entry
	}
	return l
}

func (d *Dossier) readLetter(ctx context.Context, tx database.Tx) error {
	row, err := loadDeed(ctx, tx, d.Subject)
	if err == nil {
		d.Letter = row.letter(d.Masked)
	}
	return err
}

func (d *Dossier) readDifference(ctx context.Context, tx database.Tx) error {
	x, err := loadDifference(ctx, tx, d.Subject)
	if err != nil {
		return err
	}
	if d.Masked {
		x.Number, x.Ours, x.Theirs = "", nil, nil
	}
	d.Difference = &x
	return nil
}

// mending is the common path of what an officer does to a case of the two registers:
// he has it in his hands, has opened it and gives reasons.
func (r *Register) mending(ctx context.Context, actor mekenjai.Actor, verb, number, reason string, do func(context.Context, database.Tx, *DeskCase) error) error {
	reason, err := words("reason", reason)
	if err != nil {
		return err
	}
	return r.deedAs(ctx, actor, mekenjai.DoMend, "desk."+verb, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		if c.State != CaseTaken || c.Revealed.IsZero() || c.Kind != CaseDeed && c.Kind != CaseDifference {
			return mekenjai.ErrConflict
		}
		if err := do(ctx, tx, c); err != nil {
			return err
		}
		if err := c.step(ctx, tx, verb, actor.IIN, reason); err != nil {
			return err
		}
		return r.closeCase(ctx, tx, c.Kind, c.Subject)
	})
}

// Resend sends a refused deed again, as the entry reads now: what was wrong was set
// right here or there. It is another message, because the refusal of the first stands;
// whether that did nothing after all is asked before it goes.
func (r *Register) Resend(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	return r.mending(ctx, actor, "resend", number, reason, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		d, err := settleLetter(ctx, tx, c)
		if err != nil {
			return err
		}
		e, err := entryByID(ctx, tx, d.registration)
		if err != nil {
			return err
		}
		again := deedAbout(e, state.Deed{Kind: d.Kind, At: d.At, Reason: d.Reason, Replaces: d.Replaces, Extends: d.Extends})
		again.former = d.ID
		return r.leave(ctx, tx, again, nil)
	})
}

// GiveUp ends a dead letter without sending it: the state's register is right, or it
// was set right there. What the two still keep differently the next comparison finds.
func (r *Register) GiveUp(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	return r.mending(ctx, actor, "give_up", number, reason, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		_, err := settleLetter(ctx, tx, c)
		return err
	})
}

// settleLetter takes the dead letter of a case out of those that wait for an officer.
func settleLetter(ctx context.Context, tx database.Tx, c *DeskCase) (deedRow, error) {
	if c.Kind != CaseDeed {
		return deedRow{}, mekenjai.ErrConflict
	}
	d, err := loadDeed(ctx, tx, c.Subject)
	if err != nil {
		return d, err
	}
	n, err := tx.Exec(ctx, `UPDATE keeper_deed SET state = 'settled' WHERE id = $1 AND state = 'rejected'`, d.ID)
	if err == nil && n == 0 {
		err = mekenjai.ErrConflict
	}
	return d, err
}

// SendOurs lets our reading of an entry go to the state's register, for a difference
// that a deed of ours can mend.
func (r *Register) SendOurs(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	return r.mending(ctx, actor, "send_ours", number, reason, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		x, err := closeDifference(ctx, tx, c)
		if err != nil {
			return err
		}
		kind, ok := x.Kind.mended()
		if !ok {
			return mekenjai.ErrConflict
		}
		e, err := entryByNumber(ctx, tx, x.Number)
		if err != nil {
			return err
		}
		return r.repeat(ctx, tx, e, kind)
	})
}

// Accept closes a difference that an officer has settled elsewhere, or finds to be
// none. It comes back when either side changes.
func (r *Register) Accept(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	return r.mending(ctx, actor, "accept", number, reason, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		_, err := closeDifference(ctx, tx, c)
		return err
	})
}

func closeDifference(ctx context.Context, tx database.Tx, c *DeskCase) (Difference, error) {
	if c.Kind != CaseDifference {
		return Difference{}, mekenjai.ErrConflict
	}
	x, err := loadDifference(ctx, tx, c.Subject)
	if err != nil {
		return x, err
	}
	n, err := tx.Exec(ctx, `UPDATE difference SET state = 'closed', closed_at = $2 WHERE id = $1 AND state = 'open'`, x.ID, now(tx))
	if err == nil && n == 0 {
		err = mekenjai.ErrConflict
	}
	return x, err
}
