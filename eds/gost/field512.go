package gost

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

//go:generate go run field512_gen.go

// field512 is a number modulo p = 2^512 − 569 in eight words, the least significant
// first. It may be any representative below 2^512: what overflows is folded back with
// 2^512 = 569, and only comparing looks for the smallest representative.
type field512 [8]uint64

// fold is 2^512 modulo p.
const fold = 569

// setBig sets z to n, which must be in [0, 2^512).
func (z *field512) setBig(n *big.Int) *field512 {
	var b [64]byte
	n.FillBytes(b[:])
	for i := range z {
		z[i] = binary.BigEndian.Uint64(b[56-8*i:])
	}
	return z
}

// big returns the smallest representative.
func (z *field512) big() *big.Int {
	r := z.reduced()
	var b [64]byte
	for i, w := range r {
		binary.BigEndian.PutUint64(b[56-8*i:], w)
	}
	return new(big.Int).SetBytes(b[:])
}

// reduced returns the representative below p: adding 569 overflows exactly when the
// number is p or more.
func (z *field512) reduced() field512 {
	var r field512
	var c uint64
	r[0], c = bits.Add64(z[0], fold, 0)
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

// add sets z to x+y.
func (z *field512) add(x, y *field512) {
	t0, c := bits.Add64(x[0], y[0], 0)
	t1, c := bits.Add64(x[1], y[1], c)
	t2, c := bits.Add64(x[2], y[2], c)
	t3, c := bits.Add64(x[3], y[3], c)
	t4, c := bits.Add64(x[4], y[4], c)
	t5, c := bits.Add64(x[5], y[5], c)
	t6, c := bits.Add64(x[6], y[6], c)
	t7, c := bits.Add64(x[7], y[7], c)
	t0, c = bits.Add64(t0, c*fold, 0)
	t1, c = bits.Add64(t1, 0, c)
	t2, c = bits.Add64(t2, 0, c)
	t3, c = bits.Add64(t3, 0, c)
	t4, c = bits.Add64(t4, 0, c)
	t5, c = bits.Add64(t5, 0, c)
	t6, c = bits.Add64(t6, 0, c)
	t7, c = bits.Add64(t7, 0, c)
	*z = field512{t0 + c*fold, t1, t2, t3, t4, t5, t6, t7}
}

// sub sets z to x−y.
func (z *field512) sub(x, y *field512) {
	t0, c := bits.Sub64(x[0], y[0], 0)
	t1, c := bits.Sub64(x[1], y[1], c)
	t2, c := bits.Sub64(x[2], y[2], c)
	t3, c := bits.Sub64(x[3], y[3], c)
	t4, c := bits.Sub64(x[4], y[4], c)
	t5, c := bits.Sub64(x[5], y[5], c)
	t6, c := bits.Sub64(x[6], y[6], c)
	t7, c := bits.Sub64(x[7], y[7], c)
	t0, c = bits.Sub64(t0, c*fold, 0)
	t1, c = bits.Sub64(t1, 0, c)
	t2, c = bits.Sub64(t2, 0, c)
	t3, c = bits.Sub64(t3, 0, c)
	t4, c = bits.Sub64(t4, 0, c)
	t5, c = bits.Sub64(t5, 0, c)
	t6, c = bits.Sub64(t6, 0, c)
	t7, c = bits.Sub64(t7, 0, c)
	*z = field512{t0 - c*fold, t1, t2, t3, t4, t5, t6, t7}
}

// shl sets z to x·2^k for k from 1 to 8.
func (z *field512) shl(x *field512, k uint) {
	k &= 15
	r := (64 - k) & 63
	over := x[7] >> r * fold
	t0, c := bits.Add64(x[0]<<k, over, 0)
	t1, c := bits.Add64(x[1]<<k|x[0]>>r, 0, c)
	t2, c := bits.Add64(x[2]<<k|x[1]>>r, 0, c)
	t3, c := bits.Add64(x[3]<<k|x[2]>>r, 0, c)
	t4, c := bits.Add64(x[4]<<k|x[3]>>r, 0, c)
	t5, c := bits.Add64(x[5]<<k|x[4]>>r, 0, c)
	t6, c := bits.Add64(x[6]<<k|x[5]>>r, 0, c)
	t7, c := bits.Add64(x[7]<<k|x[6]>>r, 0, c)
	*z = field512{t0 + c*fold, t1, t2, t3, t4, t5, t6, t7}
}

// invert sets z to 1/x; x must not be zero. The inputs of verification are public, so
// the variable-time inversion of math/big may be used.
func (z *field512) invert(x *field512, p *big.Int) {
	n := x.big()
	z.setBig(n.ModInverse(n, p))
}
