package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/notify"
)

// NotReady is the conflict of accepting an intake that the checklist stands
// against.
type NotReady struct{ Checklist }

func (e *NotReady) Error() string { return "the intake is not complete" }

// Unwrap makes it an ErrConflict.
func (e *NotReady) Unwrap() error { return mekenjai.ErrConflict }

// PrepareAcceptance freezes what the operator signs: what he typed, whom he
// identified, who signed before him, which papers he saw (mekenjai.Attestation).
// *NotReady while the checklist stands against it.
func (r *Register) PrepareAcceptance(ctx context.Context, actor mekenjai.Actor, id string) (t SignedText, err error) {
	h, err := r.hear(ctx, actor, id, false)
	if err != nil {
		return t, err
	}
	if !h.list.Ready || h.row.statement == nil {
		return t, &NotReady{h.list}
	}
	office, err := r.office(ctx, h.row.office)
	if err != nil {
		return t, err
	}
	err = r.atCounter(ctx, actor, mekenjai.DoAccept, "intake.accept", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		a, err := attest(ctx, tx, row, office, actor)
		if err != nil {
			return err
		}
		t, err = r.prepare(ctx, tx, actor, mekenjai.AttestationPurpose, id, a, a.Text)
		return err
	})
	return t, err
}

// attest is what stands in the intake now.
func attest(ctx context.Context, tx database.Tx, row *intakeRow, office mekenjai.ServiceOffice, actor mekenjai.Actor) (a mekenjai.Attestation, err error) {
	if row.statement == nil || row.signed.Signer == "" {
		return a, mekenjai.ErrConflict
	}
	a = mekenjai.Attestation{Intake: row.id, Number: row.number, Office: office, Operator: actor.Name, Statement: sha256.Sum256(row.statement),
		Code: mekenjai.ShortCode(row.statement), Person: row.data.Registrant, Remote: row.data.Remote}
	present, err := presences(ctx, tx, row.id)
	if err != nil {
		return a, err
	}
	for _, p := range present {
		a.Present = append(a.Present, mekenjai.Seen{IIN: p.IIN, Document: p.Document, Tail: p.Tail, ByCard: p.ByCard})
	}
	list, err := papersOf(ctx, tx, mekenjai.PaperOfIntake, row.id)
	if err != nil {
		return a, err
	}
	hashes := map[string]string{}
	for _, p := range list {
		hashes[p.ID] = hex.EncodeToString(p.Hash)
		a.Papers = append(a.Papers, mekenjai.PaperRef{Kind: p.Kind, Hash: hashes[p.ID], Seen: p.Checked})
	}
	a.Signed = mekenjai.Given{Party: mekenjai.PartyID(row.data.Registrant), Signer: row.signed.Signer, Method: row.signed.Method, Hash: hashes[row.signed.Paper]}
	consents, err := consentsHere(ctx, tx, row.id)
	for _, c := range consents {
		a.Consents = append(a.Consents, mekenjai.Given{Party: c.Holder.Party, Signer: c.Signer, As: c.As, Method: c.Method, Hash: hashes[c.Paper]})
	}
	return a, err
}

// AcceptIntake makes the intake an application, with the operator's signature
// under what he attests: once, however often it is called. From then on it goes
// the way of every application. mekenjai.ErrStale when the intake changed since
// the text was prepared; *InProgress when another application of the person is
// under way.
func (r *Register) AcceptIntake(ctx context.Context, actor mekenjai.Actor, text string, sig Signature) (mekenjai.Application, error) {
	t, err := r.TextToSign(ctx, actor, text, mekenjai.AttestationPurpose)
	if err != nil {
		return mekenjai.Application{}, err
	}
	a, err := r.acceptText(ctx, actor, t, sig)
	if errors.Is(err, mekenjai.ErrConflict) || errors.Is(err, mekenjai.ErrStale) || errors.Is(err, mekenjai.ErrNotFound) {
		if done, twice := r.accepted(ctx, actor, t.Subject); twice == nil { // the second of two clicks, or another tab
			return done, nil
		}
	}
	return a, err
}

func (r *Register) acceptText(ctx context.Context, actor mekenjai.Actor, t SignedText, sig Signature) (mekenjai.Application, error) {
	none := mekenjai.Application{}
	if !t.Signed.IsZero() {
		return none, mekenjai.ErrStale
	}
	h, err := r.hear(ctx, actor, t.Subject, false)
	if err != nil {
		return none, err
	}
	if !h.list.Ready {
		return none, &NotReady{h.list}
	}
	office, err := r.office(ctx, h.row.office)
	if err != nil {
		return none, err
	}
	c, err := r.checkText(ctx, actor, t.ID, mekenjai.AttestationPurpose, sig)
	if err != nil {
		return none, err
	}
	var a *record
	err = r.atCounter(ctx, actor, mekenjai.DoAccept, "intake.accept", t.Subject, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		now, err := attest(ctx, tx, row, office, actor)
		if err != nil {
			return err
		}
		if toJSON(now) != c.Fields {
			return mekenjai.ErrStale
		}
		if h, err = loadHeard(ctx, tx, row); err != nil {
			return err
		}
		a, err = r.accept(ctx, tx, actor, &h)
		return errors.Join(err, c.consume(ctx, tx))
	})
	if err != nil {
		return none, err
	}
	return a.Application, nil
}

// accepted is the application that an intake became.
func (r *Register) accepted(ctx context.Context, actor mekenjai.Actor, id string) (mekenjai.Application, error) {
	var a record
	err := r.db.Read(ctx, func(tx database.Tx) (err error) {
		a, err = loadApplication(ctx, tx, id)
		if err == nil && a.Operator != actor.IIN {
			err = mekenjai.ErrNotFound
		}
		return err
	})
	return a.Application, err
}

func (r *Register) accept(ctx context.Context, tx database.Tx, actor mekenjai.Actor, h *heard) (*record, error) {
	s, err := fromJSON[mekenjai.CounterStatement](h.row.fields)
	if err != nil {
		return nil, fmt.Errorf("statement of intake %s: %w", h.row.id, err)
	}
	if other, err := underWay(ctx, tx, s.Person); err != nil {
		return nil, err
	} else if other != "" {
		return nil, &InProgress{other}
	}
	a := h.application(s.Dwelling)
	a.Number, a.SubmittedAt, a.Operator = newNumber(), tx.Now(), actor.IIN
	a.Clock, a.askAt = a.Clock.In(mekenjai.Checking, tx.Now()), tx.Now().Add(lease)
	if err := a.insert(ctx, tx, h.row.signature); err != nil {
		return nil, err
	}
	at := tx.Now()
	for _, c := range h.asRows(func(consentHere) time.Time { return at }) {
		if err := r.recordConsent(ctx, tx, a, c); err != nil {
			return nil, err
		}
	}
	h.row.state, h.row.closed, h.row.gathered = IntakeAccepted, at, ""
	if h.row.signature != nil {
		err = tx.Enqueue(ctx, evidenceArgs{Application: a.ID}, afterAnswers)
	}
	return a, errors.Join(err,
		h.row.save(ctx, tx),
		handOverPapers(ctx, tx, mekenjai.PaperOfIntake, h.row.id, mekenjai.PaperOfApplication, a.ID),
		r.tellApplicant(ctx, tx, a, notify.FiledByStaff, nil),
		tx.Enqueue(ctx, inquiryArgs{Application: a.ID}, nil),
		audit.Write(ctx, tx, audit.By(actor, "intake.accept", a.ID).Concerning(a.Person).
			With("code", mekenjai.ShortCode(a.Statement)).With("method", a.Method).With("filer", a.FilerRole).With("office", a.Office)))
}

// recordConsent makes a consent that was given at the counter one of the
// application, and tells the right-holder that it was recorded: who did not give
// it learns of it at once.
func (r *Register) recordConsent(ctx context.Context, tx database.Tx, a *record, c consentRow) error {
	if err := c.insert(ctx, tx); err != nil {
		return err
	}
	if c.signature != nil {
		if err := tx.Enqueue(ctx, evidenceArgs{Consent: c.ID}, afterAnswers); err != nil {
			return err
		}
	}
	return r.tell(ctx, tx, a, c.Holder.Party, notify.ConsentRecorded, nil)
}

// tellApplicant tells the person, and who filed for him.
func (r *Register) tellApplicant(ctx context.Context, tx database.Tx, a *record, k notify.Kind, with func(*notify.Args)) error {
	err := r.tell(ctx, tx, a, mekenjai.PartyID(a.Person), k, with)
	if a.Filer == "" || a.Filer == a.Person || a.FilerRole == mekenjai.FiledByAdministration {
		return err
	}
	return errors.Join(err, r.tell(ctx, tx, a, mekenjai.PartyID(a.Filer), k, with))
}
