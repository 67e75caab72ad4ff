package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// Protection is a seal on a person's data as those see it who made it.
type Protection struct {
	Number    string
	Person    mekenjai.IIN
	State     mekenjai.ProtectionState
	Ground    string
	Paper     string // number and date of the order behind it
	Months    int
	Proposed  time.Time
	Confirmed time.Time
	Until     time.Time
	Why       string    // it should be opened again
	Passed    time.Time // until when the viewer has passed the seal; zero when he has not
	MayDo     []mekenjai.ProtectionDeed

	id, territory       string
	proposer, confirmer mekenjai.IIN
	opener              mekenjai.IIN
}

const protectionColumns = `p.id, p.number, p.person, p.state, p.ground, p.paper, p.months, p.territory, p.proposed_by, p.proposed_at,
	p.confirmed_by, p.confirmed_at, p.until_at, p.opening_by, p.opening_why`

func scanProtection(row database.Row) (p Protection, err error) {
	err = row.Scan(&p.id, &p.Number, &p.Person, &p.State, &p.Ground, &p.Paper, &p.Months, &p.territory, &p.proposer,
		database.ScanTime(&p.Proposed), &p.confirmer, database.ScanTime(&p.Confirmed), database.ScanTime(&p.Until), &p.opener, &p.Why)
	return p, notFound(err)
}

// ProtectionInput is what an officer writes to seal a person's data.
type ProtectionInput struct {
	Person string
	Ground string
	Paper  string
	Months int
}

// protectionFields are what a text about a protection was prepared from.
type protectionFields struct {
	Deed   mekenjai.ProtectionDeed `json:"deed"`
	Number string                  `json:"number,omitempty"` // of what stands already
	Person mekenjai.IIN            `json:"person"`
	Ground string                  `json:"ground"`
	Paper  string                  `json:"paper"`
	Months int                     `json:"months"`
	Why    string                  `json:"why,omitempty"`
}

func (in ProtectionInput) check() (f protectionFields, err error) {
	var wrong mekenjai.FieldErrors
	f = protectionFields{Deed: mekenjai.ProposeSealing, Ground: in.Ground, Paper: strings.TrimSpace(in.Paper), Months: in.Months}
	if f.Person, err = mekenjai.ParseIIN(in.Person); err != nil {
		wrong = append(wrong, &mekenjai.FieldError{Field: "iin", Key: "desk.error.iin"})
	}
	if _, ok := mekenjai.ProtectionGroundOf(in.Ground); !ok {
		wrong = append(wrong, &mekenjai.FieldError{Field: "ground", Key: "desk.error.protection_ground"})
	}
	if n := utf8.RuneCountInString(f.Paper); n < 3 || n > 200 {
		wrong = append(wrong, &mekenjai.FieldError{Field: "paper", Key: "desk.error.protection_paper"})
	}
	if !slices.Contains(mekenjai.ProtectionMonths, in.Months) {
		wrong = append(wrong, &mekenjai.FieldError{Field: "months", Key: "desk.error.protection_months"})
	}
	return f, wrong.OrNil()
}

// PrepareSealing freezes the proposal to seal a person's data. The order to hide
// somebody arrives where he fled to, so that it is the officer's own territory that
// counts and not where the person is registered; nothing is looked up, and the
// answer is the same for who is known, unknown, or sealed already.
func (r *Register) PrepareSealing(ctx context.Context, actor mekenjai.Actor, in ProtectionInput) (t SignedText, err error) {
	fields, err := in.check()
	if err != nil {
		return t, err
	}
	entry := audit.By(actor, string(mekenjai.DoProposeSeal), "").Concerning(fields.Person)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		if err := maySeal(actor, mekenjai.DoProposeSeal, fields.Person, ownTerritory(actor), ""); err != nil {
			return err
		}
		t, err = r.prepareProtection(ctx, tx, actor, fields)
		return err
	})
	return t, r.refuseDeed(ctx, entry, err)
}

func ownTerritory(actor mekenjai.Actor) string { return actor.Duty.Territory }

// maySeal asks the table of permits; nobody seals or opens himself.
func maySeal(actor mekenjai.Actor, d mekenjai.Deed, person mekenjai.IIN, territory string, holder mekenjai.IIN) error {
	if err := actor.Permitted(d, mekenjai.Matter{KATO: []string{territory}, Holder: holder}); err != nil {
		return err
	}
	if person == actor.IIN {
		return mekenjai.ErrForbidden
	}
	return nil
}

func (r *Register) prepareProtection(ctx context.Context, tx database.Tx, actor mekenjai.Actor, f protectionFields) (SignedText, error) {
	office, err := officeName(ctx, tx, actor.Duty.Office)
	if err != nil {
		return SignedText{}, err
	}
	return r.prepare(ctx, tx, actor, mekenjai.ProtectionPurpose, string(f.Person)+"/"+string(f.Deed), f, func(id string, at time.Time) []byte {
		number := f.Number
		if number == "" {
			number = protectionNumber(id)
		}
		return mekenjai.Protection{Number: number, Person: f.Person, Deed: f.Deed, Ground: f.Ground, Order: f.Paper,
			Months: f.Months, Name: actor.Name, Office: office}.Text(id, at)
	})
}

// protectionNumber follows from the proposal's text, so that it stands in it.
func protectionNumber(text string) string { return mekenjai.ShortCode([]byte(text)) }

// protectionDeeds says, for a step that follows on a protection that stands, who may
// do it, in which state, and who must be another.
var protectionDeeds = map[mekenjai.ProtectionDeed]struct {
	permit mekenjai.Deed
	from   mekenjai.ProtectionState
	holder func(Protection) mekenjai.IIN
}{
	mekenjai.ConfirmSealing: {mekenjai.DoConfirmSeal, mekenjai.ProtectionProposed, func(p Protection) mekenjai.IIN { return p.proposer }},
	mekenjai.ProposeOpening: {mekenjai.DoProposeSeal, mekenjai.ProtectionSealed, func(Protection) mekenjai.IIN { return "" }},
	mekenjai.ConfirmOpening: {mekenjai.DoConfirmSeal, mekenjai.ProtectionOpening, func(p Protection) mekenjai.IIN { return p.opener }},
}

// protectionFor finds a protection for who may do the step.
func protectionFor(ctx context.Context, tx database.Tx, actor mekenjai.Actor, deed mekenjai.ProtectionDeed, number string) (Protection, error) {
	d, ok := protectionDeeds[deed]
	if !ok {
		return Protection{}, mekenjai.ErrNotFound
	}
	p, err := loadProtection(ctx, tx, actor, number)
	if err != nil {
		return p, err
	}
	if err := maySeal(actor, d.permit, p.Person, p.territory, d.holder(p)); err != nil {
		return p, err
	}
	if p.State != d.from {
		return p, mekenjai.ErrConflict
	}
	return p, nil
}

// loadProtection finds a protection for who proposed it, or to open it, and for the
// chiefs of its territory; to all others it does not exist.
func loadProtection(ctx context.Context, tx database.Tx, actor mekenjai.Actor, number string) (Protection, error) {
	p, err := scanProtection(tx.QueryRow(ctx, `SELECT `+protectionColumns+` FROM protection p WHERE p.number = $1`, number))
	if err != nil {
		return p, err
	}
	own := p.proposer == actor.IIN || p.opener == actor.IIN
	chief := actor.Duty.Role == mekenjai.Chief && actor.Duty.Covers(p.territory)
	if !own && !chief || p.Person == actor.IIN {
		return Protection{}, mekenjai.ErrNotFound
	}
	return p, nil
}

// PrepareProtection freezes the text of a step that follows on a protection that
// stands: to confirm it, to propose that it be opened, to confirm that.
func (r *Register) PrepareProtection(ctx context.Context, actor mekenjai.Actor, number string, deed mekenjai.ProtectionDeed, why string) (t SignedText, err error) {
	if deed == mekenjai.ProposeOpening {
		if why, err = words("why", why); err != nil {
			return t, err
		}
	}
	entry := audit.By(actor, "protection."+string(deed), number)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		p, err := protectionFor(ctx, tx, actor, deed, number)
		if err != nil {
			return err
		}
		t, err = r.prepareProtection(ctx, tx, actor, protectionFields{Deed: deed, Number: number, Person: p.Person, Ground: p.Ground,
			Paper: p.Paper, Months: p.Months, Why: why})
		return err
	})
	return t, r.refuseDeed(ctx, entry, err)
}

// Protect does what was signed: proposes, confirms, proposes to open, opens. It
// returns the number of the protection.
func (r *Register) Protect(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (number string, err error) {
	c, err := r.checkText(ctx, actor, text, mekenjai.ProtectionPurpose, sig)
	if err != nil {
		return "", err
	}
	f, err := fromJSON[protectionFields](c.Fields)
	if err != nil {
		return "", err
	}
	entry := audit.By(actor, "protection."+string(f.Deed), f.Number).Concerning(f.Person)
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		number = f.Number
		if f.Deed == mekenjai.ProposeSealing {
			number = protectionNumber(c.ID)
			if err := maySeal(actor, mekenjai.DoProposeSeal, f.Person, ownTerritory(actor), ""); err != nil {
				return err
			}
		} else if _, err := protectionFor(ctx, tx, actor, f.Deed, f.Number); err != nil {
			return err
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		return errors.Join(r.protect(ctx, tx, actor, f, number), audit.Write(ctx, tx, entry.With("number", number).With("ground", f.Ground)))
	})
	return number, r.refuseDeed(ctx, entry, err)
}

// protect changes the rows. A seal that is confirmed takes the place of one that
// stands; its person is told in the account, and by no message that another could
// read on his phone.
func (r *Register) protect(ctx context.Context, tx database.Tx, actor mekenjai.Actor, f protectionFields, number string) error {
	at := now(tx)
	exec := func(sql string, args ...any) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
	switch f.Deed {
	case mekenjai.ProposeSealing:
		return exec(`INSERT INTO protection (id, number, person, state, ground, paper, months, territory, proposed_by, proposed_at)
			VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8, $9)`,
			newID(), number, f.Person, f.Ground, f.Paper, f.Months, ownTerritory(actor), actor.IIN, at)
	case mekenjai.ConfirmSealing:
		until := mekenjai.DateOf(tx.Now()).AddMonths(f.Months).Start()
		return errors.Join(
			exec(`UPDATE protection SET state = 'ended', ended_at = $2 WHERE person = $1 AND state IN ('sealed', 'opening')`, f.Person, at),
			exec(`UPDATE protection SET state = 'sealed', confirmed_by = $2, confirmed_at = $3, until_at = $4 WHERE number = $1`,
				number, actor.IIN, at, database.Micros(until)),
			r.tellProtected(ctx, tx, f.Person, notify.DataSealed, until))
	case mekenjai.ProposeOpening:
		return exec(`UPDATE protection SET state = 'opening', opening_by = $2, opening_why = $3 WHERE number = $1`, number, actor.IIN, f.Why)
	}
	return errors.Join(
		exec(`UPDATE protection SET state = 'ended', ended_at = $2 WHERE number = $1`, number, at),
		r.tellProtected(ctx, tx, f.Person, notify.DataOpened, time.Time{}))
}

func (r *Register) tellProtected(ctx context.Context, tx database.Tx, person mekenjai.IIN, k notify.Kind, until time.Time) error {
	a := record{Application: mekenjai.Application{Person: person}}
	return r.tell(ctx, tx, &a, mekenjai.PartyID(person), k, func(n *notify.Args) { n.Until = until })
}

// DeclineProtection is the second officer's "no" to a proposal: what was to be
// sealed stays open, what was to be opened stays sealed.
func (r *Register) DeclineProtection(ctx context.Context, actor mekenjai.Actor, number string) error {
	entry := audit.By(actor, "protection.decline", number)
	err := r.db.Transact(ctx, func(tx database.Tx) error {
		p, err := protectionFor(ctx, tx, actor, mekenjai.ConfirmSealing, number)
		next := mekenjai.ProtectionDeclined
		if errors.Is(err, mekenjai.ErrConflict) {
			p, err = protectionFor(ctx, tx, actor, mekenjai.ConfirmOpening, number)
			next = mekenjai.ProtectionSealed
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE protection SET state = $2, opening_by = '', opening_why = '' WHERE id = $1`, p.id, next)
		return errors.Join(err, audit.Write(ctx, tx, entry.Concerning(p.Person)))
	})
	return r.refuseDeed(ctx, entry, err)
}
