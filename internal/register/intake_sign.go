package register

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
)

// PrepareIntake freezes the statement that applicant and right-holders sign:
// complete answers, the names of the register of persons, the office and the
// operator. Until an answer changes it stays the same bytes. mekenjai.ErrConflict
// while an answer is missing; mekenjai.ErrUnavailable while the register of
// persons does not say who it is about.
func (r *Register) PrepareIntake(ctx context.Context, actor mekenjai.Actor, id string) (Intake, error) {
	in, err := r.Intake(ctx, actor, id)
	if err != nil || in.Statement != nil {
		return in, err
	}
	if len(in.Missing()) > 0 || in.State != IntakeOpen {
		return in, mekenjai.ErrConflict
	}
	m, err := r.meet(ctx, in.Intake, &intakeRow{data: in.Intake, name: in.Name, filerName: in.FilerName})
	if err != nil {
		return in, err
	}
	if m.silent || in.Filer != "" && m.filerName.IsZero() {
		return in, fmt.Errorf("name for the statement: %w", mekenjai.ErrUnavailable)
	}
	if m.name.IsZero() {
		m.name.Surname = "—" // unknown: the rules refuse (R02); the text needs no name for that
	}
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "intake.prepare", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		if row.statement != nil || row.updated != in.Updated {
			return nil // another tab was here in between: its text, or its answers
		}
		s := counterStatement(row, in, m, actor)
		s.Prepared = tx.Now()
		row.name, row.filerName = m.name, m.filerName
		row.statement, row.fields = s.Text(), toJSON(s)
		return errors.Join(row.save(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "intake.prepare", id).
			Concerning(row.data.Registrant).With("code", mekenjai.ShortCode(row.statement))))
	})
	if err != nil {
		return in, err
	}
	return r.Intake(ctx, actor, id)
}

func counterStatement(row *intakeRow, in Intake, m met, actor mekenjai.Actor) mekenjai.CounterStatement {
	return mekenjai.CounterStatement{
		Statement: mekenjai.Statement{Application: row.id, Person: in.Registrant, Name: m.name, Dwelling: m.dwelling, Months: in.Months,
			Purpose: in.Purpose, Arrival: in.Arrival, IsOwner: *in.IsOwner, Owner: in.Owner},
		Filer: in.Filer, FilerName: m.filerName, Role: in.FilerRole, Authority: in.Authority, Office: in.Office, Operator: actor.Name,
	}
}

// HandSignature is what somebody at the counter signs the statement with; one of
// the three is given.
type HandSignature struct {
	// Paper is the id of the scan (ShowPaper) of the printed statement that was
	// signed by hand: mekenjai.SignedApplication, mekenjai.WrittenConsent or, for a
	// petition, mekenjai.PetitionPaper, compared with the original.
	Paper string
	CMS   []byte // by the signer's own key, over the statement
	// Code checks digits that were sent to the signer's own phone for this text,
	// see Signature; SignerAt is the actor to whom the code belongs.
	Code func(ctx context.Context, text []byte) (consume func(context.Context, database.Tx) error, err error)
}

// proven is a signature at the counter that was verified outside a transaction.
type proven struct {
	SignedHere
	cms     []byte
	consume func(context.Context, database.Tx) error
}

// prove verifies a key's or code's signature over the text by exactly the signer.
// What cannot be judged yet is not taken (*mekenjai.SignatureError with Wait):
// the person stands there and may sign by hand.
func (r *Register) prove(ctx context.Context, signer mekenjai.Actor, entry audit.Entry, text []byte, sig HandSignature) (p proven, err error) {
	p.Signer = signer.IIN
	switch {
	case sig.Paper != "":
		p.Method, p.Paper = mekenjai.ByHand, sig.Paper
		return p, nil
	case sig.Code != nil:
		p.Method = mekenjai.BySMS
		p.consume, err = sig.Code(ctx, text)
		return p, err
	}
	p.Method, p.cms = mekenjai.ByEDS, sig.CMS
	s, err := r.verifyOwn(ctx, signer, text, sig.CMS)
	if err == nil && !speaksFor(s) {
		err = &mekenjai.SignatureError{Code: "role"}
	}
	if err != nil {
		return p, r.refuseSignature(ctx, entry, err)
	}
	return p, nil
}

// settleIn finishes a proof in the transaction that uses it: the code is used up;
// the signed paper is there, of the right kind, and its original was seen.
func (p *proven) settleIn(ctx context.Context, tx database.Tx, place mekenjai.PaperPlace, subject string, proof mekenjai.Proof) error {
	p.At = tx.Now()
	switch p.Method {
	case mekenjai.BySMS:
		return p.consume(ctx, tx)
	case mekenjai.ByHand:
		paper, err := paperHere(ctx, tx, place, subject, p.Paper)
		if errors.Is(err, mekenjai.ErrNotFound) || err == nil && !paper.Kind.Proves(proof) {
			return mekenjai.FieldErrors{{Field: "paper", Key: "counter.error.paper_kind"}}
		}
		if err == nil && !paper.Checked {
			return mekenjai.FieldErrors{{Field: "paper", Key: "counter.error.paper_original"}}
		}
		return err
	}
	return nil
}

// SignerAt is the applicant of an intake as the actor to whom a signing code is
// sent, bound to the operator's session.
func (r *Register) SignerAt(ctx context.Context, actor mekenjai.Actor, id string) (signer mekenjai.Actor, err error) {
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "intake.sign", id, func(_ context.Context, _ database.Tx, row *intakeRow) error {
		signer = mekenjai.Actor{IIN: row.data.FiledBy(), Method: mekenjai.BySMS, Session: actor.Session, Language: row.data.Language}
		return nil
	})
	return signer, err
}

// SignHere records the applicant's signature under the frozen statement: of who
// files, whom the operator has identified, by hand, by an own key or by a code
// sent to the own phone.
func (r *Register) SignHere(ctx context.Context, actor mekenjai.Actor, id string, sig HandSignature) error {
	var signer mekenjai.Actor
	var text []byte
	err := r.atCounter(ctx, actor, mekenjai.DoFile, "intake.sign", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		signer, text = mekenjai.Actor{IIN: row.data.FiledBy()}, row.statement
		return row.mayBeSigned(ctx, tx, signer.IIN)
	})
	if err != nil {
		return err
	}
	p, err := r.prove(ctx, signer, audit.By(actor, "intake.sign", id).Concerning(signer.IIN), text, sig)
	if err != nil {
		return err
	}
	return r.atCounter(ctx, actor, mekenjai.DoFile, "intake.sign", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		if err := row.stillSays(ctx, tx, text, signer.IIN); err != nil {
			return err
		}
		if err := p.settleIn(ctx, tx, mekenjai.PaperOfIntake, id, mekenjai.ProvesApplication); err != nil {
			return err
		}
		row.signed, row.signature = p.SignedHere, p.cms
		return errors.Join(row.save(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "intake.sign", id).Concerning(signer.IIN).
			With("method", p.Method).With("code", mekenjai.ShortCode(text))))
	})
}

// mayBeSigned says whether the statement is frozen and the signer identified.
func (i *intakeRow) mayBeSigned(ctx context.Context, tx database.Tx, signer mekenjai.IIN) error {
	if i.statement == nil {
		return mekenjai.ErrStale
	}
	here, err := presences(ctx, tx, i.id)
	if err != nil {
		return err
	}
	for _, p := range here {
		if p.IIN == signer {
			return nil
		}
	}
	return mekenjai.FieldErrors{{Field: "signer", Key: "counter.error.not_present"}}
}

// stillSays holds that the statement is the one that was signed.
func (i *intakeRow) stillSays(ctx context.Context, tx database.Tx, text []byte, signer mekenjai.IIN) error {
	if string(i.statement) != string(text) {
		return mekenjai.ErrStale
	}
	return i.mayBeSigned(ctx, tx, signer)
}
