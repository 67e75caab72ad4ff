package eds

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"mekenjai/eds/internal/der"
)

// SignOptions are the choices of a signer.
type SignOptions struct {
	// Attached puts the content into the container.
	Attached bool
	// Time goes into the attribute signingTime; zero means now.
	Time time.Time
}

// SignCMS makes a CAdES-BES signature over content as NCALayer does, in DER: signed
// attributes contentType, signingTime, signingCertificateV2 and messageDigest, the
// signer's certificate inside, the signer named by issuer and serial number.
func SignCMS(k *Key, content []byte, o SignOptions) ([]byte, error) {
	c := &CMS{contentType: oidData, encapsulated: der.Sequence(der.OID(oidData))}
	if o.Attached {
		c.encapsulated = der.Sequence(der.OID(oidData), der.Explicit(0, der.OctetString(content)))
	}
	if err := c.addSigner(k, content, o.Time); err != nil {
		return nil, err
	}
	return c.encode(), nil
}

// AddSigner adds a signature over the same content to a container, whose earlier
// signatures keep every byte. The content must be given for a detached container, and
// may be nil for an attached one; whether the container is attached does not change.
func AddSigner(cms []byte, k *Key, content []byte, o SignOptions) ([]byte, error) {
	c, err := ParseCMS(cms)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Detached() && content == nil:
		return nil, ErrNoContent
	case !c.Detached() && content != nil && !bytes.Equal(content, c.Content):
		return nil, errors.New("eds: add signer: the container has another content")
	case !c.Detached():
		content = c.Content
	}
	if c.contentType != oidData || len(c.signers) >= maxSigners {
		return nil, fmt.Errorf("%w: cannot add a signer", ErrCMS)
	}
	if err := c.addSigner(k, content, o.Time); err != nil {
		return nil, err
	}
	return c.encode(), nil
}

// addSigner signs and puts the SignerInfo, its hash function and its certificates in.
func (c *CMS) addSigner(k *Key, content []byte, at time.Time) error {
	if at.IsZero() {
		at = time.Now()
	}
	scheme, err := signingScheme(k.Certificate.PublicKey)
	if err != nil {
		return err
	}
	attributes := [][]byte{
		writeAttribute(oidContentType, der.OID(c.contentType)),
		writeAttribute(oidSigningTime, der.Time(at)),
		writeAttribute(oidSigningCertificateV2, signingCertificateV2(k.Certificate)),
		writeAttribute(oidMessageDigest, der.OctetString(scheme.digest.sum(content))),
	}
	algorithm, signature, err := SignBytes(rand.Reader, k.signer, der.SetOf(attributes...))
	if err != nil {
		return err
	}
	x := k.Certificate.X509
	info := der.Sequence(
		der.Int(1),
		der.Sequence(x.RawIssuer, der.Integer(x.SerialNumber)),
		writeAlgorithm(scheme.digest.oid),
		der.Element(0xA0, der.Sorted(attributes)...),
		algorithm,
		der.OctetString(signature))
	c.signers = append(c.signers, &signerInfo{raw: info})
	if !slices.ContainsFunc(c.digests, func(a algorithmID) bool { return a.oid == scheme.digest.oid }) {
		c.digests = append(c.digests, algorithmID{scheme.digest.oid, writeAlgorithm(scheme.digest.oid)})
	}
	for _, cert := range append([]*Certificate{k.Certificate}, k.Chain...) {
		if !slices.ContainsFunc(c.Certificates, cert.Equal) {
			c.Certificates = append(c.Certificates, cert)
			c.certificates = append(c.certificates, cert.Raw())
		}
	}
	return nil
}

func writeAttribute(oid string, value []byte) []byte {
	return der.Sequence(der.OID(oid), der.SetOf(value))
}

// signingCertificateV2 names the certificate by its SHA-256, the default of RFC 5035.
func signingCertificateV2(c *Certificate) []byte {
	return der.Sequence(der.Sequence(der.Sequence(der.OctetString(digestSHA256.sum(c.Raw())))))
}

// encode writes the container: what was parsed comes out byte for byte, sets in the
// order of DER. Only the signatures stay in the order they came in, which BER, the rule
// for SignedData (RFC 5652, section 5.1), allows: callers number them.
func (c *CMS) encode() []byte {
	digests := make([][]byte, len(c.digests))
	for i, d := range c.digests {
		digests[i] = d.full
	}
	infos := make([][]byte, len(c.signers))
	version := 1
	for i, s := range c.signers {
		infos[i] = s.raw
		if s.keyID != nil {
			version = 3
		}
	}
	parts := [][]byte{der.Int(int64(c.versionDue(version))), der.SetOf(digests...), c.encapsulated}
	if len(c.certificates) > 0 {
		parts = append(parts, der.Element(0xA0, der.Sorted(c.certificates)...))
	}
	if len(c.crls) > 0 {
		parts = append(parts, der.Element(0xA1, der.Sorted(c.crls)...))
	}
	parts = append(parts, der.Element(der.TagSet, infos...))
	return der.Sequence(der.OID(oidSignedData), der.Explicit(0, der.Sequence(parts...)))
}
