package register

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// codeLetters is the length of a check code: 80 random bits, so that nobody
// finds one by trying.
const codeLetters = 16

// Certificate is what is printed for a person.
type Certificate struct {
	Registration mekenjai.Registration
	Code         string // for the public check
	CheckURL     string
}

// Certificate gives the person's own entry with its check code. The code is made
// once for an entry and language and stays, so that a paper printed again says
// the same. An entry that has ended, or is disputed, gets no new certificate.
func (r *Register) Certificate(ctx context.Context, actor mekenjai.Actor, number, language string) (c Certificate, err error) {
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c.Registration, err = scanRegistration(tx.QueryRow(ctx, `SELECT `+registrationColumns+`
			FROM registration WHERE number = $1`, number))
		if err != nil {
			return err
		}
		if c.Registration.Person != actor.IIN || actor.BIN != "" {
			return mekenjai.ErrNotFound
		}
		c, err = r.certify(ctx, tx, c.Registration, language, audit.By(actor, "certificate.issue", c.Registration.ID))
		return err
	})
	return c, err
}

// certify gives an entry in force its certificate in a language; entry is written when
// its code is made.
func (r *Register) certify(ctx context.Context, tx database.Tx, e mekenjai.Registration, language string, entry audit.Entry) (c Certificate, err error) {
	c.Registration = e
	if e.StandingOn(mekenjai.DateOf(tx.Now())) != mekenjai.StandsValid {
		return c, mekenjai.ErrConflict
	}
	c.Code, err = database.One(ctx, tx, database.Column[string], `SELECT code FROM certificate
		WHERE registration = $1 AND language = $2`, e.ID, language)
	if errors.Is(err, database.ErrNoRows) {
		var b [codeLetters]byte
		rand.Read(b[:])
		c.Code = mekenjai.NewCode(b[:])
		_, err = tx.Exec(ctx, `INSERT INTO certificate (code, registration, language, issued_at) VALUES ($1, $2, $3, $4)`,
			c.Code, e.ID, language, database.Micros(tx.Now()))
		if err == nil {
			err = audit.Write(ctx, tx, entry.Concerning(e.Person).With("language", language))
		}
	}
	c.CheckURL = r.BaseURL + "/check/" + c.Code
	return c, err
}

// Check is what a stranger learns from a code: how it stands now, and just enough
// to see that the paper in hand is the one that was issued.
type Check struct {
	Standing mekenjai.Standing
	Replaced bool // the entry was corrected since: a newer paper says how it reads now
	Number   string
	Name     string // surname and initials
	Address  mekenjai.Text
	Period   mekenjai.Period
	LastDay  mekenjai.Date // on which it counted or will count
	Since    time.Time     // of the dispute or annulment
	At       time.Time     // of this check
}

// IsValid says whether the paper may be relied on.
func (c Check) IsValid() bool { return c.Standing == mekenjai.StandsValid && !c.Replaced }

// CheckCode answers anybody who holds a certificate. Each check is kept, for the
// person to see; who checked is not asked.
func (r *Register) CheckCode(ctx context.Context, typed string) (c Check, err error) {
	code := mekenjai.ParseCode(typed, codeLetters)
	if code == "" {
		return c, mekenjai.ErrNotFound
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		id, replaced, err := certified(ctx, tx, code)
		if err != nil {
			return err
		}
		e, err := entryByID(ctx, tx, id)
		if err != nil {
			return err
		}
		c = Check{Standing: e.StandingOn(mekenjai.DateOf(tx.Now())), Replaced: replaced, Number: e.Number, Name: e.Name.Short(),
			Address: e.Dwelling.Address, Period: e.Period, LastDay: e.LastDay(), At: tx.Now()}
		switch c.Standing {
		case mekenjai.StandsDisputed:
			c.Since = e.Disputed
		case mekenjai.StandsAnnulled:
			c.Since = e.EndedAt
		}
		_, err = tx.Exec(ctx, `INSERT INTO certificate_check (id, registration, at) VALUES ($1, $2, $3)`,
			newID(), e.ID, database.Micros(tx.Now()))
		return err
	})
	return c, err
}

// certified is the entry for which a code was printed, and whether the paper was
// replaced by a corrected one since. The code of a sealed person is unknown after
// the same two statements as one that nobody was given.
func certified(ctx context.Context, tx database.Tx, code string) (registration string, replaced bool, err error) {
	in := func(table string) (string, error) {
		return database.One(ctx, tx, database.Column[string], `SELECT c.registration FROM `+table+` c JOIN registration r ON r.id = c.registration
			WHERE c.code = $3 AND `+visible("r.person", 1), now(tx), mekenjai.IIN(""), code)
	}
	registration, err = in("certificate")
	if errors.Is(err, database.ErrNoRows) {
		replaced = true
		registration, err = in("certificate_replaced")
	}
	return registration, replaced, notFound(err)
}

// Checks are the latest checks of the certificates of the person's entries.
func (r *Register) Checks(ctx context.Context, actor mekenjai.Actor) (at []time.Time, err error) {
	if actor.BIN != "" {
		return nil, mekenjai.ErrForbidden
	}
	// A standby may answer: these are deeds of strangers, told to the person for
	// information.
	err = r.db.ReadStale(ctx, func(tx database.Tx) error {
		at, err = database.Collect(ctx, tx, func(row database.Row) (t time.Time, err error) {
			return t, row.Scan(database.ScanTime(&t))
		}, `SELECT k.at FROM registration r JOIN certificate_check k ON k.registration = r.id
			WHERE r.person = $1 ORDER BY k.id DESC LIMIT $2`, actor.IIN, pageSize)
		return err
	})
	return at, err
}
