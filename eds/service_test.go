package eds

import (
	"context"
	"testing"
	"time"
)

// responder counts how often it is asked.
type responder struct {
	asked  int
	status RevocationStatus
}

func (r *responder) CheckRevocation(_ context.Context, _, _ *Certificate, at time.Time) Revocation {
	r.asked++
	return Revocation{Status: r.status, ThisUpdate: &at, Evidence: []byte("response")}
}

func TestAGoodAnswerAboutATimestampingAuthorityServesAMinute(t *testing.T) {
	issuer := genuineCertificate(t, "ca-test/nca_gost_test.crt")
	other := *issuer
	x := *issuer.X509
	x.Raw = append([]byte{0}, x.Raw...)
	other.X509 = &x
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	source := &responder{status: RevocationGood}
	s := services{&serviceAnswers{}, source}
	for i, step := range []struct {
		certificate *Certificate
		after       time.Duration
		asked       int
	}{
		{issuer, 0, 1}, {issuer, 59 * time.Second, 1}, {issuer, -time.Hour, 1},
		{&other, 0, 2}, // another certificate
		{issuer, time.Minute, 3}, {issuer, 100 * time.Second, 3},
	} {
		answer := s.CheckRevocation(t.Context(), step.certificate, issuer, start.Add(step.after))
		if answer.Status != RevocationGood || source.asked != step.asked {
			t.Errorf("step %d: %s, asked %d times, want %d", i, answer.Status, source.asked, step.asked)
		}
	}
	for _, status := range []RevocationStatus{RevocationRevoked, RevocationUnknown, RevocationUnavailable} {
		source = &responder{status: status}
		s = services{&serviceAnswers{}, source}
		s.CheckRevocation(t.Context(), issuer, issuer, start)
		if s.CheckRevocation(t.Context(), issuer, issuer, start); source.asked != 2 {
			t.Errorf("%s is kept", status)
		}
	}
}
