package gost

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Errors of keys that cannot be used. They are wrapped with what was found.
var (
	ErrPublicKey  = errors.New("gost: not a public key of the curve")
	ErrPrivateKey = errors.New("gost: not a private key of the curve")
	ErrDigest     = errors.New("gost: digest of the wrong length")
)

// A PublicKey is a point of a curve. It is always valid: on the curve and of order q.
type PublicKey struct {
	curve *Curve
	x, y  *big.Int
}

// ParsePublicKey reads the point x‖y, both little-endian and of the curve's size, as
// it stands in the key of a Kazakh certificate inside the two wrappings.
func ParsePublicKey(c *Curve, point []byte) (*PublicKey, error) {
	if len(point) != 2*c.size {
		return nil, fmt.Errorf("%w %s: %d bytes", ErrPublicKey, c.name, len(point))
	}
	k := &PublicKey{curve: c, x: littleEndian(point[:c.size]), y: littleEndian(point[c.size:])}
	if !c.contains(k.x, k.y) {
		return nil, fmt.Errorf("%w %s: the point is not on it", ErrPublicKey, c.name)
	}
	return k, nil
}

// Curve is the curve the key belongs to.
func (k *PublicKey) Curve() *Curve { return k.curve }

// Bytes is the point x‖y, little-endian: the inverse of ParsePublicKey.
func (k *PublicKey) Bytes() []byte {
	b := make([]byte, 2*k.curve.size)
	putLittleEndian(b[:k.curve.size], k.x)
	putLittleEndian(b[k.curve.size:], k.y)
	return b
}

// Equal reports whether x is the same key.
func (k *PublicKey) Equal(x crypto.PublicKey) bool {
	o, ok := x.(*PublicKey)
	return ok && k.curve == o.curve && k.x.Cmp(o.x) == 0 && k.y.Cmp(o.y) == 0
}

// Verify reports whether signature (r‖s, little-endian) is this key's signature over
// the digest, which must be of the curve's size (RFC 7091, section 6.2).
func (k *PublicKey) Verify(digest, signature []byte) bool {
	c := k.curve
	if len(digest) != c.size || len(signature) != 2*c.size {
		return false
	}
	return k.verify(c.scalar(digest), littleEndian(signature[:c.size]), littleEndian(signature[c.size:]))
}

func (k *PublicKey) verify(e, r, s *big.Int) bool {
	q := k.curve.q
	if r.Sign() == 0 || r.Cmp(q) >= 0 || s.Sign() == 0 || s.Cmp(q) >= 0 {
		return false
	}
	v := new(big.Int).ModInverse(e, q)
	z1 := new(big.Int).Mul(s, v)
	z2 := new(big.Int).Mul(r, v)
	z2.Neg(z2)
	return k.curve.group.verifies(z1.Mod(z1, q), z2.Mod(z2, q), k.x, k.y, r)
}

// scalar turns a digest into the number e of RFC 7091: little-endian, modulo q, and
// one in place of zero.
func (c *Curve) scalar(digest []byte) *big.Int {
	e := littleEndian(digest)
	if e.Mod(e, c.q).Sign() == 0 {
		e.SetInt64(1)
	}
	return e
}

// A PrivateKey signs. It implements crypto.Signer. The arithmetic takes variable time;
// so that the time of a signature tells nothing of its nonce, from which the key would
// follow, the nonce is multiplied in two random parts. Who can measure the processor's
// caches from beside is not kept out: persons' keys stay in their own hands.
type PrivateKey struct {
	public PublicKey
	d      *big.Int
}

// NewPrivateKey reads a little-endian scalar of the curve's size, in [1, q).
func NewPrivateKey(c *Curve, scalar []byte) (*PrivateKey, error) {
	if len(scalar) != c.size {
		return nil, fmt.Errorf("%w %s: %d bytes", ErrPrivateKey, c.name, len(scalar))
	}
	d := littleEndian(scalar)
	if d.Sign() == 0 || d.Cmp(c.q) >= 0 {
		return nil, fmt.Errorf("%w %s: out of range", ErrPrivateKey, c.name)
	}
	x, y := c.group.baseMult(d)
	return &PrivateKey{PublicKey{c, x, y}, d}, nil
}

// GenerateKey makes a private key from the bytes of random.
func GenerateKey(c *Curve, random io.Reader) (*PrivateKey, error) {
	d, err := c.randomScalar(random)
	if err != nil {
		return nil, fmt.Errorf("gost: generate key: %w", err)
	}
	x, y := c.group.baseMult(d)
	return &PrivateKey{PublicKey{c, x, y}, d}, nil
}

// Public is the *PublicKey of the key.
func (k *PrivateKey) Public() crypto.PublicKey { return &k.public }

// Bytes is the scalar, little-endian: the inverse of NewPrivateKey.
func (k *PrivateKey) Bytes() []byte {
	b := make([]byte, k.public.curve.size)
	putLittleEndian(b, k.d)
	return b
}

// Sign returns the signature r‖s over a digest of the curve's size, little-endian.
// With a nil random the nonce is derived from key and digest, so that the same input
// gives the same signature. The options are not used. See PrivateKey for what this
// must not be used for.
func (k *PrivateKey) Sign(random io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	c := k.public.curve
	if len(digest) != c.size {
		return nil, fmt.Errorf("%w: %d bytes for %s", ErrDigest, len(digest), c.name)
	}
	if random == nil {
		random = &nonces{key: k.Bytes(), digest: digest}
	}
	e := c.scalar(digest)
	for {
		n, err := c.randomScalar(random)
		if err != nil {
			return nil, fmt.Errorf("gost: sign: %w", err)
		}
		if r, s := k.sign(e, n); r.Sign() != 0 && s.Sign() != 0 {
			out := make([]byte, 2*c.size)
			putLittleEndian(out[:c.size], r)
			putLittleEndian(out[c.size:], s)
			return out, nil
		}
	}
}

// sign is RFC 7091, section 6.1, with the nonce n; either result may be zero.
func (k *PrivateKey) sign(e, n *big.Int) (r, s *big.Int) {
	c := k.public.curve
	x, _ := c.group.baseMult(c.split(n))
	r = new(big.Int).Mod(x, c.q)
	s = new(big.Int).Mul(r, k.d)
	s.Add(s, new(big.Int).Mul(n, e))
	return r, s.Mod(s, c.q)
}

// split writes n as the sum of two numbers modulo q, each of which is random by itself.
func (c *Curve) split(n *big.Int) (a, b *big.Int) {
	a, err := c.randomScalar(rand.Reader)
	if err != nil {
		panic(err) // the system's source of randomness does not fail
	}
	b = new(big.Int).Sub(n, a)
	return a, b.Mod(b, c.q)
}

// randomScalar draws from random until a number in [1, q) comes.
func (c *Curve) randomScalar(random io.Reader) (*big.Int, error) {
	b := make([]byte, c.size)
	for {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, err
		}
		n := new(big.Int).SetBytes(b)
		n.Rsh(n, uint(8*c.size-c.q.BitLen()))
		if n.Sign() != 0 && n.Cmp(c.q) < 0 {
			return n, nil
		}
	}
}

// nonces is an endless stream HMAC-SHA-512(key, counter‖digest): as unpredictable as
// the key and never the same for two digests.
type nonces struct {
	key, digest, rest []byte
	counter           uint64
}

func (s *nonces) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		s.counter++
		h := hmac.New(sha512.New, s.key)
		h.Write(binary.BigEndian.AppendUint64(nil, s.counter))
		h.Write(s.digest)
		s.rest = h.Sum(nil)
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
