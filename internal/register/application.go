package register

import (
	"context"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/database"
)

// record is an application with what the verbs alone need of it.
type record struct {
	mekenjai.Application
	askAt        time.Time
	attempts     int
	facts        string
	findings     string
	propertyAt   time.Time
	propertyHash []byte
	waivers      string    // JSON of what an officer overruled, '' when nothing
	counter      *atWindow // what an operator saw; nil on the portal
	ordered      bool      // on egov.kz
}

const applicationColumns = `id, number, person, name, language, channel, state, round, arc, kind, kato,
	address_kk, address_ru, months, purpose, arrival, is_owner, owner, statement, method, submitted_at,
	clock_used, clock_since, ask_at, attempts, facts, findings, property_at, property_hash, reason, decided_at,
	filer, filer_role, office, operator, waivers, counter, ordered`

func scanApplication(row database.Row) (a record, err error) {
	var name, counter string
	var used int64
	err = row.Scan(&a.ID, &a.Number, &a.Person, &name, &a.Language, &a.Channel, &a.State, &a.Round,
		&a.Dwelling.ARC, &a.Dwelling.Kind, &a.Dwelling.KATO, &a.Dwelling.Address.KK, &a.Dwelling.Address.RU,
		&a.Months, &a.Purpose, &a.Arrival, &a.IsOwner, &a.Owner, &a.Statement, &a.Method,
		database.ScanTime(&a.SubmittedAt), &used, database.ScanTime(&a.Clock.Since), database.ScanTime(&a.askAt),
		&a.attempts, &a.facts, &a.findings, database.ScanTime(&a.propertyAt), &a.propertyHash, &a.Reason,
		database.ScanTime(&a.DecidedAt), &a.Filer, &a.FilerRole, &a.Office, &a.Operator, &a.waivers, &counter, &a.ordered)
	if err != nil {
		return a, notFound(err)
	}
	a.Clock.Used = time.Duration(used) * time.Microsecond
	if counter != "" {
		if a.counter, err = fromJSON[*atWindow](counter); err != nil {
			return a, err
		}
	}
	a.Name, err = fromJSON[mekenjai.Name](name)
	return a, err
}

func loadApplication(ctx context.Context, tx database.Tx, id string) (record, error) {
	return scanApplication(tx.QueryRow(ctx, `SELECT `+applicationColumns+` FROM application WHERE id = $1`, id))
}

// insert writes a new application and the first step of its path.
func (a *record) insert(ctx context.Context, tx database.Tx, signature []byte) error {
	order, err := openOrder(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	a.ordered = order != ""
	_, err = tx.Exec(ctx, `INSERT INTO application (id, number, person, name, language, channel, state, round,
		arc, kind, kato, address_kk, address_ru, months, purpose, arrival, is_owner, owner, statement, method,
		signature, submitted_at, clock_used, clock_since, ask_at, attempts, facts, findings, reason,
		filer, filer_role, office, operator, counter, ordered)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, 0, $23, $24, 0, '', '', '', $25, $26, $27, $28, $29, $30)`,
		a.ID, a.Number, a.Person, toJSON(a.Name), a.Language, a.Channel, a.State, a.Round,
		a.Dwelling.ARC, a.Dwelling.Kind, a.Dwelling.KATO, a.Dwelling.Address.KK, a.Dwelling.Address.RU,
		a.Months, a.Purpose, a.Arrival, a.IsOwner, a.Owner, a.Statement, a.Method, signature,
		database.Micros(a.SubmittedAt), database.NullMicros(a.Clock.Since), database.NullMicros(a.askAt),
		a.Filer, a.FilerRole, a.Office, a.Operator, a.counter.json(), a.ordered)
	if err != nil {
		return err
	}
	return a.step(ctx, tx)
}

// step writes the station where the application has arrived, and tells who ordered it.
func (a *record) step(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO application_step (id, application, state, at, reason) VALUES ($1, $2, $3, $4, $5)`,
		newID(), a.ID, a.State, database.Micros(tx.Now()), a.Reason)
	if err != nil || !a.ordered {
		return err
	}
	return orderMoved(ctx, tx, a)
}

// move brings the application into the next state, with its clock and its path.
// The caller saves what else it changed with the same call.
func (a *record) move(ctx context.Context, tx database.Tx, next mekenjai.State, reason string) error {
	if !a.State.May(next) {
		return fmt.Errorf("application %s from %s to %s: %w", a.ID, a.State, next, mekenjai.ErrConflict)
	}
	if a.State == mekenjai.Referred {
		if err := settleRefusal(ctx, tx, a); err != nil {
			return err
		}
	}
	a.State, a.Reason = next, reason
	a.Clock = a.Clock.In(next, tx.Now())
	if next.IsFinal() {
		a.DecidedAt = tx.Now()
	}
	a.askAt, a.attempts = time.Time{}, 0
	if next == mekenjai.Deciding || next == mekenjai.Checking {
		a.askAt = tx.Now().Add(lease)
	}
	if err := a.save(ctx, tx); err != nil {
		return err
	}
	return a.step(ctx, tx)
}

// save writes the columns that change in the life of an application.
func (a *record) save(ctx context.Context, tx database.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE application SET name = $2, state = $3, round = $4, clock_used = $5, clock_since = $6,
		ask_at = $7, attempts = $8, facts = $9, findings = $10, property_at = $11, property_hash = $12, reason = $13,
		decided_at = $14, waivers = $15 WHERE id = $1`,
		a.ID, toJSON(a.Name), a.State, a.Round, a.Clock.Used.Microseconds(), database.NullMicros(a.Clock.Since),
		database.NullMicros(a.askAt), a.attempts, a.facts, a.findings, database.NullMicros(a.propertyAt),
		a.propertyHash, a.Reason, database.NullMicros(a.DecidedAt), a.waivers)
	return err
}

// Step is one station on the path of an application.
type Step struct {
	State  mekenjai.State
	At     time.Time
	Reason string
}

func steps(ctx context.Context, tx database.Tx, application string) ([]Step, error) {
	return database.Collect(ctx, tx, func(row database.Row) (s Step, err error) {
		return s, row.Scan(&s.State, database.ScanTime(&s.At), &s.Reason)
	}, `SELECT state, at, reason FROM application_step WHERE application = $1 ORDER BY id LIMIT 100`, application)
}
