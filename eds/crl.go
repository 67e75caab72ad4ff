package eds

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"mekenjai/eds/internal/der"
)

// Object identifiers of revocation lists (RFC 5280, section 5) and OCSP.
const (
	oidCRLNumber    = "2.5.29.20"
	oidCRLReason    = "2.5.29.21"
	oidDeltaCRL     = "2.5.29.27"
	oidAuthorityKey = "2.5.29.35"
)

// maxCRL bounds a revocation list; the national one has 21 MB.
const maxCRL = 64 << 20

// ErrCRL is wrapped by everything that ParseCRL complains about.
var ErrCRL = errors.New("eds: not a usable revocation list")

// A CRL is a certificate revocation list, full or delta, as an index of its entries:
// of the national list of 422 000 entries it keeps about 11 MB. It never changes.
type CRL struct {
	Issuer     string // name for people
	Number     *big.Int
	Base       *big.Int // of a delta list: the number it builds on; nil in a full list
	ThisUpdate time.Time
	NextUpdate time.Time // zero when absent

	issuerKey      string
	authorityKeyID []byte
	unusable       error // why it tells nothing about revocation, though it can be described
	signed         signedObject
	index          serialIndex
	raw            []byte // of small lists, to be kept as evidence
}

// maxKeptCRL is up to what size a list is kept whole: those of roots have some hundred
// bytes, and nobody keeps the national list beside every signature.
const maxKeptCRL = 64 << 10

// ParseCRL reads a list in DER, PEM or base64. Its signature is not checked: see
// VerifySignature. Inner and outer algorithm identifiers may differ by a NULL, as they
// do in lists of the national authority.
func ParseCRL(data []byte) (*CRL, error) {
	raw, err := unarmor(data, "X509 CRL")
	if err == nil && len(raw) > maxCRL {
		err = fmt.Errorf("%d bytes", len(raw))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCRL, err)
	}
	c := &CRL{}
	outer := der.Read(raw)
	frame := outer.Enter(der.TagSequence)
	tbs, signed, err := readSigned(frame)
	if err := der.First(err, frame.Done(), outer.Done()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCRL, err)
	}
	c.signed = signed
	if len(raw) <= maxKeptCRL {
		c.raw = bytes.Clone(raw)
	}
	if err := c.read(tbs.Body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCRL, err)
	}
	return c, nil
}

// read reads the TBSCertList.
func (c *CRL) read(tbs []byte) error {
	r := der.Read(tbs)
	version := 0
	if r.Peek() == der.TagInteger {
		if version = r.Int(); version != 1 {
			r.Fail("version %d", version)
		}
	}
	if inner := readAlgorithm(r).oid; inner != c.signed.signatureOID {
		r.Fail("two signature algorithms, %s and %s", inner, c.signed.signatureOID)
	}
	rdns, err := parseName(r.Expect(der.TagSequence).Full)
	if err := der.First(r.Err(), err); err != nil {
		return err
	}
	c.Issuer, c.issuerKey = nameString(rdns), nameKey(rdns)
	c.ThisUpdate = r.Time()
	if tag := r.Peek(); tag == der.TagUTCTime || tag == der.TagGeneralizedTime {
		c.NextUpdate = r.Time()
	}
	if v, ok := r.Optional(der.TagSequence); ok {
		if err := c.readEntries(v.Body); err != nil {
			return err
		}
	}
	if v, ok := r.Optional(0xA0); ok {
		if version != 1 {
			r.Fail("extensions in version 1")
		}
		if err := c.readExtensions(v.Body); err != nil {
			return err
		}
	}
	return r.Done()
}

// readEntries fills the index in two passes, so that it is allocated once.
func (c *CRL) readEntries(entries []byte) error {
	count := 0
	for r := der.Read(entries); r.More(); count++ {
		r.Next()
	}
	c.index.grow(count)
	r := der.Read(entries)
	for r.More() {
		e := r.Enter(der.TagSequence)
		serial := e.Expect(der.TagInteger).Body
		at := e.Time()
		reason := ReasonUnspecified
		if v, ok := e.Optional(der.TagSequence); ok {
			var unknown, err error
			if reason, unknown, err = entryReason(v.Full); err != nil {
				return err
			}
			c.unusable = der.First(c.unusable, unknown)
		}
		if err := e.Done(); err != nil {
			return fmt.Errorf("entry: %w", err)
		}
		if err := c.index.add(serial, at, reason); err != nil {
			return err
		}
	}
	c.index.sort()
	return r.Done()
}

// entryReason finds the reason among an entry's extensions; of the others none may be
// critical, such as certificateIssuer, which would make it another authority's entry:
// that is what unknown says then.
func entryReason(extensions []byte) (reason RevocationReason, unknown, err error) {
	list, err := readExtensions(extensions)
	if err != nil {
		return 0, nil, fmt.Errorf("entry: %w", err)
	}
	for _, x := range list {
		switch {
		case x.oid == oidCRLReason:
			r := der.Read(x.value)
			v := r.Expect(der.TagEnumerated)
			if err := r.Done(); err != nil || len(v.Body) != 1 {
				return 0, nil, fmt.Errorf("%w: entry reason", der.ErrSyntax)
			}
			reason = RevocationReason(v.Body[0])
		case x.critical:
			unknown = fmt.Errorf("critical extension %s of an entry", x.oid)
		}
	}
	return reason, unknown, nil
}

// readExtensions reads the list's own extensions. Of critical ones only the mark of a
// delta list is known; an issuingDistributionPoint would restrict what it covers, so
// that a certificate's absence from such a list says nothing.
func (c *CRL) readExtensions(b []byte) error {
	list, err := readExtensions(b)
	if err != nil {
		return err
	}
	for _, x := range list {
		r := der.Read(x.value)
		switch x.oid {
		case oidCRLNumber:
			c.Number = r.Integer()
		case oidDeltaCRL:
			c.Base = r.Integer()
		case oidAuthorityKey:
			inner := r.Enter(der.TagSequence)
			if v, ok := inner.Optional(0x80); ok {
				c.authorityKeyID = append([]byte{}, v.Body...)
			}
		default:
			if x.critical {
				c.unusable = der.First(c.unusable, fmt.Errorf("critical extension %s", x.oid))
			}
			continue
		}
		if err := r.Done(); err != nil {
			return fmt.Errorf("extension %s: %w", x.oid, err)
		}
	}
	if c.Base != nil && c.Number == nil {
		return errors.New("a delta list without a number")
	}
	return nil
}

// Delta reports whether the list has only the changes since Base.
func (c *CRL) Delta() bool { return c.Base != nil }

// Len is the number of entries.
func (c *CRL) Len() int { return c.index.len() }

// Lookup finds the entry of a serial number.
func (c *CRL) Lookup(serial *big.Int) (at time.Time, reason RevocationReason, found bool) {
	return c.index.find(serial.Bytes())
}

// VerifySignature checks that the certificate is the list's issuer and its key signed
// the list.
func (c *CRL) VerifySignature(issuer *Certificate) error {
	if !c.issuedBy(issuer) {
		return fmt.Errorf("%w: issued by %s, not %s", ErrCRL, c.Issuer, issuer.label())
	}
	if ku := issuer.X509.KeyUsage; ku != 0 && ku&x509.KeyUsageCRLSign == 0 {
		return fmt.Errorf("%w: %s may not issue lists", ErrCRL, issuer.label())
	}
	if err := c.signed.verify(issuer); err != nil {
		return fmt.Errorf("%w: %w", ErrCRL, err)
	}
	return nil
}

// usable reports why the list may not be used to tell about revocation, though its
// issuer signed it: RFC 5280, sections 5.2 and 5.3, says so of extensions that are
// critical and not known, and 5.1.2.5 demands nextUpdate.
func (c *CRL) usable() error {
	switch {
	case c.unusable != nil:
		return fmt.Errorf("%w: %w", ErrCRL, c.unusable)
	case c.NextUpdate.IsZero():
		return errNoNextUpdate
	}
	return nil
}

// issuedBy compares name and key identifier.
func (c *CRL) issuedBy(issuer *Certificate) bool {
	if c.issuerKey != issuer.subjectKey {
		return false
	}
	ski := issuer.X509.SubjectKeyId
	return len(c.authorityKeyID) == 0 || len(ski) == 0 || string(ski) == string(c.authorityKeyID)
}
