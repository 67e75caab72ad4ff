package register

import (
	"context"
	"errors"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// PaperRequest is a paper that an officer asked of the applicant.
type PaperRequest struct {
	ID       string
	Kind     string
	Note     string
	Asked    time.Time
	Deadline time.Time
	State    string
	Answered time.Time
}

// The states of a request for a paper.
const (
	PaperAsked   = "asked"
	PaperBrought = "brought"
	PaperMissed  = "missed"  // the deadline passed
	PaperDropped = "dropped" // the officer needs it no more, or the case ended
)

// AskedKinds are the papers that an officer may ask for, in the order of the form.
var AskedKinds = []string{"title_deed", "court_act", "inheritance", "trust", "guardianship", "identity", "other"}

// PaperDays are the terms that an officer may set.
var PaperDays = []int{3, 5, 10, 20}

const paperRequestColumns = `id, kind, note, asked_at, deadline, state, answered_at`

func scanPaperRequest(row database.Row) (p PaperRequest, err error) {
	err = row.Scan(&p.ID, &p.Kind, &p.Note, database.ScanTime(&p.Asked), database.ScanTime(&p.Deadline), &p.State, database.ScanTime(&p.Answered))
	return p, notFound(err)
}

func paperRequests(ctx context.Context, tx database.Tx, deskCase string) ([]PaperRequest, error) {
	return database.Collect(ctx, tx, scanPaperRequest, `SELECT `+paperRequestColumns+` FROM paper_request
		WHERE desk_case = $1 ORDER BY id LIMIT 50`, deskCase)
}

// AskPaper asks the applicant for a paper and puts the case aside until it comes:
// the clock of the case and of the promise stands, because a party is waited for.
func (r *Register) AskPaper(ctx context.Context, actor mekenjai.Actor, number, kind, note string, days int) error {
	var wrong mekenjai.FieldErrors
	if !slices.Contains(AskedKinds, kind) {
		wrong = append(wrong, &mekenjai.FieldError{Field: "kind", Key: "desk.error.paper_kind"})
	}
	note, err := words("note", note)
	var short mekenjai.FieldErrors
	if errors.As(err, &short) {
		wrong = append(wrong, short...)
	}
	if !slices.Contains(PaperDays, days) {
		wrong = append(wrong, &mekenjai.FieldError{Field: "days", Key: "desk.error.paper_days"})
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	return r.deed(ctx, actor, mekenjai.DoAskPaper, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		a, err := underDecision(ctx, tx, c)
		if err != nil {
			return err
		}
		until := tx.Now().Add(time.Duration(days) * 24 * time.Hour)
		_, err = tx.Exec(ctx, `INSERT INTO paper_request (id, desk_case, application, kind, note, asked_at, deadline, state)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked')`, newID(), c.ID, a.ID, kind, note, now(tx), database.Micros(until))
		if err != nil {
			return err
		}
		c.State, c.Stopped = CaseWaiting, tx.Now()
		a.Clock = a.Clock.Stopped(tx.Now())
		return errors.Join(c.save(ctx, tx), a.save(ctx, tx), c.step(ctx, tx, "ask_paper", actor.IIN, note),
			r.tell(ctx, tx, a, mekenjai.PartyID(a.Person), notify.PaperAsked, func(n *notify.Args) { n.Until, n.Code = until, kind }))
	})
}

// resume gives a case that waited back to its officer: the clocks go on, and the
// case is due later by as long as it waited.
func (r *Register) resume(ctx context.Context, tx database.Tx, c *DeskCase, request, outcome, deed string, by mekenjai.IIN) error {
	n, err := tx.Exec(ctx, `UPDATE paper_request SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'asked'`, request, outcome, now(tx))
	if err != nil || n == 0 {
		return err
	}
	a, err := loadApplication(ctx, tx, c.Subject)
	if err != nil {
		return err
	}
	c.State, c.Due, c.Stopped = CaseTaken, c.Due.Add(tx.Now().Sub(c.Stopped)), time.Time{}
	a.Clock = a.Clock.Running(tx.Now())
	return errors.Join(c.save(ctx, tx), a.save(ctx, tx), c.step(ctx, tx, deed, by, ""))
}

// DropPaper says that the paper is needed no more, or was brought to the desk by
// hand: the case goes on.
func (r *Register) DropPaper(ctx context.Context, actor mekenjai.Actor, number string, brought bool) error {
	outcome, deed := PaperDropped, "drop_paper"
	if brought {
		outcome, deed = PaperBrought, "paper_by_hand"
	}
	return r.deed(ctx, actor, mekenjai.DoAskPaper, number, func(ctx context.Context, tx database.Tx, c *DeskCase) error {
		request, err := openRequest(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		return r.resume(ctx, tx, c, request, outcome, deed, actor.IIN)
	})
}

// openRequest is the id of the paper that a case waits for.
func openRequest(ctx context.Context, tx database.Tx, deskCase string) (string, error) {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM paper_request WHERE desk_case = $1 AND state = 'asked'`, deskCase)
	if errors.Is(err, database.ErrNoRows) {
		return "", mekenjai.ErrConflict
	}
	return id, err
}

// missPapers ends the requests whose deadline passed.
func (r *Register) missPapers(ctx context.Context) (int, error) {
	ids, err := r.due(ctx, `SELECT id FROM paper_request WHERE state = 'asked' AND deadline < $1 ORDER BY deadline LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		c, err := scanDeskCase(tx.QueryRow(ctx, `SELECT `+deskColumns+` FROM paper_request p JOIN desk_case c ON c.id = p.desk_case
			WHERE p.id = $1 AND p.state = 'asked'`, id))
		if errors.Is(err, mekenjai.ErrNotFound) {
			return nil // another node was faster
		}
		if err != nil {
			return err
		}
		if c.State != CaseWaiting { // the application ended meanwhile
			_, err := tx.Exec(ctx, `UPDATE paper_request SET state = 'dropped', answered_at = $2 WHERE id = $1 AND state = 'asked'`, id, now(tx))
			return err
		}
		a, err := loadApplication(ctx, tx, c.Subject)
		if err != nil {
			return err
		}
		return errors.Join(r.resume(ctx, tx, &c, id, PaperMissed, "miss_paper", ""),
			r.tell(ctx, tx, &a, mekenjai.PartyID(a.Person), notify.PaperMissed, nil),
			audit.Write(ctx, tx, audit.BySystem("desk.miss_paper", c.ID).Concerning(c.About)))
	})
	return done, errors.Join(err, err2)
}
