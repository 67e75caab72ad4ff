package register

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// IdentityInput is what the operator read from somebody's document.
type IdentityInput struct {
	IIN      string
	Document string // a mekenjai.DocumentKind
	Number   string // whole, or its last characters (mekenjai.MinDocumentDigits)
	ByCard   bool   // read from the card: the whole number
}

// Identify records that the operator compared somebody with his identity
// document. The register of persons must know a valid document of that kind whose
// number ends so: mekenjai.FieldErrors else, and an audited attempt. While it is
// silent nobody is identified: mekenjai.ErrUnavailable.
func (r *Register) Identify(ctx context.Context, actor mekenjai.Actor, id string, in IdentityInput) (Presence, error) {
	err := r.atCounter(ctx, actor, mekenjai.DoFile, "intake.identify", id, func(context.Context, database.Tx, *intakeRow) error { return nil })
	if err != nil {
		return Presence{}, err
	}
	p, err := r.identity(ctx, actor, id, in)
	if err != nil {
		return Presence{}, err
	}
	err = r.atCounter(ctx, actor, mekenjai.DoFile, "intake.identify", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		p.At = tx.Now()
		return errors.Join(p.record(ctx, tx, actor, id), row.save(ctx, tx))
	})
	return p, err
}

// identity checks what was read from a document against the register of persons.
func (r *Register) identity(ctx context.Context, actor mekenjai.Actor, subject string, in IdentityInput) (p Presence, err error) {
	kind := mekenjai.DocumentKind(in.Document)
	iin, errIIN := mekenjai.ParseIIN(in.IIN)
	var wrong mekenjai.FieldErrors
	refuse := func(bad bool, field, key string) {
		if bad {
			wrong = append(wrong, &mekenjai.FieldError{Field: field, Key: key, Args: map[string]any{"n": mekenjai.MinDocumentDigits}})
		}
	}
	refuse(errIIN != nil, "iin", "counter.error.iin_format")
	refuse(!slices.Contains(mekenjai.DocumentKinds, kind), "document", "counter.error.document")
	refuse(len([]rune(strings.TrimSpace(in.Number))) < mekenjai.MinDocumentDigits, "number", "counter.error.document_short")
	if err := wrong.OrNil(); err != nil {
		return p, err
	}
	asking, cancel := patiently(ctx)
	defer cancel()
	reply, err := r.Peers.Person(asking, iin)
	if err != nil {
		return p, err
	}
	entry := audit.By(actor, "intake.identify", subject).Concerning(iin).With("document", kind)
	refused := func(field, key string) error {
		return r.refuseAttempt(ctx, entry, "identity", mekenjai.FieldErrors{{Field: field, Key: key}})
	}
	seen, err := r.isSeen(ctx, iin)
	if err != nil {
		return p, err
	}
	if !seen || !reply.Found || reply.Value.IsDead() {
		return p, refused("iin", "counter.error.unknown")
	}
	number, ok := documentOf(reply.Value, kind, mekenjai.DateOf(r.now()), in)
	if !ok {
		return p, refused("number", "counter.error.document_number")
	}
	tail := []rune(number)
	return Presence{IIN: iin, Name: reply.Value.Name(), Document: kind, ByCard: in.ByCard,
		Tail: string(tail[max(0, len(tail)-mekenjai.MinDocumentDigits):])}, nil
}

// documentOf is the number of a valid document of the person as it was read: the
// whole number from a card, at least its end from paper.
func documentOf(p state.Person, kind mekenjai.DocumentKind, today mekenjai.Date, in IdentityInput) (string, bool) {
	read := func(number string) bool {
		return mekenjai.EndsLike(number, in.Number) && (!in.ByCard || mekenjai.EndsLike(in.Number, number))
	}
	if kind == mekenjai.DocBirth {
		c := p.BirthCertificate
		if c == nil || p.AgeOn(today) >= certificateAge || !read(c.Number) {
			return "", false
		}
		return c.Number, true
	}
	for _, d := range p.Documents {
		within := !today.Before(d.Begin) && (d.End.IsZero() || !today.After(d.End)) && (d.Invalidity.IsZero() || today.Before(d.Invalidity))
		if d.Type.Code == documentCodes[kind] && d.Status.Code == state.DocumentValid && within && read(d.Number) {
			return d.Number, true
		}
	}
	return "", false
}

// certificateAge is the age under which a birth certificate proves identity
// (service page).
const certificateAge = 16

var documentCodes = map[mekenjai.DocumentKind]string{
	mekenjai.DocIDCard: state.DocumentIdentityCard, mekenjai.DocPassport: state.DocumentPassport,
	mekenjai.DocForeignPassport: state.DocumentForeignPassport, mekenjai.DocResidencePermit: state.DocumentResidencePermit,
	mekenjai.DocStateless: state.DocumentStateless,
}

// record writes the presence; who is identified again is so with the newer document.
func (p *Presence) record(ctx context.Context, tx database.Tx, actor mekenjai.Actor, subject string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM intake_presence WHERE intake = $1 AND iin = $2`, subject, p.IIN); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO intake_presence (intake, iin, name, document, tail, by_card, operator, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, subject, p.IIN, toJSON(p.Name), p.Document, p.Tail, p.ByCard, actor.IIN, database.Micros(p.At))
	return errors.Join(err, audit.Write(ctx, tx, audit.By(actor, "intake.identify", subject).Concerning(p.IIN).
		With("document", p.Document).With("card", p.ByCard)))
}

// Unidentify takes back a presence that was recorded by mistake, and with it what
// that person signed here.
func (r *Register) Unidentify(ctx context.Context, actor mekenjai.Actor, id string, iin mekenjai.IIN) error {
	return r.atCounter(ctx, actor, mekenjai.DoFile, "intake.unidentify", id, func(ctx context.Context, tx database.Tx, row *intakeRow) error {
		n, err := tx.Exec(ctx, `DELETE FROM intake_presence WHERE intake = $1 AND iin = $2`, id, iin)
		if err != nil {
			return err
		}
		if n == 0 {
			return mekenjai.ErrNotFound
		}
		if row.signed.Signer == iin {
			row.signed, row.signature = SignedHere{}, nil
		}
		_, err = tx.Exec(ctx, `DELETE FROM intake_consent WHERE intake = $1 AND signer = $2`, id, iin)
		return errors.Join(err, row.save(ctx, tx), audit.Write(ctx, tx, audit.By(actor, "intake.unidentify", id).Concerning(iin)))
	})
}
