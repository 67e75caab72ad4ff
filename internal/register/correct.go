package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/state"
)

// Correction says what is wrong in an entry. The name is taken anew from the
// register of persons and the address from the address register: nobody types
// them, so that a correction never becomes another person or another dwelling.
type Correction struct {
	Name    bool
	Address bool
	To      mekenjai.Date // the last day that the law gives; zero: it is right
	Paper   string        // that proves the error: its kind, number and date
	Ground  string
}

// PrepareCorrection freezes what an officer of the dwelling's territory corrects.
func (r *Register) PrepareCorrection(ctx context.Context, actor mekenjai.Actor, number string, c Correction) (t SignedText, err error) {
	c, err = c.checked()
	if err != nil {
		return t, err
	}
	entry := audit.By(actor, "registration.correct", number)
	var before mekenjai.Registration
	err = r.db.Read(ctx, func(tx database.Tx) error {
		before, err = correctable(ctx, tx, actor, number)
		return err
	})
	if err != nil {
		return t, r.refusePermit(ctx, entry, err)
	}
	after, err := r.corrected(ctx, before, c)
	if err != nil {
		return t, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if err := r.mayLast(tx, before, after.Period); err != nil {
			return err
		}
		fields := mekenjai.CorrectionText{Before: before, After: after, Paper: c.Paper, Ground: c.Ground, Officer: actor.IIN}
		t, err = r.prepare(ctx, tx, actor, mekenjai.CorrectionPurpose, before.ID, fields, fields.Text)
		return err
	})
	return t, err
}

func (c Correction) checked() (Correction, error) {
	var wrong mekenjai.FieldErrors
	if c.Paper = strings.TrimSpace(c.Paper); c.Paper == "" {
		wrong = append(wrong, &mekenjai.FieldError{Field: "paper", Key: "life.error.evidence_empty"})
	}
	reasons, err := finding(c.Ground)
	var found mekenjai.FieldErrors
	if errors.As(err, &found) {
		wrong = append(wrong, found...)
	}
	c.Ground = reasons
	return c, wrong.OrNil()
}

// correctable is an entry that still counts, for an officer of its territory.
func correctable(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string) (mekenjai.Registration, error) {
	e, err := visibleEntry(ctx, tx, number, actor.IIN)
	if err != nil {
		return e, err
	}
	// Whoever corrects holds the matter himself: nobody else has it.
	if err := actor.Permitted(mekenjai.DoCorrect, mekenjai.Matter{KATO: []string{e.Dwelling.KATO}, Holder: actor.IIN}); err != nil {
		return e, err
	}
	if actor.IIN == e.Person {
		return e, mekenjai.ErrForbidden
	}
	return e, stands(e)
}

// corrected reads the right words from where they come. When nothing differs there
// is nothing to correct here: the error stands in the register itself.
func (r *Register) corrected(ctx context.Context, e mekenjai.Registration, c Correction) (mekenjai.Registration, error) {
	asking, cancel := patiently(ctx)
	defer cancel()
	after := e
	if c.Name {
		reply, err := r.Peers.Person(asking, e.Person)
		if err != nil {
			return after, err
		}
		if reply.Found {
			after.Name = reply.Value.Name()
		}
	}
	if c.Address {
		d, _, err := address.Resolve(ctx, r.db, e.Dwelling.ARC)
		if err != nil {
			return after, err
		}
		after.Dwelling.Address = d.Address
	}
	if !c.To.IsZero() {
		after.Period.To = c.To
	}
	if after == e {
		return after, mekenjai.FieldErrors{{Field: "what", Key: "life.error.nothing_differs"}}
	}
	return after, nil
}

// mayLast says whether a corrected period is one that the law gives: not ended
// yet, not above the longest stay, and nothing waits for the old last day.
func (r *Register) mayLast(tx database.Tx, before mekenjai.Registration, after mekenjai.Period) error {
	if before.Period == after {
		return nil
	}
	t, err := r.terms(tx)
	if err != nil {
		return err
	}
	longest := mekenjai.NewPeriod(after.From, mekenjai.Months(t.MonthsMax), t.InclusiveEnd)
	if after.To.Before(mekenjai.DateOf(tx.Now())) || after.To.After(longest.To) {
		return mekenjai.FieldErrors{{Field: "to", Key: "life.error.last_day", Args: map[string]any{"to": longest.To}}}
	}
	return nil
}

// Correct takes the officer's signature under a correction. What stood there is
// kept, and the person is told; certificates printed before are replaced.
func (r *Register) Correct(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.CorrectionPurpose, sig)
	if err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.CorrectionText](c.Fields)
	if err != nil {
		return err
	}
	entry := audit.By(actor, "registration.correct", fields.Before.ID).Concerning(fields.Before.Person)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		e, err := correctable(ctx, tx, actor, fields.Before.Number)
		if err != nil {
			return err
		}
		if e.Version != fields.Before.Version {
			return mekenjai.ErrStale // corrected meanwhile by another
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		if err := r.writeVersion(ctx, tx, e, fields, c.ID); err != nil {
			return err
		}
		after := e
		after.Name, after.Dwelling.Address, after.Period = fields.After.Name, fields.After.Dwelling.Address, fields.After.Period
		return errors.Join(
			r.leave(ctx, tx, deedAbout(after, state.Deed{Kind: state.DeedCorrect}), nil),
			r.tellPerson(ctx, tx, after, nil, notify.Corrected),
			audit.Write(ctx, tx, entry.With("version", e.Version+1).With("code", mekenjai.ShortCode(c.Text))))
	})
	return r.refusePermit(ctx, entry, err)
}

func (r *Register) writeVersion(ctx context.Context, tx database.Tx, e mekenjai.Registration, f mekenjai.CorrectionText, text string) error {
	ahead, err := hasAhead(ctx, tx, e.Person)
	if err != nil {
		return err
	}
	if ahead && e.State == mekenjai.EntryCurrent && f.After.Period != e.Period {
		return fmt.Errorf("an extension waits for the last day of entry %s: %w", e.Number, mekenjai.ErrConflict)
	}
	t, err := r.terms(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO registration_version (registration, version, name, address_kk, address_ru, from_date, to_date,
		until_at, ground, paper, signed_text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.ID, e.Version, toJSON(e.Name), e.Dwelling.Address.KK, e.Dwelling.Address.RU, e.Period.From, e.Period.To,
		database.Micros(tx.Now()), f.Ground, f.Paper, text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE registration SET name = $2, address_kk = $3, address_ru = $4, to_date = $5, version = version + 1,
		remind_on = $6 WHERE id = $1`, e.ID, toJSON(f.After.Name), f.After.Dwelling.Address.KK, f.After.Dwelling.Address.RU,
		f.After.Period.To, nextReminder(t, f.After.Period.To, mekenjai.DateOf(tx.Now())))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO certificate_replaced (code, registration, language, issued_at, replaced_at)
		SELECT code, registration, language, issued_at, $2 FROM certificate WHERE registration = $1`, e.ID, database.Micros(tx.Now()))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM certificate WHERE registration = $1`, e.ID)
	return err
}

// Version is how an entry read before a correction.
type Version struct {
	Number  int
	Name    mekenjai.Name
	Address mekenjai.Text
	Period  mekenjai.Period
	Until   time.Time // when it was corrected
	Ground  string
	Paper   string
}

func versionsOf(ctx context.Context, tx database.Tx, registration string) ([]Version, error) {
	return database.Collect(ctx, tx, func(row database.Row) (v Version, err error) {
		var name string
		err = row.Scan(&v.Number, &name, &v.Address.KK, &v.Address.RU, &v.Period.From, &v.Period.To,
			database.ScanTime(&v.Until), &v.Ground, &v.Paper)
		if err != nil {
			return v, err
		}
		v.Name, err = fromJSON[mekenjai.Name](name)
		return v, err
	}, `SELECT version, name, address_kk, address_ru, from_date, to_date, until_at, ground, paper FROM registration_version
		WHERE registration = $1 ORDER BY version DESC LIMIT 50`, registration)
}
