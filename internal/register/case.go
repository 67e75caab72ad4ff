package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
)

// pageSize bounds every list that a page shows.
const pageSize = 20

// Case is an application as its applicant sees it.
type Case struct {
	mekenjai.Application
	Place mekenjai.Text // the counter at which it was filed; zero on the portal
	// Promise is in what time the entry is to show, when nobody has to be waited for.
	Promise    time.Duration
	Steps      []Step
	Consents   []ConsentState // of the present round
	Findings   []rules.Finding
	Notices    []Notice
	Entry      *mekenjai.Registration // when it was registered
	Act        *Act                   // when it was refused
	Wanted     *PaperRequest          // a paper that an officer waits for
	Rulings    []Ruled                // what officers decided
	Complaints []mekenjai.Complaint   // about it, oldest first
	Term       ComplaintTerm          // of a refusal
	AskAgain   time.Time              // when a silent register is asked again (R56), also the one that is to confirm the entry; zero when none is silent
	Now        time.Time              // the register's clock, by which the deadlines run
}

// ConsentState is what the applicant may know of one right-holder: the role and
// where the answer stands. Who it is he learns only if he named that party
// himself.
type ConsentState struct {
	Right    mekenjai.Right
	Answer   mekenjai.Answer
	Declared bool
	Method   mekenjai.Method // how he answered; "" before
	AtOffice bool            // before an operator
	Deadline time.Time
	Answered time.Time
}

// Agreed counts the right-holders who agreed.
func (c Case) Agreed() (n int) {
	for _, x := range c.Consents {
		if x.Answer == mekenjai.Agreed {
			n++
		}
	}
	return n
}

// Deadline is the earliest of the deadlines still running; zero when none is.
func (c Case) Deadline() (first time.Time) {
	for _, x := range c.Consents {
		if x.Answer.IsOpen() && (first.IsZero() || x.Deadline.Before(first)) {
			first = x.Deadline
		}
	}
	return first
}

// MayWithdraw says whether the applicant may still take the application back.
func (c Case) MayWithdraw() bool { return c.State.May(mekenjai.Cancelled) }

// Case is the applicant's own application, whole; also to who filed it for him.
func (r *Register) Case(ctx context.Context, actor mekenjai.Actor, id string) (c Case, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		a, err := loadApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		if !a.isOf(actor) {
			return mekenjai.ErrNotFound
		}
		c, err = r.readCase(ctx, tx, &a)
		return err
	})
	if err != nil || c.Office == "" {
		return c, err
	}
	office, err := r.office(ctx, c.Office)
	c.Place = office.Name
	return c, err
}

// isOf says whether the application is the actor's: the person's own, or of who
// filed it for him. The head of an organisation that petitioned for many is no
// party to what becomes of each.
func (a *record) isOf(actor mekenjai.Actor) bool {
	files := a.Filer == actor.IIN && a.FilerRole != mekenjai.FiledByAdministration
	return actor.BIN == "" && actor.IIN != "" && (a.Person == actor.IIN || files)
}

func (r *Register) readCase(ctx context.Context, tx database.Tx, a *record) (c Case, err error) {
	c.Application, c.Now = a.Application, tx.Now()
	parameters, err := r.Parameters(mekenjai.DateOf(a.SubmittedAt))
	if err != nil {
		return c, err
	}
	c.Promise = time.Duration(parameters.Promise(rules.Channel(a.Channel))) * time.Minute
	if a.attempts > 0 {
		c.AskAgain = a.askAt
	}
	if a.State == mekenjai.Entering {
		if c.AskAgain, err = enteringAgain(ctx, tx, a.ID); err != nil {
			return c, err
		}
	}
	if c.Findings, err = fromJSON[[]rules.Finding](a.findings); err != nil {
		return c, err
	}
	if c.Steps, err = steps(ctx, tx, a.ID); err != nil {
		return c, err
	}
	consents, err := consentsOf(ctx, tx, a.ID, a.Round)
	if err != nil {
		return c, err
	}
	for _, x := range consents {
		c.Consents = append(c.Consents, ConsentState{Right: x.Holder.Right, Answer: x.Answer,
			Declared: x.Holder.Party == a.Owner, Method: x.method, AtOffice: x.recorded != "", Deadline: x.Deadline, Answered: x.AnsweredAt})
	}
	c.Notices, err = database.Collect(ctx, tx, scanNotice, `SELECT `+noticeColumns+` FROM notice
		WHERE application = $1 AND party = $2 ORDER BY id LIMIT 100`, a.ID, a.Person)
	if err != nil {
		return c, err
	}
	if c.Rulings, err = decisionsOf(ctx, tx, a.ID); err != nil {
		return c, err
	}
	if c.Wanted, err = optional(scanPaperRequest(tx.QueryRow(ctx, `SELECT `+paperRequestColumns+` FROM paper_request
		WHERE application = $1 AND state = 'asked'`, a.ID))); err != nil {
		return c, err
	}
	if c.Entry, err = optional(scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+`
		FROM registration WHERE application = $1`, a.ID))); err != nil {
		return c, err
	}
	if c.Act, err = optional(standingAct(ctx, tx, a.ID)); err != nil {
		return c, err
	}
	if c.Complaints, err = complaintsOf(ctx, tx, a.ID); err != nil || c.Act == nil || a.State != mekenjai.Refused {
		return c, err
	}
	_, c.Term, err = r.termOf(ctx, tx, a)
	return c, err
}

// optional makes an absent row nil.
func optional[T any](v T, err error) (*T, error) {
	if errors.Is(err, mekenjai.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// Brief is an application as a line of a list.
type Brief struct {
	ID        string
	Number    string
	State     mekenjai.State
	Address   mekenjai.Text
	Submitted time.Time
}

// History is a page of the person's applications, newest first; before is the id
// of the last one of the page before, "" for the first page.
func (r *Register) History(ctx context.Context, actor mekenjai.Actor, before string) (list []Brief, more bool, err error) {
	if actor.BIN != "" {
		return nil, false, mekenjai.ErrForbidden // what concerns the person is not the organisation's
	}
	if before == "" {
		before = "~" // after every id
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, func(row database.Row) (b Brief, err error) {
			return b, row.Scan(&b.ID, &b.Number, &b.State, &b.Address.KK, &b.Address.RU, database.ScanTime(&b.Submitted))
		}, `SELECT id, number, state, address_kk, address_ru, submitted_at FROM application
			WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, actor.IIN, before, pageSize+1)
		return err
	})
	if len(list) > pageSize {
		return list[:pageSize], true, err
	}
	return list, false, err
}

// Notices are the latest notices to the actor's party, newest first.
func (r *Register) Notices(ctx context.Context, actor mekenjai.Actor) (list []Notice, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, scanNotice, `SELECT `+noticeColumns+` FROM notice
			WHERE party = $1 ORDER BY id DESC LIMIT $2`, actor.Party(), pageSize)
		return err
	})
	return list, err
}
