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

// never is "no instant".
var never time.Time

// Ends against somebody's will: a court's act in force, and the annulment of an
// entry that rests on false data (rule R64). One officer proposes, another
// confirms; who proposed cannot.

// deeds are the rows of the table of permits for the kinds of proposals.
func deeds(k mekenjai.EndingKind) (propose, confirm mekenjai.Deed) {
	if k == mekenjai.EndingAnnulment {
		return mekenjai.DoProposeAnnul, mekenjai.DoConfirmAnnul
	}
	return mekenjai.DoEnterEnd, mekenjai.DoConfirmEnd
}

// PrepareEndProposal freezes an officer's proposal. A court's act needs its number
// and date; both kinds need reasons. An annulment may reach an entry that has ended.
func (r *Register) PrepareEndProposal(ctx context.Context, actor mekenjai.Actor, number string, kind mekenjai.EndingKind, paper, reasons string) (t SignedText, err error) {
	reasons, err = finding(reasons)
	if err != nil {
		return t, err
	}
	paper = strings.TrimSpace(paper)
	if kind == mekenjai.EndingByCourt && paper == "" {
		return t, mekenjai.FieldErrors{{Field: "paper", Key: "life.error.paper_empty"}}
	}
	entry := audit.By(actor, "ending.propose", number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := proposable(ctx, tx, actor, number, kind)
		if err != nil {
			return err
		}
		fields := mekenjai.EndProposal{Kind: kind, Officer: actor.IIN, Person: e.Person, Entry: e, Paper: paper, Ground: reasons}
		t, err = r.prepare(ctx, tx, actor, mekenjai.EndProposalPurpose, e.ID, fields, fields.Text)
		return err
	})
	return t, r.refusePermit(ctx, entry, err)
}

func proposable(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string, kind mekenjai.EndingKind) (mekenjai.Registration, error) {
	e, err := visibleEntry(ctx, tx, number, actor.IIN)
	if err != nil {
		return e, err
	}
	propose, _ := deeds(kind)
	if err := actor.Permitted(propose, mekenjai.Matter{KATO: []string{e.Dwelling.KATO}}); err != nil {
		return e, err
	}
	switch {
	case actor.IIN == e.Person:
		return e, mekenjai.ErrForbidden
	case kind != mekenjai.EndingByCourt && kind != mekenjai.EndingAnnulment, e.EndReason == mekenjai.EndAnnulled,
		kind == mekenjai.EndingByCourt && e.State == mekenjai.EntryEnded:
		return e, mekenjai.ErrConflict
	}
	running, err := runningEnding(ctx, tx, e.ID)
	if err == nil && running != nil && running.State == mekenjai.EndingProposed {
		err = &EndingRuns{e.Number}
	}
	return e, err
}

// ProposeEnd takes the officer's signature: the proposal waits for another's.
func (r *Register) ProposeEnd(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.EndProposalPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.EndProposal](c.Fields)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "ending.propose", fields.Entry.ID).Concerning(fields.Person).With("kind", fields.Kind)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := proposable(ctx, tx, actor, fields.Entry.Number, fields.Kind)
		if err != nil {
			return err
		}
		return errors.Join(c.consume(ctx, tx),
			r.propose(ctx, tx, e, endingRow{text: c.ID, Ending: mekenjai.Ending{Kind: fields.Kind,
				By: mekenjai.PartyID(actor.IIN), Ground: fields.Ground, Paper: fields.Paper}}),
			audit.Write(ctx, tx, entry))
	})
	return r.refusePermit(ctx, entry, err)
}

// propose writes a proposal and puts it before the second pair of eyes. It takes
// the place of an owner's request that runs: the state's word is the stronger.
func (r *Register) propose(ctx context.Context, tx database.Tx, e mekenjai.Registration, x endingRow) error {
	running, err := runningEnding(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	if running != nil {
		if !running.Kind.IsOwners() {
			return &EndingRuns{e.Number}
		}
		if err := r.stopEnding(ctx, tx, e, running, mekenjai.EndingVoid, ""); err != nil {
			return err
		}
	}
	x.ID, x.Registration, x.State, x.At = newNumber(), e.ID, mekenjai.EndingProposed, tx.Now()
	if err := x.insert(ctx, tx); err != nil {
		return err
	}
	if _, err := r.openCase(ctx, tx, CaseAnnulment, x.ID, e.Person, e.Dwelling.KATO, tx.Now().Add(decideWithin)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE desk_case SET state = 'confirming', officer = $3 WHERE kind = $1 AND subject = $2 AND state <> 'closed'`,
		CaseAnnulment, x.ID, x.By)
	return err
}

// Proposal is what the second officer reads before he signs.
type Proposal struct {
	mekenjai.Ending
	Entry mekenjai.Registration
}

// Proposal reads a proposal for an officer of the territory.
func (r *Register) Proposal(ctx context.Context, actor mekenjai.Actor, id string) (p Proposal, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		x, err := loadEnding(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Ending = x.Ending
		if p.Entry, err = visibleByID(ctx, tx, x.Registration, actor.IIN); err != nil {
			return err
		}
		if err := actor.Permitted(mekenjai.DoLookAtCase, mekenjai.Matter{KATO: []string{p.Entry.Dwelling.KATO}}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, "ending.view", id).Concerning(p.Entry.Person))
	})
	return p, err
}

// approvable is a proposal that the actor may decide: another's, in his territory.
func approvable(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id string) (x endingRow, e mekenjai.Registration, err error) {
	if x, err = loadEnding(ctx, tx, id); err != nil {
		return x, e, err
	}
	if e, err = visibleByID(ctx, tx, x.Registration, actor.IIN); err != nil {
		return x, e, err
	}
	_, confirm := deeds(x.Kind)
	if err := actor.Permitted(confirm, mekenjai.Matter{KATO: []string{e.Dwelling.KATO}, Holder: x.By.IIN()}); err != nil {
		return x, e, err
	}
	if actor.IIN == e.Person {
		return x, e, mekenjai.ErrForbidden
	}
	return x, e, conflictIf(x.State != mekenjai.EndingProposed)
}

// PrepareEndApproval freezes the other officer's confirmation.
func (r *Register) PrepareEndApproval(ctx context.Context, actor mekenjai.Actor, ending string) (t SignedText, err error) {
	entry := audit.By(actor, "ending.approve", ending)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		x, e, err := approvable(ctx, tx, actor, ending)
		if err != nil {
			return err
		}
		fields := mekenjai.EndApproval{Ending: x.ID, Second: actor.IIN, EndProposal: mekenjai.EndProposal{
			Kind: x.Kind, Officer: x.By.IIN(), Person: e.Person, Entry: e, Paper: x.Paper, Ground: x.Ground}}
		t, err = r.prepare(ctx, tx, actor, mekenjai.EndApprovalPurpose, x.ID, fields, fields.Text)
		return err
	})
	return t, r.refusePermit(ctx, entry, err)
}

// ApproveEnd takes the other officer's signature: the entry ends, or was never.
// Every party is told; certificates say "ended" or "annulled" from now on.
func (r *Register) ApproveEnd(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.EndApprovalPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.EndApproval](c.Fields)
	if err != nil {
		return err
	}
	owners, err := r.knownOwners(ctx, fields.Entry)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "ending.approve", fields.Ending).Concerning(fields.Person).With("kind", fields.Kind)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		x, e, err := approvable(ctx, tx, actor, fields.Ending)
		if err != nil {
			return err
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		if err := x.move(ctx, tx, mekenjai.EndingDone); err != nil {
			return err
		}
		if e.State != mekenjai.EntryEnded || x.Kind == mekenjai.EndingAnnulment {
			if err := r.closeEntry(ctx, tx, e, x.Kind.Reason(), owners); err != nil {
				return err
			}
		}
		return errors.Join(r.closeCase(ctx, tx, CaseAnnulment, x.ID), audit.Write(ctx, tx, entry))
	})
	return r.refusePermit(ctx, entry, err)
}

// RejectEnd is the other officer's "no", with reasons for the proposer. A
// certificate that was frozen counts again.
func (r *Register) RejectEnd(ctx context.Context, actor mekenjai.Actor, ending, reasons string) error {
	reasons, err := finding(reasons)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "ending.reject", ending)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		x, e, err := approvable(ctx, tx, actor, ending)
		if err != nil {
			return err
		}
		x.Answer = reasons
		if err := x.move(ctx, tx, mekenjai.EndingRejected); err != nil {
			return err
		}
		open, err := openDispute(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if !e.Disputed.IsZero() && open == nil {
			if err := errors.Join(freeze(ctx, tx, e.ID, never), r.tellPerson(ctx, tx, e, nil, notify.DisputeDecided)); err != nil {
				return err
			}
		}
		return errors.Join(r.closeCase(ctx, tx, CaseAnnulment, x.ID), audit.Write(ctx, tx, entry.Concerning(e.Person)))
	})
	return r.refusePermit(ctx, entry, err)
}
