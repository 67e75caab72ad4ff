package register

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// Request is a request for consent as the right-holder sees it, without the
// applicant's context: who asks, for which dwelling, for how long.
type Request struct {
	mekenjai.Consent
	Name        mekenjai.Name // of the registrant
	Dwelling    mekenjai.Dwelling
	Months      mekenjai.Months
	Purpose     mekenjai.Purpose
	Arrival     mekenjai.Date
	Statement   []byte
	State       mekenjai.State
	Others      int       // right-holders asked beside this one
	FrozenAt    time.Time // when the property register named the right-holders
	FrozenHash  []byte    // of its reply
	Waiting     time.Time // since when this right-holder's signature waits to be judged; zero: none does
	Now         time.Time
	MayWithdraw bool
	ByStaff     bool          // an operator of the State Corporation filled the application in
	Place       mekenjai.Text // at which counter
}

// Requests are the latest requests to the actor's party, newest first.
func (r *Register) Requests(ctx context.Context, actor mekenjai.Actor) (list []Request, err error) {
	if actor.BIN != "" && !actor.MaySign {
		return nil, mekenjai.ErrForbidden
	}
	err = r.db.Read(ctx, func(tx database.Tx) error {
		list, err = database.Collect(ctx, tx, func(row database.Row) (q Request, err error) {
			var name string
			err = row.Scan(&q.ID, &q.Application, &q.Answer, database.ScanTime(&q.AskedAt), database.ScanTime(&q.Deadline),
				&name, &q.Dwelling.ARC, &q.Dwelling.Address.KK, &q.Dwelling.Address.RU, &q.Months, &q.State)
			if err != nil {
				return q, err
			}
			q.Now = tx.Now()
			q.Name, err = fromJSON[mekenjai.Name](name)
			return q, err
		}, `SELECT c.id, c.application, c.answer, c.asked_at, c.deadline, a.name, a.arc, a.address_kk, a.address_ru, a.months, a.state
			FROM consent c JOIN application a ON a.id = c.application
			WHERE c.party = $1 ORDER BY c.asked_at DESC LIMIT $2`, actor.Party(), pageSize)
		return err
	})
	return list, err
}

// Request opens one request. To everybody but the right-holder it does not
// exist; the right-holder must have proved anew, for this very request, who he
// is (ErrSignIn): the link may have been opened in the applicant's browser.
func (r *Register) Request(ctx context.Context, actor mekenjai.Actor, id string) (q Request, err error) {
	office := ""
	err = r.db.Transact(ctx, func(tx database.Tx) error {
		c, a, err := r.loadRequest(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		office = a.Office
		others, err := consentsOf(ctx, tx, a.ID, c.round)
		if err != nil {
			return err
		}
		q = Request{Consent: c.Consent, Name: a.Name, Dwelling: a.Dwelling, Months: a.Months, Purpose: a.Purpose,
			Arrival: a.Arrival, Statement: a.Statement, State: a.State, Others: len(others) - 1,
			FrozenAt: a.propertyAt, FrozenHash: a.propertyHash, Waiting: c.waiting, Now: tx.Now(),
			MayWithdraw: c.Answer == mekenjai.Agreed && c.round == a.Round && !a.State.IsDecided(), ByStaff: a.IsByStaff()}
		return audit.Write(ctx, tx, audit.By(actor, "consent.view", c.ID).Concerning(a.Person))
	})
	if err != nil || office == "" {
		return q, err
	}
	place, err := r.office(ctx, office)
	q.Place = place.Name
	return q, err
}

// loadRequest finds the request for the one party it is addressed to.
func (r *Register) loadRequest(ctx context.Context, tx database.Tx, actor mekenjai.Actor, id string) (consentRow, record, error) {
	c, err := loadConsent(ctx, tx, id)
	if err != nil {
		return c, record{}, err
	}
	if !actor.MayAnswerFor(c.Holder) {
		return c, record{}, mekenjai.ErrNotFound
	}
	if !actor.IsFreshFor(id, tx.Now(), freshWithin) {
		return c, record{}, mekenjai.ErrSignIn
	}
	a, err := loadApplication(ctx, tx, c.Application)
	return c, a, err
}

// Agree records the right-holder's consent: an EDS of exactly that party over
// the frozen text (R35). A signature by anybody else, over another text or by a
// key that is not trusted is refused and audited, and changes nothing.
func (r *Register) Agree(ctx context.Context, actor mekenjai.Actor, id string, cms []byte) error {
	q, err := r.Request(ctx, actor, id)
	if err != nil {
		return err
	}
	if !q.Answer.IsOpen() {
		if q.Answer == mekenjai.Agreed {
			return nil // the second of two clicks
		}
		return mekenjai.ErrConflict
	}
	signer, err := r.verifyOwn(ctx, actor, q.Statement, cms)
	if err == nil && !speaksFor(signer) {
		err = &mekenjai.SignatureError{Code: "role"}
	}
	if mustWait(err) {
		return errors.Join(r.letConsentWait(ctx, actor, id, cms), err)
	}
	if err != nil {
		return r.refuseSignature(ctx, audit.By(actor, "consent.agree", id), err)
	}
	return r.answer(ctx, actor, id, func(ctx context.Context, tx database.Tx, c *consentRow) error {
		c.signer, c.signature, c.method = mekenjai.IIN(signer.Subject.IIN), cms, mekenjai.ByEDS
		return errors.Join(
			c.answer(ctx, tx, mekenjai.Agreed, ""),
			tx.Enqueue(ctx, evidenceArgs{Consent: c.ID}, afterAnswers))
	})
}

// reasonLength bounds what a right-holder writes.
const reasonLength = 500

// Decline refuses consent with a reason, which is not told to the applicant.
func (r *Register) Decline(ctx context.Context, actor mekenjai.Actor, id, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return mekenjai.FieldErrors{{Field: "reason", Key: "portal.error.reason_empty"}}
	case utf8.RuneCountInString(reason) > reasonLength:
		return mekenjai.FieldErrors{{Field: "reason", Key: "portal.error.reason_long", Args: map[string]any{"n": reasonLength}}}
	}
	return r.answer(ctx, actor, id, func(ctx context.Context, tx database.Tx, c *consentRow) error {
		return c.answer(ctx, tx, mekenjai.Declined, reason)
	})
}

// Disown says "I am not the owner": the property register may be wrong, so an
// officer must look (R27).
func (r *Register) Disown(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.answer(ctx, actor, id, func(ctx context.Context, tx database.Tx, c *consentRow) error {
		return c.answer(ctx, tx, mekenjai.NotMine, "")
	})
}

// TakeBack withdraws a consent that was given, until the decision (R38).
func (r *Register) TakeBack(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.answer(ctx, actor, id, func(ctx context.Context, tx database.Tx, c *consentRow) error {
		return c.answer(ctx, tx, mekenjai.Withdrawn, "")
	})
}

// answer is the common path of the four answers: the request must be open in
// the present round of an application that is not decided, and in time; after the
// deed the rules see whether anything follows from it.
func (r *Register) answer(ctx context.Context, actor mekenjai.Actor, id string, deed func(context.Context, database.Tx, *consentRow) error) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		c, a, err := r.loadRequest(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if c.round != a.Round || a.State.IsDecided() || c.isLate(tx.Now()) {
			return mekenjai.ErrConflict
		}
		if err := deed(ctx, tx, &c); err != nil {
			return err
		}
		entry := audit.By(actor, "consent."+string(c.Answer), c.ID).Concerning(a.Person).
			With("application", a.ID).With("code", mekenjai.ShortCode(a.Statement))
		if err := audit.Write(ctx, tx, entry); err != nil {
			return err
		}
		return r.reconsider(ctx, tx, &a)
	})
}

// Withdraw ends the applicant's own application before the decision.
func (r *Register) Withdraw(ctx context.Context, actor mekenjai.Actor, id string) error {
	return r.db.Transact(ctx, func(tx database.Tx) error {
		a, err := loadApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		if !a.isOf(actor) {
			return mekenjai.ErrNotFound
		}
		if a.State == mekenjai.Cancelled && a.Reason == string(mekenjai.ByApplicant) {
			return nil
		}
		return errors.Join(
			r.cancel(ctx, tx, &a, string(mekenjai.ByApplicant)),
			audit.Write(ctx, tx, audit.By(actor, "application.withdraw", a.ID).Concerning(a.Person)))
	})
}
