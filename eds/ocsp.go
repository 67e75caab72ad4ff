package eds

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"slices"
	"time"

	"mekenjai/eds/internal/der"
)

// Object identifiers of RFC 6960.
const (
	oidOCSPBasic   = "1.3.6.1.5.5.7.48.1.1"
	oidOCSPNonce   = "1.3.6.1.5.5.7.48.1.2"
	oidOCSPNoCheck = "1.3.6.1.5.5.7.48.1.5"
)

// Limits of a response.
const (
	maxOCSP        = 1 << 20
	maxOCSPEntries = 256
)

// ErrOCSP is wrapped by everything that is wrong with a response.
var ErrOCSP = errors.New("eds: not a usable OCSP response")

// An OCSPFailure is the word of a responder that could not answer, such as tryLater or
// unauthorized. It is no answer about any certificate.
type OCSPFailure string

func (f OCSPFailure) Error() string { return "the responder answered " + string(f) }

// An OCSPResponse is a parsed basic response of RFC 6960. Nothing in it has been
// verified: see Verify.
type OCSPResponse struct {
	ProducedAt   time.Time
	Nonce        []byte // nil when absent
	Entries      []OCSPEntry
	Certificates []*Certificate // candidates for the responder
	Raw          []byte         // in DER

	responderName string // in comparable form, or else
	responderKey  []byte // SHA-1 of the responder's public key
	signed        signedObject
	basic         []byte
}

// An OCSPEntry is what a response says of one certificate.
type OCSPEntry struct {
	Revocation
	ID          CertID `json:"-"`
	NeverIssued bool   `json:"neverIssued"` // revoked in 1970 on hold: the authority never issued it (RFC 6960, section 2.2)
}

// ParseOCSP reads a successful response in DER, PEM or base64. A response that says
// the responder failed is an OCSPFailure.
func ParseOCSP(data []byte) (*OCSPResponse, error) {
	o, err := parseOCSP(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOCSP, err)
	}
	return o, nil
}

// ocspStatuses are the words for responseStatus.
var ocspStatuses = map[byte]string{1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}

func parseOCSP(data []byte) (*OCSPResponse, error) {
	if len(data) > 2*maxOCSP {
		return nil, fmt.Errorf("%d bytes", len(data))
	}
	data, err := unarmor(data, "OCSP RESPONSE")
	if err != nil {
		return nil, err
	}
	outer := der.Read(data)
	r := outer.Enter(der.TagSequence)
	status := r.Expect(der.TagEnumerated).Body
	if r.Err() == nil && !bytes.Equal(status, []byte{0}) {
		if err := der.First(r.Done(), outer.Done()); err != nil {
			return nil, err
		}
		if len(status) == 1 && ocspStatuses[status[0]] != "" {
			return nil, OCSPFailure(ocspStatuses[status[0]])
		}
		return nil, OCSPFailure(fmt.Sprintf("status %x", status))
	}
	explicit := r.Enter(0xA0)
	inner := explicit.Enter(der.TagSequence)
	if oid := inner.OID(); oid != oidOCSPBasic {
		inner.Fail("response of type %s", oid)
	}
	basic := inner.OctetString()
	if err := der.First(inner.Done(), explicit.Done(), r.Done(), outer.Done()); err != nil {
		return nil, err
	}
	return parseBasicOCSP(basic)
}

// parseBasicOCSP reads a BasicOCSPResponse, the form in which CAdES keeps responses.
func parseBasicOCSP(basic []byte) (*OCSPResponse, error) {
	o := &OCSPResponse{basic: bytes.Clone(basic)}
	o.Raw = der.Sequence(der.Element(der.TagEnumerated, []byte{0}),
		der.Explicit(0, der.Sequence(der.OID(oidOCSPBasic), der.OctetString(basic))))
	return o, o.readBasic(o.basic)
}

// readBasic reads the BasicOCSPResponse.
func (o *OCSPResponse) readBasic(b []byte) error {
	outer := der.Read(b)
	r := outer.Enter(der.TagSequence)
	tbs, signed, err := readSigned(r)
	if err != nil {
		return err
	}
	o.signed = signed
	if v, ok := r.Optional(0xA0); ok {
		wrapped := der.Read(v.Body)
		list := wrapped.Enter(der.TagSequence)
		for list.More() {
			if len(o.Certificates) == maxCertificates {
				list.Fail("too many certificates")
			}
			c, err := ParseCertificate(list.Next().Full)
			if err != nil {
				return err
			}
			o.Certificates = append(o.Certificates, c)
		}
		if err := der.First(list.Done(), wrapped.Done()); err != nil {
			return err
		}
	}
	if err := der.First(r.Done(), outer.Done()); err != nil {
		return err
	}
	return o.readData(tbs.Body)
}

// readData reads the ResponseData.
func (o *OCSPResponse) readData(b []byte) error {
	r := der.Read(b)
	if v, ok := r.Optional(0xA0); ok && !bytes.Equal(v.Body, der.Int(0)) {
		r.Fail("version")
	}
	switch v := r.Next(); v.Tag {
	case 0xA1:
		rdns, err := parseName(v.Body)
		if err != nil {
			return err
		}
		o.responderName = nameKey(rdns)
	case 0xA2:
		inner := der.Read(v.Body)
		o.responderKey = inner.OctetString()
		if err := inner.Done(); err != nil {
			return err
		}
	default:
		r.Fail("responder")
	}
	o.ProducedAt = r.Time()
	list := r.Enter(der.TagSequence)
	for list.More() {
		e, err := readOCSPEntry(list.Enter(der.TagSequence))
		if err != nil {
			return err
		}
		if len(o.Entries) == maxOCSPEntries {
			list.Fail("too many entries")
		}
		o.Entries = append(o.Entries, e)
	}
	if err := list.Done(); err != nil {
		return err
	}
	if v, ok := r.Optional(0xA1); ok {
		extensions, err := readExtensions(v.Body)
		if err != nil {
			return err
		}
		for _, x := range extensions {
			switch {
			case x.oid == oidOCSPNonce:
				o.Nonce = append([]byte{}, x.value...)
			case x.critical:
				return fmt.Errorf("critical extension %s", x.oid)
			}
		}
	}
	return r.Done()
}

// readOCSPEntry reads a SingleResponse.
func readOCSPEntry(r *der.Reader) (OCSPEntry, error) {
	var e OCSPEntry
	var err error
	if e.ID, err = readCertID(r.Expect(der.TagSequence)); err != nil {
		return e, err
	}
	e.Serial, e.Source = SerialText(e.ID.Serial), "ocsp"
	switch v := r.Next(); v.Tag {
	case 0x80:
		e.Status = RevocationGood
	case 0x82:
		e.Status, e.Detail = RevocationUnknown, "the responder does not know it"
	case 0xA1:
		if err := e.readRevoked(v.Body); err != nil {
			return e, err
		}
	default:
		r.Fail("certificate status")
	}
	this := r.Time()
	e.ThisUpdate = &this
	if v, ok := r.Optional(0xA0); ok {
		inner := der.Read(v.Body)
		next := inner.Time()
		if err := inner.Done(); err != nil {
			return e, err
		}
		e.NextUpdate = &next
	}
	if v, ok := r.Optional(0xA1); ok {
		extensions, err := readExtensions(v.Body)
		if err != nil {
			return e, err
		}
		for _, x := range extensions {
			if x.critical {
				return e, fmt.Errorf("critical extension %s of an entry", x.oid)
			}
		}
	}
	return e, r.Done()
}

// readRevoked reads a RevokedInfo.
func (e *OCSPEntry) readRevoked(b []byte) error {
	r := der.Read(b)
	at := r.Time()
	e.Status, e.RevokedAt = RevocationRevoked, &at
	if v, ok := r.Optional(0xA0); ok {
		inner := der.Read(v.Body)
		reason := inner.Expect(der.TagEnumerated).Body
		if err := inner.Done(); err != nil || len(reason) != 1 {
			return fmt.Errorf("%w: reason of revocation", der.ErrSyntax)
		}
		e.Reason = RevocationReason(reason[0])
	}
	if at.Equal(time.Unix(0, 0)) && e.Reason == ReasonCertificateHold {
		e.NeverIssued, e.Detail = true, "never issued"
	}
	return r.Done()
}

// Find returns the entry about a certificate of the issuer.
func (o *OCSPResponse) Find(c, issuer *Certificate) (OCSPEntry, bool) {
	for _, e := range o.Entries {
		if e.ID.Serial.Cmp(c.X509.SerialNumber) == 0 && e.ID.IssuedBy(issuer) {
			return e, true
		}
	}
	return OCSPEntry{}, false
}

// keyBits is the public key as CertID and ResponderID hash it: the contents of the BIT
// STRING without the octet of unused bits.
func (c *Certificate) keyBits() []byte {
	r := der.Read(c.X509.RawSubjectPublicKeyInfo).Enter(der.TagSequence)
	r.Next()
	return r.BitString()
}

// Verify checks that the response was signed by the issuer of the certificates it
// speaks of, or by a responder whom that issuer certified for it (RFC 6960, section
// 4.2.2.2) and who was valid when the response was made.
func (o *OCSPResponse) Verify(issuer *Certificate) error {
	if o.isResponder(issuer) {
		if err := o.signed.verify(issuer); err != nil {
			return fmt.Errorf("%w: %w", ErrOCSP, err)
		}
		return nil
	}
	for _, c := range o.Certificates {
		if !o.isResponder(c) {
			continue
		}
		if err := o.verifyBy(c, issuer); err != nil {
			return fmt.Errorf("%w: %w", ErrOCSP, err)
		}
		return nil
	}
	return fmt.Errorf("%w: the responder's certificate is not inside", ErrOCSP)
}

func (o *OCSPResponse) verifyBy(responder, issuer *Certificate) error {
	switch {
	case !issuer.mayHaveIssued(responder):
		return fmt.Errorf("responder %s is not certified by %s", responder.label(), issuer.label())
	case !slices.Contains(responder.extKeyUsage, oidOCSPSigning):
		return fmt.Errorf("%s is not a responder", responder.label())
	case !responder.ValidAt(o.ProducedAt):
		return fmt.Errorf("%s was not valid at %s", responder.label(), o.ProducedAt.Format(time.RFC3339))
	case responder.unknownCritical() != "":
		return fmt.Errorf("%s has the critical extension %s", responder.label(), responder.unknownCritical())
	}
	if err := responder.verifySignature(issuer); err != nil {
		return fmt.Errorf("certificate of the responder: %w", err)
	}
	return o.signed.verify(responder)
}

// isResponder compares the ResponderID.
func (o *OCSPResponse) isResponder(c *Certificate) bool {
	if o.responderName != "" {
		return c.subjectKey == o.responderName
	}
	h := sha1.Sum(c.keyBits())
	return bytes.Equal(o.responderKey, h[:])
}
