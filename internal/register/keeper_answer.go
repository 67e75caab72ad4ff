package register

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/state"
)

// unanswered sets when a deed is sent again: a silent register neither confirms nor
// refuses (R56).
func (r *Register) unanswered(ctx context.Context, tx database.Tx, id string, cause error) error {
	d, err := loadDeed(ctx, tx, id)
	if err != nil || d.stands != DeedWaiting {
		return err
	}
	again := tx.Now().Add(deedBackoff(d.attempts + 1))
	if _, err := tx.Exec(ctx, `UPDATE keeper_deed SET attempts = attempts + 1, try_at = $2, code = $3 WHERE id = $1`,
		id, database.Micros(again), troubleOf(cause)); err != nil {
		return err
	}
	var silence *state.Silence
	if errors.As(cause, &silence) && len(silence.Exchanges) > 0 {
		application, err := caseOf(ctx, tx, &d)
		if err == nil && application != "" {
			err = keepSilence(ctx, tx, application, silence)
		}
		if err != nil {
			return err
		}
	}
	r.Log.WarnContext(ctx, "the state's register is silent", "deed", id, "kind", d.Kind, "attempt", d.attempts+1, "again", again, "error", cause)
	if d.attempts > 0 {
		return nil // the first silence is enough for the audit
	}
	return audit.Write(ctx, tx, audit.BySystem("register.silent", id).Concerning(d.Entry.Person).With("peer", state.Entries))
}

// Trouble is why a deed is not answered, in a word that pages translate. What the line
// said is for the administrator and stands in the log.
type Trouble string

// The troubles. Unclear is an answer that says neither yes nor no.
const (
	TroubleDown    Trouble = "down"
	TroubleSlow    Trouble = "slow"
	TroubleUnclear Trouble = "unclear"
)

func troubleOf(cause error) Trouble {
	var line net.Error
	switch {
	case errors.Is(cause, state.ErrSlow), errors.Is(cause, context.DeadlineExceeded), errors.As(cause, &line) && line.Timeout():
		return TroubleSlow
	case errors.Is(cause, state.ErrDown), errors.Is(cause, state.ErrUnconnected), line != nil:
		return TroubleDown
	}
	return TroubleUnclear
}

// clipped is as much of somebody else's words as is kept.
func clipped(s string) string {
	letters := []rune(s)
	return string(letters[:min(len(letters), wordsLength)])
}

// confirm records that a deed stands in the state's register. Of an application that
// waits for it this makes the entry, and returns what that took since the last
// signature. Whoever asked twice finds it done.
func (r *Register) confirm(ctx context.Context, tx database.Tx, id string, reply state.Reply[state.Confirmation]) (entered time.Duration, err error) {
	d, err := loadDeed(ctx, tx, id)
	if err != nil || d.stands != DeedWaiting {
		return 0, err
	}
	if d.former != "" && reply.Value.Deed == d.former { // it was taken after all, as it was sent first
		former, err := loadDeed(ctx, tx, d.former)
		if err != nil {
			return 0, err
		}
		d.Entry, d.Replaces, d.Extends = former.Entry, former.Replaces, former.Extends
	}
	fixed := reply.Value.FixedAt.UTC().Truncate(time.Microsecond)
	if d.application != "" {
		if d.registration, entered, err = r.confirmEntry(ctx, tx, &d, fixed); err != nil {
			return 0, err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE keeper_deed SET state = 'confirmed', registration = $2, answered_at = $3, confirmed_at = $4, hash = $5,
		try_at = NULL, code = '', said = '', number = $6 WHERE id = $1`, id, d.registration, now(tx), database.Micros(fixed), reply.SHA256[:], d.Entry.Number)
	if err != nil {
		return 0, err
	}
	return entered, errors.Join(
		keepAnswer(ctx, tx, &d, evidence{reply.Evidence, true}),
		wakeNext(ctx, tx, d.Entry.Number),
		audit.Write(ctx, tx, audit.BySystem("deed.confirm", id).Concerning(d.Entry.Person).With("kind", d.Kind).
			With("number", d.Entry.Number).With("confirmed", reply.Value.Deed).With("reply", reply.Hash())))
}

// confirmEntry makes the entry of an application whose deed is confirmed: it counts
// from the instant at which it was fixed there. The facts may have changed since the
// decision, which stands; what follows from that the daily watch finds (watch.go).
func (r *Register) confirmEntry(ctx context.Context, tx database.Tx, d *deedRow, fixed time.Time) (id string, took time.Duration, err error) {
	a, err := loadApplication(ctx, tx, d.application)
	if err != nil {
		return "", 0, err
	}
	if a.State != mekenjai.Entering {
		return "", 0, fmt.Errorf("a confirmed entry of application %s that is %s: %w", a.ID, a.State, mekenjai.ErrConflict)
	}
	former, had, err := currentEntry(ctx, tx, a.Person)
	if err != nil {
		return "", 0, err
	}
	extends := had && former.Number == d.Extends
	if had && !extends && former.Number != d.Replaces { // it began while the deed was on its way
		if err := r.leave(ctx, tx, deedAbout(former, state.Deed{Kind: state.DeedEnd, Reason: mekenjai.EndMoved}), nil); err != nil {
			return "", 0, err
		}
	}
	since := a.Clock.Since
	e, err := r.enter(ctx, tx, &a, entering{number: d.Entry.Number, period: d.Entry.FixedOn(mekenjai.DateOf(fixed)), fixedAt: fixed, extends: extends})
	if err != nil {
		return "", 0, err
	}
	if err := a.move(ctx, tx, mekenjai.Registered, ""); err != nil {
		return "", 0, err
	}
	if !since.IsZero() {
		took = tx.Now().Sub(since)
	}
	return e.ID, took, r.endWithBase(ctx, tx, &a, d, e)
}

// endWithBase ends an extension at once whose base was ended while the extension was
// on its way: who had to leave does not stay by it.
func (r *Register) endWithBase(ctx context.Context, tx database.Tx, a *record, d *deedRow, e mekenjai.Registration) error {
	if d.Extends == "" || e.State == mekenjai.EntryAhead {
		return nil
	}
	base, err := entryByNumber(ctx, tx, d.Extends)
	if err != nil || base.EndReason == mekenjai.EndExpired || base.EndReason == mekenjai.EndExtended {
		return err
	}
	owners, err := ownersOf(a)
	if err != nil {
		return err
	}
	return r.closeEntry(ctx, tx, e, base.EndReason, parties(owners))
}

// keeperRefused is why an application is referred whose entry the state's register
// did not take.
const keeperRefused = "KEEPER_REFUSED"

// refused records a dead letter and puts it before an officer: an application that
// waits for its entry as itself, everything else as a case of its own.
func (r *Register) refused(ctx context.Context, tx database.Tx, id string, no *state.Rejection) error {
	d, err := loadDeed(ctx, tx, id)
	if err != nil || d.stands != DeedWaiting {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE keeper_deed SET state = 'rejected', answered_at = $2, hash = $3, try_at = NULL, code = $4, said = $5 WHERE id = $1`,
		id, now(tx), no.SHA256[:], clipped(no.Code), clipped(no.Text))
	if err != nil {
		return err
	}
	r.Log.WarnContext(ctx, "the state's register refuses a deed", "deed", id, "kind", d.Kind, "code", clipped(no.Code))
	if d.application != "" {
		var a record
		if a, err = loadApplication(ctx, tx, d.application); err == nil {
			err = r.stop(ctx, tx, &a, mekenjai.Referred, keeperRefused, notify.Referred)
		}
	} else {
		_, err = r.openCase(ctx, tx, CaseDeed, id, d.Entry.Person, d.kato, tx.Now().Add(decideWithin))
	}
	return errors.Join(err,
		keepAnswer(ctx, tx, &d, evidence{no.Evidence, false}),
		wakeNext(ctx, tx, d.Entry.Number),
		audit.Write(ctx, tx, audit.BySystem("deed.refused", id).Concerning(d.Entry.Person).With("kind", d.Kind).
			With("number", d.Entry.Number).With("code", clipped(no.Code)).With("reply", no.Hash())))
}

// caseOf is whose case a deed is evidence of; "" of an entry that was adopted.
func caseOf(ctx context.Context, tx database.Tx, d *deedRow) (string, error) {
	if d.application != "" {
		return d.application, nil
	}
	entry, err := entryByID(ctx, tx, d.registration)
	return entry.Application, err
}

// keepAnswer keeps the register's answer with the case, byte for byte. An entry that
// was adopted has no application: of its deeds the hash is kept.
func keepAnswer(ctx context.Context, tx database.Tx, d *deedRow, e evidence) error {
	application, err := caseOf(ctx, tx, d)
	if err != nil || application == "" || len(e.Raw) == 0 {
		return err
	}
	return keep(ctx, tx, application, e)
}

// wakeNext hands out the deed that waited for one about the same entry.
func wakeNext(ctx context.Context, tx database.Tx, number string) error {
	id, err := nextDeed(ctx, tx, number)
	if err != nil || id == "" {
		return err
	}
	return tx.Enqueue(ctx, deedArgs{Deed: id}, nil)
}

// settleRefusal ends the dead letter of an application that left the officer.
func settleRefusal(ctx context.Context, tx database.Tx, a *record) error {
	if a.Reason != keeperRefused {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE keeper_deed SET state = 'settled' WHERE application = $1 AND state = 'rejected'`, a.ID)
	return err
}

// refusalOf is the dead letter for which an application lies at the desk.
func refusalOf(ctx context.Context, tx database.Tx, application string) (deedRow, error) {
	return scanDeed(tx.QueryRow(ctx, `SELECT `+deedColumns+` FROM keeper_deed d
		WHERE d.application = $1 AND d.state = 'rejected' ORDER BY d.id DESC LIMIT 1`, application))
}

// enteringAgain is when a silent register is asked for an entry again; zero while it
// has not been silent.
func enteringAgain(ctx context.Context, tx database.Tx, application string) (time.Time, error) {
	var attempts int
	var again time.Time
	err := tx.QueryRow(ctx, `SELECT attempts, try_at FROM keeper_deed WHERE application = $1 AND state = 'waiting'`,
		application).Scan(&attempts, database.ScanTime(&again))
	if errors.Is(err, database.ErrNoRows) || attempts == 0 {
		return time.Time{}, nil
	}
	return again, err
}
