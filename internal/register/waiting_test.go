package register_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/database"
	"mekenjai/internal/register"
)

// line is one world's way to the revocation service of the authority, which the
// worlds share: what one of them cuts stays up for the others.
type line struct {
	eds.RevocationChecker
	cut atomic.Bool
}

func (l *line) CheckRevocation(ctx context.Context, c, issuer *eds.Certificate, at time.Time) eds.Revocation {
	if l.cut.Load() {
		return eds.Revocation{Status: eds.RevocationUnavailable, Source: "test authority", Detail: "the line is cut"}
	}
	return l.RevocationChecker.CheckRevocation(ctx, c, issuer, at)
}

// silence cuts the world's line to the revocation service.
func (w *world) silence() (speak func()) {
	w.revocation.cut.Store(true)
	return func() { w.revocation.cut.Store(false) }
}

func waits(err error) bool {
	var s *mekenjai.SignatureError
	return errors.As(err, &s) && s.Wait
}

func TestASignatureThatCannotBeJudgedYetWaitsAndIsNotAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.land.Story("sole_owner")
		d, err := w.fill(s)
		if err != nil {
			t.Fatal(err)
		}
		actor := w.person(s.Applicant)
		speak := w.silence()
		if _, err := w.register.Submit(t.Context(), actor, d.ID, register.Signature{CMS: w.sign(actor, d.Statement)}); !waits(err) {
			t.Fatalf("got %v", err)
		}
		w.clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d, err := w.register.Draft(t.Context(), actor, d.ID); err != nil || d.Waiting.IsZero() {
			t.Errorf("the person does not see that the signature waits: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM application WHERE id = $1`, d.ID); n != 0 {
			t.Fatal("an unjudged signature passed")
		}
		speak()
		w.clock.Advance(10 * time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(mekenjai.Application{ID: d.ID, Person: s.Applicant}, mekenjai.Registered)
	})
}

func TestAConsentGivenInTimeCountsThoughItsKeyCouldBeJudgedOnlyLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		w.clock.Advance(59 * time.Minute)
		speak := w.silence()
		if err := w.agree(bolat, requests[bolat]); !waits(err) {
			t.Fatalf("got %v", err)
		}
		w.clock.Advance(30 * time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.AwaitingConsent)
		speak()
		w.clock.Advance(30 * time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestAWaitingSignatureOfARevokedKeyIsDroppedAndItsGiverTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		actor := w.speaker(bolat, requests[bolat])
		q, err := w.register.Request(t.Context(), actor, requests[bolat])
		if err != nil {
			t.Fatal(err)
		}
		speak := w.silence()
		cms := w.signWith(w.key(actor, pki.Revoked), q.Statement)
		if err := w.register.Agree(t.Context(), actor, requests[bolat], cms); !waits(err) {
			t.Fatalf("got %v", err)
		}
		speak()
		w.clock.Advance(time.Minute)
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.told(w.land.IIN("bolat"), "не принята")
		if err := w.agree(bolat, requests[bolat]); err != nil {
			t.Errorf("another key is refused: %v", err)
		}
		w.await(a, mekenjai.Registered)
	})
}

func TestEvidenceOfEverySignatureVerifiesWithoutAnybodyToAsk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, requests := w.asked("non_owner")
		bolat := w.land.Party("bolat")
		if err := w.agree(bolat, requests[bolat]); err != nil {
			t.Fatal(err)
		}
		w.await(a, mekenjai.Registered)
		var archives [][]byte
		for range 200 {
			err := w.db.Read(t.Context(), func(tx database.Tx) (err error) {
				archives, err = database.Collect(t.Context(), tx, database.Column[[]byte], `SELECT evidence FROM application WHERE evidence IS NOT NULL
					UNION ALL SELECT evidence FROM consent WHERE evidence IS NOT NULL`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(archives) == 2 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if len(archives) != 2 {
			t.Fatalf("evidence of %d signatures, want the applicant's and the owner's", len(archives))
		}
		alone := &eds.Verifier{Anchors: verifierAnchors()} // nobody to ask, years later
		for _, archive := range archives {
			report, err := alone.VerifyCMS(t.Context(), archive, a.Statement, eds.Options{At: w.clock.Now().AddDate(5, 0, 0), Usage: eds.UsageSign})
			if err != nil || !report.Valid() || report.Signers[0].Timestamp == nil {
				t.Errorf("%+v %v", report, err)
			}
		}
	})
}
