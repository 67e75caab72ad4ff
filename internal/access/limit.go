package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Limit lets N uses through at once, and then one every Per/N.
type Limit struct {
	N   int
	Per time.Duration
}

// The kinds of limits, for Params.Limits. LimitCheck, the public check of a
// certificate by address, and LimitSearch are taken by Allow; the others by the sign-in itself.
const (
	LimitCheck      = "check"
	LimitSearch     = "search"      // of the register, by officer
	LimitChallenge  = "challenge"   // texts to sign, by address
	LimitSMSAddress = "sms.address" // codes asked for, by address
	LimitSMSPerson  = "sms.iin"     // … by IIN, known or not
	LimitSMSDay     = "sms.iin.day" // … in a day: what the guessing of codes has
	LimitSMSPhone   = "sms.phone"   // messages sent to one phone
	LimitSigning    = "signing.iin" // codes for signing, by IIN
	LimitSigningDay = "signing.day" // … in a day
	LimitRemark     = "remark"      // messages about the safety of the access, by IIN

	LimitMobilePerson  = "mobile.iin" // QR codes for eGov Mobile, by IIN
	LimitMobileAddress = "mobile"     // such codes opened, by address
)

// Mobile operators put thousands of people behind one address, so limits by
// address are wide; what stops the guessing of codes are those by IIN: ten codes
// a day with three tries each hit six digits once in 33,000 days. Whoever uses a
// stranger's limit up keeps him from SMS, not from his key.
var defaultLimits = map[string]Limit{
	LimitCheck:      {30, time.Minute},
	LimitSearch:     {60, time.Hour},
	LimitChallenge:  {1200, time.Hour},
	LimitSMSAddress: {120, time.Hour},
	LimitSMSPerson:  {5, time.Hour},
	LimitSMSDay:     {10, 24 * time.Hour},
	LimitSMSPhone:   {10, time.Hour},
	LimitSigning:    {10, time.Hour},
	LimitSigningDay: {30, 24 * time.Hour},
	LimitRemark:     {5, 24 * time.Hour},

	LimitMobilePerson:  {30, time.Hour},
	LimitMobileAddress: {1200, time.Hour},
}

// TooMany is a limit that is used up. It is mekenjai.ErrTooMany.
type TooMany struct {
	Kind  string
	After time.Duration
}

func (e *TooMany) Error() string { return fmt.Sprintf("limit %s: again after %v", e.Kind, e.After) }

// Unwrap makes errors.Is(err, mekenjai.ErrTooMany) hold.
func (e *TooMany) Unwrap() error { return mekenjai.ErrTooMany }

// RetryAfter is how long to wait, in whole seconds rounded up.
func (e *TooMany) RetryAfter() time.Duration {
	return (e.After + time.Second - 1).Truncate(time.Second)
}

// use is one use of the limit of a kind under a key.
type use struct{ kind, key string }

// Allow takes one use of the limit of kind for key, such as Client.Key. What is
// over the limit costs one read: a flood must not become a flood of writes.
func (a *Access) Allow(ctx context.Context, kind, key string) error {
	u := use{kind, key}
	var over *TooMany
	told := false
	err := a.db.Read(ctx, func(tx database.Tx) (err error) {
		over, told, err = a.over(ctx, tx, u)
		return err
	})
	if err == nil && (over == nil || !told) {
		err = a.db.Transact(ctx, func(tx database.Tx) (err error) {
			over, err = a.take(ctx, tx, "", u)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("limit %s: %w", kind, err)
	}
	return refusal(over)
}

// refusal avoids the non-nil error around a nil pointer.
func refusal(over *TooMany) error {
	if over == nil {
		return nil
	}
	return over
}

// take uses all limits or, when one of them is used up, none, and says which.
// The first refusal of a spell leaves an audit entry about the person, so the
// caller commits in both cases.
func (a *Access) take(ctx context.Context, tx database.Tx, about mekenjai.IIN, uses ...use) (*TooMany, error) {
	for _, u := range uses {
		over, told, err := a.over(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		if over != nil {
			if !told {
				err = a.tell(ctx, tx, about, u)
			}
			return over, err
		}
	}
	for _, u := range uses {
		l := a.limits[u.kind]
		now := database.Micros(tx.Now())
		_, err := tx.Exec(ctx, `INSERT INTO access_limit (kind, key_hash, full_until, told_until)
			VALUES ($1, $2, $3, 0)
			ON CONFLICT (kind, key_hash) DO UPDATE SET full_until =
				CASE WHEN access_limit.full_until > $4 THEN access_limit.full_until + $5 ELSE $3 END`,
			u.kind, hash(u.key), now+l.step(), now, l.step())
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// over says whether the limit is used up, and whether that was told already.
func (a *Access) over(ctx context.Context, tx database.Tx, u use) (_ *TooMany, told bool, _ error) {
	l, known := a.limits[u.kind]
	if !known || l.N <= 0 {
		return nil, false, fmt.Errorf("no limit of kind %q", u.kind)
	}
	var full, toldUntil time.Time
	err := tx.QueryRow(ctx, `SELECT full_until, told_until FROM access_limit WHERE kind = $1 AND key_hash = $2`,
		u.kind, hash(u.key)).Scan(database.ScanTime(&full), database.ScanTime(&toldUntil))
	if errors.Is(err, database.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	room := time.Duration(l.step()*int64(l.N-1)) * time.Microsecond
	wait := full.Sub(tx.Now()) - room
	if wait <= 0 {
		return nil, false, nil
	}
	return &TooMany{u.kind, wait}, tx.Now().Before(toldUntil), nil
}

// step is the time in microseconds in which one use comes back.
func (l Limit) step() int64 { return max(1, l.Per.Microseconds()/int64(l.N)) }

// tell writes that a limit is hit, once in the limit's time for each key.
func (a *Access) tell(ctx context.Context, tx database.Tx, about mekenjai.IIN, u use) error {
	_, err := tx.Exec(ctx, `UPDATE access_limit SET told_until = $3 WHERE kind = $1 AND key_hash = $2`,
		u.kind, hash(u.key), database.Micros(tx.Now().Add(a.limits[u.kind].Per)))
	if err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{Verb: "limit.hit", Subject: u.kind}.Concerning(about).Refused("too_many"))
}
