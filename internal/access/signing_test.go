package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/database"
)

var statement = []byte("the statement\n")

// consume is a submission.
func (w *world) consume(p *access.SigningProof) error {
	return w.db.Transact(ctx, func(tx database.Tx) error { return p.Consume(ctx, tx) })
}

func TestASigningCodeNamesItsText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		if texts := w.texts(); !strings.Contains(texts[len(texts)-1], mekenjai.ShortCode(statement)) {
			t.Errorf("the message is %q", texts)
		}
	})
}

func TestASigningCodeSignsOneTextOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		proof := must(w.VerifySigningCode(ctx, actor, "a1", statement, w.digits()))(t)
		if proof.Phone != "+77010000001" || proof.SentAt.IsZero() || proof.Code() == "" {
			t.Errorf("the evidence is %+v", proof)
		}
		twin := must(w.VerifySigningCode(ctx, actor, "a1", statement, w.digits()))(t) // from another tab
		must(0, w.consume(proof))(t)
		wantError(t, w.consume(proof), mekenjai.ErrStale)
		wantError(t, w.consume(twin), mekenjai.ErrStale)
		_, err := w.VerifySigningCode(ctx, actor, "a1", statement, w.digits())
		wantLeft(t, err, 0)
	})
}

func TestASubmissionThatFailsKeepsTheCodeButNotTheTry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		refused := errors.New("refused")
		for range 3 {
			consume := must(w.SigningCode(actor, "a1", w.digits())(ctx, statement))(t)
			wantError(t, w.db.Transact(ctx, func(tx database.Tx) error {
				return errors.Join(consume(ctx, tx), refused)
			}), refused)
		}
		_, err := w.VerifySigningCode(ctx, actor, "a1", statement, w.digits())
		wantLeft(t, err, 0)
	})
}

func TestASigningCodeIsBoundToTextThingPersonAndSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		digits := w.digits()
		elsewhere, somebody, firm := actor, actor, actor
		elsewhere.Session, somebody.IIN, firm.BIN = "other", berik, "050140000011"
		for name, err := range map[string]error{
			"another text":    second(w.VerifySigningCode(ctx, actor, "a1", []byte("another\n"), digits)),
			"another thing":   second(w.VerifySigningCode(ctx, actor, "a2", statement, digits)),
			"another session": second(w.VerifySigningCode(ctx, elsewhere, "a1", statement, digits)),
			"another person":  second(w.VerifySigningCode(ctx, somebody, "a1", statement, digits)),
			"an organisation": second(w.VerifySigningCode(ctx, firm, "a1", statement, digits)),
		} {
			t.Run(name, func(t *testing.T) { wantLeft(t, err, 0) })
		}
		must(w.VerifySigningCode(ctx, actor, "a1", statement, digits))(t)
	})
}

func second[T any](_ T, err error) error { return err }

func TestAWrongSigningCodeIsCountedThoughNothingIsSubmitted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := w.browser().bySMS("").Actor
		must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		digits := w.digits()
		for _, left := range []int{2, 1, 0} {
			_, err := w.VerifySigningCode(ctx, actor, "a1", statement, other(digits))
			wantLeft(t, err, left)
		}
		_, err := w.VerifySigningCode(ctx, actor, "a1", statement, digits)
		wantLeft(t, err, 0)
	})
}

func TestACodeToSignInSignsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		actor := b.bySMS("").Actor
		must(w.BeginSMS(ctx, b.visit, aigul, "a1", b.client))(t)
		_, err := w.VerifySigningCode(ctx, actor, "a1", statement, w.digits())
		wantLeft(t, err, 0)

		w.clock.Advance(time.Hour)
		code := must(w.BeginSigningCode(ctx, actor, "a1", statement))(t)
		_, err = w.FinishSMS(ctx, b.visit, code.ID, w.digits(), b.client)
		wantLeft(t, err, 0)
	})
}

func TestAnOrganisationDoesNotSignBySMS(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		actor := mekenjai.Actor{IIN: aigul, BIN: "050140000011", MaySign: true, Session: "s"}
		_, err := w.BeginSigningCode(ctx, actor, "a1", statement)
		wantError(t, err, mekenjai.ErrForbidden)
	})
}

func TestAProofThatNobodyMadeIsNotConsumed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.consume(&access.SigningProof{Phone: "+77010000001"}); err == nil {
			t.Error("consumed")
		}
	})
}
