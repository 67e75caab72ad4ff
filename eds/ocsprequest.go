package eds

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"fmt"
	"math/big"

	"mekenjai/eds/internal/der"
)

// An OCSPRequest asks about one certificate, with a SHA-256 CertID and a nonce of
// eight bytes, as the national responder expects.
type OCSPRequest struct {
	certificate, issuer *Certificate
	nonce               []byte // the extension's value
}

// NewOCSPRequest makes a request about a certificate of the issuer.
func NewOCSPRequest(c, issuer *Certificate) *OCSPRequest {
	var nonce [8]byte
	rand.Read(nonce[:])
	return &OCSPRequest{c, issuer, der.OctetString(nonce[:])}
}

// Bytes is the request in DER.
func (r *OCSPRequest) Bytes() []byte {
	id := der.Sequence(writeAlgorithm(oidSHA256),
		der.OctetString(digestSHA256.sum(r.issuer.X509.RawSubject)),
		der.OctetString(digestSHA256.sum(r.issuer.keyBits())),
		der.Integer(r.certificate.X509.SerialNumber))
	nonce := der.Sequence(der.OID(oidOCSPNonce), der.OctetString(r.nonce))
	return der.Sequence(der.Sequence(der.Sequence(der.Sequence(id)), der.Explicit(2, der.Sequence(nonce))))
}

// Answer reads a response and checks that it answers this request: signed by the
// issuer's responder, about the certificate, with this nonce or none. A responder may
// leave the nonce out, and its answer then counts only as long as it is fresh.
func (r *OCSPRequest) Answer(response []byte) (*OCSPResponse, error) {
	o, err := ParseOCSP(response)
	if err != nil {
		return nil, err
	}
	if err := o.Verify(r.issuer); err != nil {
		return nil, err
	}
	if _, ok := o.Find(r.certificate, r.issuer); !ok {
		return nil, fmt.Errorf("%w: it is about another certificate", ErrOCSP)
	}
	if o.Nonce != nil && !bytes.Equal(o.Nonce, r.nonce) {
		return nil, fmt.Errorf("%w: it answers another request", ErrOCSP)
	}
	return o, nil
}

// An OCSPQuestion is what a responder reads out of a request.
type OCSPQuestion struct {
	IDs   []CertID
	Nonce []byte // the extension's value; nil when absent
}

// A CertID names a certificate to a responder: its serial number and hashes of its
// issuer's name and key.
type CertID struct {
	Serial *big.Int
	Raw    []byte // in DER, to be copied into the answer

	hashOID   string
	name, key []byte
}

// readCertID reads a CertID.
func readCertID(v der.Value) (CertID, error) {
	r := der.Read(v.Body)
	id := CertID{Raw: v.Full, hashOID: readAlgorithm(r).oid}
	id.name, id.key, id.Serial = r.OctetString(), r.OctetString(), r.Integer()
	return id, r.Done()
}

// IssuedBy reports whether the hashes are of the issuer's name and key, by whatever
// function the CertID names. SHA-1 is harmless here: what an answer is worth depends
// on who signed it.
func (id CertID) IssuedBy(issuer *Certificate) bool {
	sum := func(b []byte) []byte { h := sha1.Sum(b); return h[:] }
	if id.hashOID != oidSHA1 {
		d, err := findDigest(id.hashOID)
		if err != nil {
			return false
		}
		sum = d.sum
	}
	return bytes.Equal(id.name, sum(issuer.X509.RawSubject)) && bytes.Equal(id.key, sum(issuer.keyBits()))
}

// ParseOCSPRequest reads a request, for responders. Signed requests are read, their
// signatures are not.
func ParseOCSPRequest(data []byte) (*OCSPQuestion, error) {
	q, err := parseOCSPRequest(data)
	if err != nil {
		return nil, fmt.Errorf("%w: request: %w", ErrOCSP, err)
	}
	return q, nil
}

func parseOCSPRequest(data []byte) (*OCSPQuestion, error) {
	if len(data) > maxOCSP {
		return nil, fmt.Errorf("%d bytes", len(data))
	}
	outer := der.Read(data)
	r := outer.Enter(der.TagSequence)
	tbs := r.Enter(der.TagSequence)
	r.Optional(0xA0)
	tbs.Optional(0xA0) // version
	tbs.Optional(0xA1) // requestor
	q := &OCSPQuestion{}
	list := tbs.Enter(der.TagSequence)
	for list.More() && len(q.IDs) < maxOCSPEntries {
		request := list.Enter(der.TagSequence)
		id, err := readCertID(request.Expect(der.TagSequence))
		if err := der.First(err, request.Err()); err != nil {
			return nil, err
		}
		q.IDs = append(q.IDs, id)
	}
	if v, ok := tbs.Optional(0xA2); ok {
		extensions, err := readExtensions(v.Body)
		if err != nil {
			return nil, err
		}
		for _, x := range extensions {
			if x.oid == oidOCSPNonce {
				q.Nonce = x.value
			}
		}
	}
	return q, der.First(list.Done(), tbs.Done(), r.Done(), outer.Done())
}
