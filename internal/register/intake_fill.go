package register

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// met is what the registers say of who and where, before a transaction.
type met struct {
	name, filerName mekenjai.Name
	home            string // KATO of the permanent registration, "" when there is none or nobody knows
	silent          bool   // the register of persons did not answer about the registrant
	dwelling        mekenjai.Dwelling
}

// meet asks who the registrant and the filer are and where the registrant lives,
// and what the code of the dwelling names. A code that names no dwelling comes
// back as mekenjai.FieldErrors. What an intake knows already is not asked again.
func (r *Register) meet(ctx context.Context, in mekenjai.Intake, known *intakeRow) (m met, err error) {
	if in.ARC != "" {
		m.dwelling, err = address.Choose(ctx, r.db, "arc", string(in.ARC))
		var wrong *mekenjai.FieldError
		if errors.As(err, &wrong) {
			return m, mekenjai.FieldErrors{wrong}
		}
		if err != nil {
			return m, err
		}
	}
	if known != nil && known.data.Registrant == in.Registrant && !known.name.IsZero() {
		m.name, m.home = known.name, known.homeKATO
	} else if err := r.meetRegistrant(ctx, in.Registrant, &m); err != nil {
		return m, err
	}
	switch {
	case in.Filer == "":
	case known != nil && known.data.Filer == in.Filer && !known.filerName.IsZero():
		m.filerName = known.filerName
	default:
		m.filerName, err = r.nameIn(ctx, in.Filer)
		if errors.Is(err, mekenjai.ErrUnavailable) {
			err = nil // asked again before anything is signed
		}
	}
	return m, err
}

func (r *Register) meetRegistrant(ctx context.Context, iin mekenjai.IIN, m *met) error {
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, iin)
	if errors.Is(err, mekenjai.ErrUnavailable) {
		m.silent = true
		return nil
	}
	if err != nil {
		return err
	}
	seen, err := r.isSeen(ctx, iin)
	if err != nil || !seen || !reply.Found { // unknown: the rules say what follows (R02)
		return err
	}
	m.name = reply.Value.Name()
	permanent, ok := reply.Value.Permanent()
	if !ok || permanent.ARC == "" {
		return nil
	}
	home, _, err := address.Resolve(ctx, r.db, permanent.ARC)
	if err != nil && !errors.Is(err, mekenjai.ErrNotFound) {
		return err
	}
	m.home = home.KATO
	return nil
}

// nameIn is somebody's name in the register of persons; zero for whom it does
// not know.
func (r *Register) nameIn(ctx context.Context, iin mekenjai.IIN) (mekenjai.Name, error) {
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, iin)
	if err != nil {
		return mekenjai.Name{}, err
	}
	seen, err := r.isSeen(ctx, iin)
	if err != nil || !seen || !reply.Found {
		return mekenjai.Name{}, err
	}
	return reply.Value.Name(), nil
}

// isSeen says whether a counter may know of the person: who is sealed is there as
// one who does not exist. It is asked of everybody, known or not.
func (r *Register) isSeen(ctx context.Context, iin mekenjai.IIN) (seen bool, err error) {
	err = r.db.Read(ctx, func(tx database.Tx) error {
		seen, err = isVisible(ctx, tx, iin, "")
		return err
	})
	return seen, err
}

// BeginIntake opens an intake for the registrant and the dwelling of the input;
// what else is typed is taken too. The same key, made with the form, gives the
// same intake again. The office must serve the place of the person's permanent
// registration or the dwelling: mekenjai.ErrForbidden, audited, else. While the
// register of persons is silent only the dwelling can tell: mekenjai.ErrUnavailable.
func (r *Register) BeginIntake(ctx context.Context, actor mekenjai.Actor, key string, typed mekenjai.IntakeInput) (Intake, error) {
	entry := audit.By(actor, "intake.begin", "")
	if actor.Duty.Role != mekenjai.Operator {
		return Intake{}, r.refuseAttempt(ctx, entry, "forbidden", mekenjai.ErrForbidden)
	}
	data, wrong := typed.Intake(mekenjai.DateOf(r.now()))
	if typed.ARC == "" {
		wrong = append(wrong, &mekenjai.FieldError{Field: "arc", Key: "portal.error.arc_empty"})
	}
	if err := wrong.OrNil(); err != nil {
		return Intake{}, err
	}
	m, err := r.meet(ctx, data, nil)
	if err != nil {
		return Intake{}, err
	}
	err = actor.Permitted(mekenjai.DoFile, mekenjai.Matter{KATO: []string{m.dwelling.KATO, m.home}, Holder: actor.IIN})
	if err != nil && m.silent {
		return Intake{}, fmt.Errorf("where the person lives: %w", mekenjai.ErrUnavailable)
	}
	if err != nil {
		return Intake{}, r.refuseAttempt(ctx, entry.Concerning(data.Registrant), "territory", err)
	}
	var row intakeRow
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		row, err = scanIntake(tx.QueryRow(ctx, `SELECT `+intakeColumns+` FROM intake WHERE operator = $1 AND form_key = $2`, actor.IIN, key))
		if !errors.Is(err, mekenjai.ErrNotFound) {
			return err
		}
		row = intakeRow{id: newID(), number: newNumber(), formKey: key, office: actor.Duty.Office, operator: actor.IIN, data: data,
			name: m.name, filerName: m.filerName, kato: m.dwelling.KATO, homeKATO: m.home, state: IntakeOpen, opened: tx.Now(), updated: tx.Now()}
		return errors.Join(row.insert(ctx, tx), look(ctx, tx, actor, data.Registrant, "counter", LookForPerson, ""),
			audit.Write(ctx, tx, audit.By(actor, "intake.begin", row.id).Concerning(data.Registrant).With("office", row.office)))
	})
	if err != nil {
		return Intake{}, fmt.Errorf("begin an intake: %w", err)
	}
	return r.Intake(ctx, actor, row.id)
}

// FillIntake stores the whole screen. Unusable input comes back as
// mekenjai.FieldErrors and changes nothing. A changed answer voids the statement
// that was prepared and everything that was signed under it.
func (r *Register) FillIntake(ctx context.Context, actor mekenjai.Actor, id string, typed mekenjai.IntakeInput) (Intake, error) {
	data, wrong := typed.Intake(mekenjai.DateOf(r.now()))
	if err := wrong.OrNil(); err != nil {
		return Intake{}, err
	}
	var known intakeRow
	err := r.atCounter(ctx, actor, mekenjai.DoFile, "intake.fill", id, func(_ context.Context, _ database.Tx, row *intakeRow) error {
		known = *row
		return nil
	})
	if err != nil {
		return Intake{}, err
	}
	m, err := r.meet(ctx, data, &known)
	if err != nil {
		return Intake{}, err
	}
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "intake.fill", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		return refill(ctx, tx, actor, row, data, m)
	})
	if err != nil {
		return Intake{}, err
	}
	return r.Intake(ctx, actor, id)
}

func refill(ctx context.Context, tx database.Tx, actor mekenjai.Actor, row *intakeRow, data mekenjai.Intake, m met) error {
	changed := !reflect.DeepEqual(row.data, data)
	row.data, row.name, row.filerName, row.kato, row.homeKATO = data, m.name, m.filerName, m.dwelling.KATO, m.home
	if err := row.permits(actor, mekenjai.DoFile); err != nil {
		return err // the new dwelling or person is of another territory
	}
	if changed {
		if err := row.unsign(ctx, tx); err != nil {
			return err
		}
		row.gathered = ""
	}
	return errors.Join(row.save(ctx, tx),
		audit.Write(ctx, tx, audit.By(actor, "intake.fill", row.id).Concerning(data.Registrant).With("changed", changed)))
}

// unsign voids the statement and what was signed under it.
func (i *intakeRow) unsign(ctx context.Context, tx database.Tx) error {
	i.statement, i.fields, i.signed, i.signature = nil, "", SignedHere{}, nil
	_, err := tx.Exec(ctx, `DELETE FROM intake_consent WHERE intake = $1`, i.id)
	return err
}

// TakeIntake puts an open intake of the actor's office into his hands: its
// operator has gone, the person still stands there.
func (r *Register) TakeIntake(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.atCounter(ctx, actor, mekenjai.DoTakeIntake, "intake.take", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		if row.operator == actor.IIN {
			return nil
		}
		former := row.operator
		row.operator = actor.IIN
		row.formKey = row.id // the new operator's own forms have other keys
		// The statement names who typed it.
		if err := row.unsign(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE intake SET form_key = $2 WHERE id = $1`, row.id, row.formKey)
		return errors.Join(err, row.save(ctx, tx), audit.Write(ctx, tx,
			audit.By(actor, "intake.take", id).Concerning(row.data.Registrant).With("from", former)))
	})
}

// DropIntake closes an intake whose person left: no act, nothing is kept of what
// was signed.
func (r *Register) DropIntake(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.atCounter(ctx, actor, mekenjai.DoFile, "intake.drop", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		return errors.Join(row.drop(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "intake.drop", id).Concerning(row.data.Registrant)))
	})
}

func (i *intakeRow) drop(ctx context.Context, tx database.Tx) error {
	i.state, i.closed, i.gathered = IntakeDropped, tx.Now(), ""
	if err := i.unsign(ctx, tx); err != nil {
		return err
	}
	_, err1 := tx.Exec(ctx, `DELETE FROM intake_presence WHERE intake = $1`, i.id)
	_, err2 := tx.Exec(ctx, `UPDATE paper SET removed_at = $2, content = NULL WHERE place = 'intake' AND subject = $1 AND removed_at IS NULL`,
		i.id, database.Micros(tx.Now()))
	return errors.Join(err1, err2, i.save(ctx, tx))
}
