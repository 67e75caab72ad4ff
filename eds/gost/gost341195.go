package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// block95 is the block and digest size of GOST 34.311-95, in bytes.
const block95 = 32

// testSBoxes are the eight substitutions of id-GostR3411-94-TestParamSet (RFC 4357,
// section 11.2), the ones Kazakhstan uses. The first serves the lowest four bits.
var testSBoxes = [8][16]uint32{
	{4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3},
	{14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9},
	{5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11},
	{7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3},
	{6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2},
	{4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14},
	{13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12},
	{1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12},
}

// roundTable joins two S-boxes and the rotation by 11 bits: roundTable[i][b] is what
// byte i of the sum contributes to the round function of GOST 28147-89 (RFC 5830).
var roundTable = makeRoundTable()

func makeRoundTable() *[4][256]uint32 {
	var t [4][256]uint32
	for i := range t {
		for b := range t[i] {
			v := testSBoxes[2*i][b&15] | testSBoxes[2*i+1][b>>4]<<4
			t[i][b] = bits.RotateLeft32(v<<(8*i), 11)
		}
	}
	return &t
}

// keyConstant is C_3 of RFC 5831, section 4.1; C_2 and C_4 are zero.
var keyConstant = [4]uint64{
	0xff00ff00ff00ff00, 0x00ff00ff00ff00ff, 0xff0000ff00ffff00, 0xff00ffff000000ff,
}

// gost95 is a state of the hash of RFC 5831: zero starting value, numbers as four
// words, the least significant first.
type gost95 struct {
	h, sum [4]uint64
	length uint64 // bytes written
	buf    [block95]byte
	fill   int
}

// NewGOST341195 returns a hash computing GOST 34.311-95 (GOST R 34.11-94) with the
// test S-boxes and a zero starting vector; the digest has 32 bytes.
func NewGOST341195() hash.Hash { return new(gost95) }

func (s *gost95) Size() int      { return block95 }
func (s *gost95) BlockSize() int { return block95 }
func (s *gost95) Reset()         { *s = gost95{} }

// Write adds p to the message. It never fails.
func (s *gost95) Write(p []byte) (int, error) {
	written := len(p)
	s.length += uint64(written)
	for len(p) > 0 {
		n := copy(s.buf[s.fill:], p)
		s.fill += n
		p = p[n:]
		if s.fill == block95 {
			s.block()
		}
	}
	return written, nil
}

// Sum appends the digest of what was written so far to b; the state stays usable.
func (s *gost95) Sum(b []byte) []byte {
	c := *s
	if c.fill > 0 {
		clear(c.buf[c.fill:])
		c.block()
	}
	c.step(&[4]uint64{c.length << 3, c.length >> 61})
	c.step(&c.sum)
	for _, w := range c.h {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// block takes in the full buffer and adds it to the checksum.
func (s *gost95) block() {
	var m [4]uint64
	var carry uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(s.buf[8*i:])
		s.sum[i], carry = bits.Add64(s.sum[i], m[i], carry)
	}
	s.step(&m)
	s.fill = 0
}

// step is the step function of RFC 5831, section 4: four keys from h and m, h
// encrypted under them, and the result mixed with m and h.
func (s *gost95) step(m *[4]uint64) {
	u, v := s.h, *m
	var out [4]uint64
	for i := range out {
		if i > 0 {
			u = shiftA(u)
			if i == 2 {
				for j := range u {
					u[j] ^= keyConstant[j]
				}
			}
			v = shiftA(shiftA(v))
		}
		key := stepKey(&u, &v)
		out[i] = encrypt28147(&key, s.h[i])
	}
	y := mix(out, 12)
	for i := range y {
		y[i] ^= m[i]
	}
	y = mix(y, 1)
	for i := range y {
		y[i] ^= s.h[i]
	}
	s.h = mix(y, 61)
}

// shiftA is the transformation A(x4‖x3‖x2‖x1) = (x1⊕x2)‖x4‖x3‖x2.
func shiftA(x [4]uint64) [4]uint64 { return [4]uint64{x[1], x[2], x[3], x[0] ^ x[1]} }

// stepKey is P(u⊕v): byte 8i+k of the sum becomes byte i+4k of the key.
func stepKey(u, v *[4]uint64) (key [8]uint32) {
	for i := range u {
		w := u[i] ^ v[i]
		for k := range key {
			key[k] |= uint32(byte(w>>(8*k))) << (8 * i)
		}
	}
	return key
}

// encrypt28147 encrypts one block with GOST 28147-89 (RFC 5830): the key words three
// times in order, then once in reverse.
func encrypt28147(key *[8]uint32, block uint64) uint64 {
	t := roundTable
	f := func(x uint32) uint32 {
		return t[0][byte(x)] | t[1][byte(x>>8)] | t[2][byte(x>>16)] | t[3][byte(x>>24)]
	}
	n1, n2 := uint32(block), uint32(block>>32)
	for range 3 {
		for k := 0; k < 8; k += 2 {
			n2 ^= f(n1 + key[k])
			n1 ^= f(n2 + key[k+1])
		}
	}
	for k := 7; k > 0; k -= 2 {
		n2 ^= f(n1 + key[k])
		n1 ^= f(n2 + key[k-1])
	}
	return uint64(n1)<<32 | uint64(n2)
}

// mix applies ψ the given number of times: the number is seen as sixteen words of
// 16 bits, all move down by one, and the top becomes y1⊕y2⊕y3⊕y4⊕y13⊕y16.
func mix(x [4]uint64, times int) [4]uint64 {
	for range times {
		top := uint16(x[0]) ^ uint16(x[0]>>16) ^ uint16(x[0]>>32) ^ uint16(x[0]>>48) ^
			uint16(x[3]) ^ uint16(x[3]>>48)
		x[0] = x[0]>>16 | x[1]<<48
		x[1] = x[1]>>16 | x[2]<<48
		x[2] = x[2]>>16 | x[3]<<48
		x[3] = x[3]>>16 | uint64(top)<<48
	}
	return x
}
