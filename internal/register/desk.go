package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// DeskCase is a case of the desk: what has to be decided by an officer.
type DeskCase struct {
	ID       string
	Number   string
	Kind     CaseKind
	Subject  string       // id of the application, dispute, complaint, entry
	About    mekenjai.IIN // whom it concerns; masked for who has not opened it
	KATO     string
	State    CaseState
	Officer  mekenjai.IIN // who has it
	Opened   time.Time
	Taken    time.Time
	Due      time.Time
	Closed   time.Time
	Revealed time.Time // when the officer opened the personal data
	Stopped  time.Time // since when the clock stands
}

// IsOverdue says whether the case should have been decided. While a paper of the
// applicant is waited for, the clock stands.
func (c DeskCase) IsOverdue(now time.Time) bool {
	return c.State != CaseClosed && c.Stopped.IsZero() && now.After(c.Due)
}

// matter is the case as the table of permits sees it.
func (c DeskCase) matter() mekenjai.Matter {
	return mekenjai.Matter{KATO: []string{c.KATO}, Holder: c.Officer}
}

const deskColumns = `c.id, c.number, c.kind, c.subject, c.about, c.kato, c.state, c.officer, c.opened_at, c.taken_at, c.due_at,
	c.closed_at, c.revealed_at, c.stopped_at`

func scanDeskCase(row database.Row, further ...any) (c DeskCase, err error) {
	err = row.Scan(append([]any{&c.ID, &c.Number, &c.Kind, &c.Subject, &c.About, &c.KATO, &c.State, &c.Officer,
		database.ScanTime(&c.Opened), database.ScanTime(&c.Taken), database.ScanTime(&c.Due), database.ScanTime(&c.Closed),
		database.ScanTime(&c.Revealed), database.ScanTime(&c.Stopped)}, further...)...)
	return c, notFound(err)
}

// deskCase finds a case for a member of staff; one about a sealed person does not
// exist.
func deskCase(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string) (DeskCase, error) {
	return scanDeskCase(tx.QueryRow(ctx, `SELECT `+deskColumns+` FROM desk_case c WHERE c.number = $3 AND `+visible("c.about", 1),
		now(tx), actor.IIN, number))
}

// mayDo says whether the actor may do the deed to the case. Nobody is an officer
// in his own cause (Administrative Procedural-Process Code, art. 23: an official
// with an interest of his own withdraws).
func mayDo(actor mekenjai.Actor, d mekenjai.Deed, c DeskCase) error {
	if err := actor.Permitted(d, c.matter()); err != nil {
		return err
	}
	if c.About == actor.IIN && d != mekenjai.DoLookAtCase {
		return mekenjai.ErrForbidden
	}
	return nil
}

// deed is the common path of what staff do to a case: find it, ask the table of
// permits, do it, audit it. What is refused changes nothing and leaves an audit
// entry; the same for a case that is sealed and for one that never was.
func (r *Register) deed(ctx context.Context, actor mekenjai.Actor, d mekenjai.Deed, number string, do func(context.Context, database.Tx, *DeskCase) error) error {
	return r.deedAs(ctx, actor, d, string(d), number, do)
}

// deedAs is deed under another name in the audit: a text was prepared and nothing
// is done yet.
func (r *Register) deedAs(ctx context.Context, actor mekenjai.Actor, d mekenjai.Deed, verb, number string, do func(context.Context, database.Tx, *DeskCase) error) error {
	entry := audit.By(actor, verb, number)
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		c, err := deskCase(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if err := mayDo(actor, d, c); err != nil {
			return err
		}
		if c.State == CaseClosed && d != mekenjai.DoReveal {
			return mekenjai.ErrConflict
		}
		if err := do(ctx, tx, &c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, verb, c.ID).Concerning(c.About).With("case", c.Number).With("office", actor.Duty.Office))
	})
	return r.refuseDeed(ctx, entry, err)
}

// refuseDeed audits an attempt that was refused for who made it or to what.
func (r *Register) refuseDeed(ctx context.Context, e audit.Entry, err error) error {
	for _, known := range []struct {
		err    error
		reason string
	}{{mekenjai.ErrForbidden, "forbidden"}, {mekenjai.ErrNotFound, "not_found"}, {mekenjai.ErrConflict, "conflict"}} {
		if errors.Is(err, known.err) {
			return r.refuseAttempt(ctx, e, known.reason, err)
		}
	}
	return err
}

// save writes the columns that change in the life of a case, unless somebody
// changed it since it was read.
func (c *DeskCase) save(ctx context.Context, tx database.Tx) error {
	n, err := tx.Exec(ctx, `UPDATE desk_case SET state = $2, officer = $3, taken_at = $4, due_at = $5, revealed_at = $6, stopped_at = $7
		WHERE id = $1 AND state <> 'closed'`, c.ID, c.State, c.Officer, database.NullMicros(c.Taken), database.Micros(c.Due),
		database.NullMicros(c.Revealed), database.NullMicros(c.Stopped))
	if err == nil && n == 0 {
		return mekenjai.ErrConflict
	}
	return err
}

// DeskStep is one station on the path of a case.
type DeskStep struct {
	Deed    string
	Officer mekenjai.IIN
	Note    string
	At      time.Time
}

func (c *DeskCase) step(ctx context.Context, tx database.Tx, deed string, officer mekenjai.IIN, note string) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_step (id, desk_case, deed, officer, note, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		newID(), c.ID, deed, officer, note, now(tx))
	return err
}

func deskSteps(ctx context.Context, tx database.Tx, id string) ([]DeskStep, error) {
	return database.Collect(ctx, tx, func(row database.Row) (s DeskStep, err error) {
		return s, row.Scan(&s.Deed, &s.Officer, &s.Note, database.ScanTime(&s.At))
	}, `SELECT deed, officer, note, at FROM desk_step WHERE desk_case = $1 ORDER BY id LIMIT 100`, id)
}

// officeName is the name of an office in both languages of the state; the code of
// one that is not entered stands for it.
func officeName(ctx context.Context, tx database.Tx, id string) (name mekenjai.Text, err error) {
	err = tx.QueryRow(ctx, `SELECT name_kk, name_ru FROM access_office WHERE id = $1`, id).Scan(&name.KK, &name.RU)
	if errors.Is(err, database.ErrNoRows) {
		return mekenjai.Text{KK: id, RU: id}, nil
	}
	return name, err
}
