package register

import (
	"context"
	"errors"
	"slices"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/state"
)

// The state's systems tell us of no event: a death, a departure, a sale. So the
// register of persons is asked about everybody with a current entry, and the
// cadastre about every dwelling with one, each once in a bounded time (checkEvery).
// Sweep hands them out as jobs, a batch at a time.

// watchPeople enqueues the entries whose person is to be asked about.
func (r *Register) watchPeople(ctx context.Context) (int, error) {
	return r.handOut(ctx, `SELECT id FROM registration WHERE state = 'current' AND check_at <= $1 ORDER BY check_at LIMIT $2`,
		`UPDATE registration SET check_at = $2 WHERE id = $1 AND state = 'current' AND check_at <= $3`,
		func(id string) river.JobArgs { return personArgs{Entry: id} })
}

// watchDwellings enqueues the dwellings whose owners are to be read.
func (r *Register) watchDwellings(ctx context.Context) (int, error) {
	return r.handOut(ctx, `SELECT arc FROM dwelling_owners WHERE check_at <= $1 ORDER BY check_at LIMIT $2`,
		`UPDATE dwelling_owners SET check_at = $2 WHERE arc = $1 AND check_at <= $3`,
		func(arc string) river.JobArgs { return ownersArgs{ARC: mekenjai.ARC(arc)} })
}

// handOut sets the next turn of what is due and leaves a job for each.
func (r *Register) handOut(ctx context.Context, find, renew string, job func(string) river.JobArgs) (int, error) {
	ids, err := r.due(ctx, find, now)
	done, err2 := r.eachAlone(ctx, ids, func(ctx context.Context, tx database.Tx, id string) error {
		n, err := tx.Exec(ctx, renew, id, database.Micros(tx.Now().Add(checkEvery)), database.Micros(tx.Now()))
		if err != nil || n == 0 { // another node was faster
			return err
		}
		return tx.Enqueue(ctx, job(id), atLeisure)
	})
	return done, errors.Join(err, err2)
}

// sooner lets the sweep come back to what a silent register left unanswered.
func (r *Register) sooner(ctx context.Context, renew string, id any) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		_, err := tx.Exec(ctx, renew, id, database.Micros(tx.Now().Add(silentWait)))
		return err
	})
}

// personArgs is the job of asking the register of persons about an entry's person.
type personArgs struct {
	Entry string `json:"entry"`
}

func (personArgs) Kind() string { return "person" }

type personWorker struct {
	river.WorkerDefaults[personArgs]
	r *Register
}

func (w *personWorker) Work(ctx context.Context, job *river.Job[personArgs]) error {
	return w.r.checkPerson(ctx, job.Args.Entry)
}

// checkPerson ends the entry of who died (R63), left the country for permanent
// residence, or became permanently registered in the same dwelling (R65). What the
// register of persons does not say changes nothing; while it is silent the sweep
// comes back sooner.
func (r *Register) checkPerson(ctx context.Context, id string) error {
	var e mekenjai.Registration
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		e, err = entryByID(ctx, tx, id)
		return err
	})
	if err != nil || e.State != mekenjai.EntryCurrent {
		return err
	}
	reply, err := r.Peers.Person(ctx, e.Person)
	if errors.Is(err, mekenjai.ErrUnavailable) {
		return r.sooner(ctx, `UPDATE registration SET check_at = $2 WHERE id = $1 AND state = 'current'`, id)
	}
	if err != nil {
		return err
	}
	reason := endFor(reply, e.Dwelling.ARC)
	if reason == "" {
		return nil
	}
	owners, err := r.knownOwners(ctx, e)
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := entryByID(ctx, tx, id)
		if err != nil || e.State != mekenjai.EntryCurrent {
			return err
		}
		return errors.Join(
			r.closeEntry(ctx, tx, e, reason, owners),
			audit.Write(ctx, tx, audit.BySystem("registration.check", e.ID).Concerning(e.Person).With("reason", reason).With("reply", reply.Hash())))
	})
}

// endFor is what the answer of the register of persons means for a temporary entry
// at the address; "" when it may stay.
func endFor(reply state.Reply[state.Person], arc mekenjai.ARC) mekenjai.EndReason {
	p := reply.Value
	permanent, ok := p.Permanent()
	switch {
	case !reply.Found:
		return "" // that a record is missing is no event
	case p.IsDead():
		return mekenjai.EndDeath
	case p.HasLeft():
		return mekenjai.EndDeparted
	case ok && permanent.ARC == arc:
		return mekenjai.EndResident
	}
	return ""
}

// watchOwners notes whose dwelling it is, when somebody is registered there.
func watchOwners(ctx context.Context, tx database.Tx, arc mekenjai.ARC, owners []mekenjai.PartyID) error {
	known, read := "", any(nil)
	if len(owners) > 0 {
		known, read = toJSON(sorted(owners)), database.Micros(tx.Now())
	}
	_, err := tx.Exec(ctx, `INSERT INTO dwelling_owners (arc, parties, read_at, check_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (arc) DO UPDATE SET parties = excluded.parties, read_at = excluded.read_at
		WHERE dwelling_owners.parties = ''`, arc, known, read, database.Micros(tx.Now().Add(checkEvery)))
	return err
}

func sorted(list []mekenjai.PartyID) []mekenjai.PartyID {
	list = unique(list)
	slices.Sort(list)
	return list
}

// ownersArgs is the job of reading who owns a dwelling.
type ownersArgs struct {
	ARC mekenjai.ARC `json:"arc"`
}

func (ownersArgs) Kind() string { return "owners" }

type ownersWorker struct {
	river.WorkerDefaults[ownersArgs]
	r *Register
}

func (w *ownersWorker) Work(ctx context.Context, job *river.Job[ownersArgs]) error {
	return w.r.checkOwners(ctx, job.Args.ARC)
}

// checkOwners reads who owns a dwelling in which somebody is registered, and tells
// who owns it newly. A change of owner ends nothing by itself (R66): a lease
// survives it (Law on Housing Relations, arts 24(8), 30(2)), and the new owner may
// ask for the end (R60).
func (r *Register) checkOwners(ctx context.Context, arc mekenjai.ARC) error {
	d, err := r.dwellingAt(ctx, arc)
	if errors.Is(err, mekenjai.ErrUnavailable) {
		return r.sooner(ctx, `UPDATE dwelling_owners SET check_at = $2 WHERE arc = $1`, arc)
	}
	if err != nil {
		return err
	}
	return r.db.Transact(ctx, func(tx database.Tx) error { return r.noteOwners(ctx, tx, arc, d) })
}

func (r *Register) noteOwners(ctx context.Context, tx database.Tx, arc mekenjai.ARC, d dwelling) error {
	entries, err := database.Collect(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM registration
		WHERE arc = $1 AND state = 'current' ORDER BY fixed_at LIMIT $2`, arc, pageSize)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		_, err := tx.Exec(ctx, `DELETE FROM dwelling_owners WHERE arc = $1`, arc)
		return err
	}
	var text string
	err = tx.QueryRow(ctx, `SELECT parties FROM dwelling_owners WHERE arc = $1`, arc).Scan(&text)
	if err != nil && !errors.Is(err, database.ErrNoRows) {
		return err
	}
	known, err := fromJSON[[]mekenjai.PartyID](text)
	if err != nil {
		return err
	}
	present := sorted(parties(d.owners))
	if len(present) == 0 || slices.Equal(known, present) {
		return nil // a dwelling without a title tells nothing
	}
	if _, err := tx.Exec(ctx, `UPDATE dwelling_owners SET parties = $2, read_at = $3 WHERE arc = $1`,
		arc, toJSON(present), database.Micros(tx.Now())); err != nil {
		return err
	}
	if text == "" {
		return nil // read for the first time: nobody is new
	}
	return r.tellNewOwners(ctx, tx, entries, known, present)
}

func (r *Register) tellNewOwners(ctx context.Context, tx database.Tx, entries []mekenjai.Registration, known, present []mekenjai.PartyID) error {
	for _, party := range present {
		if slices.Contains(known, party) {
			continue
		}
		for _, e := range entries {
			a, err := applicationOf(ctx, tx, e)
			if err != nil {
				return err
			}
			if err := r.tell(ctx, tx, &a, party, notify.NewOwner, entryArgs(e, nil)); err != nil {
				return err
			}
		}
		if err := audit.Write(ctx, tx, audit.BySystem("dwelling.owner", string(entries[0].Dwelling.ARC)).With("party", party)); err != nil {
			return err
		}
	}
	return nil
}
