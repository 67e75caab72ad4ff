package register

import (
	"context"
	"errors"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// ComplaintFile is a complaint as the officer sees it who has taken its case.
type ComplaintFile struct {
	mekenjai.Complaint
	Papers []mekenjai.Paper
	Act    *Act // complained of, also when it was undone since
	// MayForward, MayCure and MayDecide are what this officer may do now.
	MayForward, MayCure, MayDecide bool
}

// complaintInHand finds a complaint for the officer who has taken its case, and
// asks whether he may do the deed.
func complaintInHand(ctx context.Context, tx database.Tx, actor mekenjai.Actor, deed mekenjai.Deed, id string) (c mekenjai.Complaint, err error) {
	if c, err = loadComplaint(ctx, tx, id); err != nil {
		return c, err
	}
	number, err := database.One(ctx, tx, database.Column[string], `SELECT number FROM desk_case
		WHERE kind = 'complaint' AND subject = $1 AND state <> 'closed'`, id)
	if errors.Is(err, database.ErrNoRows) {
		err = mekenjai.ErrConflict // decided already
	}
	if err != nil {
		return c, err
	}
	dc, err := deskCase(ctx, tx, actor, number) // of who is sealed there is none
	if err != nil {
		return c, err
	}
	if err := mayDo(actor, deed, dc); err != nil {
		return c, err
	}
	if dc.Revealed.IsZero() {
		return c, mekenjai.ErrConflict // nobody decides unread
	}
	if actor.IIN == c.Person || actor.IIN == c.By || actor.Party() == c.Against {
		return c, mekenjai.ErrForbidden // nobody judges his own cause
	}
	return c, nil
}

// ComplaintFile opens a complaint for who has its case.
func (r *Register) ComplaintFile(ctx context.Context, actor mekenjai.Actor, id string) (f ComplaintFile, err error) {
	entry := audit.By(actor, "complaint.open", id)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if f.Complaint, err = complaintInHand(ctx, tx, actor, mekenjai.DoReveal, id); err != nil {
			return err
		}
		if f.Papers, err = papersOf(ctx, tx, mekenjai.PaperOfCase, id); err != nil {
			return err
		}
		if f.Complaint.Act != "" {
			if f.Act, err = optional(scanAct(tx.QueryRow(ctx, `SELECT `+actColumns+` FROM act WHERE number = $1`, f.Complaint.Act))); err != nil {
				return err
			}
		}
		may := func(d mekenjai.Deed, next mekenjai.ComplaintState) bool {
			_, err := complaintInHand(ctx, tx, actor, d, id)
			return err == nil && f.Kind.May(f.State, next)
		}
		f.MayForward = may(mekenjai.DoAnswerComplaint, mekenjai.ComplaintForwarded)
		f.MayCure = may(mekenjai.DoAnswerComplaint, mekenjai.ComplaintCured)
		f.MayDecide = may(decidingDeed(f.Complaint), mekenjai.ComplaintDismissed)
		return audit.Write(ctx, tx, entry.Concerning(f.Person))
	})
	return f, r.refuseComplaintDeed(ctx, entry, err)
}

// decidingDeed is what deciding a complaint on its merits is: of the higher body
// about a refusal, of the police of the place about an owner.
func decidingDeed(c mekenjai.Complaint) mekenjai.Deed {
	if c.Kind == mekenjai.AgainstOwner {
		return mekenjai.DoAnswerComplaint
	}
	return mekenjai.DoDecideComplaint
}

// refuseComplaintDeed audits an attempt that the table of permits refused.
func (r *Register) refuseComplaintDeed(ctx context.Context, e audit.Entry, err error) error {
	if !errors.Is(err, mekenjai.ErrForbidden) {
		return err
	}
	return r.refuseAttempt(ctx, e, "forbidden", err)
}

// ForwardComplaint hands a complaint to the higher body, as the body that decided
// must within three working days unless it takes its decision back
// (Administrative Procedural-Process Code, art. 92).
func (r *Register) ForwardComplaint(ctx context.Context, actor mekenjai.Actor, id string) error {
	entry := audit.By(actor, "complaint.forward", id)
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := complaintInHand(ctx, tx, actor, mekenjai.DoAnswerComplaint, id)
		if err != nil {
			return err
		}
		return r.forward(ctx, tx, &c, actor.IIN, entry)
	})
	return r.refuseComplaintDeed(ctx, entry, err)
}

// forward moves a complaint up: the case of the territory ends and one that only
// the whole country's officers see begins.
func (r *Register) forward(ctx context.Context, tx database.Tx, c *mekenjai.Complaint, by mekenjai.IIN, entry audit.Entry) error {
	if err := moveComplaint(ctx, tx, c, mekenjai.ComplaintForwarded); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE complaint SET forwarded_at = $2, forwarded_by = $3 WHERE id = $1`, c.ID, database.Micros(tx.Now()), by)
	if err != nil {
		return err
	}
	if err := r.closeCase(ctx, tx, CaseComplaint, c.ID); err != nil {
		return err
	}
	if _, err := r.openCase(ctx, tx, CaseComplaint, c.ID, c.Person, higherBody, c.AnswerBy); err != nil {
		return err
	}
	return errors.Join(r.tellComplainant(ctx, tx, *c, notify.ComplaintForwarded), audit.Write(ctx, tx, entry.Concerning(c.Person)))
}

// higherBody is where a case lies that belongs to no territory: only who serves
// the whole country finds it.
const higherBody = ""

// moveComplaint brings a complaint into its next state, if it is still in the one
// that the caller has seen.
func moveComplaint(ctx context.Context, tx database.Tx, c *mekenjai.Complaint, next mekenjai.ComplaintState) error {
	if !c.Kind.May(c.State, next) {
		return mekenjai.ErrConflict
	}
	n, err := tx.Exec(ctx, `UPDATE complaint SET state = $2 WHERE id = $1 AND state = $3`, c.ID, next, c.State)
	if err != nil || n == 0 {
		return errors.Join(err, conflictUnless(n))
	}
	c.State = next
	return nil
}

func conflictUnless(rows int64) error {
	if rows == 0 {
		return mekenjai.ErrConflict
	}
	return nil
}

// RulingInput is what an officer decides about a complaint, and why.
type RulingInput struct {
	Ruling mekenjai.ComplaintState // cured, upheld or dismissed
	Reason string
}

// rulingFields are what a ruling was prepared from.
type rulingFields struct {
	Complaint string                  `json:"complaint"`
	Ruling    mekenjai.ComplaintState `json:"ruling"`
	Reason    string                  `json:"reason"`
}

// deedOf is the deed that a ruling is.
func (in RulingInput) deedOf(c mekenjai.Complaint) mekenjai.Deed {
	if in.Ruling == mekenjai.ComplaintCured {
		return mekenjai.DoAnswerComplaint
	}
	return decidingDeed(c)
}

// PrepareRuling freezes the decision that the officer is to sign: the body that
// decided may cure its own refusal, the higher body upholds or dismisses, the
// police of the place decide about an owner.
func (r *Register) PrepareRuling(ctx context.Context, actor mekenjai.Actor, id string, in RulingInput) (text SignedText, err error) {
	entry := audit.By(actor, "complaint.prepare", id)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := r.ruledBy(ctx, tx, actor, id, in)
		if err != nil {
			return err
		}
		reason, bad := saidWithin("reason", in.Reason, mekenjai.ComplaintShortest)
		if bad != nil {
			return bad
		}
		d := mekenjai.ComplaintDecision{Complaint: c, Ruling: in.Ruling, Reason: reason, Officer: actor.IIN}
		text, err = r.prepare(ctx, tx, actor, mekenjai.ComplaintDecisionPurpose, id, rulingFields{id, in.Ruling, reason}, d.Text)
		return err
	})
	return text, r.refuseComplaintDeed(ctx, entry, err)
}

// ruledBy finds the complaint that the actor may rule so. Who forwarded it does not
// decide it above.
func (r *Register) ruledBy(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id string, in RulingInput) (c mekenjai.Complaint, err error) {
	if c, err = loadComplaint(ctx, tx, id); err != nil {
		return c, err
	}
	if in.Ruling != mekenjai.ComplaintCured && in.Ruling != mekenjai.ComplaintUpheld && in.Ruling != mekenjai.ComplaintDismissed {
		return c, &mekenjai.FieldError{Field: "ruling", Key: "remedy.error.ruling"}
	}
	if c, err = complaintInHand(ctx, tx, actor, in.deedOf(c), id); err != nil {
		return c, err
	}
	if !c.Kind.May(c.State, in.Ruling) {
		return c, mekenjai.ErrConflict
	}
	forwardedBy, err := database.One(ctx, tx, database.Column[string], `SELECT forwarded_by FROM complaint WHERE id = $1`, id)
	if err == nil && forwardedBy == string(actor.IIN) {
		err = mekenjai.ErrForbidden
	}
	return c, err
}

// RuleComplaint does what the officer signed. A refusal that is undone takes its act
// with it, and the application is taken up again from the beginning: the registers
// are asked anew, and who must consent is asked anew.
func (r *Register) RuleComplaint(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	signed, err := r.checkText(ctx, actor, text, mekenjai.ComplaintDecisionPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[rulingFields](signed.Fields)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "complaint.rule", fields.Complaint)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := r.ruledBy(ctx, tx, actor, fields.Complaint, RulingInput{Ruling: fields.Ruling})
		if err != nil {
			return err
		}
		if err := signed.consume(ctx, tx); err != nil {
			return err
		}
		c.Answer = strings.TrimSpace(fields.Reason)
		return r.settleComplaint(ctx, tx, &c, fields.Ruling, signed.ID, entry.With("code", mekenjai.ShortCode(signed.Text)))
	})
	return r.refuseComplaintDeed(ctx, entry, err)
}

func (r *Register) settleComplaint(ctx context.Context, tx database.Tx, c *mekenjai.Complaint, ruling mekenjai.ComplaintState, text string, entry audit.Entry) error {
	if err := moveComplaint(ctx, tx, c, ruling); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE complaint SET answered_at = $2, answer = $3, decision = $4 WHERE id = $1`,
		c.ID, database.Micros(tx.Now()), c.Answer, text)
	if err != nil {
		return err
	}
	if err := r.closeCase(ctx, tx, CaseComplaint, c.ID); err != nil {
		return err
	}
	if c.Kind == mekenjai.AgainstRefusal && ruling != mekenjai.ComplaintDismissed {
		if err := r.reopen(ctx, tx, c); err != nil {
			return err
		}
	}
	return errors.Join(r.tellComplainant(ctx, tx, *c, rulingNotice(c.Kind, ruling)),
		audit.Write(ctx, tx, entry.Concerning(c.Person).With("ruling", ruling)))
}

func rulingNotice(k mekenjai.ComplaintKind, ruling mekenjai.ComplaintState) notify.Kind {
	switch {
	case k == mekenjai.AgainstOwner && ruling == mekenjai.ComplaintUpheld:
		return notify.OwnerComplaintUpheld
	case k == mekenjai.AgainstOwner:
		return notify.OwnerComplaintDismissed
	case ruling == mekenjai.ComplaintCured:
		return notify.ComplaintCured
	case ruling == mekenjai.ComplaintUpheld:
		return notify.ComplaintUpheld
	}
	return notify.ComplaintDismissed
}

// reopen voids the act and begins the application anew. A person who has another
// application under way meanwhile ends that first: ErrConflict.
func (r *Register) reopen(ctx context.Context, tx database.Tx, c *mekenjai.Complaint) error {
	a, err := loadApplication(ctx, tx, c.Application)
	if err != nil {
		return err
	}
	if !a.State.Reopens() {
		return mekenjai.ErrConflict
	}
	if other, err := underWay(ctx, tx, a.Person); err != nil || other != "" {
		return errors.Join(err, conflictUnless(0))
	}
	n, err := tx.Exec(ctx, `UPDATE act SET voided_at = $2 WHERE application = $1 AND voided_at IS NULL`, a.ID, database.Micros(tx.Now()))
	if err != nil || n == 0 {
		return errors.Join(err, conflictUnless(n))
	}
	a.State, a.Reason, a.Round = mekenjai.Checking, "", a.Round+1
	a.Clock = a.Clock.In(mekenjai.Checking, tx.Now())
	a.facts, a.findings, a.attempts = "", "", 0
	a.askAt = tx.Now().Add(lease)
	a.DecidedAt, a.propertyAt, a.propertyHash = time.Time{}, time.Time{}, nil
	return errors.Join(a.save(ctx, tx), a.step(ctx, tx), tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil),
		audit.Write(ctx, tx, audit.BySystem("application.reopen", a.ID).Concerning(a.Person).With("complaint", c.ID)))
}
