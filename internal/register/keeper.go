package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

// Where the state's register of registrations is a system of its own (Options.Keeper),
// what is to stand there leaves here as a deed: a row in the transaction of what it
// tells of, sent outside of any until it is confirmed, with one messageId at every
// try. An entry is made here when its deed is confirmed; ends, annulments and
// corrections count here at once and follow there (docs/decisions/0012-keeper.md).

// DeedState is where a deed stands.
type DeedState string

// The states of a deed. Rejected is a dead letter: only a person can help.
const (
	DeedWaiting   DeedState = "waiting"
	DeedConfirmed DeedState = "confirmed"
	DeedRejected  DeedState = "rejected"
	DeedSettled   DeedState = "settled" // refused there, and an officer did what followed
)

// deedRow is a deed with how it stands.
type deedRow struct {
	state.Deed
	application  string // id of the one that waits for it; "" for every other deed
	registration string // id of the entry, "" before there is one
	kato         string
	stands       DeedState
	attempts     int
	made, tryAt  time.Time
	answered     time.Time
	confirmed    time.Time
	code, said   string
	former       string // id of the refused deed that this one repeats
}

const deedColumns = `d.body, coalesce(d.application, ''), coalesce(d.registration, ''), d.kato, d.state, d.attempts, d.made_at,
	d.try_at, d.answered_at, d.confirmed_at, d.code, d.said, d.former`

func scanDeed(row database.Row, further ...any) (d deedRow, err error) {
	var body string
	err = row.Scan(append([]any{&body, &d.application, &d.registration, &d.kato, &d.stands, &d.attempts, database.ScanTime(&d.made),
		database.ScanTime(&d.tryAt), database.ScanTime(&d.answered), database.ScanTime(&d.confirmed), &d.code, &d.said, &d.former}, further...)...)
	if err != nil {
		return d, notFound(err)
	}
	d.Deed, err = fromJSON[state.Deed](body)
	return d, err
}

func loadDeed(ctx context.Context, tx database.Tx, id string) (deedRow, error) {
	return scanDeed(tx.QueryRow(ctx, `SELECT `+deedColumns+` FROM keeper_deed d WHERE d.id = $1`, id))
}

// deedAbout is a deed about an entry that stands here.
func deedAbout(e mekenjai.Registration, d state.Deed) *deedRow {
	d.Entry = state.Entry{Number: e.Number, Person: e.Person, Name: e.Name, Dwelling: e.Dwelling, Period: e.Period}
	return &deedRow{Deed: d, registration: e.ID}
}

// leave writes a deed into the transaction of what it tells of, with the job that
// sends it. Where ours is the register there is nobody to tell.
func (r *Register) leave(ctx context.Context, tx database.Tx, d *deedRow, when *river.InsertOpts) error {
	if r.Keeper.IsZero() {
		return nil
	}
	d.ID, d.kato, d.made = newID(), d.Entry.Dwelling.KATO, tx.Now()
	if d.At.IsZero() {
		d.At = tx.Now()
	}
	held := !d.tryAt.IsZero()
	if !held {
		d.tryAt = tx.Now().Add(deedLease)
	}
	_, err := tx.Exec(ctx, `INSERT INTO keeper_deed (id, kind, application, registration, number, person, kato, body, state, attempts,
		made_at, try_at, code, said, former) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, $10, '', '', $11)`,
		d.ID, d.Kind, orNull(d.application), orNull(d.registration), d.Entry.Number, d.Entry.Person, d.kato, toJSON(d.Deed),
		database.Micros(d.made), database.Micros(d.tryAt), d.former)
	if err != nil {
		return err
	}
	if !held { // else the sweep hands it out at its time
		if err := tx.Enqueue(ctx, deedArgs{Deed: d.ID}, when); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, audit.BySystem("deed.leave", d.ID).Concerning(d.Entry.Person).With("kind", d.Kind).With("number", d.Entry.Number))
}

// leaveEntry leaves the deed of an entry that is decided upon: with the number that
// it will have, and the entry whose place it takes or that it extends.
func (r *Register) leaveEntry(ctx context.Context, tx database.Tx, a *record, v rules.Verdict) error {
	former, had, err := currentEntry(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	d := deedRow{application: a.ID, Deed: state.Deed{Kind: state.DeedEnter, Entry: state.Entry{Number: newNumber(), Application: a.Number,
		Person: a.Person, Name: a.Name, Dwelling: a.Dwelling, Period: *v.Period}}}
	switch {
	case had && v.Extends:
		d.Extends = former.Number
	case had:
		d.Replaces = former.Number
	}
	// After a refusal there the first is asked about before: see send.
	d.former, err = database.One(ctx, tx, database.Column[string], `SELECT id FROM keeper_deed
		WHERE application = $1 AND state = 'settled' ORDER BY id DESC LIMIT 1`, a.ID)
	if err != nil && !errors.Is(err, database.ErrNoRows) {
		return err
	}
	return r.leave(ctx, tx, &d, nil)
}

// leaveEnd leaves word of an end. What time alone ends stands in the period there
// too; a former entry ends there by the deed of the one that takes its place.
func (r *Register) leaveEnd(ctx context.Context, tx database.Tx, e mekenjai.Registration, reason mekenjai.EndReason) error {
	kind := state.DeedEnd
	switch {
	case reason == mekenjai.EndExpired, reason == mekenjai.EndExtended, reason == mekenjai.EndMoved && e.State == mekenjai.EntryCurrent:
		return nil
	case reason == mekenjai.EndAnnulled:
		kind = state.DeedAnnul
	}
	return r.leave(ctx, tx, deedAbout(e, state.Deed{Kind: kind, Reason: reason}), nil)
}

// A deed that was handed out and not answered is handed out again after deedLease:
// longer than a try may take.
const deedLease = state.WriteLimit + 30*time.Second

// deedBackoff grows from 3 seconds to 5 minutes: somebody waits for an entry.
func deedBackoff(attempt int) time.Duration {
	return min(3*time.Second<<min(attempt-1, 7), 5*time.Minute)
}

// sendDeeds hands out the deeds whose time has come.
func (r *Register) sendDeeds(ctx context.Context) (int, error) {
	if r.Keeper.IsZero() {
		return 0, nil
	}
	ids, err := r.due(ctx, `SELECT id FROM keeper_deed WHERE state = 'waiting' AND try_at <= $1 ORDER BY try_at LIMIT $2`, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		n, err := tx.Exec(ctx, `UPDATE keeper_deed SET try_at = $2 WHERE id = $1 AND state = 'waiting' AND try_at <= $3`,
			id, database.Micros(tx.Now().Add(deedLease)), now(tx))
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return tx.Enqueue(ctx, deedArgs{Deed: id}, nil)
	})
	return done, errors.Join(err, err2)
}

// deedArgs is the job of sending one deed.
type deedArgs struct {
	Deed string `json:"deed"`
}

func (deedArgs) Kind() string { return "deed" }

type deedWorker struct {
	river.WorkerDefaults[deedArgs]
	r *Register
}

func (w *deedWorker) Work(ctx context.Context, job *river.Job[deedArgs]) error {
	return w.r.deliver(ctx, job.Args.Deed)
}

// deliver sends a deed once and records what became of it. A process that dies
// between the state's confirmation and ours asks again by the same id and is given
// the same answer. One deed about an entry waits for the one before it.
func (r *Register) deliver(ctx context.Context, id string) error {
	var d, former deedRow
	first := false
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		if d, err = loadDeed(ctx, tx, id); err != nil {
			return err
		}
		if d.former != "" {
			if former, err = loadDeed(ctx, tx, d.former); err != nil {
				return err
			}
		}
		first, err = isNext(ctx, tx, d)
		return err
	})
	if err != nil || d.stands != DeedWaiting || !first || r.Keeper.IsZero() {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, deedLimit, state.ErrSlow)
	defer cancel()
	reply, err := r.send(limited, d, former)
	var no *state.Rejection
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &no):
		return r.db.Transact(ctx, func(tx database.Tx) error { return r.refused(ctx, tx, id, no) })
	case err != nil:
		return r.db.Transact(ctx, func(tx database.Tx) error { return r.unanswered(ctx, tx, id, err) })
	}
	var entered time.Duration
	err = r.db.Transact(ctx, func(tx database.Tx) (err error) {
		entered, err = r.confirm(ctx, tx, id, reply)
		return err
	})
	if err == nil && entered > 0 && r.Entered != nil {
		r.Entered(entered)
	}
	return err
}

// deedLimit bounds a try, whoever carries it: a look and a write.
const deedLimit = state.WriteLimit + 10*time.Second

// send asks for the deed. Before one that an officer sends again, what became of the
// refused one is asked: a refusal that was none must not become two entries.
func (r *Register) send(ctx context.Context, d, former deedRow) (reply state.Reply[state.Confirmation], err error) {
	if d.former != "" {
		if reply, err = r.Keeper.Look(ctx, former.ID); err != nil {
			return reply, err
		}
		if reply.Found {
			return reply, disbelieved(reply.Evidence, r.believable(reply.Value, former.Deed, former.made))
		}
	}
	if reply, err = r.Keeper.Write(ctx, d.Deed); err != nil {
		return reply, err
	}
	if !reply.Found {
		return reply, disbelieved(reply.Evidence, &state.Silence{Peer: state.Entries, Cause: state.ErrMalformed})
	}
	return reply, disbelieved(reply.Evidence, r.believable(reply.Value, d.Deed, d.made))
}

// disbelieved is the error about an answer, with the answer as its evidence.
func disbelieved(e state.Evidence, err error) error {
	var silence *state.Silence
	if errors.As(err, &silence) {
		e.Trouble = silence.Cause
		silence.Exchanges = []state.Evidence{e}
	}
	return err
}

// keeperSkew is how far the clock of the state's register may be from ours.
const keeperSkew = 5 * time.Minute

// believable says whether a confirmation is of this deed and of a time at which it
// can have taken effect; else it is a silence, and asked for again.
func (r *Register) believable(c state.Confirmation, d state.Deed, made time.Time) error {
	switch {
	case !c.IsOf(d):
		return &state.Silence{Peer: state.Entries, Cause: state.ErrOtherSubject}
	case c.FixedAt.Before(made.Add(-keeperSkew)) || c.FixedAt.After(r.now().Add(keeperSkew)):
		return &state.Silence{Peer: state.Entries, Cause: fmt.Errorf("%w: fixed at %s", state.ErrMalformed, c.FixedAt.UTC().Format(time.RFC3339))}
	}
	return nil
}

// isNext says whether nothing has to be there first: another deed about the entry that
// was decided before, or one about the entry that it extends or whose place it takes.
func isNext(ctx context.Context, tx database.Tx, d deedRow) (bool, error) {
	next, err := nextDeed(ctx, tx, d.Entry.Number)
	base := cmp.Or(d.Extends, d.Replaces)
	if err != nil || next != d.ID || base == "" {
		return next == d.ID, err
	}
	var before int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM keeper_deed WHERE number = $1 AND state = 'waiting'
		AND (kind = 'enter' OR made_at < $2)`,
		base, database.Micros(d.made)).Scan(&before)
	return before == 0, err
}

// nextDeed is the id of the oldest deed about an entry that waits, "" for none.
func nextDeed(ctx context.Context, tx database.Tx, number string) (string, error) {
	id, err := database.One(ctx, tx, database.Column[string], `SELECT id FROM keeper_deed
		WHERE number = $1 AND state = 'waiting' ORDER BY made_at, id LIMIT 1`, number)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return id, err
}
