package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// Once a day, and when somebody asks for it, what the state's register keeps is
// compared with ours: both are read in the order of their numbers, a page at a time,
// so that a country takes no more memory than a page. What of ours is missing there
// is sent again; what is there and not known here, or is otherwise, an officer sees.
// Nothing there is adopted or struck by itself.

const (
	reconcileEvery = 24 * time.Hour
	reconcilePage  = 500
	// reconcileAtMost stops a comparison that finds too much: then it is rather the
	// listing that is wrong, and nobody sends a country again for that.
	reconcileAtMost = 1000
	reconcileLease  = 2 * time.Minute
	reconcileSpell  = time.Minute // of one job; the next goes on
)

// ReconciliationState is where a comparison stands.
type ReconciliationState string

// The states of a comparison.
const (
	ReconciliationRunning ReconciliationState = "running"
	ReconciliationDone    ReconciliationState = "done"
	ReconciliationStopped ReconciliationState = "stopped" // too much differs
)

// Reconciliation is a comparison of the two registers.
type Reconciliation struct {
	ID          string
	State       ReconciliationState
	Begun       time.Time
	Ended       time.Time
	By          mekenjai.IIN // who asked for it; "" for the daily one
	Compared    int          // entries that stand here
	Sent        int          // deeds that were sent again
	Differences int          // that were found anew
	Attempts    int          // in a row without an answer
	theirs      string       // number up to which theirs was compared
	ours        string       // and ours
	atMost      int
}

const reconciliationColumns = `id, state, begun_at, ended_at, asked_by, compared, sent, differences, attempts, theirs, ours, at_most`

func scanReconciliation(row database.Row) (x Reconciliation, err error) {
	err = row.Scan(&x.ID, &x.State, database.ScanTime(&x.Begun), database.ScanTime(&x.Ended), &x.By, &x.Compared, &x.Sent, &x.Differences,
		&x.Attempts, &x.theirs, &x.ours, &x.atMost)
	return x, notFound(err)
}

func lastReconciliation(ctx context.Context, tx database.Tx) (*Reconciliation, error) {
	return optional(scanReconciliation(tx.QueryRow(ctx, `SELECT `+reconciliationColumns+` FROM reconciliation ORDER BY id DESC LIMIT 1`)))
}

// begin begins a comparison, or gives the one that runs.
func (r *Register) begin(ctx context.Context, tx database.Tx, entry audit.Entry, by mekenjai.IIN, atMost int) (id string, err error) {
	id, err = database.One(ctx, tx, database.Column[string], `SELECT id FROM reconciliation WHERE state = 'running'`)
	if !errors.Is(err, database.ErrNoRows) {
		return id, err
	}
	id = newID()
	_, err = tx.Exec(ctx, `INSERT INTO reconciliation (id, state, begun_at, asked_by, theirs, ours, at_most, compared, sent, differences, attempts, try_at)
		VALUES ($1, 'running', $2, $3, '', '', $4, 0, 0, 0, 0, $5)`, id, now(tx), by, atMost, database.Micros(tx.Now().Add(reconcileLease)))
	if err != nil {
		return "", err
	}
	entry.Subject = id
	return id, errors.Join(tx.Enqueue(ctx, reconcileArgs{Run: id}, atLeisure), audit.Write(ctx, tx, entry))
}

// reconcileDaily begins the comparison of the day, and takes up one that was lost
// with its process or waits for a silent register.
func (r *Register) reconcileDaily(ctx context.Context) (done int, err error) {
	if r.Keeper.IsZero() {
		return 0, nil
	}
	var last *Reconciliation
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		last, err = lastReconciliation(ctx, tx)
		return err
	})
	if err != nil || last != nil && last.State != ReconciliationRunning && r.now().Sub(last.Begun) < reconcileEvery {
		return 0, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if last == nil || last.State != ReconciliationRunning {
			done = 1
			_, err := r.begin(ctx, tx, audit.BySystem("reconciliation.begin", ""), "", reconcileAtMost)
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE reconciliation SET try_at = $2 WHERE id = $1 AND state = 'running' AND try_at <= $3`,
			last.ID, database.Micros(tx.Now().Add(reconcileLease)), now(tx))
		done = int(n)
		if err != nil || n == 0 {
			return err
		}
		return tx.Enqueue(ctx, reconcileArgs{Run: last.ID}, atLeisure)
	})
	return done, err
}

// reconcileArgs is the job of a comparison.
type reconcileArgs struct {
	Run string `json:"run"`
}

func (reconcileArgs) Kind() string { return "reconcile" }

type reconcileWorker struct {
	river.WorkerDefaults[reconcileArgs]
	r *Register
}

func (w *reconcileWorker) Timeout(*river.Job[reconcileArgs]) time.Duration {
	return reconcileSpell + state.WriteLimit
}

// Work compares for a spell; the sweep lets the next job go on from there.
func (w *reconcileWorker) Work(ctx context.Context, job *river.Job[reconcileArgs]) error {
	until := time.Now().Add(reconcileSpell)
	for time.Now().Before(until) {
		x, err := w.r.compare(ctx, job.Args.Run)
		var silence *state.Silence
		if errors.As(err, &silence) || err == nil && x.State != ReconciliationRunning {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return w.r.db.Transact(ctx, func(tx database.Tx) error { return tx.Enqueue(ctx, reconcileArgs(job.Args), atLeisure) })
}

// Reconcile compares at once, until both registers are through, too much differs or
// the state's register is silent (mekenjai reconcile). A comparison that runs is
// taken up. Zero for atMost is the usual bound.
func (r *Register) Reconcile(ctx context.Context, atMost int) (x Reconciliation, err error) {
	if r.Keeper.IsZero() {
		return x, fmt.Errorf("the state's register is not connected: %w", mekenjai.ErrUnavailable)
	}
	if atMost <= 0 {
		atMost = reconcileAtMost
	}
	var id string
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		id, err = r.begin(ctx, tx, audit.BySystem("reconciliation.begin", ""), "", atMost)
		return err
	})
	for err == nil {
		if x, err = r.compare(ctx, id); x.State != ReconciliationRunning {
			break
		}
	}
	return x, err
}

// compare does one page of a comparison. A silent register keeps it where it is: the
// *state.Silence is returned, and the sweep comes back.
func (r *Register) compare(ctx context.Context, id string) (x Reconciliation, err error) {
	load := func(tx database.Tx) (err error) {
		x, err = scanReconciliation(tx.QueryRow(ctx, `SELECT `+reconciliationColumns+` FROM reconciliation WHERE id = $1`, id))
		return err
	}
	if err := r.db.Read(ctx, load); err != nil || x.State != ReconciliationRunning {
		return x, err
	}
	asked := r.now()
	reply, err := r.listed(ctx, x.theirs)
	if ctx.Err() != nil {
		return x, context.Cause(ctx)
	}
	before := x
	if err != nil {
		return x, errors.Join(err, r.db.Transact(ctx, func(tx database.Tx) error { return r.listSilent(ctx, tx, before, err) }))
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if err := load(tx); err != nil || x.State != ReconciliationRunning || x.theirs != before.theirs || x.ours != before.ours {
			return err // another did this page
		}
		return r.comparePage(ctx, tx, &x, reply.Value, asked)
	})
	return x, err
}

// listed is the page of theirs after a number. A page that is not in the order of its
// numbers, or longer than asked for, would let entries be missed: it is a silence.
func (r *Register) listed(ctx context.Context, after string) (state.Reply[state.Page], error) {
	limited, cancel := context.WithTimeoutCause(ctx, state.WriteLimit, state.ErrSlow)
	defer cancel()
	reply, err := r.Keeper.List(limited, after, reconcilePage)
	if err != nil {
		return reply, err
	}
	page := reply.Value
	bad := !reply.Found || len(page.Entries) > reconcilePage || page.More && len(page.Entries) == 0
	last := after
	for _, e := range page.Entries {
		bad = bad || e.Number <= last || len(e.Number) > 64
		last = e.Number
	}
	if bad {
		return reply, &state.Silence{Peer: state.Entries, Cause: state.ErrMalformed}
	}
	return reply, nil
}

func (r *Register) listSilent(ctx context.Context, tx database.Tx, x Reconciliation, cause error) error {
	again := tx.Now().Add(min(time.Minute<<min(x.Attempts, 6), time.Hour))
	r.Log.WarnContext(ctx, "the state's register does not list its entries", "reconciliation", x.ID, "attempt", x.Attempts+1, "again", again, "error", cause)
	_, err := tx.Exec(ctx, `UPDATE reconciliation SET attempts = attempts + 1, try_at = $2 WHERE id = $1`, x.ID, database.Micros(again))
	return err
}

// comparePage compares as far as both pages reach.
func (r *Register) comparePage(ctx context.Context, tx database.Tx, x *Reconciliation, page state.Page, asked time.Time) error {
	ours, err := database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration
		WHERE number > $1 AND state IN ('current', 'ahead') ORDER BY number LIMIT $2`, x.ours, reconcilePage+1)
	if err != nil {
		return err
	}
	theirs, more := page.Entries, page.More
	upTo := "" // to the end
	if more {
		upTo = theirs[len(theirs)-1].Number
	}
	if len(ours) > reconcilePage {
		ours, more = ours[:reconcilePage], true
		if last := ours[len(ours)-1].Number; upTo == "" || last < upTo {
			upTo = last
		}
	}
	c := comparison{r: r, x: x, asked: asked, today: mekenjai.DateOf(tx.Now())}
	for _, pair := range paired(ours, theirs, upTo) {
		if err := c.one(ctx, tx, pair); err != nil {
			return err
		}
	}
	if upTo != "" {
		x.theirs = upTo
	}
	switch {
	case !more:
		return c.finish(ctx, tx, ReconciliationDone)
	case x.Sent+x.Differences >= x.atMost:
		return c.finish(ctx, tx, ReconciliationStopped)
	}
	x.Attempts = 0
	return c.save(ctx, tx)
}

// pair is what the two registers keep under one number; nil where one has nothing.
type pair struct {
	ours   *mekenjai.Registration
	theirs *state.Kept
}

func (p pair) number() string {
	if p.ours != nil {
		return p.ours.Number
	}
	return p.theirs.Number
}

// paired joins two lists in the order of their numbers, up to a number; "" is the end.
func paired(ours []mekenjai.Registration, theirs []state.Kept, upTo string) (list []pair) {
	within := func(number string) bool { return upTo == "" || number <= upTo }
	for len(ours) > 0 && within(ours[0].Number) || len(theirs) > 0 && within(theirs[0].Number) {
		order := 0
		switch {
		case len(ours) == 0:
			order = 1
		case len(theirs) == 0:
			order = -1
		default:
			order = strings.Compare(ours[0].Number, theirs[0].Number)
		}
		var p pair
		if order <= 0 {
			p.ours, ours = &ours[0], ours[1:]
		}
		if order >= 0 {
			p.theirs, theirs = &theirs[0], theirs[1:]
		}
		list = append(list, p)
	}
	return slices.Clip(list)
}
