package eds

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"mekenjai/eds/internal/der"
)

// maxCertificate bounds one certificate; real ones have 1–3 KB.
const maxCertificate = 64 << 10

// ErrCertificate is wrapped by everything that ParseCertificate complains about.
var ErrCertificate = errors.New("eds: not a usable certificate")

// A Certificate is an X.509 certificate of the national profile: a person's, an
// organisation's or an authority's. Do not change what its fields point to.
type Certificate struct {
	X509      *x509.Certificate // as the standard library reads it; PublicKey is nil for GOST
	PublicKey crypto.PublicKey  // *rsa.PublicKey, *gost.PublicKey, or nil when not supported
	Subject   Subject
	Roles     []Role  // in the order of the extended key usage
	Usage     []Usage // what the key may be used for; empty for authorities and services

	issuerKey, subjectKey string // names in comparable form
	issuerText            string // and the issuer's in the strict one
	issuer, subject       string // names for people
	signatureOID          string
	extKeyUsage           []string
}

// ParseCertificate reads one certificate in DER, PEM or bare base64. A certificate
// with a key of an unknown algorithm is read, with a nil PublicKey.
func ParseCertificate(data []byte) (*Certificate, error) {
	raw, err := unarmor(data, "CERTIFICATE")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	if len(raw) > maxCertificate {
		return nil, fmt.Errorf("%w: %d bytes", ErrCertificate, len(raw))
	}
	parsed, err := parseX509(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	c := &Certificate{X509: parsed, PublicKey: parsed.PublicKey}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	return c, nil
}

// parseX509 lets the standard library read a certificate. It wants the two algorithm
// identifiers, the signed and the other, to be the same bytes, while software of the
// national authority writes a NULL in one and not in the other: such a certificate is
// shown to it with the signed one in both places.
func parseX509(raw []byte) (*x509.Certificate, error) {
	raw = bytes.Clone(raw) // the parsed certificate keeps referring to its input
	parsed, err := x509.ParseCertificate(raw)
	if err == nil {
		return parsed, nil
	}
	outer := der.Read(raw)
	frame := outer.Enter(der.TagSequence)
	tbs := frame.Expect(der.TagSequence)
	algorithm := readAlgorithm(frame)
	signature := frame.Expect(der.TagBitString)
	inner := der.Read(tbs.Body)
	inner.Optional(0xA0) // version
	inner.Expect(der.TagInteger)
	signed := readAlgorithm(inner)
	if der.First(inner.Err(), frame.Done(), outer.Done()) != nil || signed.oid != algorithm.oid || bytes.Equal(signed.full, algorithm.full) {
		return nil, err
	}
	if parsed, err = x509.ParseCertificate(der.Sequence(tbs.Full, signed.full, signature.Full)); err == nil {
		parsed.Raw = raw
	}
	return parsed, err
}

// read fills what the standard library does not know of.
func (c *Certificate) read() error {
	issuer, err := parseName(c.X509.RawIssuer)
	if err != nil {
		return fmt.Errorf("issuer %w", err)
	}
	subject, err := parseName(c.X509.RawSubject)
	if err != nil {
		return fmt.Errorf("subject %w", err)
	}
	c.issuerKey, c.subjectKey = nameKey(issuer), nameKey(subject)
	c.issuerText = nameText(issuer)
	c.issuer, c.subject = nameString(issuer), nameString(subject)
	c.Subject = newSubject(subject)

	outer := der.Read(c.X509.Raw).Enter(der.TagSequence)
	outer.Next()
	if c.signatureOID = readAlgorithm(outer).oid; outer.Err() != nil {
		// RSA-PSS and the like: a certificate to look at, not to build on.
		c.signatureOID = ""
	}
	if c.PublicKey == nil {
		// A curve or hash function that is not known: a certificate to look at as well.
		key, err := parsePublicKey(c.X509.RawSubjectPublicKeyInfo)
		if err != nil && !errors.Is(err, errAlgorithm) {
			return err
		}
		if key != nil {
			c.PublicKey = key
		}
	}
	if c.extKeyUsage, err = c.readExtKeyUsage(); err != nil {
		return err
	}
	c.Roles, c.Usage = roles(c.extKeyUsage), c.usages()
	return nil
}

// readExtKeyUsage lists the extended key usages in their order.
func (c *Certificate) readExtKeyUsage() ([]string, error) {
	var out []string
	for _, e := range c.X509.Extensions {
		if e.Id.String() != oidExtKeyUsage {
			continue
		}
		outer := der.Read(e.Value)
		r := outer.Enter(der.TagSequence)
		for r.More() {
			out = append(out, r.OID())
		}
		if err := der.First(r.Done(), outer.Done()); err != nil {
			return nil, fmt.Errorf("extended key usage: %w", err)
		}
	}
	return out, nil
}

// usages tells what the key is for. Signing a document needs nonRepudiation. A
// signing key also serves login, as since 2024 persons get one GOST key for both; the
// keys for login alone have clientAuth, or digitalSignature with key encipherment in
// certificates without an extended key usage.
func (c *Certificate) usages() []Usage {
	if c.X509.IsCA {
		return nil
	}
	ku := c.X509.KeyUsage
	if ku&x509.KeyUsageContentCommitment != 0 && c.purposeAllows(oidEmailProtection) {
		return []Usage{UsageSign, UsageLogin}
	}
	signs := ku == 0 || ku&x509.KeyUsageDigitalSignature != 0
	if slices.Contains(c.extKeyUsage, oidClientAuth) && signs {
		return []Usage{UsageLogin}
	}
	encrypts := ku&(x509.KeyUsageKeyEncipherment|x509.KeyUsageKeyAgreement) != 0
	if len(c.extKeyUsage) == 0 && ku&x509.KeyUsageDigitalSignature != 0 && encrypts {
		return []Usage{UsageLogin}
	}
	return nil
}

// purposeAllows reports whether the extended key usage is absent, names the purpose,
// or names only roles, which do not restrict.
func (c *Certificate) purposeAllows(oid string) bool {
	if slices.Contains(c.extKeyUsage, oid) || slices.Contains(c.extKeyUsage, oidAnyExtKeyUsage) {
		return true
	}
	for _, other := range []string{oidServerAuth, oidClientAuth, oidCodeSigning, oidEmailProtection, oidTimeStamping, oidOCSPSigning} {
		if slices.Contains(c.extKeyUsage, other) {
			return false
		}
	}
	return true
}

// isTSA reports whether the certificate is a time-stamping authority's as RFC 3161,
// section 2.3, demands: timeStamping alone, in a critical extension.
func (c *Certificate) isTSA() bool {
	if len(c.extKeyUsage) != 1 || c.extKeyUsage[0] != oidTimeStamping {
		return false
	}
	for _, e := range c.X509.Extensions {
		if e.Id.String() == oidExtKeyUsage {
			signing := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
			return e.Critical && (c.X509.KeyUsage == 0 || c.X509.KeyUsage&signing != 0)
		}
	}
	return false
}

// Raw is the certificate in DER.
func (c *Certificate) Raw() []byte { return c.X509.Raw }

// Serves reports whether the key may be used so. UsageAny asks for nothing.
func (c *Certificate) Serves(u Usage) bool {
	return u == UsageAny || slices.Contains(c.Usage, u)
}

// HasRole reports whether the certificate gives its holder the role.
func (c *Certificate) HasRole(r Role) bool { return slices.Contains(c.Roles, r) }

// Serial is the serial number in upper-case hexadecimal, as OpenSSL prints it.
func (c *Certificate) Serial() string { return SerialText(c.X509.SerialNumber) }

// SerialText writes a serial number as Certificate.Serial does: whole bytes, no sign of
// their own.
func SerialText(n *big.Int) string {
	s := fmt.Sprintf("%X", n)
	if digits := strings.TrimPrefix(s, "-"); len(digits)%2 == 1 {
		return strings.TrimSuffix(s, digits) + "0" + digits
	}
	return s
}

// KeyID is the subject key identifier in lower-case hexadecimal.
func (c *Certificate) KeyID() string { return hex.EncodeToString(c.X509.SubjectKeyId) }

// IssuerName and SubjectName write the names for people, in the certificate's order.
func (c *Certificate) IssuerName() string  { return c.issuer }
func (c *Certificate) SubjectName() string { return c.subject }

// label names a certificate in findings, which go into logs: an authority by name, a
// person's or organisation's by its serial number, so that logs have no personal data.
func (c *Certificate) label() string {
	if c.Subject.IIN == "" && c.Subject.BIN == "" {
		return c.subject
	}
	return "certificate " + c.Serial()
}

// issuerLabel is the issuer's name, unless it is a person's.
func (c *Certificate) issuerLabel() string {
	rdns, err := parseName(c.X509.RawIssuer)
	if s := newSubject(rdns); err != nil || s.IIN != "" || s.BIN != "" {
		return "(a person)"
	}
	return c.issuer
}

// Equal reports whether two certificates are the same, byte for byte.
func (c *Certificate) Equal(o *Certificate) bool { return bytes.Equal(c.X509.Raw, o.X509.Raw) }

// ValidAt reports whether the time lies in the validity period, ends included.
func (c *Certificate) ValidAt(t time.Time) bool {
	return !t.Before(c.X509.NotBefore) && !t.After(c.X509.NotAfter)
}

// SelfIssued reports whether subject and issuer are the same name.
func (c *Certificate) SelfIssued() bool { return c.issuerKey == c.subjectKey }

// allowedCritical are the extensions this package knows and obeys. RFC 5280, section
// 4.2: any other critical extension makes a certificate unusable.
var allowedCritical = []string{
	oidKeyUsage, oidBasicConstraints, oidExtKeyUsage, oidSubjectAltName, oidCertificatePolicies,
}

// unknownCritical returns the first critical extension that is not known.
func (c *Certificate) unknownCritical() string {
	for _, e := range c.X509.Extensions {
		if id := e.Id.String(); e.Critical && !slices.Contains(allowedCritical, id) {
			return id
		}
	}
	return ""
}

// mayHaveIssued reports whether the names and key identifiers let issuer be the
// issuer. Common names do not tell authorities apart: two roots share each of them.
func (c *Certificate) mayHaveIssued(subject *Certificate) bool {
	if c.subjectKey != subject.issuerKey {
		return false
	}
	aki, ski := subject.X509.AuthorityKeyId, c.X509.SubjectKeyId
	return len(aki) == 0 || len(ski) == 0 || bytes.Equal(aki, ski)
}

// verifySignature checks that issuer's key signed the certificate.
func (c *Certificate) verifySignature(issuer *Certificate) error {
	s, err := findScheme(issuer.PublicKey, c.signatureOID, "")
	if err != nil {
		return err
	}
	return s.verify(issuer.PublicKey, c.X509.RawTBSCertificate, c.X509.Signature)
}
