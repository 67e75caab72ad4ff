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
	"mekenjai/internal/papers"
)

// PaperRequest is a paper that an officer asked of the applicant.
type PaperRequest struct {
	ID       string
	Kind     mekenjai.PaperKind
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
var AskedKinds = []mekenjai.PaperKind{mekenjai.EvidencePaper, mekenjai.CourtAct, mekenjai.WrittenConsent, mekenjai.GuardianshipOrder,
	mekenjai.GuardianshipPermission, mekenjai.PowerOfAttorneyPaper, mekenjai.IdentityCardPaper, mekenjai.PassportPaper, mekenjai.MissionCertificate}

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
func (r *Register) AskPaper(ctx context.Context, actor mekenjai.Actor, number string, kind mekenjai.PaperKind, note string, days int) error {
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
			r.tellApplicant(ctx, tx, a, notify.PaperAsked, func(n *notify.Args) { n.Until, n.Code = until, string(kind) }))
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

// StopWaiting says that the paper is needed no more, or was brought to the desk by
// hand: the case goes on.
func (r *Register) StopWaiting(ctx context.Context, actor mekenjai.Actor, number string, brought bool) error {
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

// BringPaper takes the paper that an officer asked for from the applicant, who sends
// it through the account: the case goes on at once.
func (r *Register) BringPaper(ctx context.Context, actor mekenjai.Actor, application string, scan papers.Scan) error {
	var request PaperRequest
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		_, request, err = wantedPaper(ctx, tx, actor, application)
		return err
	})
	if err != nil {
		return err
	}
	sealed, err := r.sealScan(request.Kind, scan)
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		c, request, err := wantedPaper(ctx, tx, actor, application)
		if err != nil {
			return err
		}
		paper, err := addPaper(ctx, tx, actor, mekenjai.PaperOfApplication, application, actor.IIN, false, sealed)
		if err != nil {
			return err
		}
		return errors.Join(r.resume(ctx, tx, &c, request.ID, PaperBrought, "bring_paper", ""),
			audit.Write(ctx, tx, audit.By(actor, "application.bring_paper", application).Concerning(actor.IIN).With("paper", paper.ID)))
	})
}

// wantedPaper is the paper that is asked of the actor for his own application, and
// the case that waits for it.
func wantedPaper(ctx context.Context, tx database.Tx, actor mekenjai.Actor, application string) (c DeskCase, p PaperRequest, err error) {
	a, err := loadApplication(ctx, tx, application)
	if err != nil {
		return c, p, err
	}
	if a.Person != actor.IIN || actor.BIN != "" {
		return c, p, mekenjai.ErrNotFound
	}
	p, err = scanPaperRequest(tx.QueryRow(ctx, `SELECT `+paperRequestColumns+` FROM paper_request
		WHERE application = $1 AND state = 'asked'`, application))
	if errors.Is(err, mekenjai.ErrNotFound) {
		return c, p, mekenjai.ErrConflict
	}
	if err != nil {
		return c, p, err
	}
	c, err = scanDeskCase(tx.QueryRow(ctx, `SELECT `+deskColumns+` FROM desk_case c JOIN paper_request p ON p.desk_case = c.id WHERE p.id = $1`, p.ID))
	if err == nil && c.State != CaseWaiting {
		err = mekenjai.ErrConflict
	}
	return c, p, err
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
			r.tellApplicant(ctx, tx, &a, notify.PaperMissed, nil),
			audit.Write(ctx, tx, audit.BySystem("desk.miss_paper", c.ID).Concerning(c.About)))
	})
	return done, errors.Join(err, err2)
}
