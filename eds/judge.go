package eds

import (
	"context"
	"errors"
	"slices"
	"time"
)

// NewVerdict is an answer without findings: valid.
func NewVerdict() Verdict { return newVerdict() }

// Add puts a finding into the answer, whose status becomes what it leads to. A reason
// that this package does not know makes the answer invalid.
func (v *Verdict) Add(r Reason, format string, args ...any) { v.add(problemf(r, format, args...)) }

// Merge adds another answer's findings, with a prefix for the log.
func (v *Verdict) Merge(prefix string, o Verdict) { v.merge(prefix, o) }

// Judge answers for a key alone: whether its certificate leads to an anchor, is valid
// at the time of the options, is not revoked and serves their usage. It is for
// signatures in other formats than CMS, whose own packages have found that the key
// made the signature; extra are the certificates found beside it, which help to find
// the chain and must be whole.
func (v *Verifier) Judge(ctx context.Context, c *Certificate, extra []*Certificate, o Options) Signer {
	if o.At.IsZero() {
		o.At = time.Now()
	}
	out := Signer{Verdict: newVerdict()}
	out.describe(c)
	e := evidence{extra: slices.Concat(extra, o.Certificates), sources: v.Revocation, tries: newTries(&v.cache)}
	t := v.trust(ctx, v.Anchors, c, e, o.At)
	out.JudgedAt, out.Chain, out.Revocation = t.at, t.chain, t.revocation
	out.merge("", t.Verdict)
	if !c.Serves(o.Usage) {
		out.add(problemf(ReasonUsage, "the key is for %v, not for %s", c.Usage, o.Usage))
	}
	used := map[*Certificate]bool{c: true}
	for _, u := range t.chain {
		used[u] = true
	}
	b := &pathBuilder{pool: v.Anchors, extra: extra, tries: e.tries, at: o.At}
	out.add(b.strays(used)...)
	return out
}

// VerifySignature checks that the certificate's key signed the message with the
// algorithm. With the error comes the reason: ReasonAlgorithm when the key is not of
// the algorithm or too weak, ReasonSignature when the signature does not match.
func (c *Certificate) VerifySignature(a Algorithm, message, signature []byte) (Reason, error) {
	s, err := schemeOf(c, a)
	if err == nil {
		err = s.verify(c.PublicKey, message, signature)
	}
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, errSignature):
		return ReasonSignature, err
	}
	return ReasonAlgorithm, err
}

// schemeOf is the scheme of an algorithm by its name, if it fits the key.
func schemeOf(c *Certificate, a Algorithm) (*scheme, error) {
	for _, p := range gostProfiles {
		if p.algorithm == a {
			return findScheme(c.PublicKey, p.signature, p.digest.oid)
		}
	}
	for oid, name := range rsaAlgorithms {
		if name == a {
			return findScheme(c.PublicKey, oidRSA, oid)
		}
	}
	return nil, errAlgorithm
}

// Algorithm is what the key signs with: the only one of a GOST key, SHA-256 for RSA.
func (k *Key) Algorithm() Algorithm {
	s, err := signingScheme(k.Certificate.PublicKey)
	if err != nil {
		return "" // NewKey lets no such key through
	}
	return s.algorithm
}
