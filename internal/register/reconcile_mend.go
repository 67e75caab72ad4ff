package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// DifferenceKind is how the two registers differ about an entry.
type DifferenceKind string

// The kinds of differences that an officer sees. The last two are mended without one,
// unless the state's register refused it before.
const (
	DifferentUnknown DifferenceKind = "unknown" // stands there, was never here
	DifferentEnded   DifferenceKind = "ended"   // stands here, ended there
	DifferentOther   DifferenceKind = "other"   // reads otherwise there
	DifferentMissing DifferenceKind = "missing" // stands here, is not there
	DifferentStands  DifferenceKind = "stands"  // ended here, stands there
)

// mended is the deed of ours that mends a difference. What ended there, or was never
// here, no deed of ours may undo.
func (k DifferenceKind) mended() (kind state.DeedKind, ok bool) {
	switch k {
	case DifferentOther:
		return state.DeedCorrect, true
	case DifferentMissing:
		return state.DeedEnter, true
	case DifferentStands:
		return state.DeedEnd, true
	}
	return "", false
}

// MaySendOurs says whether a deed of ours can mend it.
func (d Difference) MaySendOurs() bool {
	_, ok := d.Kind.mended()
	return ok
}

// Difference is one finding of a comparison.
type Difference struct {
	ID     string
	Kind   DifferenceKind
	Number string // of the entry
	Ours   *state.Kept
	Theirs *state.Kept
	State  string // 'open', 'closed' by an officer, 'gone' by itself
	Found  time.Time
	Seen   time.Time // when it was last found
}

const differenceColumns = `d.id, d.kind, d.number, d.ours, d.theirs, d.state, d.found_at, d.seen_at`

func scanDifference(row database.Row) (d Difference, err error) {
	var ours, theirs string
	if err = row.Scan(&d.ID, &d.Kind, &d.Number, &ours, &theirs, &d.State, database.ScanTime(&d.Found), database.ScanTime(&d.Seen)); err != nil {
		return d, notFound(err)
	}
	if d.Ours, err = fromJSON[*state.Kept](ours); err != nil {
		return d, err
	}
	d.Theirs, err = fromJSON[*state.Kept](theirs)
	return d, err
}

func loadDifference(ctx context.Context, tx database.Tx, id string) (Difference, error) {
	return scanDifference(tx.QueryRow(ctx, `SELECT `+differenceColumns+` FROM difference d WHERE d.id = $1`, id))
}

// comparison is one page of a reconciliation under way.
type comparison struct {
	r     *Register
	x     *Reconciliation
	asked time.Time // when the page of theirs was asked for
	today mekenjai.Date
}

// one compares what is kept under one number, and does what follows.
func (c *comparison) one(ctx context.Context, tx database.Tx, p pair) error {
	if p.ours != nil {
		c.x.Compared++
		c.x.ours = p.ours.Number
	} else if e, err := optional(entryByNumber(ctx, tx, p.theirs.Number)); err != nil {
		return err
	} else {
		p.ours = e // ended, or unknown
	}
	kind := c.differ(p)
	if kind == "" {
		return nil
	}
	number := p.number()
	last, err := optional(scanDeed(tx.QueryRow(ctx, `SELECT `+deedColumns+` FROM keeper_deed d
		WHERE d.number = $1 ORDER BY d.made_at DESC, d.id DESC LIMIT 1`, number)))
	if err != nil {
		return err
	}
	if last != nil && (last.stands == DeedWaiting || last.stands == DeedRejected || !last.answered.Before(c.asked.Add(-keeperSkew))) {
		return nil // under way, at the desk already, or newer than the page
	}
	wasRefused := last != nil && last.stands == DeedSettled
	if (kind == DifferentMissing || kind == DifferentStands) && !wasRefused {
		return c.sendAgain(ctx, tx, *p.ours, kind)
	}
	return c.note(ctx, tx, kind, number, p)
}

// differ says how the two differ, "" when they agree. Instants of fixing and the first
// day are not compared: what was sent again was fixed there later than here.
func (c *comparison) differ(p pair) DifferenceKind {
	stands := p.theirs != nil && p.theirs.EndedAt.IsZero() && !c.today.After(p.theirs.Period.To)
	switch {
	case p.ours == nil && !stands:
		return ""
	case p.ours == nil:
		return DifferentUnknown
	case p.ours.State == mekenjai.EntryEnded && p.ours.EndReason == mekenjai.EndAnnulled && p.theirs.Reason != mekenjai.EndAnnulled:
		return DifferentStands
	case p.ours.State == mekenjai.EntryEnded && !stands:
		return ""
	case p.ours.State == mekenjai.EntryEnded && p.ours.EndReason == mekenjai.EndExpired:
		return DifferentOther // its last day is a later one there
	case p.ours.State == mekenjai.EntryEnded:
		return DifferentStands
	case p.theirs == nil:
		return DifferentMissing
	case !p.theirs.EndedAt.IsZero():
		return DifferentEnded
	}
	a, b := p.ours, p.theirs
	if a.Person != b.Person || a.Name != b.Name || a.Dwelling.ARC != b.Dwelling.ARC || a.Period.To != b.Period.To {
		return DifferentOther
	}
	return ""
}

// baseFirst is how long an extension that is missing there is held back, so that the
// entry that it extends, should that be missing too, is found and goes before it.
const baseFirst = 10 * time.Minute

// repeat leaves the deed that brings an entry of ours to the state's register once more.
func (r *Register) repeat(ctx context.Context, tx database.Tx, e mekenjai.Registration, kind state.DeedKind) error {
	d := state.Deed{Kind: kind}
	if kind == state.DeedEnd {
		d.At, d.Reason = e.EndedAt, e.EndReason
		if e.EndReason == mekenjai.EndAnnulled {
			d.Kind = state.DeedAnnul
		}
	}
	row := deedAbout(e, d)
	if kind == state.DeedEnter && e.State == mekenjai.EntryAhead {
		base, had, err := currentEntry(ctx, tx, e.Person)
		if err != nil {
			return err
		}
		if had {
			row.Extends, row.tryAt = base.Number, tx.Now().Add(baseFirst)
		}
	}
	return r.leave(ctx, tx, row, atLeisure)
}

// sendAgain sends what of ours is missing there.
func (c *comparison) sendAgain(ctx context.Context, tx database.Tx, e mekenjai.Registration, kind DifferenceKind) error {
	c.x.Sent++
	deed, _ := kind.mended()
	return errors.Join(
		c.r.repeat(ctx, tx, e, deed),
		audit.Write(ctx, tx, audit.BySystem("reconciliation.send", e.ID).Concerning(e.Person).With("run", c.x.ID).With("difference", kind)))
}

// note puts a difference before an officer. One that lies there already is only seen
// again; one that an officer closed and that did not change is not brought up anew.
func (c *comparison) note(ctx context.Context, tx database.Tx, kind DifferenceKind, number string, p pair) error {
	var about mekenjai.IIN
	var kato, ours, theirs, registration string
	if p.theirs != nil {
		about, kato, theirs = p.theirs.Person, p.theirs.Dwelling.KATO, toJSON(p.theirs)
	}
	if e := p.ours; e != nil {
		about, kato, registration = e.Person, e.Dwelling.KATO, e.ID
		ours = toJSON(keptOf(*e))
	}
	var id, was, a, b string
	var k DifferenceKind
	err := tx.QueryRow(ctx, `SELECT id, state, kind, ours, theirs FROM difference WHERE number = $1 ORDER BY id DESC LIMIT 1`, number).Scan(&id, &was, &k, &a, &b)
	switch {
	case errors.Is(err, database.ErrNoRows):
	case err != nil:
		return err
	case was == "open":
		_, err := tx.Exec(ctx, `UPDATE difference SET kind = $2, ours = $3, theirs = $4, seen_at = $5 WHERE id = $1`, id, kind, ours, theirs, now(tx))
		return err
	case was == "closed" && k == kind && a == ours && b == theirs:
		return nil
	}
	c.x.Differences++
	id = newID()
	_, err = tx.Exec(ctx, `INSERT INTO difference (id, kind, number, registration, person, kato, ours, theirs, state, found_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $9)`, id, kind, number, orNull(registration), about, kato, ours, theirs, now(tx))
	if err != nil {
		return err
	}
	_, err = c.r.openCase(ctx, tx, CaseDifference, id, about, kato, tx.Now().Add(decideWithin))
	return errors.Join(err, audit.Write(ctx, tx, audit.BySystem("reconciliation.differ", id).Concerning(about).With("run", c.x.ID).
		With("kind", kind).With("number", number)))
}

// keptOf is an entry of ours in the shape of theirs.
func keptOf(e mekenjai.Registration) state.Kept {
	k := state.Kept{Entry: deedAbout(e, state.Deed{}).Entry, FixedAt: e.FixedAt}
	if e.State == mekenjai.EntryEnded {
		k.EndedAt, k.Reason = e.EndedAt, e.EndReason
	}
	return k
}

func (c *comparison) save(ctx context.Context, tx database.Tx) error {
	x := c.x
	_, err := tx.Exec(ctx, `UPDATE reconciliation SET state = $2, ended_at = $3, compared = $4, sent = $5, differences = $6, attempts = $7,
		theirs = $8, ours = $9, try_at = $10 WHERE id = $1`, x.ID, x.State, database.NullMicros(x.Ended), x.Compared, x.Sent, x.Differences,
		x.Attempts, x.theirs, x.ours, database.NullMicros(c.again(tx)))
	return err
}

// again is when the sweep takes the comparison up, should its job be lost.
func (c *comparison) again(tx database.Tx) time.Time {
	if c.x.State != ReconciliationRunning {
		return time.Time{}
	}
	return tx.Now().Add(reconcileLease)
}

// finish ends a comparison. One that went through closes what it did not find again:
// the two registers agree about that now.
func (c *comparison) finish(ctx context.Context, tx database.Tx, s ReconciliationState) error {
	x := c.x
	x.State, x.Ended = s, tx.Now()
	if s == ReconciliationStopped {
		c.r.Log.ErrorContext(ctx, "too much differs between the state's register and ours: the comparison stops",
			"reconciliation", x.ID, "sent", x.Sent, "differences", x.Differences)
	} else {
		gone, err := database.Collect(ctx, tx, database.Column[string], `SELECT id FROM difference WHERE state = 'open' AND seen_at < $1
			ORDER BY number LIMIT $2`, database.Micros(x.Begun), reconcileAtMost)
		if err != nil {
			return err
		}
		for _, id := range gone {
			if _, err := tx.Exec(ctx, `UPDATE difference SET state = 'gone', closed_at = $2 WHERE id = $1`, id, now(tx)); err != nil {
				return err
			}
			if err := c.r.closeCase(ctx, tx, CaseDifference, id); err != nil {
				return err
			}
		}
	}
	return errors.Join(c.save(ctx, tx), audit.Write(ctx, tx, audit.BySystem("reconciliation."+string(s), x.ID).
		With("compared", x.Compared).With("sent", x.Sent).With("differences", x.Differences)))
}
