package eds

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"mekenjai/eds/internal/der"
)

// AnswerTimestamp is the authority's side of RFC 3161: it answers a TimeStampReq with
// a TimeStampResp whose token says that the request was there at the time. It is for
// test authorities; the key's certificate must be a time-stamping authority's.
func AnswerTimestamp(k *Key, request []byte, at time.Time, policy string) ([]byte, error) {
	r, err := parseTimestampRequest(request)
	if err != nil {
		return nil, fmt.Errorf("%w: request: %w", ErrTimestamp, err)
	}
	serial := make([]byte, 8)
	rand.Read(serial)
	info := [][]byte{der.Int(1), der.OID(policy), r.imprint, der.Integer(new(big.Int).SetBytes(serial)),
		der.Element(der.TagGeneralizedTime, []byte(at.UTC().Format("20060102150405Z")))}
	if r.nonce != nil {
		info = append(info, r.nonce)
	}
	content := der.Sequence(info...)
	c := &CMS{contentType: oidTSTInfo,
		encapsulated: der.Sequence(der.OID(oidTSTInfo), der.Explicit(0, der.OctetString(content)))}
	if err := c.addSigner(k, content, at); err != nil {
		return nil, err
	}
	return der.Sequence(der.Sequence(der.Int(0)), c.encode()), nil
}

// timestampRequest has the parts of a TimeStampReq that the token repeats, in DER.
type timestampRequest struct{ imprint, nonce []byte }

func parseTimestampRequest(b []byte) (*timestampRequest, error) {
	outer := der.Read(b)
	r := outer.Enter(der.TagSequence)
	if version := r.Int(); version != 1 {
		r.Fail("version %d", version)
	}
	imprint := r.Expect(der.TagSequence)
	inner := der.Read(imprint.Body)
	digest, err := findDigest(readAlgorithm(inner).oid)
	value := inner.OctetString()
	if err == nil && len(value) != digest.new().Size() {
		inner.Fail("imprint of %d bytes", len(value))
	}
	r.Optional(der.TagOID) // the policy asked for; there is but one
	out := &timestampRequest{imprint: imprint.Full}
	if v, ok := r.Optional(der.TagInteger); ok {
		out.nonce = v.Full
	}
	r.Optional(der.TagBoolean) // the certificate is always inside
	r.Optional(0xA0)
	return out, der.First(err, inner.Done(), r.Done(), outer.Done())
}
