package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
	"mekenjai/internal/rules"
)

// bulkSize bounds how many people one signature of an institution removes: more
// than anybody reads is signed unread.
const bulkSize = 200

// CannotConfirm is the conflict of asking on the portal for what a co-owner cannot
// confirm there: he has no account or no key. The owners go to the counter together.
type CannotConfirm struct{ Party mekenjai.PartyID }

func (e *CannotConfirm) Error() string { return "co-owner " + e.Party.Masked() + " cannot sign" }

// Unwrap makes it an ErrConflict.
func (e *CannotConfirm) Unwrap() error { return mekenjai.ErrConflict }

// PrepareEndRequest freezes an owner's request to remove people from his dwelling
// (R60): one person, or for a building of an institution many under one signature.
// The entries must be current, at one address, and free of other requests; every
// co-owner must be able to confirm with a key of his own.
func (r *Register) PrepareEndRequest(ctx context.Context, actor mekenjai.Actor, numbers []string, ground string) (t SignedText, err error) {
	ground, err = checkGround(ground)
	if err != nil {
		return t, err
	}
	if len(numbers) == 0 || len(numbers) > bulkSize {
		return t, mekenjai.FieldErrors{{Field: "entry", Key: "life.error.chosen", Args: map[string]any{"n": bulkSize}}}
	}
	first, d, h, err := r.ofHolder(ctx, actor, numbers[0], "ending.request")
	if err != nil {
		return t, err
	}
	if err := r.canConfirm(ctx, d.others(h)); err != nil {
		return t, err
	}
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		list, err := removable(ctx, tx, h.Party, numbers, first.Dwelling.ARC)
		if err != nil {
			return err
		}
		terms, err := r.terms(tx)
		if err != nil {
			return err
		}
		fields := mekenjai.EndRequest{By: h, Dwelling: first.Dwelling, Entries: list, Ground: ground, Days: terms.ObjectionDays}
		subject := first.ID
		if len(list) > 1 {
			subject = string(first.Dwelling.ARC)
		}
		t, err = r.prepare(ctx, tx, actor, mekenjai.EndRequestPurpose, subject, fields, fields.Text)
		return err
	})
	return t, err
}

// checkGround takes what an owner writes as his reason: it may be left out.
func checkGround(text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > reasonLength {
		return "", mekenjai.FieldErrors{{Field: "reason", Key: "portal.error.reason_long", Args: map[string]any{"n": reasonLength}}}
	}
	return text, nil
}

// canConfirm asks whether every co-owner is on the portal and has a key, so that
// nobody is asked in vain.
func (r *Register) canConfirm(ctx context.Context, others []mekenjai.RightHolder) error {
	asking, cancel := patiently(ctx)
	defer cancel()
	for _, o := range others {
		if o.Party.IsOrganisation() {
			continue // its head signs with the organisation's key
		}
		reply, err := r.Peers.Citizen(asking, o.Party.IIN())
		if err != nil {
			return err
		}
		if !reply.Value.OnPortal || !reply.Value.HasEDS {
			return &CannotConfirm{o.Party}
		}
	}
	return nil
}

// removable loads the entries that an owner may ask to end: current, in this one
// dwelling, not his own, without a request that runs.
func removable(ctx context.Context, tx database.Tx, by mekenjai.PartyID, numbers []string, arc mekenjai.ARC) ([]mekenjai.Registration, error) {
	var list []mekenjai.Registration
	for _, number := range numbers { // bounded by bulkSize
		e, err := visibleEntry(ctx, tx, number, "")
		switch {
		case err != nil:
			return nil, err
		case e.Dwelling.ARC != arc:
			return nil, mekenjai.ErrNotFound
		case e.State != mekenjai.EntryCurrent || mekenjai.PartyID(e.Person) == by:
			return nil, mekenjai.ErrConflict
		}
		running, err := runningEnding(ctx, tx, e.ID)
		if err != nil {
			return nil, err
		}
		if running != nil {
			return nil, &EndingRuns{e.Number}
		}
		list = append(list, e)
	}
	return list, nil
}

// RequestEnd takes the owner's signature under the request. Each person is told
// at once and has the period to object, the co-owners have the same time to
// confirm; nothing ends before it is over. The owners are read anew: a request of
// who is no owner any more is refused.
func (r *Register) RequestEnd(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) error {
	c, err := r.checkText(ctx, actor, text, mekenjai.EndRequestPurpose, sig)
	if err != nil {
		return err
	}
	if sig.Code != nil {
		return r.refuseAttempt(ctx, audit.By(actor, "ending.request", c.Subject), "method", mekenjai.ErrForbidden) // R60: EDS
	}
	if err := r.ofOwnKey(ctx, actor, c); err != nil {
		return err
	}
	fields, err := fromJSON[mekenjai.EndRequest](c.Fields)
	if err != nil {
		return err
	}
	return r.startRequest(ctx, actor, c, fields, mekenjai.EndingByOwner, nil)
}

// startRequest begins the endings of a signed request, for an owner himself or
// for one before an operator, with the co-owners who are present too.
func (r *Register) startRequest(ctx context.Context, actor mekenjai.Actor, c checked, q mekenjai.EndRequest, kind mekenjai.EndingKind, present []mekenjai.RightHolder) error {
	d, err := r.dwellingAt(ctx, q.Dwelling.ARC)
	if err != nil {
		return err
	}
	h, ok := d.holder(q.By.Party)
	if !ok {
		return r.refuseAttempt(ctx, audit.By(actor, "ending.request", c.Subject), "not_holder", mekenjai.ErrNotFound)
	}
	numbers := make([]string, len(q.Entries))
	for i, e := range q.Entries {
		numbers[i] = e.Number
	}
	return r.db.Transact(ctx, func(tx database.Tx) error {
		list, err := removable(ctx, tx, h.Party, numbers, q.Dwelling.ARC)
		if err != nil {
			return err
		}
		if err := c.consume(ctx, tx); err != nil {
			return err
		}
		terms, err := r.terms(tx)
		if err != nil {
			return err
		}
		today := mekenjai.DateOf(tx.Now())
		until, confirm := lastInstant(rules.WorkingCalendar().AddWorkingDays(today, q.Days)), time.Time{} // q.Days: as the text promises
		if len(d.others(h)) > 0 {
			confirm = lastInstant(today.AddDays(terms.ConfirmDays))
		}
		for _, e := range list {
			x := endingRow{right: h.Right, text: c.ID, Ending: mekenjai.Ending{ID: newNumber(), Registration: e.ID, Kind: kind,
				State: mekenjai.EndingRunning, By: h.Party, Ground: q.Ground, At: tx.Now(), Until: until, Confirm: confirm}}
			if err := r.announce(ctx, tx, actor, e, &x, d.others(h)); err != nil {
				return fmt.Errorf("request to end entry %s: %w", e.Number, err)
			}
			for _, p := range present {
				if err := answerConfirmation(ctx, tx, x.ID, p.Party, mekenjai.ConfirmAgreed, "", c.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// lastInstant is the end of a day in Almaty: a period of days ends with a whole one.
func lastInstant(d mekenjai.Date) time.Time { return d.AddDays(1).Start().Add(-time.Second).UTC() }

// announce writes one request, tells the person at once and asks the co-owners.
func (r *Register) announce(ctx context.Context, tx database.Tx, actor mekenjai.Actor, e mekenjai.Registration, x *endingRow, others []mekenjai.RightHolder) error {
	if err := x.insert(ctx, tx); err != nil {
		return err
	}
	if err := r.tellPerson(ctx, tx, e, x, notify.EndAsked); err != nil {
		return err
	}
	for _, o := range others {
		if err := askConfirmation(ctx, tx, x.ID, o); err != nil {
			return err
		}
	}
	return errors.Join(
		r.tellEnding(ctx, tx, e, x, notify.ConfirmEnd, x.By),
		audit.Write(ctx, tx, byParty(actor, "ending.request", e).With("ending", x.ID).With("until", x.Until.Format(time.RFC3339)).With("others", len(others))))
}
