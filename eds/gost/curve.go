package gost

import (
	"fmt"
	"math/big"
	"sync"
)

// A Curve is a short Weierstrass curve y² = x³ + ax + b over a prime field, with a
// generator of prime order q. The three curves of this package are shared values:
// compare them with ==.
type Curve struct {
	name     string
	size     int // bytes of a coordinate and of a scalar
	p, a, b  *big.Int
	q        *big.Int // order of the generator
	x, y     *big.Int // the generator
	cofactor int
	group    group
}

// group is the arithmetic of points on one curve. Scalars are in [0, q), points are
// affine and on the curve.
type group interface {
	// baseMult returns the sum of the parts times G, for parts in [0, q) whose sum is
	// not a multiple of q.
	baseMult(parts ...*big.Int) (x, y *big.Int)
	// verifies reports whether the x coordinate of u·G + v·(qx, qy) is r modulo q.
	verifies(u, v, qx, qy, r *big.Int) bool
	// hasOrderQ reports whether q·(x, y) is the point at infinity.
	hasOrderQ(x, y *big.Int) bool
}

// TC26512A is id-tc26-gost-3410-2012-512-paramSetA (RFC 7836, appendix A.1), the
// curve of GOST 34.10-2015 keys of 512 bits.
func TC26512A() *Curve { return tc26512A() }

// TC26256A is id-tc26-gost-3410-2012-256-paramSetA (RFC 7836, appendix A.2), the
// curve of GOST 34.10-2015 keys of 256 bits. Its cofactor is 4.
func TC26256A() *Curve { return tc26256A() }

// CryptoProA is id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357, section 11.4), the
// curve of GOST 34.310-2004 keys.
func CryptoProA() *Curve { return cryptoProA() }

var tc26512A = sync.OnceValue(func() *Curve {
	c := newCurve("id-tc26-gost-3410-2012-512-paramSetA", 64, 1,
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
		"E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
		"3",
		"7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4")
	c.group = newGroup512(c)
	return c
})

var tc26256A = sync.OnceValue(func() *Curve {
	c := newCurve("id-tc26-gost-3410-2012-256-paramSetA", 32, 4,
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
		"C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
		"295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
		"400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
		"91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
		"32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C")
	c.group = newGroup256(c)
	return c
})

var cryptoProA = sync.OnceValue(func() *Curve {
	c := newCurve("id-GostR3410-2001-CryptoPro-A-ParamSet", 32, 1,
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
		"A6",
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
		"1",
		"8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14")
	c.group = newGroup256(c)
	return c
})

// newCurve builds a curve without arithmetic from hexadecimal parameters.
func newCurve(name string, size, cofactor int, p, a, b, q, x, y string) *Curve {
	return &Curve{name: name, size: size, cofactor: cofactor,
		p: hexInt(p), a: hexInt(a), b: hexInt(b), q: hexInt(q), x: hexInt(x), y: hexInt(y)}
}

// The widths of the wNAF digits in verification: wide for G, whose table is made once.
const (
	generatorWidth = 9
	keyWidth       = 5
)

func hexInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("gost: bad curve parameter " + s)
	}
	return n
}

// Name is the identifier of the parameter set in the RFCs.
func (c *Curve) Name() string { return c.name }

// Size is the length in bytes of a coordinate, of a private key and of the digest
// that is signed; public keys and signatures are twice as long.
func (c *Curve) Size() int { return c.size }

// contains reports whether (x, y) is a point of the curve with reduced coordinates,
// in the subgroup of the generator.
func (c *Curve) contains(x, y *big.Int) bool {
	if x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	right := new(big.Int).Mul(x, x)
	right.Add(right, c.a)
	right.Mul(right, x)
	right.Add(right, c.b)
	left := new(big.Int).Mul(y, y)
	if left.Sub(left, right).Mod(left, c.p).Sign() != 0 {
		return false
	}
	// RFC 7091, section 5.2: a point of a curve with a cofactor may be of another order.
	return c.cofactor == 1 || c.group.hasOrderQ(x, y)
}

// littleEndian reads b as a little-endian number.
func littleEndian(b []byte) *big.Int {
	r := make([]byte, len(b))
	for i, v := range b {
		r[len(b)-1-i] = v
	}
	return new(big.Int).SetBytes(r)
}

// putLittleEndian writes n into all of b, little-endian.
func putLittleEndian(b []byte, n *big.Int) {
	n.FillBytes(b)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

// String is the curve's name.
func (c *Curve) String() string { return fmt.Sprintf("gost.Curve(%s)", c.name) }
