package gost

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

//go:generate go run field_gen.go

// field512 is a number modulo p = 2^512 − 569 in words of 64 bits, the least
// significant first. It may be any representative below 2^512: what overflows is folded back with
// 2^512 = 569, and only comparing looks for the smallest representative.
type field512 [8]uint64

// fold512 is 2^512 modulo p, size512 the length of a number in bytes.
const (
	fold512 = 569
	size512 = 8 * len(field512{})
)

// setBig sets z to n, which must be in [0, 2^512).
func (z *field512) setBig(n *big.Int) *field512 {
	var b [size512]byte
	n.FillBytes(b[:])
	for i := range z {
		z[i] = binary.BigEndian.Uint64(b[size512-8-8*i:])
	}
	return z
}

// big returns the smallest representative.
func (z *field512) big() *big.Int {
	r := z.reduced()
	var b [size512]byte
	for i, w := range r {
		binary.BigEndian.PutUint64(b[size512-8-8*i:], w)
	}
	return new(big.Int).SetBytes(b[:])
}

// reduced returns the representative below p: adding 569 overflows exactly when the
// number is p or more.
func (z *field512) reduced() field512 {
	var r field512
	var c uint64
	r[0], c = bits.Add64(z[0], fold512, 0)
	for i := 1; i < len(z); i++ {
		r[i], c = bits.Add64(z[i], 0, c)
	}
	if c == 0 {
		return *z
	}
	return r
}

func (z *field512) isZero() bool { return z.reduced() == field512{} }

func (z *field512) equal(x *field512) bool { return z.reduced() == x.reduced() }

// invert sets z to 1/x; x must not be zero. The inputs of verification are public, so
// the variable-time inversion of math/big may be used.
func (z *field512) invert(x *field512, p *big.Int) {
	n := x.big()
	z.setBig(n.ModInverse(n, p))
}
