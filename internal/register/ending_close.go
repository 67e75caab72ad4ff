package register

import (
	"context"
	"slices"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// told is which notice the person gets when his entry ends in a way that he did
// not choose himself. Death is told to nobody but the owners.
var told = map[mekenjai.EndReason]notify.Kind{
	mekenjai.EndByOwner:  notify.EndedByOwner,
	mekenjai.EndByPerson: notify.EndedOwn,
	mekenjai.EndCourt:    notify.EndedByCourt,
	mekenjai.EndAnnulled: notify.Annulled,
	mekenjai.EndResident: notify.EndedSettled,
	mekenjai.EndDeparted: notify.EndedLeft,
}

// closeEntry ends an entry, with the one that waits to extend it, and tells the
// person and everybody who has a say in the dwelling. Whatever hangs on the entry
// ends with it: a request that runs, a dispute. An annulment also reaches an entry
// that has ended already: it never was.
func (r *Register) closeEntry(ctx context.Context, tx database.Tx, e mekenjai.Registration, reason mekenjai.EndReason, owners []mekenjai.PartyID) error {
	a, err := applicationOf(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := r.endOne(ctx, tx, e, reason); err != nil {
		return err
	}
	if e.State == mekenjai.EntryCurrent {
		if err := r.endAhead(ctx, tx, e.Person, reason); err != nil {
			return err
		}
	}
	waiting, err := r.voidWhatHangs(ctx, tx, e, reason)
	if err != nil {
		return err
	}
	facts := func(n *notify.Args) { n.Entry, n.Period, n.Address = e.Number, e.Period, e.Dwelling.Address }
	if kind, ok := told[reason]; ok {
		if err := r.tell(ctx, tx, &a, mekenjai.PartyID(e.Person), kind, facts); err != nil {
			return err
		}
	}
	kind := notify.LeftMine
	if reason == mekenjai.EndAnnulled {
		kind = notify.AnnulledAtMine
	}
	agreed, err := consenters(ctx, tx, e.Application)
	if err != nil {
		return err
	}
	for _, party := range unique(slices.Concat(owners, agreed, waiting)) {
		if party == mekenjai.PartyID(e.Person) {
			continue
		}
		if err := r.tell(ctx, tx, &a, party, kind, facts); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, audit.BySystem("registration.end", e.ID).Concerning(e.Person).With("reason", reason))
}

// passOn hands what is under way about an entry to the one that extends it: who
// asked for an end, or disputes, need not begin again.
func passOn(ctx context.Context, tx database.Tx, from, to mekenjai.Registration) error {
	if _, err := tx.Exec(ctx, `UPDATE ending SET registration = $2
		WHERE registration = $1 AND state IN ('running', 'objected', 'proposed')`, from.ID, to.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE dispute SET registration = $2 WHERE registration = $1 AND state = 'open'`, from.ID, to.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE registration SET disputed_at = $2 WHERE id = $1`, to.ID, database.NullMicros(from.Disputed))
	return err
}

// endOne writes the end of one entry, if it still stands where it was loaded, and
// leaves word of it for the state's register, where that is another. It counts at
// once: nobody has to bear it that the register is silent.
func (r *Register) endOne(ctx context.Context, tx database.Tx, e mekenjai.Registration, reason mekenjai.EndReason) error {
	n, err := tx.Exec(ctx, `UPDATE registration SET state = 'ended', ended_at = $2, end_reason = $3, disputed_at = NULL,
		remind_on = '', check_at = NULL WHERE id = $1 AND state = $4`, e.ID, database.Micros(tx.Now()), reason, e.State)
	if err == nil && n != 1 {
		err = mekenjai.ErrConflict
	}
	if err != nil {
		return err
	}
	return r.leaveEnd(ctx, tx, e, reason)
}

// endAhead ends the extension that waits for an entry to end: who leaves now will
// not be there then.
func (r *Register) endAhead(ctx context.Context, tx database.Tx, person mekenjai.IIN, reason mekenjai.EndReason) error {
	next, err := optional(scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+` FROM registration
		WHERE person = $1 AND state = 'ahead'`, person)))
	if err != nil || next == nil {
		return err
	}
	if err := r.endOne(ctx, tx, *next, reason); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.BySystem("registration.end", next.ID).Concerning(person).With("reason", reason))
}

// voidWhatHangs ends what was under way about an entry that has just ended. It
// gives the parties who wait for an outcome: they too are told of the end.
func (r *Register) voidWhatHangs(ctx context.Context, tx database.Tx, e mekenjai.Registration, reason mekenjai.EndReason) (waiting []mekenjai.PartyID, err error) {
	running, err := runningEnding(ctx, tx, e.ID)
	if err != nil {
		return nil, err
	}
	if running != nil {
		if waiting, err = r.voidEnding(ctx, tx, running); err != nil {
			return nil, err
		}
	}
	if reason != mekenjai.EndAnnulled {
		return waiting, nil // whether an entry was ever true is decided even when it has ended
	}
	d, err := openDispute(ctx, tx, e.ID)
	if err != nil || d == nil {
		return waiting, err
	}
	return append(waiting, d.By), r.closeDispute(ctx, tx, d, mekenjai.DisputeUpheld, "", "")
}

func (r *Register) voidEnding(ctx context.Context, tx database.Tx, running *endingRow) (waiting []mekenjai.PartyID, err error) {
	if err := running.move(ctx, tx, mekenjai.EndingVoid); err != nil {
		return nil, err
	}
	if !running.Kind.IsOwners() {
		return nil, r.closeCase(ctx, tx, CaseAnnulment, running.ID)
	}
	if err := r.voidObjection(ctx, tx, running.ID); err != nil {
		return nil, err
	}
	return endingParties(ctx, tx, running)
}

// endingParties are who asked for an end and the co-owners who were asked to
// confirm it.
func endingParties(ctx context.Context, tx database.Tx, x *endingRow) ([]mekenjai.PartyID, error) {
	asked, err := confirmationsOf(ctx, tx, x.ID)
	list := []mekenjai.PartyID{x.By}
	for _, c := range asked {
		list = append(list, c.holder.Party)
	}
	return unique(list), err
}

// tellEnding tells every party of an owner's request the same, but the one whose
// deed it is.
func (r *Register) tellEnding(ctx context.Context, tx database.Tx, e mekenjai.Registration, x *endingRow, kind notify.Kind, but mekenjai.PartyID) error {
	list, err := endingParties(ctx, tx, x)
	if err != nil {
		return err
	}
	a, err := applicationOf(ctx, tx, e)
	if err != nil {
		return err
	}
	for _, party := range list {
		if party == but {
			continue
		}
		if err := r.tell(ctx, tx, &a, party, kind, entryArgs(e, x)); err != nil {
			return err
		}
	}
	return nil
}

// entryArgs are the facts of a notice about an entry and the request to end it.
func entryArgs(e mekenjai.Registration, x *endingRow) func(*notify.Args) {
	return func(n *notify.Args) {
		n.Entry, n.Period, n.Address, n.Name = e.Number, e.Period, e.Dwelling.Address, e.Name.Short()
		if x != nil {
			n.Until, n.Code = x.Until, string(x.State)
		}
	}
}

// tellPerson tells the person whose entry it is.
func (r *Register) tellPerson(ctx context.Context, tx database.Tx, e mekenjai.Registration, x *endingRow, kind notify.Kind) error {
	a, err := applicationOf(ctx, tx, e)
	if err != nil {
		return err
	}
	return r.tell(ctx, tx, &a, mekenjai.PartyID(e.Person), kind, entryArgs(e, x))
}
