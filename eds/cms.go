package eds

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"mekenjai/eds/internal/der"
)

// Limits of a container.
const (
	maxContainer    = 64 << 20
	maxSigners      = 64
	maxCertificates = 64
	maxAttributes   = 64
	maxCandidates   = 4 // for one signer: an authority gives every number once
)

// ErrCMS is wrapped by everything that ParseCMS complains about.
var ErrCMS = errors.New("eds: not a CMS signature")

// CMS is a parsed SignedData of RFC 5652. Nothing in it has been verified.
type CMS struct {
	Content      []byte         // nil when detached
	Certificates []*Certificate // in their order in the container

	contentType  string
	digests      []algorithmID
	signers      []*signerInfo
	certificates [][]byte // as they stand in the container
	crls         [][]byte // and so the revocation information
	kept         keptEvidence
	encapsulated []byte // EncapsulatedContentInfo, whole
}

// Detached reports whether the signed content is outside.
func (c *CMS) Detached() bool { return c.Content == nil }

// signerInfo is one signature.
type signerInfo struct {
	raw       []byte
	issuer    string   // name in strict form, with serial
	serial    *big.Int // or else
	keyID     []byte   // subject key identifier
	digest    algorithmID
	signedRaw []byte // the SET OF signed attributes in DER with its universal tag
	signed    []attribute
	signature algorithmID
	value     []byte
	unsigned  []attribute
}

// attribute is an Attribute: a type and the elements of its SET of values.
type attribute struct {
	oid    string
	values []der.Value
}

// ParseCMS reads a SignedData in DER, BER, PEM or base64, attached or detached.
func ParseCMS(data []byte) (*CMS, error) {
	if len(data) > 2*maxContainer {
		return nil, fmt.Errorf("%w: %d bytes", ErrCMS, len(data))
	}
	raw, err := unarmor(data, "CMS", "PKCS7", "PKCS #7 SIGNED DATA")
	if err == nil && len(raw) > maxContainer {
		err = fmt.Errorf("%d bytes", len(raw))
	}
	if err == nil {
		raw, err = der.FromBER(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCMS, err)
	}
	c, err := parseContentInfo(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCMS, err)
	}
	return c, nil
}

func parseContentInfo(raw []byte) (*CMS, error) {
	outer := der.Read(raw)
	info := outer.Enter(der.TagSequence)
	if oid := info.OID(); oid != oidSignedData {
		info.Fail("content type %s", oid)
	}
	explicit := info.Enter(0xA0)
	c, err := parseSignedData(explicit.Enter(der.TagSequence))
	return c, der.First(err, explicit.Done(), info.Done(), outer.Done())
}

func parseSignedData(r *der.Reader) (*CMS, error) {
	c := &CMS{}
	version := r.Int()
	algorithms := r.Enter(der.TagSet)
	for algorithms.More() {
		c.digests = append(c.digests, readAlgorithm(algorithms))
	}
	if err := algorithms.Done(); err != nil {
		return nil, err
	}
	if err := c.readContent(r); err != nil {
		return nil, err
	}
	if v, ok := r.Optional(0xA0); ok {
		if err := c.readCertificates(v.Body); err != nil {
			return nil, err
		}
	}
	if v, ok := r.Optional(0xA1); ok {
		if err := c.readRevocation(v.Body); err != nil {
			return nil, fmt.Errorf("revocation information: %w", err)
		}
	}
	infos := r.Enter(der.TagSet)
	due := 1
	for infos.More() && len(c.signers) <= maxSigners {
		s, version, err := parseSignerInfo(infos.Next())
		if err != nil {
			return nil, fmt.Errorf("signer %d: %w", len(c.signers)+1, err)
		}
		// One signature twice must not pass for two people's.
		if slices.ContainsFunc(c.signers, func(o *signerInfo) bool { return bytes.Equal(o.value, s.value) }) {
			return nil, errors.New("the same signature twice")
		}
		due = max(due, version)
		c.signers = append(c.signers, s)
	}
	if len(c.signers) > maxSigners {
		return nil, fmt.Errorf("more than %d signers", maxSigners)
	}
	if due = c.versionDue(due); r.Err() == nil && version != due {
		r.Fail("version %d where %d is due", version, due)
	}
	return c, der.First(infos.Done(), r.Done())
}

// versionDue is the one version that RFC 5652, section 5.1, leaves for each make of
// container, given that of its signers.
func (c *CMS) versionDue(signers int) int {
	switch {
	case slices.ContainsFunc(c.crls, func(b []byte) bool { return b[0] == otherRevocation }):
		return 5
	case c.contentType != oidData:
		return 3
	}
	return signers
}

// readContent reads the EncapsulatedContentInfo.
func (c *CMS) readContent(r *der.Reader) error {
	v := r.Expect(der.TagSequence)
	e := der.Read(v.Body)
	c.encapsulated = v.Full
	c.contentType = e.OID()
	if e.More() {
		inner := e.Enter(0xA0)
		content := inner.OctetString()
		c.Content = append([]byte{}, content...)
		if err := inner.Done(); err != nil {
			return fmt.Errorf("content: %w", err)
		}
	}
	return der.First(r.Err(), e.Done())
}

// readCertificates reads the CertificateSet, of which only plain certificates are
// known: the other choices are obsolete or attribute certificates.
func (c *CMS) readCertificates(set []byte) error {
	r := der.Read(set)
	for r.More() {
		v := r.Expect(der.TagSequence)
		if r.Err() != nil {
			break
		}
		if len(c.Certificates) == maxCertificates {
			return fmt.Errorf("more than %d certificates", maxCertificates)
		}
		parsed, err := ParseCertificate(v.Full)
		if err != nil {
			return err
		}
		c.Certificates = append(c.Certificates, parsed)
		c.certificates = append(c.certificates, v.Full)
	}
	return r.Done()
}

func parseSignerInfo(v der.Value) (s *signerInfo, version int, err error) {
	s = &signerInfo{raw: v.Full}
	if v.Tag != der.TagSequence {
		return nil, 0, fmt.Errorf("%w: not a SignerInfo", der.ErrSyntax)
	}
	r := der.Read(v.Body)
	version = r.Int()
	due := 1
	if id, ok := r.Optional(0x80); ok {
		s.keyID, due = id.Body, 3
	} else if err := s.readIssuerAndSerial(r); err != nil {
		return nil, 0, err
	}
	if r.Err() == nil && version != due {
		r.Fail("version %d where %d is due", version, due)
	}
	s.digest = readAlgorithm(r)
	if a, ok := r.Optional(0xA0); ok {
		if s.signed, err = parseAttributes(a.Body); err != nil {
			return nil, 0, err
		}
		s.signedRaw = sortedSet(a.Body)
	}
	s.signature = readAlgorithm(r)
	s.value = r.OctetString()
	if a, ok := r.Optional(0xA1); ok {
		if s.unsigned, err = parseAttributes(a.Body); err != nil {
			return nil, 0, err
		}
	}
	return s, version, r.Done()
}

func (s *signerInfo) readIssuerAndSerial(r *der.Reader) error {
	id := r.Enter(der.TagSequence)
	rdns, err := parseName(id.Next().Full)
	if err != nil {
		return der.First(id.Err(), err)
	}
	s.issuer, s.serial = nameText(rdns), id.Integer()
	return id.Done()
}

// parseAttributes reads the elements of a SET OF Attribute, of which there is at least
// one, each with at least one value.
func parseAttributes(set []byte) ([]attribute, error) {
	r := der.Read(set)
	var out []attribute
	for r.More() {
		a := r.Enter(der.TagSequence)
		attr := attribute{oid: a.OID()}
		values := a.Enter(der.TagSet)
		for values.More() {
			attr.values = append(attr.values, values.Next())
		}
		if err := der.First(values.Done(), a.Done()); err != nil {
			return nil, fmt.Errorf("attribute: %w", err)
		}
		if len(attr.values) == 0 || len(out) == maxAttributes {
			r.Fail("attribute %s", attr.oid)
		}
		out = append(out, attr)
	}
	if len(out) == 0 {
		r.Fail("no attributes")
	}
	return out, r.Done()
}

// sortedSet encodes the elements as a SET OF in DER: RFC 5652, section 5.4, signs the
// attributes in this form, whatever order and tag they have in the container.
func sortedSet(elements []byte) []byte {
	var parts [][]byte
	for r := der.Read(elements); r.More(); {
		parts = append(parts, r.Next().Full)
	}
	return der.SetOf(parts...)
}

// find returns the certificates that the signer may mean.
func (s *signerInfo) find(certificates []*Certificate) []*Certificate {
	var out []*Certificate
	for _, c := range certificates {
		byID := s.keyID != nil && bytes.Equal(s.keyID, c.X509.SubjectKeyId)
		byName := s.serial != nil && s.issuer == c.issuerText && s.serial.Cmp(c.X509.SerialNumber) == 0
		if byID || byName {
			out = append(out, c)
		}
	}
	return out
}
