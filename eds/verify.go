package eds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrNoContent is returned when the signature is detached and no document was given.
var ErrNoContent = errors.New("eds: the signature is detached: the signed content is needed")

// A Verifier verifies signatures under one configuration of trust. It may be used
// from several goroutines once its fields are set; do not copy it after use.
type Verifier struct {
	// Anchors are the certificates trusted to issue signers' certificates. Every
	// one is an anchor, self-signed or not.
	Anchors *Pool
	// TSAAnchors are trusted to issue the certificates of time-stamping
	// authorities; nil means Anchors.
	TSAAnchors *Pool
	// Revocation is asked about every certificate below the anchor. When it is nil
	// and NoRevocation is not set, every good signature is indeterminate.
	Revocation RevocationChecker
	// NoRevocation leaves revocation out, by the caller's own decision.
	NoRevocation bool
	// Observe is told the status of each CMS verified; optional.
	Observe func(Status)

	cache    signatureCache
	services serviceAnswers
}

// Options are the demands on one verification.
type Options struct {
	// At is the time for which signatures without a verified timestamp are judged;
	// zero means now.
	At time.Time
	// Usage is what the signers' keys must be for.
	Usage Usage
	// Certificates may help to find a chain, such as those kept beside a signature.
	// They are not trusted.
	Certificates []*Certificate
}

// VerifyCMS judges a CMS signature in DER, BER, PEM or base64. The document goes into
// detached; it must be nil when only the attached content exists. When both are there
// they must be equal. A bad signature is an answer, not an error: errors are
// ErrNoContent and the context's.
func (v *Verifier) VerifyCMS(ctx context.Context, cms, detached []byte, o Options) (*Report, error) {
	c, err := ParseCMS(cms)
	if err != nil {
		report := newReport()
		report.add(problemf(ReasonMalformed, "%v", err))
		if v.Observe != nil {
			v.Observe(report.Status)
		}
		return report, nil
	}
	report, err := v.verifyParsed(ctx, c, detached, o)
	if err == nil && v.Observe != nil {
		v.Observe(report.Status)
	}
	return report, err
}

func newReport() *Report { return &Report{Verdict: newVerdict(), Signers: []Signer{}} }

func (v *Verifier) verifyParsed(ctx context.Context, c *CMS, detached []byte, o Options) (*Report, error) {
	report := newReport()
	if c.contentType != oidData {
		report.add(problemf(ReasonMalformed, "signed content of type %s", c.contentType))
		return report, nil
	}
	report.Detached, report.Content = c.Detached(), c.Content
	switch {
	case c.Detached() && detached == nil && len(c.signers) > 0:
		return nil, ErrNoContent
	case c.Detached():
		report.Content = detached
	case detached != nil && !bytes.Equal(detached, c.Content):
		report.add(problemf(ReasonContentMismatch, "the signature contains another document"))
	}
	if len(c.signers) == 0 {
		report.add(problemf(ReasonNoSigners, "the container has no signatures"))
	}
	if o.At.IsZero() {
		o.At = time.Now()
	}
	used, tries := map[*Certificate]bool{}, newTries(&v.cache)
	for i, s := range c.signers {
		signer := v.judge(ctx, c, s, report.Content, tries, o)
		for _, cert := range append(signer.Chain, signer.Certificate) {
			used[cert] = true
		}
		report.merge(fmt.Sprintf("signer %d: ", i+1), signer.Verdict)
		report.Signers = append(report.Signers, signer)
	}
	b := &pathBuilder{pool: v.Anchors, extra: c.Certificates, tries: tries, at: o.At}
	report.add(b.strays(used)...)
	return report, ctx.Err()
}

// merge adds another verdict's findings, with a prefix for the log.
func (v *Verdict) merge(prefix string, o Verdict) {
	for _, detail := range o.Details {
		v.Details = append(v.Details, prefix+detail)
	}
	for _, r := range o.Reasons {
		if !v.Has(r) {
			v.Reasons = append(v.Reasons, r)
		}
	}
	v.Status = worse(v.Status, o.Status)
}

// judge answers for one signature: first whether it is one, then when it was made,
// then whether the key may be trusted at that time.
func (v *Verifier) judge(ctx context.Context, c *CMS, s *signerInfo, content []byte, tries *tries, o Options) Signer {
	out := Signer{Verdict: newVerdict(), JudgedAt: o.At, Usage: []Usage{}, Roles: []Role{}}
	proof := checkIntegrity(c, s, content)
	out.add(proof.problems...)
	out.Algorithm, out.SigningTime = proof.algorithm, proof.signingTime
	if proof.certificate == nil {
		return out
	}
	out.describe(proof.certificate)
	kept, problems := s.kept(c)
	out.add(problems...)
	e := evidence{
		extra:   slices.Concat(c.Certificates, kept.certificates, o.Certificates),
		sources: kept.sources(v.Revocation),
		tries:   tries,
	}
	stamp, broken := v.timestamps(ctx, s, e)
	out.add(broken...)
	out.Timestamp = stamp

	t := v.trust(ctx, v.Anchors, proof.certificate, e, o.At)
	if stamp != nil && stamp.Status != StatusInvalid {
		at := v.trust(ctx, v.Anchors, proof.certificate, e, stamp.Time)
		// A timestamp whose authority could not be checked to the end counts only
		// where the signature would be lost without it, and then not for certain.
		switch {
		case stamp.Valid():
			t = at
		case t.Status == StatusInvalid && at.Status != StatusInvalid:
			at.merge("timestamp: ", stamp.Verdict)
			t = at
		}
	}
	out.JudgedAt, out.Chain, out.Revocation = t.at, t.chain, t.revocation
	out.merge("", t.Verdict)
	known := slices.Concat(c.Certificates, out.Chain)
	if stamp != nil {
		known = append(known, stamp.Chain...)
	}
	out.add(v.damaged(kept, known, tries)...)
	if !proof.certificate.Serves(o.Usage) {
		out.add(problemf(ReasonUsage, "the key is for %v, not for %s", proof.certificate.Usage, o.Usage))
	}
	return out
}

// trustworthiness is what is known of a certificate at a time.
type trustworthiness struct {
	Verdict
	at         time.Time
	chain      []*Certificate
	revocation []Revocation
}

// evidence is what a container or the caller brings along to judge a certificate.
type evidence struct {
	extra   []*Certificate
	sources RevocationChecker // nil: none
	tries   *tries
}

// trust judges a certificate at a time under a pool.
func (v *Verifier) trust(ctx context.Context, pool *Pool, c *Certificate, e evidence, at time.Time) trustworthiness {
	b := &pathBuilder{pool: pool, extra: e.extra, tries: e.tries, at: at}
	p := b.build(c)
	t := trustworthiness{Verdict: newVerdict(), at: at, chain: p.chain}
	t.add(p.problems...)
	// Nobody need be asked about a certificate that is no good in itself.
	if !v.NoRevocation && len(p.problems) == 0 {
		answers, problems := checkRevocation(ctx, e.sources, p.chain, at)
		t.revocation = answers
		t.add(problems...)
	}
	return t
}
