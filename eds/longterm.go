package eds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"mekenjai/eds/internal/der"
)

// keptEvidence is what a CAdES-LT signature carries in its unsigned attributes
// certificateValues and revocationValues (ETSI EN 319 122-1, annex A; RFC 5126,
// section 6.3). Nothing of it is trusted: certificates must lead to an anchor, and
// answers be signed for the issuer.
type keptEvidence struct {
	certificates []*Certificate
	responses    OCSPResponses
	lists        CRLs
}

// kept reads the evidence, to which that of the container belongs; what cannot be read
// is damage.
func (s *signerInfo) kept(c *CMS) (keptEvidence, []problem) {
	k := keptEvidence{responses: slices.Clone(c.kept.responses), lists: slices.Clone(c.kept.lists)}
	var out []problem
	for _, a := range s.unsigned {
		for _, v := range a.values {
			var err error
			switch a.oid {
			case oidCertificateValues:
				err = k.readCertificates(v.Full)
			case oidRevocationValues:
				err = k.readRevocation(v.Full)
			}
			if err != nil {
				out = append(out, problemf(ReasonMalformed, "%s: %v", unsignedAttributes[a.oid], err))
			}
		}
	}
	return k, out
}

func (k *keptEvidence) readCertificates(b []byte) error {
	outer := der.Read(b)
	r := outer.Enter(der.TagSequence)
	for r.More() {
		if len(k.certificates) == maxCertificates {
			return errors.New("too many certificates")
		}
		c, err := ParseCertificate(r.Next().Full)
		if err != nil {
			return err
		}
		k.certificates = append(k.certificates, c)
	}
	return der.First(r.Done(), outer.Done())
}

// otherRevocation is the identifier of an OtherRevocationInfoFormat in a container,
// and oidOCSPInContainer that of whole OCSP responses in it (RFC 5940).
const (
	otherRevocation    = 0xA1
	oidOCSPInContainer = "1.3.6.1.5.5.7.16.2"
)

// readRevocation reads the RevocationInfoChoices of a container: lists, and OCSP
// responses, which is where the baseline profile of CAdES-LT has them (EN 319 122-1,
// section 6.3). Other formats are not known.
func (c *CMS) readRevocation(set []byte) error {
	r := der.Read(set)
	for r.More() {
		if len(c.crls) == maxCertificates {
			return errors.New("too many")
		}
		v := r.Next()
		c.crls = append(c.crls, v.Full)
		switch v.Tag {
		case der.TagSequence:
			list, err := ParseCRL(v.Full)
			if err != nil {
				return err
			}
			c.kept.lists = append(c.kept.lists, list)
		case otherRevocation:
			other := der.Read(v.Body)
			if oid := other.OID(); oid != oidOCSPInContainer {
				other.Fail("format %s", oid)
			}
			response, err := ParseOCSP(other.Next().Full)
			if err := der.First(other.Done(), err); err != nil {
				return err
			}
			c.kept.responses = append(c.kept.responses, response)
		default:
			r.Fail("identifier %#02x", v.Tag)
		}
	}
	return r.Done()
}

// readRevocation reads RevocationValues: lists under [0], basic OCSP responses under
// [1]; other kinds under [2] are not known.
func (k *keptEvidence) readRevocation(b []byte) error {
	outer := der.Read(b)
	r := outer.Enter(der.TagSequence)
	each := func(tag byte, read func([]byte) error) error {
		v, ok := r.Optional(tag)
		if !ok {
			return nil
		}
		wrapped := der.Read(v.Body)
		list := wrapped.Enter(der.TagSequence)
		for list.More() {
			if len(k.lists)+len(k.responses) >= 2*maxCertificates {
				return errors.New("too many answers")
			}
			if err := read(list.Next().Full); err != nil {
				return err
			}
		}
		return der.First(list.Done(), wrapped.Done())
	}
	err := each(0xA0, func(b []byte) error {
		c, err := ParseCRL(b)
		k.lists = append(k.lists, c)
		return err
	})
	err = der.First(err, each(0xA1, func(b []byte) error {
		o, err := parseBasicOCSP(b)
		k.responses = append(k.responses, o)
		return err
	}))
	return der.First(err, r.Done(), outer.Done())
}

// sources joins the evidence with the verifier's own source, nil when there is neither.
func (k *keptEvidence) sources(own RevocationChecker) RevocationChecker {
	var out Checkers
	if len(k.responses) > 0 {
		out = append(out, k.responses)
	}
	if len(k.lists) > 0 {
		out = append(out, k.lists)
	}
	if len(out) == 0 {
		return own
	}
	if own != nil {
		out = append(out, own)
	}
	return out
}

// CollectOptions are the choices for collecting evidence.
type CollectOptions struct {
	Options
	// Timestamp asks a time-stamping authority for a token over a signature's value;
	// online.TSA has such a method. Nil leaves signatures without a timestamp so.
	Timestamp func(ctx context.Context, signature []byte, d Digest) (token []byte, err error)
}

// Collect gathers around every signature of a container what proves it for years: a
// timestamp, the certificates of the chains, and the answers about revocation. The
// result is the same container as CAdES-LT, which VerifyCMS accepts offline; the
// report is that of such a verification, under the evidence alone. A signature that is
// not good now gets no evidence: the container is nil and the report says why.
func (v *Verifier) Collect(ctx context.Context, cms, detached []byte, o CollectOptions) ([]byte, *Report, error) {
	c, err := ParseCMS(cms)
	if err != nil {
		return nil, nil, err
	}
	if o.Timestamp != nil {
		if err := c.addTimestamps(ctx, o.Timestamp); err != nil {
			return nil, nil, fmt.Errorf("eds: collect: %w", err)
		}
	}
	report, err := v.verifyParsed(ctx, c, detached, o.Options)
	if err != nil || !report.Valid() {
		return nil, report, err
	}
	for i := range c.signers {
		if err := c.embed(i, report.Signers[i]); err != nil {
			return nil, nil, fmt.Errorf("eds: collect: %w", err)
		}
	}
	alone := &Verifier{Anchors: v.Anchors, TSAAnchors: v.TSAAnchors, NoRevocation: v.NoRevocation}
	report, err = alone.verifyParsed(ctx, c, detached, o.Options)
	return c.encode(), report, err
}

// addTimestamps fetches a token for every signature that has none.
func (c *CMS) addTimestamps(ctx context.Context, fetch func(context.Context, []byte, Digest) ([]byte, error)) error {
	for i, s := range c.signers {
		if c.Timestamped(i) {
			continue
		}
		d := DigestStreebog512
		if digest := digests[s.digest.oid]; digest != nil && digest.hash != 0 {
			d = DigestSHA256
		}
		token, err := fetch(ctx, s.value, d)
		if err != nil {
			return err
		}
		if err := c.addUnsigned(i, writeAttribute(oidSignatureTimestamp, token)); err != nil {
			return err
		}
	}
	return nil
}

// addUnsigned puts an unsigned attribute into a signature.
func (c *CMS) addUnsigned(signer int, attribute []byte) error {
	raw, err := withUnsigned(c.signers[signer].raw, attribute)
	if err != nil {
		return err
	}
	r := der.Read(raw)
	c.signers[signer], _, err = parseSignerInfo(r.Next())
	return err
}

// embed puts what a verification used into the signature's unsigned attributes, apart
// from what is there already.
func (c *CMS) embed(signer int, s Signer) error {
	chains, answers := slices.Clone(s.Chain), slices.Clone(s.Revocation)
	if s.Timestamp != nil {
		chains, answers = append(chains, s.Timestamp.Chain...), append(answers, s.Timestamp.Revocation...)
	}
	kept, _ := c.signers[signer].kept(c)
	known := slices.Concat(c.Certificates, kept.certificates)
	var certificates [][]byte
	for _, cert := range chains {
		if !slices.ContainsFunc(known, cert.Equal) {
			known = append(known, cert)
			certificates = append(certificates, cert.Raw())
		}
	}
	var lists, responses [][]byte
	for _, a := range answers {
		if response, err := ParseOCSP(a.Evidence); err == nil {
			responses = appendNew(responses, response.basic)
		} else if list, err := ParseCRL(a.Evidence); err == nil {
			lists = appendNew(lists, list.raw)
		}
	}
	if len(certificates) > 0 {
		if err := c.addUnsigned(signer, writeAttribute(oidCertificateValues, der.Sequence(certificates...))); err != nil {
			return err
		}
	}
	var parts [][]byte
	if len(lists) > 0 {
		parts = append(parts, der.Explicit(0, der.Sequence(lists...)))
	}
	if len(responses) > 0 {
		parts = append(parts, der.Explicit(1, der.Sequence(responses...)))
	}
	if len(parts) == 0 {
		return nil
	}
	return c.addUnsigned(signer, writeAttribute(oidRevocationValues, der.Sequence(parts...)))
}

func appendNew(list [][]byte, b []byte) [][]byte {
	if slices.ContainsFunc(list, func(o []byte) bool { return bytes.Equal(o, b) }) {
		return list
	}
	return append(list, b)
}
