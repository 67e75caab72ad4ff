package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

const disputeColumns = `id, registration, kind, state, party, reason, coalesce(ending, ''), at, closed_at, finding`

func scanDispute(row database.Row) (d mekenjai.Dispute, err error) {
	err = row.Scan(&d.ID, &d.Registration, &d.Kind, &d.State, &d.By, &d.Reason, &d.Ending, database.ScanTime(&d.At),
		database.ScanTime(&d.Closed), &d.Finding)
	return d, notFound(err)
}

func loadDispute(ctx context.Context, tx database.Tx, id string) (mekenjai.Dispute, error) {
	return scanDispute(tx.QueryRow(ctx, `SELECT `+disputeColumns+` FROM dispute WHERE id = $1`, id))
}

// openDispute is the one that freezes an entry's certificate, nil for none.
func openDispute(ctx context.Context, tx database.Tx, registration string) (*mekenjai.Dispute, error) {
	return optional(scanDispute(tx.QueryRow(ctx, `SELECT `+disputeColumns+` FROM dispute
		WHERE registration = $1 AND state = 'open' AND kind <> 'objection'`, registration)))
}

// disputesOf are the latest of an entry, newest first.
func disputesOf(ctx context.Context, tx database.Tx, registration string) ([]mekenjai.Dispute, error) {
	return database.Collect(ctx, tx, scanDispute, `SELECT `+disputeColumns+` FROM dispute
		WHERE registration = $1 ORDER BY at DESC, id DESC LIMIT 20`, registration)
}

// raise writes a dispute and puts it before the officers of the dwelling's territory.
func (r *Register) raise(ctx context.Context, tx database.Tx, e mekenjai.Registration, d mekenjai.Dispute) error {
	d.ID, d.Registration, d.State, d.At = newNumber(), e.ID, mekenjai.DisputeOpen, tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO dispute (id, registration, kind, state, party, reason, ending, at, finding)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')`,
		d.ID, d.Registration, d.Kind, d.State, d.By, d.Reason, orNull(d.Ending), database.Micros(d.At))
	if err != nil {
		return err
	}
	_, err = r.openCase(ctx, tx, CaseDispute, d.ID, e.Person, e.Dwelling.KATO, tx.Now().Add(decideWithin))
	return err
}

// Dispute is the one button of who finds an entry that cannot be true: an owner
// says "not my tenant", the person "I never applied". The certificate is frozen at
// once, both sides are told, an officer decides. The entry still counts meanwhile.
// Once an officer has found against it, the same party cannot press it again for
// the same entry: then the way is the complaint.
func (r *Register) Dispute(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	reason, err := checkGround(reason)
	if err != nil {
		return err
	}
	kind, owners, err := r.disputer(ctx, actor, number)
	if err != nil {
		return err
	}
	decided := false
	var entry audit.Entry
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := entryByNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		entry = byParty(actor, "dispute.raise", e).With("kind", kind)
		if err := stands(e); err != nil {
			return err
		}
		open, err := openDispute(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if open != nil {
			if open.By == actor.Party() {
				return nil // the second of two clicks
			}
			return mekenjai.ErrConflict // frozen already
		}
		if decided, err = wasDismissed(ctx, tx, e.ID, actor.Party()); err != nil || decided {
			return errors.Join(err, conflictIf(decided))
		}
		return errors.Join(
			r.raise(ctx, tx, e, mekenjai.Dispute{Kind: kind, By: actor.Party(), Reason: reason}),
			freeze(ctx, tx, e.ID, tx.Now()),
			r.tellDispute(ctx, tx, e, actor.Party(), owners, notify.Disputed, notify.DisputedMine),
			audit.Write(ctx, tx, entry))
	})
	if decided {
		return r.refuseAttempt(ctx, entry, "decided", err)
	}
	return err
}

func conflictIf(yes bool) error {
	if yes {
		return mekenjai.ErrConflict
	}
	return nil
}

// disputer says in what right the actor may dispute an entry, and whom else it
// concerns. While the cadastre is silent, who was asked for consent is believed:
// freezing a paper for an officer's look does less harm than waiting.
func (r *Register) disputer(ctx context.Context, actor mekenjai.Actor, number string) (mekenjai.DisputeKind, []mekenjai.PartyID, error) {
	var e mekenjai.Registration
	asked := false
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		if e, err = entryByNumber(ctx, tx, number); err != nil {
			return err
		}
		asked, err = wasAsked(ctx, tx, e.Application, actor.Party())
		return err
	})
	if err != nil {
		return "", nil, err
	}
	if e.Person == actor.IIN && actor.BIN == "" {
		owners, err := r.knownOwners(ctx, e)
		return mekenjai.NeverApplied, owners, err
	}
	_, d, _, err := r.ofHolder(ctx, actor, number, "dispute.raise")
	if errors.Is(err, mekenjai.ErrUnavailable) && asked {
		owners, err := r.knownOwners(ctx, e)
		return mekenjai.NotMyTenant, owners, err
	}
	return mekenjai.NotMyTenant, d.parties(), err
}

func wasAsked(ctx context.Context, tx database.Tx, application string, party mekenjai.PartyID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM consent WHERE application = $1 AND party = $2`, application, party).Scan(&n)
	return n > 0, err
}

// wasDismissed says whether an officer has found against this party about this
// entry before.
func wasDismissed(ctx context.Context, tx database.Tx, registration string, party mekenjai.PartyID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM dispute WHERE registration = $1 AND party = $2
		AND state = 'dismissed' AND kind <> 'objection'`, registration, party).Scan(&n)
	return n > 0, err
}

// freeze stops the certificate, or with no instant lets it count again.
func freeze(ctx context.Context, tx database.Tx, registration string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE registration SET disputed_at = $2 WHERE id = $1`, registration, database.NullMicros(at))
	return err
}

// tellDispute tells the person, and everybody with a say in the dwelling, but the
// one whose deed it is.
func (r *Register) tellDispute(ctx context.Context, tx database.Tx, e mekenjai.Registration, whose mekenjai.PartyID, owners []mekenjai.PartyID, person, owner notify.Kind) error {
	if whose != mekenjai.PartyID(e.Person) {
		if err := r.tellPerson(ctx, tx, e, nil, person); err != nil {
			return err
		}
	}
	a, err := applicationOf(ctx, tx, e)
	if err != nil {
		return err
	}
	agreed, err := consenters(ctx, tx, e.Application)
	if err != nil {
		return err
	}
	for _, party := range unique(append(owners, agreed...)) {
		if party == whose || party == mekenjai.PartyID(e.Person) {
			continue
		}
		if err := r.tell(ctx, tx, &a, party, owner, entryArgs(e, nil)); err != nil {
			return err
		}
	}
	return nil
}

// closeDispute writes how a dispute ended and ends its case at the desk.
func (r *Register) closeDispute(ctx context.Context, tx database.Tx, d *mekenjai.Dispute, next mekenjai.DisputeState, finding, text string) error {
	n, err := tx.Exec(ctx, `UPDATE dispute SET state = $2, closed_at = $3, finding = $4, signed_text = $5
		WHERE id = $1 AND state = 'open'`, d.ID, next, database.Micros(tx.Now()), finding, orNull(text))
	if err != nil {
		return err
	}
	if n != 1 {
		return mekenjai.ErrConflict
	}
	d.State, d.Closed, d.Finding = next, tx.Now(), finding
	return r.closeCase(ctx, tx, CaseDispute, d.ID)
}

// voidObjection ends the objection to a request that is over, if there is one.
func (r *Register) voidObjection(ctx context.Context, tx database.Tx, ending string) error {
	d, err := optional(scanDispute(tx.QueryRow(ctx, `SELECT `+disputeColumns+` FROM dispute
		WHERE ending = $1 AND state = 'open'`, ending)))
	if err != nil || d == nil {
		return err
	}
	return r.closeDispute(ctx, tx, d, mekenjai.DisputeVoid, "", "")
}
