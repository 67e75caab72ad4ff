package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// Draft is a person's unfinished application.
type Draft struct {
	ID string
	mekenjai.Draft
	// Dwelling is the address of the draft's ARC; zero while there is none.
	Dwelling mekenjai.Dwelling
	// Statement is the text to sign, once Prepare froze it.
	Statement []byte
	// Waiting is since when a signature under the statement waits, because whether
	// its key is revoked could not be asked; zero when none does.
	Waiting time.Time
	Updated time.Time
}

type draftRow struct {
	id        string
	data      mekenjai.Draft
	statement []byte
	fields    string
	waiting   time.Time
	updated   time.Time
}

func scanDraft(row database.Row) (d draftRow, err error) {
	var data string
	if err = row.Scan(&d.id, &data, &d.statement, &d.fields, database.ScanTime(&d.waiting), database.ScanTime(&d.updated)); err != nil {
		return d, notFound(err)
	}
	d.data, err = fromJSON[mekenjai.Draft](data)
	return d, err
}

const draftColumns = `id, data, statement, fields, waiting_at, updated_at`

// loadDraft finds the draft only for the person whose it is: for anybody else it
// does not exist.
func loadDraft(ctx context.Context, tx database.Tx, person mekenjai.IIN, id string) (draftRow, error) {
	return scanDraft(tx.QueryRow(ctx, `SELECT `+draftColumns+` FROM draft WHERE id = $1 AND person = $2`, id, person))
}

func (r *Register) draft(ctx context.Context, row draftRow) (Draft, error) {
	d := Draft{ID: row.id, Draft: row.data, Statement: row.statement, Waiting: row.waiting, Updated: row.updated}
	if d.ARC == "" {
		return d, nil
	}
	dwelling, _, err := address.Resolve(ctx, r.db, d.ARC)
	if errors.Is(err, mekenjai.ErrNotFound) { // the code left the address register since: asked again
		d.ARC = ""
		return d, nil
	}
	d.Dwelling = dwelling
	return d, err
}

// choose refuses a code that names no dwelling while it is still on the page,
// beside its field: unknown, of a street, of a house of flats.
func (r *Register) choose(ctx context.Context, typed string) error {
	if _, err := mekenjai.ParseARC(typed); err != nil {
		return nil // the draft itself says what is wrong with the text
	}
	_, err := address.Choose(ctx, r.db, "arc", typed)
	var wrong *mekenjai.FieldError
	if errors.As(err, &wrong) {
		return mekenjai.FieldErrors{wrong}
	}
	return err
}

// Begin opens the person's draft: the one left earlier, or a new one. Only a
// person for himself files on the portal; an organisation's key does not.
func (r *Register) Begin(ctx context.Context, actor mekenjai.Actor) (Draft, error) {
	if actor.IIN == "" || actor.BIN != "" {
		return Draft{}, mekenjai.ErrForbidden
	}
	var row draftRow
	err := r.db.Transact(ctx, func(tx database.Tx) (err error) {
		row, err = scanDraft(tx.QueryRow(ctx, `SELECT `+draftColumns+` FROM draft WHERE person = $1`, actor.IIN))
		if !errors.Is(err, mekenjai.ErrNotFound) {
			return err
		}
		row = draftRow{id: newID(), updated: tx.Now()}
		if _, err := tx.Exec(ctx, `INSERT INTO draft (id, person, data, fields, updated_at) VALUES ($1, $2, $3, '', $4)`,
			row.id, actor.IIN, toJSON(row.data), database.Micros(row.updated)); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.By(actor, "draft.begin", row.id).Concerning(actor.IIN))
	})
	if err != nil {
		return Draft{}, fmt.Errorf("begin a draft: %w", err)
	}
	return r.draft(ctx, row)
}

// Draft is the person's own draft.
func (r *Register) Draft(ctx context.Context, actor mekenjai.Actor, id string) (Draft, error) {
	var row draftRow
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		row, err = loadDraft(ctx, tx, actor.IIN, id)
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	return r.draft(ctx, row)
}

// OpenDraft is the draft that the person left, if there is one.
func (r *Register) OpenDraft(ctx context.Context, actor mekenjai.Actor) (d Draft, ok bool, err error) {
	var row draftRow
	err = r.db.Read(ctx, func(tx database.Tx) (err error) {
		row, err = scanDraft(tx.QueryRow(ctx, `SELECT `+draftColumns+` FROM draft WHERE person = $1`, actor.IIN))
		return err
	})
	if errors.Is(err, mekenjai.ErrNotFound) {
		return Draft{}, false, nil
	}
	if err != nil {
		return Draft{}, false, err
	}
	d, err = r.draft(ctx, row)
	return d, err == nil, err
}

// Answer stores the answer to one question. What is unusable comes back as
// mekenjai.FieldErrors and changes nothing; a changed answer voids the text that
// was prepared for signing.
func (r *Register) Answer(ctx context.Context, actor mekenjai.Actor, id string, step mekenjai.DraftStep, in mekenjai.Input) error {
	if step == mekenjai.StepDwelling {
		if err := r.choose(ctx, in.ARC); err != nil {
			return err
		}
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		row, err := loadDraft(ctx, tx, actor.IIN, id)
		if err != nil {
			return err
		}
		answered, wrong := row.data.Answer(step, in, mekenjai.DateOf(tx.Now()))
		if err := wrong.OrNil(); err != nil {
			return err
		}
		if step == mekenjai.StepOwner && answered.Owner == mekenjai.PartyID(actor.IIN) {
			return mekenjai.FieldErrors{{Field: "owner", Key: "portal.error.owner_self"}}
		}
		if answered.Same(row.data) {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE draft SET data = $2, statement = NULL, fields = '', waiting = NULL,
			waiting_at = NULL, try_at = NULL, updated_at = $3 WHERE id = $1`,
			id, toJSON(answered), database.Micros(tx.Now()))
		return err
	})
}

// Discard throws the draft away.
func (r *Register) Discard(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM draft WHERE id = $1 AND person = $2`, id, actor.IIN)
		if err != nil || n == 0 {
			return err
		}
		return errors.Join(orderEnds(ctx, tx, id, state.OrderDiscarded),
			audit.Write(ctx, tx, audit.By(actor, "draft.discard", id).Concerning(actor.IIN)))
	})
}

// Prepare freezes the text that is to be signed: complete answers, the person's
// name as the register of persons has it (after a sign-in by EDS the name in the
// certificate, when that register is silent), the address as the address
// register writes it. Until an answer changes the text stays the same bytes, in
// every tab.
func (r *Register) Prepare(ctx context.Context, actor mekenjai.Actor, id string) (Draft, error) {
	d, err := r.Draft(ctx, actor, id)
	if err != nil || d.Statement != nil {
		return d, err
	}
	if d.Next() != mekenjai.StepCheck {
		return d, mekenjai.ErrConflict
	}
	name, err := r.nameOf(ctx, actor)
	if err != nil {
		return d, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		row, err := loadDraft(ctx, tx, actor.IIN, id)
		if err != nil {
			return err
		}
		if row.statement != nil || !row.data.Same(d.Draft) {
			return mekenjai.ErrStale // another tab was here in between
		}
		s := mekenjai.Statement{
			Application: id, Prepared: tx.Now(), Person: actor.IIN, Name: name, Dwelling: d.Dwelling,
			Months: d.Months, Purpose: d.Purpose, Arrival: d.Arrival, IsOwner: *d.IsOwner, Owner: d.Owner,
		}
		d.Statement = s.Text()
		_, err = tx.Exec(ctx, `UPDATE draft SET statement = $2, fields = $3 WHERE id = $1`, id, d.Statement, toJSON(s))
		return err
	})
	if errors.Is(err, mekenjai.ErrStale) {
		return r.Draft(ctx, actor, id)
	}
	return d, err
}

// nameOf asks the register of persons for the actor's name, and falls back on
// the certificate of the sign-in.
func (r *Register) nameOf(ctx context.Context, actor mekenjai.Actor) (mekenjai.Name, error) {
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, actor.IIN)
	if err == nil && reply.Found {
		return reply.Value.Name(), nil
	}
	if !actor.Name.IsZero() {
		return actor.Name, nil
	}
	if err == nil { // answered: unknown. The rules refuse the application (R02); the text needs no name for that.
		return mekenjai.Name{Surname: "—"}, nil
	}
	return mekenjai.Name{}, fmt.Errorf("name for the statement: %w", err)
}
