package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/access"
)

// stamp is the time-stamping authority of these tests.
func (w *world) stamp(_ context.Context, signature []byte, d eds.Digest) ([]byte, error) {
	a := must(authority())(w.t)
	request, err := eds.NewTimestampRequest(signature, d)
	if err != nil {
		return nil, err
	}
	response, err := a.Timestamp(request.Bytes(), w.clock.Now())
	if err != nil {
		return nil, err
	}
	return request.Token(response)
}

// settle lets the jobs run that are due.
func (w *world) settle() { w.texts() }

// offline judges evidence long after, with nobody to ask.
func (w *world) offline(evidence []byte) *eds.Report {
	w.t.Helper()
	v := &eds.Verifier{Anchors: must(authority())(w.t).Anchors()}
	return must(v.VerifyCMS(ctx, evidence, nil, eds.Options{At: w.clock.Now().AddDate(20, 0, 0), Usage: eds.UsageLogin}))(w.t)
}

func TestASignInByKeyKeepsWhatProvesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Timestamp = w.stamp
		in, ch, err := w.browser().byEDS(key(t, aigul, pki.Options{}), "")
		must(0, err)(t)
		before := must(w.ProofOf(ctx, in.Actor.Session))(t)
		if len(before.Revocation) != 1 || before.Revocation[0].Status != eds.RevocationGood || before.Revocation[0].Serial != before.Certificate ||
			before.IIN != aigul || !before.SignedAt.Equal(w.clock.Now()) || before.Evidence != nil {
			t.Errorf("at the door: %+v", before)
		}
		w.settle()
		proof := must(w.ProofOf(ctx, in.Actor.Session))(t)
		report := w.offline(proof.Evidence)
		if !report.Valid() || string(report.Content) != string(ch.Text) || report.Signers[0].Timestamp == nil ||
			len(report.Signers[0].Chain) < 2 || report.Signers[0].Revocation[0].Status != eds.RevocationGood {
			t.Errorf("the evidence alone: %v %v", report.Status, report.Details)
		}
		if got := outcomes(w.entries(in.Actor.Session)); !slices.Contains(got, "evidence.collect done") {
			t.Errorf("audit says %q", got)
		}
	})
}

func TestProofsAreThrownAwayInTime(t *testing.T) {
	eachWith(t, access.Params{Proof: week}, func(t *testing.T, w *world) {
		in, _, err := w.browser().byEDS(key(t, aigul, pki.Options{}), "")
		must(0, err)(t)
		w.settle()
		w.clock.Advance(week - time.Second)
		must(w.Sweep(ctx))(t)
		must(w.ProofOf(ctx, in.Actor.Session))(t)
		w.clock.Advance(time.Second)
		must(w.Sweep(ctx))(t)
		_, err = w.ProofOf(ctx, in.Actor.Session)
		wantError(t, err, mekenjai.ErrNotFound)
	})
}

// Evidence is gathered when the authority speaks again, and a key that is revoked
// meanwhile leaves a trace and no evidence.
func TestEvidenceOfASignInWaitsForTheAuthority(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := must(authority())(t)
		in, _, err := w.browser().byEDS(key(t, aigul, pki.Options{}), "")
		must(0, err)(t)
		a.Silence(true)
		defer a.Silence(false)
		w.settle()
		if p := must(w.ProofOf(ctx, in.Actor.Session))(t); p.Evidence != nil {
			t.Error("evidence of a silent authority")
		}
		a.Silence(false)
		w.clock.Advance(time.Minute)
		w.settle()
		if p := must(w.ProofOf(ctx, in.Actor.Session))(t); p.Evidence == nil {
			t.Error("no evidence though the authority speaks")
		}
	})
}

func TestAKeyRevokedAfterTheSignInLeavesATraceOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := key(t, berik, pki.Options{Algorithm: eds.GOST2004})
		in, _, err := w.browser().byEDS(k, "")
		must(0, err)(t)
		must(authority())(t).Revoke(k.Certificate, w.clock.Now().Add(-time.Second), eds.ReasonKeyCompromise)
		defer must(authority())(t).Revoke(k.Certificate, w.clock.Now(), eds.ReasonRemoveFromCRL)
		w.settle()
		if p := must(w.ProofOf(ctx, in.Actor.Session))(t); p.Evidence != nil {
			t.Error("evidence of a key that was revoked before")
		}
		if got := outcomes(w.entries(in.Actor.Session)); !slices.Contains(got, "evidence.collect signature:revoked") {
			t.Errorf("audit says %q", got)
		}
	})
}

func TestASignInBySMSHasNoProof(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.ProofOf(ctx, "019394a2-0000-7000-8000-000000000000")
		wantError(t, err, mekenjai.ErrNotFound)
		if w.count("access_proof") != 0 {
			t.Error("a proof of nothing")
		}
	})
}

func wantWait(t *testing.T, err error) {
	t.Helper()
	var refused *mekenjai.SignatureError
	if !errors.As(err, &refused) || !refused.Wait {
		t.Errorf("got %v, want a signature that waits", err)
	}
}

// Nobody signs twice because an authority is silent for a moment.
func TestASignatureThatWaitsIsTriedAgainWithoutSigning(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := must(authority())(t)
		a.Silence(true)
		defer a.Silence(false)
		b, thief := w.browser(), w.browser()
		_, ch, err := b.byEDS(key(t, aigul, pki.Options{}), "consent-1")
		wantWait(t, err)
		_, err = w.FinishEDS(ctx, b.visit, ch.ID, nil, b.client)
		wantWait(t, err)
		a.Silence(false)
		_, err = w.FinishEDS(ctx, thief.visit, ch.ID, nil, thief.client)
		wantError(t, err, mekenjai.ErrStale)
		in := must(w.FinishEDS(ctx, b.visit, ch.ID, nil, b.client))(t)
		if in.Actor.IIN != aigul || in.For != "consent-1" {
			t.Errorf("signed in as %+v", in)
		}
		must(w.ProofOf(ctx, in.Actor.Session))(t)
		_, err = w.FinishEDS(ctx, b.visit, ch.ID, nil, b.client)
		wantError(t, err, mekenjai.ErrStale) // once
	})
}

func TestASignatureWaitsFiveMinutesHoweverOftenItIsTried(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := must(authority())(t)
		a.Silence(true)
		defer a.Silence(false)
		b := w.browser()
		_, ch, err := b.byEDS(key(t, aigul, pki.Options{}), "")
		for range 4 {
			wantWait(t, err)
			w.clock.Advance(time.Minute)
			_, err = w.FinishEDS(ctx, b.visit, ch.ID, nil, b.client)
		}
		w.clock.Advance(time.Minute)
		a.Silence(false)
		_, err = w.FinishEDS(ctx, b.visit, ch.ID, nil, b.client)
		wantError(t, err, mekenjai.ErrStale)
	})
}

// Only the signed challenge is kept for a second try.
func TestWhatIsNotTheSignedChallengeDoesNotWait(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := must(authority())(t)
		a.Silence(true)
		defer a.Silence(false)
		for _, text := range [][]byte{[]byte("other"), {}} {
			b := w.browser()
			ch := must(w.BeginEDS(ctx, b.visit, "", b.client))(t)
			_, err := w.FinishEDS(ctx, b.visit, ch.ID, w.signed(key(t, aigul, pki.Options{}), text), b.client)
			w.wantRefused(err, ch.ID, "text", false)
		}
	})
}
