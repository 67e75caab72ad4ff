package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// DisputeFile is a dispute as the officer who has its case reads it.
type DisputeFile struct {
	mekenjai.Dispute
	Entry         mekenjai.Registration
	Request       *mekenjai.Ending // that is objected to
	Confirmations []ConfirmationState
}

// DisputeFile reads a dispute for an officer of the territory.
func (r *Register) DisputeFile(ctx context.Context, actor mekenjai.Actor, id string) (f DisputeFile, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if f.Dispute, err = loadDispute(ctx, tx, id); err != nil {
			return err
		}
		if f.Entry, err = visibleByID(ctx, tx, f.Registration, actor.IIN); err != nil {
			return err
		}
		if err := actor.Permitted(mekenjai.DoLookAtCase, mekenjai.Matter{KATO: []string{f.Entry.Dwelling.KATO}}); err != nil {
			return err
		}
		if f.Ending != "" {
			x, err := loadEnding(ctx, tx, f.Ending)
			if err != nil {
				return err
			}
			f.Request = &x.Ending
			if f.Confirmations, err = confirmationStates(ctx, tx, x.ID); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.By(actor, "dispute.view", id).Concerning(f.Entry.Person))
	})
	return f, err
}

// caseMatter is a case that is not closed as the table of permits sees it.
func caseMatter(ctx context.Context, tx database.Tx, kind CaseKind, subject string) (m mekenjai.Matter, err error) {
	var kato string
	err = tx.QueryRow(ctx, `SELECT kato, officer FROM desk_case WHERE kind = $1 AND subject = $2 AND state <> 'closed'`,
		kind, subject).Scan(&kato, &m.Holder)
	m.KATO = []string{kato}
	return m, notFound(err)
}

// finding is what an officer writes for the parties to read: never empty.
func finding(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", mekenjai.FieldErrors{{Field: "finding", Key: "life.error.finding_empty"}}
	case n > 4*reasonLength:
		return "", mekenjai.FieldErrors{{Field: "finding", Key: "portal.error.reason_long", Args: map[string]any{"n": 4 * reasonLength}}}
	}
	return text, nil
}

// PrepareResolution freezes the decision of the officer who has taken the case.
func (r *Register) PrepareResolution(ctx context.Context, actor mekenjai.Actor, dispute string, res mekenjai.Resolution, reasons string) (t SignedText, err error) {
	reasons, err = finding(reasons)
	if err != nil {
		return t, err
	}
	entry := audit.By(actor, "dispute.resolve", dispute)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		d, e, err := resolvable(ctx, tx, actor, dispute, res)
		if err != nil {
			return err
		}
		fields := mekenjai.ResolutionText{Dispute: d, Entry: e, Resolution: res, Finding: reasons, Officer: actor.IIN}
		t, err = r.prepare(ctx, tx, actor, mekenjai.ResolutionPurpose, d.ID, fields, fields.Text)
		return err
	})
	return t, r.refusePermit(ctx, entry, err)
}

// refusePermit audits a deed that the table of permits refused.
func (r *Register) refusePermit(ctx context.Context, e audit.Entry, err error) error {
	if errors.Is(err, mekenjai.ErrForbidden) {
		return r.refuseAttempt(ctx, e, "forbidden", err)
	}
	return err
}

// resolvable is an open dispute whose case the actor has in his hands.
func resolvable(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id string, res mekenjai.Resolution) (d mekenjai.Dispute, e mekenjai.Registration, err error) {
	if d, err = loadDispute(ctx, tx, id); err != nil {
		return d, e, err
	}
	if e, err = visibleByID(ctx, tx, d.Registration, actor.IIN); err != nil {
		return d, e, err
	}
	m := mekenjai.Matter{KATO: []string{e.Dwelling.KATO}}
	if d.State == mekenjai.DisputeOpen {
		if m, err = caseMatter(ctx, tx, CaseDispute, d.ID); err != nil {
			return d, e, err
		}
	}
	switch err := actor.Permitted(mekenjai.DoResolveDispute, m); {
	case d.State != mekenjai.DisputeOpen && actor.Duty.Covers(e.Dwelling.KATO):
		return d, e, mekenjai.ErrConflict
	case err != nil:
		return d, e, err
	case isParty(actor, d, e):
		return d, e, mekenjai.ErrForbidden // nobody judges his own cause
	case !slices.Contains(d.Kind.Resolutions(), res):
		return d, e, mekenjai.ErrConflict
	}
	return d, e, nil
}

func isParty(actor mekenjai.Actor, d mekenjai.Dispute, e mekenjai.Registration) bool {
	return actor.IIN == e.Person || mekenjai.PartyID(actor.IIN) == d.By
}

// ResolveDispute does what the officer signed. Upheld: the entry ends, or for an
// objection stays. Annul: it stays frozen until another officer confirms that it
// never was true. Dismissed: the certificate counts again, or for an objection the
// owner's request goes on.
func (r *Register) ResolveDispute(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.ResolutionPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.ResolutionText](c.Fields)
	if err != nil {
		return err
	}
	owners, err := r.dwellingAt(ctx, fields.Entry.Dwelling.ARC)
	if err != nil {
		return err // whose word the request needs must be right when it is decided
	}
	entry := audit.By(actor, "dispute.resolve", fields.Dispute.ID).Concerning(fields.Entry.Person).With("resolution", fields.Resolution)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		d, e, err := resolvable(ctx, tx, actor, fields.Dispute.ID, fields.Resolution)
		if err != nil {
			return err
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		state := mekenjai.DisputeUpheld
		if fields.Resolution == mekenjai.Dismissed {
			state = mekenjai.DisputeDismissed
		}
		if err := r.closeDispute(ctx, tx, &d, state, fields.Finding, c.ID); err != nil {
			return err
		}
		if d.Kind == mekenjai.Objection {
			err = r.resolveObjection(ctx, tx, d, e, owners)
		} else {
			err = r.resolveEntry(ctx, tx, actor, c, fields, d, e, owners)
		}
		return errors.Join(err, audit.Write(ctx, tx, entry))
	})
	return r.refusePermit(ctx, entry, err)
}

// resolveEntry does what follows for a disputed entry.
func (r *Register) resolveEntry(ctx context.Context, tx database.Tx, actor mekenjai.Actor, c checked, f mekenjai.ResolutionText, d mekenjai.Dispute, e mekenjai.Registration, at dwelling) error {
	switch f.Resolution {
	case mekenjai.ToAnnul:
		return r.propose(ctx, tx, e, endingRow{text: c.ID, Ending: mekenjai.Ending{Kind: mekenjai.EndingAnnulment,
			By: mekenjai.PartyID(actor.IIN), Ground: f.Finding}})
	case mekenjai.Upheld:
		if e.State == mekenjai.EntryEnded {
			return nil // it ended while the officer looked
		}
		reason := mekenjai.EndByOwner
		if d.Kind == mekenjai.NeverApplied {
			reason = mekenjai.EndByPerson
		}
		return r.closeEntry(ctx, tx, e, reason, at.parties())
	}
	return errors.Join(freeze(ctx, tx, e.ID, never),
		r.tellDispute(ctx, tx, e, "", at.parties(), notify.DisputeDecided, notify.DisputeEndsMine))
}

// resolveObjection ends the request, or lets it go on: at once when every co-owner
// has confirmed, else with a new period for those who have not.
func (r *Register) resolveObjection(ctx context.Context, tx database.Tx, d mekenjai.Dispute, e mekenjai.Registration, at dwelling) error {
	x, err := loadEnding(ctx, tx, d.Ending)
	if err != nil {
		return err
	}
	if d.State == mekenjai.DisputeUpheld {
		if err := x.move(ctx, tx, mekenjai.EndingRejected); err != nil {
			return err
		}
		return errors.Join(r.tellPerson(ctx, tx, e, &x, notify.ObjectionDecided), r.tellEnding(ctx, tx, e, &x, notify.EndNotDone, ""))
	}
	asked, err := confirmationsOf(ctx, tx, x.ID)
	if err != nil {
		return err
	}
	if sameOwners(at, &x, asked) && !allAgreed(asked) {
		terms, err := r.terms(tx)
		if err != nil {
			return err
		}
		x.Confirm = lastInstant(mekenjai.DateOf(tx.Now()).AddDays(terms.ConfirmDays)) // anew for who has not answered
		return errors.Join(x.move(ctx, tx, mekenjai.EndingRunning), r.tellPerson(ctx, tx, e, &x, notify.ObjectionFailed))
	}
	return r.concludeEnding(ctx, tx, e, &x, at)
}
