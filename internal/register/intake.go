package register

import (
	"context"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// IntakeState is where an intake stands.
type IntakeState string

// An intake is open until it is accepted (it became the application of the same
// id), turned away (with an act), or dropped: the person left.
const (
	IntakeOpen     IntakeState = "open"
	IntakeAccepted IntakeState = "accepted"
	IntakeTurned   IntakeState = "turned_away"
	IntakeDropped  IntakeState = "dropped"
)

// Intake is what an operator has of one person at his counter.
type Intake struct {
	ID     string // becomes the application's
	Number string // what is called and printed
	mekenjai.Intake
	Name      mekenjai.Name // of the registrant, as the register of persons has it; zero while it is silent
	FilerName mekenjai.Name // zero when the registrant files
	Dwelling  mekenjai.Dwelling
	Office    mekenjai.ServiceOffice
	Operator  mekenjai.IIN
	State     IntakeState
	Opened    time.Time
	Updated   time.Time
	Closed    time.Time

	Statement []byte      // frozen, once PrepareIntake did; a changed answer voids it and what was signed under it
	Signed    *SignedHere // the applicant's signature under it
	Present   []Presence  // who was identified at the counter
	Consents  []ConsentHere
	Papers    []mekenjai.Paper
	Now       time.Time
}

// Presence is somebody whom the operator identified.
type Presence struct {
	IIN      mekenjai.IIN
	Name     mekenjai.Name // of the register of persons
	Document mekenjai.DocumentKind
	Tail     string // last characters of its number
	ByCard   bool   // read from the card
	At       time.Time
}

// SignedHere is a signature that was given at the counter.
type SignedHere struct {
	Signer mekenjai.IIN
	Method mekenjai.Method // by hand, by key, by code
	Paper  string          // id of the scan of what was signed by hand
	At     time.Time
}

// ConsentHere is a right-holder's consent that was given at the counter.
type ConsentHere struct {
	SignedHere
	ID     string
	Holder mekenjai.RightHolder
	As     mekenjai.Capacity
}

type intakeRow struct {
	id, number, formKey, office string
	operator                    mekenjai.IIN
	name, filerName             mekenjai.Name
	data                        mekenjai.Intake
	kato, homeKATO              string
	state                       IntakeState
	statement                   []byte
	fields                      string
	signed                      SignedHere
	signature                   []byte
	gathered                    string
	gatheredAt                  time.Time
	opened, updated, closed     time.Time
}

const intakeColumns = `id, number, form_key, office, operator, name, filer_name, data, kato, home_kato, state, statement, fields,
	signer, method, paper, signature, signed_at, gathered, gathered_at, opened_at, updated_at, closed_at`

func scanIntake(row database.Row) (i intakeRow, err error) {
	var name, filerName, data string
	err = row.Scan(&i.id, &i.number, &i.formKey, &i.office, &i.operator, &name, &filerName, &data, &i.kato, &i.homeKATO, &i.state,
		&i.statement, &i.fields, &i.signed.Signer, &i.signed.Method, &i.signed.Paper, &i.signature, database.ScanTime(&i.signed.At),
		&i.gathered, database.ScanTime(&i.gatheredAt), database.ScanTime(&i.opened), database.ScanTime(&i.updated), database.ScanTime(&i.closed))
	if err != nil {
		return i, notFound(err)
	}
	var e1, e2, e3 error
	i.name, e1 = fromJSON[mekenjai.Name](name)
	i.filerName, e2 = fromJSON[mekenjai.Name](filerName)
	i.data, e3 = fromJSON[mekenjai.Intake](data)
	return i, errors.Join(e1, e2, e3)
}

func loadIntake(ctx context.Context, tx database.Tx, id string) (intakeRow, error) {
	return scanIntake(tx.QueryRow(ctx, `SELECT `+intakeColumns+` FROM intake WHERE id = $1`, id))
}

func (i *intakeRow) insert(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake (id, number, form_key, office, operator, person, name, filer_name, data, kato, home_kato,
		state, fields, signer, method, paper, gathered, opened_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', '', '', '', $13, $14)`,
		i.id, i.number, i.formKey, i.office, i.operator, i.data.Registrant, toJSON(i.name), toJSON(i.filerName), toJSON(i.data),
		i.kato, i.homeKATO, i.state, database.Micros(i.opened), database.Micros(i.updated))
	return err
}

// save writes the columns that change while an intake is open, and the instant.
func (i *intakeRow) save(ctx context.Context, tx database.Tx) error {
	i.updated = tx.Now()
	_, err := tx.Exec(ctx, `UPDATE intake SET operator = $2, person = $3, name = $4, filer_name = $5, data = $6, kato = $7, home_kato = $8,
		state = $9, statement = $10, fields = $11, signer = $12, method = $13, paper = $14, signature = $15, signed_at = $16,
		gathered = $17, gathered_at = $18, updated_at = $19, closed_at = $20 WHERE id = $1`,
		i.id, i.operator, i.data.Registrant, toJSON(i.name), toJSON(i.filerName), toJSON(i.data), i.kato, i.homeKATO,
		i.state, i.statement, i.fields, i.signed.Signer, i.signed.Method, i.signed.Paper, i.signature, database.NullMicros(i.signed.At),
		i.gathered, database.NullMicros(i.gatheredAt), database.Micros(i.updated), database.NullMicros(i.closed))
	return err
}

// matter is where the intake lies and in whose hands it is: the service page lets
// an office serve where the person is permanently registered or wants to stay.
func (i *intakeRow) matter() mekenjai.Matter {
	return mekenjai.Matter{KATO: []string{i.kato, i.homeKATO}, Holder: i.operator}
}

// permits says whether the actor may do the deed to the intake, which is the
// business of its own office alone.
func (i *intakeRow) permits(actor mekenjai.Actor, d mekenjai.Deed) error {
	if err := actor.Permitted(d, i.matter()); err != nil {
		return err
	}
	if actor.Duty.Office != i.office {
		return mekenjai.ErrForbidden
	}
	return nil
}

// atCounter does a deed to an intake in one transaction, if the table of permits
// lets the actor; an attempt that it does not is audited. An intake that is no
// longer open is mekenjai.ErrConflict for everything but looking.
func (r *Register) atCounter(ctx context.Context, actor mekenjai.Actor, d mekenjai.Deed, verb, id string,
	deed func(context.Context, database.Tx, *intakeRow) error) error {
	entry := audit.By(actor, verb, id)
	if actor.Duty.Role != mekenjai.Operator { // nobody else learns which intakes there are
		return r.refuseAttempt(ctx, entry, "forbidden", mekenjai.ErrForbidden)
	}
	var about mekenjai.IIN
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		row, err := loadIntake(ctx, tx, id)
		if err != nil {
			return err
		}
		about = row.data.Registrant
		if err := row.permits(actor, d); err != nil {
			return err
		}
		if row.state != IntakeOpen && d != mekenjai.DoLookAtIntake {
			return mekenjai.ErrConflict
		}
		return deed(ctx, tx, &row)
	})
	if errors.Is(err, mekenjai.ErrForbidden) {
		return r.refuseAttempt(ctx, entry.Concerning(about), "forbidden", err)
	}
	return err
}

// Intake opens an intake of the actor's office; looking at it is audited.
func (r *Register) Intake(ctx context.Context, actor mekenjai.Actor, id string) (in Intake, err error) {
	err = r.atCounter(ctx, actor, mekenjai.DoLookAtIntake, "intake.look", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		in, err = r.readIntake(ctx, tx, row)
		return errors.Join(err, audit.Write(ctx, tx, audit.By(actor, "intake.look", id).Concerning(row.data.Registrant)))
	})
	if err != nil {
		return Intake{}, err
	}
	return r.withPlace(ctx, in)
}
