package register

import (
	"context"
	"errors"
	"slices"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// ComplaintTerm is until when a refusal may be complained of.
type ComplaintTerm struct {
	Until mekenjai.Date
	Over  bool
	Filed string // id of the complaint that was made already, ""
}

// ComplaintInput is what the complainant wrote.
type ComplaintInput struct {
	Words   string
	Restore string // why the term should be given back, when it is over
}

// termOf is the term for the standing act of a refused application; ErrConflict
// when there is none. Who was not told how to complain has longer (Administrative
// Procedural-Process Code, art. 92).
func (r *Register) termOf(ctx context.Context, tx database.Tx, a *record) (act Act, t ComplaintTerm, err error) {
	act, err = standingAct(ctx, tx, a.ID)
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && a.State != mekenjai.Refused {
		return act, t, mekenjai.ErrConflict
	}
	if err != nil {
		return act, t, err
	}
	findings, err := fromJSON[[]rules.Finding](a.findings)
	if err != nil {
		return act, t, err
	}
	p, err := r.Parameters(mekenjai.DateOf(tx.Now()))
	if err != nil {
		return act, t, err
	}
	stated := slices.ContainsFunc(findings, func(f rules.Finding) bool { return f.Rule == "R57" })
	t.Until = p.ComplaintUntil(mekenjai.DateOf(act.At), stated)
	t.Over = mekenjai.DateOf(tx.Now()).After(t.Until)
	t.Filed, err = database.One(ctx, tx, database.Column[string], `SELECT id FROM complaint WHERE act = $1`, act.Number)
	if errors.Is(err, database.ErrNoRows) {
		err = nil
	}
	return act, t, err
}

// ComplaintTerm is for the page on which one complains; ErrConflict when there is
// nothing to complain of.
func (r *Register) ComplaintTerm(ctx context.Context, actor mekenjai.Actor, application string) (t ComplaintTerm, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		a, err := ownApplication(ctx, tx, actor, application)
		if err != nil {
			return err
		}
		_, t, err = r.termOf(ctx, tx, &a)
		return err
	})
	return t, err
}

// PrepareComplaint freezes the complaint that the actor is to sign against the
// refusal of an application. One refusal is complained of once: mekenjai.ErrConflict.
// After the term a reason why it should be given back must stand beside it.
func (r *Register) PrepareComplaint(ctx context.Context, actor mekenjai.Actor, application string, in ComplaintInput) (text SignedText, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		a, err := ownApplication(ctx, tx, actor, application)
		if err != nil {
			return err
		}
		act, t, err := r.termOf(ctx, tx, &a)
		if err != nil {
			return err
		}
		if t.Filed != "" {
			return mekenjai.ErrConflict
		}
		c := complaintOf(actor, &a, mekenjai.AgainstRefusal)
		c.Act, c.Late = act.Number, t.Over
		var wrong mekenjai.FieldErrors
		var bad *mekenjai.FieldError
		if c.Text, bad = saidWithin("words", in.Words, mekenjai.ComplaintShortest); bad != nil {
			wrong = append(wrong, bad)
		}
		if t.Over {
			if c.Restore, bad = saidWithin("restore", in.Restore, mekenjai.ComplaintShortest); bad != nil {
				wrong = append(wrong, bad)
			}
		}
		if err := wrong.OrNil(); err != nil {
			return err
		}
		text, err = r.prepare(ctx, tx, actor, mekenjai.ComplaintPurpose, application, c, c.Statement)
		return err
	})
	return text, err
}

func complaintOf(actor mekenjai.Actor, a *record, kind mekenjai.ComplaintKind) mekenjai.Complaint {
	return mekenjai.Complaint{Kind: kind, State: mekenjai.ComplaintReceived, Application: a.ID, Filed: a.Number, Person: a.Person, Name: a.Name,
		By: actor.IIN, Language: actor.Language, Dwelling: a.Dwelling}
}

// Complain files the signed complaint: once, however often it is called. The body
// that decided has it now; from the receipt the terms of the law run.
func (r *Register) Complain(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (c mekenjai.Complaint, err error) {
	return r.fileComplaint(ctx, actor, text, mekenjai.ComplaintPurpose, sig, func(ctx context.Context, tx database.Tx, c *mekenjai.Complaint) error {
		a, err := ownApplication(ctx, tx, actor, c.Application)
		if err != nil {
			return err
		}
		act, t, err := r.termOf(ctx, tx, &a)
		if err != nil {
			return err
		}
		if t.Filed != "" || act.Number != c.Act {
			return mekenjai.ErrConflict
		}
		if t.Over != c.Late {
			return mekenjai.ErrStale // the term ended while the text lay there
		}
		p, err := r.Parameters(mekenjai.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		today := mekenjai.DateOf(tx.Now())
		c.ForwardBy, c.AnswerBy = endOf(p.ForwardUntil(today)), endOf(p.AnswerUntil(today))
		return nil
	})
}

// fileComplaint does what both kinds have in common; admit asks whether this one
// may be filed and sets its terms.
func (r *Register) fileComplaint(ctx context.Context, actor mekenjai.Actor, text, purpose string, sig Signature,
	admit func(context.Context, database.Tx, *mekenjai.Complaint) error) (c mekenjai.Complaint, err error) {
	if c, err := r.filedWith(ctx, actor, text); !errors.Is(err, mekenjai.ErrNotFound) {
		return c, err
	}
	signed, err := r.checkText(ctx, actor, text, purpose, sig)
	if err != nil {
		if c, twice := r.filedWith(ctx, actor, text); twice == nil { // the second of two clicks
			return c, nil
		}
		return c, err
	}
	fields, err := fromJSON[mekenjai.Complaint](signed.Fields)
	if err != nil {
		return c, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c = fields
		if err := admit(ctx, tx, &c); err != nil {
			return err
		}
		if err := signed.consume(ctx, tx); err != nil {
			return err
		}
		c.ID, c.Number, c.ReceivedAt = newID(), newNumber(), tx.Now()
		if err := insertComplaint(ctx, tx, c, text); err != nil {
			return err
		}
		due := c.AnswerBy
		if !c.ForwardBy.IsZero() {
			due = c.ForwardBy
		}
		if _, err := r.openCase(ctx, tx, CaseComplaint, c.ID, c.Person, c.Dwelling.KATO, due); err != nil {
			return err
		}
		return errors.Join(r.tellComplainant(ctx, tx, c, notify.ComplaintReceived),
			audit.Write(ctx, tx, audit.By(actor, "complaint.file", c.ID).Concerning(c.Person).With("kind", c.Kind).
				With("application", c.Application).With("late", c.Late).With("code", mekenjai.ShortCode(signed.Text))))
	})
	if database.IsUnique(err) {
		err = mekenjai.ErrConflict // another tab was first, with another text
	}
	return c, err
}

// filedWith is the complaint that was signed with the text.
func (r *Register) filedWith(ctx context.Context, actor mekenjai.Actor, text string) (c mekenjai.Complaint, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		c, err = scanComplaint(tx.QueryRow(ctx, `SELECT `+complaintColumns+` FROM complaint WHERE text = $1 AND filed_by = $2`, text, actor.IIN))
		return err
	})
	return c, err
}
