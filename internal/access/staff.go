package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Appointment is a member of staff in an office.
type Appointment struct {
	IIN       mekenjai.IIN
	BIN       mekenjai.BIN // of the key with which he comes: his employer's
	Role      mekenjai.Role
	Office    string
	Appointed time.Time
	Dismissed time.Time // zero: still there
}

// OpenOffice enters an office, or renames one and moves its territory. Who may
// call it is decided by who runs the command: there is no page for it.
func (a *Access) OpenOffice(ctx context.Context, o mekenjai.ServiceOffice) error {
	return a.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE access_office SET kind = $2, bin = $3, territory = $4, name_kk = $5, name_ru = $6 WHERE id = $1`,
			o.ID, o.Kind, o.BIN, o.Territory, o.Name.KK, o.Name.RU)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err = tx.Exec(ctx, `INSERT INTO access_office (id, kind, bin, territory, name_kk, name_ru) VALUES ($1, $2, $3, $4, $5, $6)`,
				o.ID, o.Kind, o.BIN, o.Territory, o.Name.KK, o.Name.RU)
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("office.open", o.ID).With("territory", o.Territory).With("kind", o.Kind))
	})
}

// Appoint gives somebody a role in an office. Who has one with the same
// employer's key must be dismissed first: mekenjai.ErrConflict, unless it is the
// same one, which changes nothing. An operator serves a counter, the police a
// desk: mekenjai.ErrForbidden else.
func (a *Access) Appoint(ctx context.Context, who Appointment) error {
	return a.db.Transact(ctx, func(tx database.Tx) error {
		office, err := officeOf(ctx, tx, who.Office)
		if err != nil {
			return fmt.Errorf("office %q: %w", who.Office, err)
		}
		counter := who.Role == mekenjai.Operator
		if !slices.Contains(mekenjai.Roles, who.Role) || counter != (office.Kind == mekenjai.CounterOffice) || office.BIN != who.BIN {
			return fmt.Errorf("role %q in office %q: %w", who.Role, who.Office, mekenjai.ErrForbidden)
		}
		var role mekenjai.Role
		var in string
		err = tx.QueryRow(ctx, `SELECT role, office FROM access_staff WHERE iin = $1 AND bin = $2 AND dismissed_at IS NULL`,
			who.IIN, who.BIN).Scan(&role, &in)
		switch {
		case err == nil && role == who.Role && in == who.Office:
			return nil
		case err == nil:
			return mekenjai.ErrConflict
		case !errors.Is(err, database.ErrNoRows):
			return err
		}
		id, err := newID()
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO access_staff (id, iin, bin, role, office, appointed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, who.IIN, who.BIN, who.Role, who.Office, database.Micros(tx.Now()))
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.BySystem("staff.appoint", id).Concerning(who.IIN).With("role", who.Role).With("office", who.Office))
	})
}

// Dismiss ends an appointment. Sessions lose the duty with their next request.
func (a *Access) Dismiss(ctx context.Context, iin mekenjai.IIN, bin mekenjai.BIN) error {
	return a.db.Transact(ctx, func(tx database.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE access_staff SET dismissed_at = $3 WHERE iin = $1 AND bin = $2 AND dismissed_at IS NULL`,
			iin, bin, database.Micros(tx.Now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return mekenjai.ErrNotFound
		}
		return audit.Write(ctx, tx, audit.BySystem("staff.dismiss", string(bin)).Concerning(iin))
	})
}

// staffLimit bounds the list of an office.
const staffLimit = 500

// Staff are the appointments of an office, those that ended among them.
func (a *Access) Staff(ctx context.Context, office string) (list []Appointment, err error) {
	err = a.db.Read(ctx, func(tx database.Tx) error {
		if _, err := officeOf(ctx, tx, office); err != nil {
			return err
		}
		list, err = database.Collect(ctx, tx, func(row database.Row) (s Appointment, err error) {
			return s, row.Scan(&s.IIN, &s.BIN, &s.Role, &s.Office, database.ScanTime(&s.Appointed), database.ScanTime(&s.Dismissed))
		}, `SELECT iin, bin, role, office, appointed_at, dismissed_at FROM access_staff WHERE office = $1 ORDER BY id LIMIT $2`, office, staffLimit)
		return err
	})
	return list, err
}

// Office by its id.
func (a *Access) Office(ctx context.Context, id string) (o mekenjai.ServiceOffice, err error) {
	err = a.db.Read(ctx, func(tx database.Tx) error {
		o, err = officeOf(ctx, tx, id)
		return err
	})
	return o, err
}

func officeOf(ctx context.Context, tx database.Tx, id string) (o mekenjai.ServiceOffice, err error) {
	err = tx.QueryRow(ctx, `SELECT id, kind, bin, territory, name_kk, name_ru FROM access_office WHERE id = $1`, id).
		Scan(&o.ID, &o.Kind, &o.BIN, &o.Territory, &o.Name.KK, &o.Name.RU)
	if errors.Is(err, database.ErrNoRows) {
		err = mekenjai.ErrNotFound
	}
	return o, err
}

// dutyOf is in what appointment the actor acts: only with a key of who employs
// him, and only as long as the appointment stands, which is read anew for every
// request.
func dutyOf(ctx context.Context, tx database.Tx, actor mekenjai.Actor) (d mekenjai.Duty, err error) {
	if actor.BIN == "" || actor.Method != mekenjai.ByEDS {
		return d, nil
	}
	err = tx.QueryRow(ctx, `SELECT s.role, s.office, o.territory FROM access_staff s JOIN access_office o ON o.id = s.office
		WHERE s.iin = $1 AND s.bin = $2 AND s.dismissed_at IS NULL`, actor.IIN, actor.BIN).Scan(&d.Role, &d.Office, &d.Territory)
	if errors.Is(err, database.ErrNoRows) {
		return mekenjai.Duty{}, nil
	}
	return d, err
}
