package access

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/locale"
)

// sendCode is the job that finds the phone, makes the digits and sends them. It
// names the order only: the digits never stand in the table of jobs.
type sendCode struct {
	Code string `json:"code"`
}

func (sendCode) Kind() string { return "access.send_code" }

// A code that comes after its five minutes is worth nothing: few and quick
// repeats.
var sendOptions = &river.InsertOpts{MaxAttempts: 8}

// AddWorkers registers the jobs of this package.
func (a *Access) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &sender{access: a})
	river.AddWorker(w, &collector{access: a})
	river.AddWorker(w, &remarker{access: a})
}

type sender struct {
	river.WorkerDefaults[sendCode]
	access *Access
}

func (s *sender) Timeout(*river.Job[sendCode]) time.Duration { return 20 * time.Second }

func (s *sender) NextRetry(job *river.Job[sendCode]) time.Time {
	last := job.CreatedAt
	if job.AttemptedAt != nil {
		last = *job.AttemptedAt
	}
	return last.Add(time.Duration(job.Attempt) * 3 * time.Second)
}

func (s *sender) Work(ctx context.Context, job *river.Job[sendCode]) error {
	if err := s.access.send(ctx, job.Args.Code); err != nil {
		return fmt.Errorf("send code %s: %w", job.Args.Code, err)
	}
	return nil
}

// send does the whole once. Repeated after a failure it makes new digits: those
// of a message that was lost on the way are not worth keeping.
func (a *Access) send(ctx context.Context, id string) error {
	var o order
	wanted := false
	err := a.db.Read(ctx, func(tx database.Tx) (err error) {
		o, err = find(ctx, tx, `id = $1`, id)
		wanted = a.isLive(o, tx.Now())
		return err
	})
	if err != nil || !wanted { // too late, or a newer code took its place
		return err
	}
	phone, found, err := a.phoneOf(ctx, o.iin)
	if err != nil {
		return err // the database is silent: asked again while the code lives
	}
	if !found || phone == "" {
		return a.db.Transact(ctx, func(tx database.Tx) error { return a.unsent(ctx, tx, o, "no_phone") })
	}
	digits, err := newDigits()
	if err != nil {
		return err
	}
	ready, err := a.arm(ctx, o, phone, digits)
	if err != nil || !ready {
		return err
	}
	return a.SendCode(ctx, phone, message(o, digits))
}

// arm makes the digits good, before they are sent: a message never carries a code
// that would be refused. False when the phone has had too many messages or the
// order is gone.
func (a *Access) arm(ctx context.Context, o order, phone mekenjai.Phone, digits string) (ready bool, err error) {
	err = a.db.Transact(ctx, func(tx database.Tx) error {
		ready = false
		k, err := a.see(ctx, tx, o.iin, phone)
		if err != nil {
			return err
		}
		if o.kind == kindSigning && k.isHeld(tx.Now()) { // it changed since the code was asked for
			return a.unsent(ctx, tx, o, "phone_held")
		}
		if o.codeHash == nil { // a repeated sending was counted already
			over, err := a.take(ctx, tx, o.iin, use{LimitSMSPhone, string(phone)})
			if err != nil {
				return err
			}
			if over != nil {
				return a.unsent(ctx, tx, o, "too_many")
			}
		}
		n, err := tx.Exec(ctx, `UPDATE access_code SET code_hash = $2, phone = $3, sent_at = $4 WHERE id = $1 AND ends_at > $4`,
			o.id, a.codeHash(o, digits), phone, database.Micros(tx.Now()))
		if err != nil || n == 0 {
			return err
		}
		ready = true
		return audit.Write(ctx, tx, audit.BySystem("code.send", o.id).Concerning(o.iin).
			With("kind", o.kind).With("phone", phone.Masked()))
	})
	return ready, err
}

func (a *Access) unsent(ctx context.Context, tx database.Tx, o order, why string) error {
	return audit.Write(ctx, tx, audit.BySystem("code.send", o.id).Concerning(o.iin).Refused(why).With("kind", o.kind))
}

// message is one part of an SMS (70 letters of Cyrillic). It says what the code
// is good for, because those who ask for codes by phone call them something else.
func message(o order, digits string) string {
	l, _ := locale.Parse(o.language)
	if o.kind == kindSigning {
		return l.T("access.sms.signing", "code", digits, "text", o.short)
	}
	return l.T("access.sms.sign_in", "code", digits)
}
