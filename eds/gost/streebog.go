package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// streebogBlock is the block size of both variants, in bytes.
const streebogBlock = 64

// lpsTable folds the three layers of the round into one look-up: lpsTable[j][b] is
// what byte b in column j contributes to a row, that is l(π(b)) at its place.
var lpsTable = makeLPSTable()

func makeLPSTable() *[8][256]uint64 {
	var t [8][256]uint64
	for j := range t {
		for b := range t[j] {
			for s, i := sbox[b], 0; s != 0; s, i = s>>1, i+1 {
				if s&1 == 1 {
					t[j][b] ^= matrix[63-(8*j+i)]
				}
			}
		}
	}
	return &t
}

// streebog is a state of the hash of RFC 6986. Numbers of 512 bits are kept as eight
// words, the least significant first, which is the order of the message bytes.
type streebog struct {
	h, n, sum [8]uint64
	buf       [streebogBlock]byte
	fill      int
	size      int
}

// NewStreebog512 returns a hash computing Streebog with a 64-byte digest.
func NewStreebog512() hash.Hash { return newStreebog(64) }

// NewStreebog256 returns a hash computing Streebog with a 32-byte digest.
func NewStreebog256() hash.Hash { return newStreebog(32) }

// Streebog512 returns the 64-byte Streebog digest of data.
func Streebog512(data []byte) (digest [64]byte) {
	h := newStreebog(64)
	h.Write(data)
	h.Sum(digest[:0])
	return digest
}

// Streebog256 returns the 32-byte Streebog digest of data.
func Streebog256(data []byte) (digest [32]byte) {
	h := newStreebog(32)
	h.Write(data)
	h.Sum(digest[:0])
	return digest
}

func newStreebog(size int) *streebog {
	s := &streebog{size: size}
	s.Reset()
	return s
}

func (s *streebog) Size() int      { return s.size }
func (s *streebog) BlockSize() int { return streebogBlock }

// Reset sets the initial value: zeroes for 512 bits, bytes of 1 for 256 bits.
func (s *streebog) Reset() {
	*s = streebog{size: s.size}
	if s.size == 32 {
		for i := range s.h {
			s.h[i] = 0x0101010101010101
		}
	}
}

// Write adds p to the message. It never fails.
func (s *streebog) Write(p []byte) (int, error) {
	written := len(p)
	if s.fill > 0 {
		n := copy(s.buf[s.fill:], p)
		s.fill += n
		p = p[n:]
		if s.fill < streebogBlock {
			return written, nil
		}
		s.block(s.buf[:], 512)
		s.fill = 0
	}
	for len(p) >= streebogBlock {
		s.block(p[:streebogBlock], 512)
		p = p[streebogBlock:]
	}
	s.fill = copy(s.buf[:], p)
	return written, nil
}

// Sum appends the digest of what was written so far to b; the state stays usable.
func (s *streebog) Sum(b []byte) []byte {
	c := *s
	var last [streebogBlock]byte
	copy(last[:], c.buf[:c.fill])
	last[c.fill] = 1
	c.block(last[:], uint64(c.fill)*8)
	var zero [8]uint64
	c.compress(&zero, &c.n)
	c.compress(&zero, &c.sum)
	var out [64]byte
	for i, w := range c.h {
		binary.LittleEndian.PutUint64(out[8*i:], w)
	}
	return append(b, out[64-c.size:]...)
}

// block takes in one block that carries the given number of message bits.
func (s *streebog) block(p []byte, messageBits uint64) {
	var m [8]uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	s.compress(&s.n, &m)
	add512(&s.n, &[8]uint64{messageBits})
	add512(&s.sum, &m)
}

// add512 sets a to a+b modulo 2^512.
func add512(a, b *[8]uint64) {
	var carry uint64
	for i := range a {
		a[i], carry = bits.Add64(a[i], b[i], carry)
	}
}

// compress is g_N(h, m) of RFC 6986, section 8: h = E(LPS(h⊕N), m) ⊕ h ⊕ m.
func (s *streebog) compress(n, m *[8]uint64) {
	var key, state, t [8]uint64
	for i := range t {
		t[i] = s.h[i] ^ n[i]
	}
	lps(&key, &t)
	for i := range t {
		t[i] = key[i] ^ m[i]
	}
	for r := range iteration {
		lps(&state, &t)
		c := &iteration[r]
		for i := range t {
			t[i] = key[i] ^ c[i]
		}
		lps(&key, &t)
		for i := range t {
			t[i] = state[i] ^ key[i]
		}
	}
	for i := range t {
		s.h[i] ^= t[i] ^ m[i]
	}
}

// lps sets out to L(P(S(in))). The two may overlap. The rows are written out because
// shifts by constants are half the work.
func lps(out, in *[8]uint64) {
	t := lpsTable
	a0, a1, a2, a3, a4, a5, a6, a7 := in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7]
	out[0] = t[0][byte(a0)] ^ t[1][byte(a1)] ^ t[2][byte(a2)] ^ t[3][byte(a3)] ^
		t[4][byte(a4)] ^ t[5][byte(a5)] ^ t[6][byte(a6)] ^ t[7][byte(a7)]
	out[1] = t[0][byte(a0>>8)] ^ t[1][byte(a1>>8)] ^ t[2][byte(a2>>8)] ^ t[3][byte(a3>>8)] ^
		t[4][byte(a4>>8)] ^ t[5][byte(a5>>8)] ^ t[6][byte(a6>>8)] ^ t[7][byte(a7>>8)]
	out[2] = t[0][byte(a0>>16)] ^ t[1][byte(a1>>16)] ^ t[2][byte(a2>>16)] ^ t[3][byte(a3>>16)] ^
		t[4][byte(a4>>16)] ^ t[5][byte(a5>>16)] ^ t[6][byte(a6>>16)] ^ t[7][byte(a7>>16)]
	out[3] = t[0][byte(a0>>24)] ^ t[1][byte(a1>>24)] ^ t[2][byte(a2>>24)] ^ t[3][byte(a3>>24)] ^
		t[4][byte(a4>>24)] ^ t[5][byte(a5>>24)] ^ t[6][byte(a6>>24)] ^ t[7][byte(a7>>24)]
	out[4] = t[0][byte(a0>>32)] ^ t[1][byte(a1>>32)] ^ t[2][byte(a2>>32)] ^ t[3][byte(a3>>32)] ^
		t[4][byte(a4>>32)] ^ t[5][byte(a5>>32)] ^ t[6][byte(a6>>32)] ^ t[7][byte(a7>>32)]
	out[5] = t[0][byte(a0>>40)] ^ t[1][byte(a1>>40)] ^ t[2][byte(a2>>40)] ^ t[3][byte(a3>>40)] ^
		t[4][byte(a4>>40)] ^ t[5][byte(a5>>40)] ^ t[6][byte(a6>>40)] ^ t[7][byte(a7>>40)]
	out[6] = t[0][byte(a0>>48)] ^ t[1][byte(a1>>48)] ^ t[2][byte(a2>>48)] ^ t[3][byte(a3>>48)] ^
		t[4][byte(a4>>48)] ^ t[5][byte(a5>>48)] ^ t[6][byte(a6>>48)] ^ t[7][byte(a7>>48)]
	out[7] = t[0][byte(a0>>56)] ^ t[1][byte(a1>>56)] ^ t[2][byte(a2>>56)] ^ t[3][byte(a3>>56)] ^
		t[4][byte(a4>>56)] ^ t[5][byte(a5>>56)] ^ t[6][byte(a6>>56)] ^ t[7][byte(a7>>56)]
}
