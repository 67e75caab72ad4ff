package eds

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// serviceAnswer is how long an authority's word that a time-stamping authority's
// certificate is good serves for the next timestamps. The same certificate comes
// with every timestamp, and an answer is as good as new for five minutes by itself,
// see OCSPEntry.at. About the certificates of signers it is asked each time.
const serviceAnswer = time.Minute

// serviceAnswers are the last answers about certificates of time-stamping
// authorities.
type serviceAnswers struct {
	mu    sync.Mutex
	known map[[2 * sha256.Size]byte]serviceWord
}

type serviceWord struct {
	Revocation
	heard time.Time // by the clock of this machine, whatever time was asked about
}

// maxServices bounds the answers: there are a few authorities.
const maxServices = 64

func (s *serviceAnswers) find(c, issuer *Certificate, at time.Time) (Revocation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.known[pairOf(c, issuer)]
	ok = ok && time.Since(w.heard) < serviceAnswer && at.Sub(*w.ThisUpdate) < serviceAnswer &&
		(w.NextUpdate == nil || at.Before(*w.NextUpdate))
	return w.Revocation, ok
}

// keep keeps a good answer that can be shown to others.
func (s *serviceAnswers) keep(c, issuer *Certificate, r Revocation) {
	if r.Status != RevocationGood || r.ThisUpdate == nil || len(r.Evidence) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxServices {
		s.known = map[[2 * sha256.Size]byte]serviceWord{}
	}
	s.known[pairOf(c, issuer)] = serviceWord{r, time.Now()}
}

// pairOf names a certificate and who issued it.
func pairOf(c, issuer *Certificate) (key [2 * sha256.Size]byte) {
	a, b := sha256.Sum256(c.X509.Raw), sha256.Sum256(issuer.X509.Raw)
	copy(key[:sha256.Size], a[:])
	copy(key[sha256.Size:], b[:])
	return key
}

// services asks source unless the answer is known.
type services struct {
	answers *serviceAnswers
	source  RevocationChecker
}

func (s services) CheckRevocation(ctx context.Context, c, issuer *Certificate, at time.Time) Revocation {
	if r, ok := s.answers.find(c, issuer, at); ok {
		return r
	}
	r := s.source.CheckRevocation(ctx, c, issuer, at)
	s.answers.keep(c, issuer, r)
	return r
}
