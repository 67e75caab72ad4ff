package eds

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"slices"
	"time"

	"mekenjai/eds/internal/der"
)

// integrity is what the bytes of one signature prove without asking whom to trust.
type integrity struct {
	certificate *Certificate // nil when it is not in the container
	algorithm   Algorithm
	signingTime *time.Time
	problems    []problem
}

// checkIntegrity checks a SignerInfo against the content: the attributes speak of this
// content and of this certificate, and the certificate's key signed the attributes.
// Signatures without signed attributes are refused: over them, attributes of another
// signature could pass for content.
//
// The signer's certificate is looked for in the container, or among others when that has
// none at all, as a timestamp may.
func checkIntegrity(c *CMS, s *signerInfo, content []byte, others ...*Certificate) integrity {
	var out integrity
	candidates := s.find(c.Certificates)
	if len(c.Certificates) == 0 {
		candidates = s.find(others)
	}
	switch {
	case len(candidates) == 0:
		out.add(ReasonNoCertificate, "the signer's certificate is not in the container")
		return out
	case len(candidates) > maxCandidates:
		out.add(ReasonMalformed, "%d certificates of one issuer and number", len(candidates))
		candidates = candidates[:maxCandidates]
	}
	out.certificate = candidates[0]
	listed := func(a algorithmID) bool {
		return a.oid == s.digest.oid || digests[a.oid] != nil && digests[a.oid] == digests[s.digest.oid]
	}
	if !slices.ContainsFunc(c.digests, listed) {
		out.add(ReasonMalformed, "hash function %s is not listed by the container", s.digest.oid)
	}
	out.checkAttributes(c, s, content)
	var failure error
	for _, cert := range candidates {
		scheme, err := findScheme(cert.PublicKey, s.signature.oid, s.digest.oid)
		if err == nil {
			out.algorithm = scheme.algorithm
			err = scheme.verify(cert.PublicKey, s.signedRaw, s.value)
		}
		if err == nil {
			out.certificate = cert
			out.checkSigningCertificate(s, cert)
			return out
		}
		failure = err
	}
	if errors.Is(failure, errSignature) {
		out.add(ReasonSignature, "the signature does not match the certificate's key and the attributes")
	} else {
		out.add(ReasonAlgorithm, "%v", failure)
	}
	return out
}

func (i *integrity) add(reason Reason, format string, args ...any) {
	i.problems = append(i.problems, problemf(reason, format, args...))
}

// checkAttributes checks contentType, messageDigest and signingTime (RFC 5652, section
// 11) and that no attribute is repeated.
func (i *integrity) checkAttributes(c *CMS, s *signerInfo, content []byte) {
	seen := map[string]bool{}
	for _, a := range s.signed {
		if seen[a.oid] {
			i.add(ReasonSignedAttributes, "attribute %s is repeated", a.oid)
		}
		seen[a.oid] = true
	}
	if v, ok := i.attribute(s, oidContentType); ok {
		r := der.Read(v.Full)
		if oid := r.OID(); r.Done() != nil || oid != c.contentType {
			i.add(ReasonSignedAttributes, "the signature is over content of type %s", oid)
		}
	} else {
		i.add(ReasonSignedAttributes, "no contentType")
	}
	if v, ok := i.attribute(s, oidSigningTime); ok {
		// It is a claim for people to read: one that cannot be read is no claim.
		if t, ok := v.Time(); ok {
			i.signingTime = &t
		}
	}
	v, ok := i.attribute(s, oidMessageDigest)
	if !ok || v.Tag != der.TagOctetString {
		i.add(ReasonSignedAttributes, "no messageDigest")
		return
	}
	d, err := findDigest(s.digest.oid)
	switch {
	case err != nil:
		i.add(ReasonAlgorithm, "%v", err)
	case !bytes.Equal(d.sum(content), v.Body):
		i.add(ReasonDigest, "the content is not what was signed")
	}
}

// attribute returns the only value of a signed attribute.
func (i *integrity) attribute(s *signerInfo, oid string) (der.Value, bool) {
	for _, a := range s.signed {
		if a.oid != oid {
			continue
		}
		if len(a.values) != 1 {
			i.add(ReasonSignedAttributes, "attribute %s has %d values", oid, len(a.values))
		}
		return a.values[0], true
	}
	return der.Value{}, false
}

// checkSigningCertificate checks that the attributes signingCertificate, where they
// are, name this certificate (RFC 5035): else a signature could be shown with another
// certificate for the same key.
func (i *integrity) checkSigningCertificate(s *signerInfo, c *Certificate) {
	for _, oid := range []string{oidSigningCertificate, oidSigningCertificateV2} {
		if v, ok := i.attribute(s, oid); ok {
			if err := matchSigningCertificate(v, oid == oidSigningCertificateV2, c); err != nil {
				i.add(ReasonSigningCertificate, "signingCertificate: %v", err)
			}
		}
	}
}

var errOtherCertificate = errors.New("it names another certificate")

// matchSigningCertificate reads a SigningCertificate or SigningCertificateV2; its
// first entry is the signer's.
func matchSigningCertificate(v der.Value, v2 bool, c *Certificate) error {
	outer := der.Read(v.Full)
	r := outer.Enter(der.TagSequence)
	ids := r.Enter(der.TagSequence)
	id := ids.Enter(der.TagSequence)
	hash := func() []byte { h := sha1.Sum(c.Raw()); return h[:] }
	if v2 {
		hash = func() []byte { return digestSHA256.sum(c.Raw()) }
		if id.Peek() == der.TagSequence {
			d, err := findDigest(readAlgorithm(id).oid)
			if err != nil {
				return der.First(id.Err(), err)
			}
			hash = func() []byte { return d.sum(c.Raw()) }
		}
	}
	certHash := id.OctetString()
	same := true
	if id.More() {
		same = matchIssuerSerial(id, c)
	}
	if err := der.First(id.Done(), outer.Done()); err != nil {
		return err
	}
	if !same || !bytes.Equal(certHash, hash()) {
		return errOtherCertificate
	}
	return nil
}

// matchIssuerSerial reads an IssuerSerial and compares it with the certificate.
func matchIssuerSerial(id *der.Reader, c *Certificate) bool {
	r := id.Enter(der.TagSequence)
	names := r.Enter(der.TagSequence)
	same := true
	for names.More() {
		name := names.Next()
		if name.Tag != 0xA4 { // directoryName
			continue
		}
		rdns, err := parseName(name.Body)
		same = same && err == nil && nameKey(rdns) == c.issuerKey
	}
	serial := r.Integer()
	if err := der.First(names.Done(), r.Done()); err != nil {
		id.Fail("issuerSerial: %v", err)
	}
	return same && serial.Cmp(c.X509.SerialNumber) == 0
}
