package register

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/database"
)

func (r *Register) readIntake(ctx context.Context, tx database.Tx, row *intakeRow) (in Intake, err error) {
	in = Intake{ID: row.id, Number: row.number, Intake: row.data, Name: row.name, FilerName: row.filerName, Operator: row.operator,
		State: row.state, Opened: row.opened, Updated: row.updated, Closed: row.closed, Statement: row.statement, Now: tx.Now()}
	in.Office.ID = row.office
	if row.signed.Signer != "" {
		signed := row.signed
		in.Signed = &signed
	}
	if in.Present, err = presences(ctx, tx, row.id); err != nil {
		return in, err
	}
	consents, err := consentsHere(ctx, tx, row.id)
	if err != nil {
		return in, err
	}
	for _, c := range consents {
		in.Consents = append(in.Consents, c.ConsentHere)
	}
	place := mekenjai.PaperOfIntake
	if row.state == IntakeAccepted {
		place = mekenjai.PaperOfApplication
	}
	in.Papers, err = papersOf(ctx, tx, place, row.id)
	return in, err
}

// withPlace adds the address and the office by their names.
func (r *Register) withPlace(ctx context.Context, in Intake) (Intake, error) {
	var err error
	if in.Office, err = r.office(ctx, in.Office.ID); err != nil {
		return in, err
	}
	if in.ARC == "" {
		return in, nil
	}
	in.Dwelling, _, err = address.Resolve(ctx, r.db, in.ARC)
	if errors.Is(err, mekenjai.ErrNotFound) { // the code left the address register since: asked again
		in.ARC, err = "", nil
	}
	return in, err
}

// office by its id, of package access.
func (r *Register) office(ctx context.Context, id string) (mekenjai.ServiceOffice, error) {
	if r.Office == nil {
		return mekenjai.ServiceOffice{}, fmt.Errorf("office %s: %w", id, mekenjai.ErrUnavailable)
	}
	return r.Office(ctx, id)
}

// presences are who was identified for an intake or petition, in that order.
func presences(ctx context.Context, tx database.Tx, of string) ([]Presence, error) {
	return database.Collect(ctx, tx, func(row database.Row) (p Presence, err error) {
		var name string
		if err = row.Scan(&p.IIN, &name, &p.Document, &p.Tail, &p.ByCard, database.ScanTime(&p.At)); err != nil {
			return p, err
		}
		p.Name, err = fromJSON[mekenjai.Name](name)
		return p, err
	}, `SELECT iin, name, document, tail, by_card, at FROM intake_presence WHERE intake = $1 ORDER BY at, iin LIMIT 100`, of)
}

// consentHere is a consent at the counter with what proves it.
type consentHere struct {
	ConsentHere
	signature []byte
}

func consentsHere(ctx context.Context, tx database.Tx, intake string) ([]consentHere, error) {
	return database.Collect(ctx, tx, func(row database.Row) (c consentHere, err error) {
		return c, row.Scan(&c.ID, &c.Holder.Party, &c.Holder.Name, &c.Holder.Right, &c.Holder.Share.Numerator, &c.Holder.Share.Denominator,
			&c.As, &c.Signer, &c.Method, &c.Paper, &c.signature, database.ScanTime(&c.At))
	}, `SELECT id, party, name, right_kind, share_num, share_den, capacity, signer, method, paper, signature, at
		FROM intake_consent WHERE intake = $1 ORDER BY at, id LIMIT 100`, intake)
}

// IntakeLine is a line of the office's queue.
type IntakeLine struct {
	ID       string
	Number   string
	Name     mekenjai.Name
	Operator mekenjai.IIN
	Own      bool // in the actor's hands
	State    IntakeState
	Opened   time.Time
	Closed   time.Time
}

// Intakes is the queue of the actor's office: the open ones in the order in which
// they were opened, and the latest that were closed.
func (r *Register) Intakes(ctx context.Context, actor mekenjai.Actor) (open, closed []IntakeLine, err error) {
	// The office's own list: what it shows is of its territory already.
	if actor.Duty.Role != mekenjai.Operator || actor.Method != mekenjai.ByEDS {
		return nil, nil, mekenjai.ErrForbidden
	}
	scan := func(row database.Row) (l IntakeLine, err error) {
		var name string
		if err = row.Scan(&l.ID, &l.Number, &name, &l.Operator, &l.State, database.ScanTime(&l.Opened), database.ScanTime(&l.Closed)); err != nil {
			return l, err
		}
		l.Own = l.Operator == actor.IIN
		l.Name, err = fromJSON[mekenjai.Name](name)
		return l, err
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		open, err = database.Collect(ctx, tx, scan, `SELECT id, number, name, operator, state, opened_at, closed_at FROM intake
			WHERE office = $1 AND state = 'open' ORDER BY opened_at LIMIT $2`, actor.Duty.Office, queueSize)
		if err != nil {
			return err
		}
		closed, err = database.Collect(ctx, tx, scan, `SELECT id, number, name, operator, state, opened_at, closed_at FROM intake
			WHERE office = $1 AND closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT $2`, actor.Duty.Office, pageSize)
		return err
	})
	return open, closed, err
}
