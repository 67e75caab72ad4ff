package eds

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mekenjai/eds/internal/der"
)

// ErrTimestamp is wrapped by everything that is wrong with a timestamp.
var ErrTimestamp = errors.New("eds: not a usable timestamp")

// A Digest names a hash function to ask a timestamp with. The national authority
// answers GOST hashes with its GOST key and SHA-256 with its RSA key.
type Digest string

// The hash functions for timestamps.
const (
	DigestStreebog512 Digest = "streebog512"
	DigestGOST341195  Digest = "gost341195"
	DigestSHA256      Digest = "sha256"
)

var namedDigests = map[Digest]*digestAlgorithm{
	DigestStreebog512: digestStreebog512, DigestGOST341195: digestGOST341195, DigestSHA256: digestSHA256,
}

// A TimestampRequest is a TimeStampReq of RFC 3161 over some bytes, usually the value
// of a signature.
type TimestampRequest struct {
	digest  *digestAlgorithm
	imprint []byte
	nonce   *big.Int
}

// NewTimestampRequest makes a request with a random nonce of eight bytes.
func NewTimestampRequest(data []byte, d Digest) (*TimestampRequest, error) {
	a := namedDigests[d]
	if a == nil {
		return nil, fmt.Errorf("%w: hash function %q", ErrTimestamp, d)
	}
	var nonce [8]byte
	rand.Read(nonce[:])
	return &TimestampRequest{digest: a, imprint: a.sum(data), nonce: new(big.Int).SetBytes(nonce[:])}, nil
}

// Bytes is the request in DER; it asks for the authority's certificate.
func (r *TimestampRequest) Bytes() []byte {
	return der.Sequence(der.Int(1),
		der.Sequence(writeAlgorithm(r.digest.oid), der.OctetString(r.imprint)),
		der.Integer(r.nonce), der.True())
}

// Token takes the token out of the authority's answer and checks that it answers this
// request. The token's signature is not checked: see Verifier.VerifyTimestamp.
func (r *TimestampRequest) Token(response []byte) ([]byte, error) {
	token, err := timestampToken(response)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	_, info, err := parseToken(token)
	switch {
	case err != nil:
	case digests[info.digest] != r.digest || !bytes.Equal(info.imprint, r.imprint):
		err = errors.New("the answer is over something else")
	case info.nonce == nil || info.nonce.Cmp(r.nonce) != 0:
		err = errors.New("the answer is to another request")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	return token, nil
}

// timestampRefusal is why an authority gave no token, with its status.
type timestampRefusal string

func (t timestampRefusal) Error() string { return "refused with " + string(t) }

// timestampToken reads a TimeStampResp: a status, and the token when it was granted.
func timestampToken(response []byte) ([]byte, error) {
	if len(response) > 2*maxOCSP {
		return nil, fmt.Errorf("%d bytes", len(response))
	}
	raw, err := unarmor(response, "TIMESTAMP RESPONSE", "TSR")
	if err == nil {
		raw, err = der.FromBER(raw)
	}
	if err != nil {
		return nil, err
	}
	outer := der.Read(raw)
	r := outer.Enter(der.TagSequence)
	info := r.Enter(der.TagSequence)
	status := info.Int()
	if err := info.Err(); err != nil {
		return nil, err
	}
	if status > 1 { // granted, granted with modifications
		text := statusText(info)
		info.Optional(der.TagBitString) // failInfo, which statusString says better
		if err := der.First(info.Done(), r.Done(), outer.Done()); err != nil {
			return nil, err
		}
		return nil, timestampRefusal(strings.TrimSpace(fmt.Sprintf("status %d %s", status, text)))
	}
	token := r.Expect(der.TagSequence).Full
	return token, der.First(r.Done(), outer.Done())
}

// statusText reads the words of a refusal, if there are any.
func statusText(info *der.Reader) string {
	v, ok := info.Optional(der.TagSequence)
	if !ok {
		return ""
	}
	text, _ := der.Read(v.Body).Next().Text()
	return text
}

// VerifyTimestamp judges a token, or a whole response of an authority, over the data.
// The error, which wraps ErrTimestamp, says that it is no well-formed token over these
// data with a true signature; whether its authority is trusted is in the answer.
func (v *Verifier) VerifyTimestamp(ctx context.Context, token, data []byte) (*Timestamp, error) {
	if t, err := timestampToken(token); err == nil {
		token = t
	}
	t, err := v.timestamp(ctx, token, data, evidence{sources: v.Revocation, tries: newTries(&v.cache)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	return t, ctx.Err()
}

// Signatures returns the values of the container's signatures, in its order: what
// timestamps are asked for.
func (c *CMS) Signatures() [][]byte {
	out := make([][]byte, len(c.signers))
	for i, s := range c.signers {
		out[i] = s.value
	}
	return out
}

// Timestamped says whether the signature with the number in Signatures has a token.
func (c *CMS) Timestamped(signature int) bool {
	return slices.ContainsFunc(c.signers[signature].unsigned, func(a attribute) bool { return a.oid == oidSignatureTimestamp })
}

// AddTimestamp puts a token into the signature with the number in Signatures, which
// makes CAdES-T of CAdES-BES. Other signatures and what is signed stay byte for byte.
func AddTimestamp(cms []byte, signature int, token []byte) ([]byte, error) {
	c, err := ParseCMS(cms)
	if err != nil {
		return nil, err
	}
	if signature < 0 || signature >= len(c.signers) {
		return nil, fmt.Errorf("%w: no signature %d", ErrCMS, signature)
	}
	s := c.signers[signature]
	_, info, err := parseToken(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	d, err := findDigest(info.digest)
	if err != nil || !bytes.Equal(d.sum(s.value), info.imprint) {
		return nil, fmt.Errorf("%w: it is over another signature", ErrTimestamp)
	}
	if s.raw, err = withUnsigned(s.raw, writeAttribute(oidSignatureTimestamp, token)); err != nil {
		return nil, err
	}
	return c.encode(), nil
}

// withUnsigned adds an unsigned attribute to a SignerInfo.
func withUnsigned(info, attribute []byte) ([]byte, error) {
	r := der.Read(info).Enter(der.TagSequence)
	var parts [][]byte
	unsigned := [][]byte{attribute}
	for r.More() {
		v := r.Next()
		if v.Tag != 0xA1 {
			parts = append(parts, v.Full)
			continue
		}
		for old := der.Read(v.Body); old.More(); {
			unsigned = append(unsigned, old.Next().Full)
		}
	}
	parts = append(parts, der.Element(0xA1, der.Sorted(unsigned)...))
	return der.Sequence(parts...), r.Done()
}
