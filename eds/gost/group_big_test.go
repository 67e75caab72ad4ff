package gost

import (
	"crypto/rand"
	"math/big"
	"testing"
)

// bigGroup is point arithmetic for any curve on math/big: Jacobian coordinates and
// Shamir's trick. It checks the fast arithmetic.
type bigGroup struct{ c *Curve }

// bigPoint is (X/Z², Y/Z³), infinity when Z is zero. Points are never changed in place.
type bigPoint struct{ x, y, z *big.Int }

func (p bigPoint) isInfinity() bool { return p.z.Sign() == 0 }

func affine(x, y *big.Int) bigPoint { return bigPoint{x, y, big.NewInt(1)} }

func infinity() bigPoint { return bigPoint{big.NewInt(1), big.NewInt(1), new(big.Int)} }

func (g *bigGroup) baseMult(parts ...*big.Int) (x, y *big.Int) {
	k := new(big.Int)
	for _, part := range parts {
		k.Add(k, part)
	}
	return g.toAffine(g.multiply(k.Mod(k, g.c.q), g.c.x, g.c.y))
}

func (g *bigGroup) verifies(u, v, qx, qy, r *big.Int) bool {
	sum := g.combine(u, affine(g.c.x, g.c.y), v, affine(qx, qy))
	if sum.isInfinity() {
		return false
	}
	x, _ := g.toAffine(sum)
	return x.Mod(x, g.c.q).Cmp(r) == 0
}

func (g *bigGroup) multiply(k, x, y *big.Int) bigPoint {
	return g.combine(k, affine(x, y), new(big.Int), infinity())
}

// combine returns u·a + v·b, sharing the doublings.
func (g *bigGroup) combine(u *big.Int, a bigPoint, v *big.Int, b bigPoint) bigPoint {
	both := g.add(a, b)
	sum := infinity()
	for i := max(u.BitLen(), v.BitLen()) - 1; i >= 0; i-- {
		sum = g.double(sum)
		switch {
		case u.Bit(i) == 1 && v.Bit(i) == 1:
			sum = g.add(sum, both)
		case u.Bit(i) == 1:
			sum = g.add(sum, a)
		case v.Bit(i) == 1:
			sum = g.add(sum, b)
		}
	}
	return sum
}

func (g *bigGroup) mul(a, b *big.Int) *big.Int {
	r := new(big.Int).Mul(a, b)
	return r.Mod(r, g.c.p)
}

func (g *bigGroup) sub(a, b *big.Int) *big.Int {
	r := new(big.Int).Sub(a, b)
	return r.Mod(r, g.c.p)
}

func (g *bigGroup) times(a *big.Int, n int64) *big.Int { return g.mul(a, big.NewInt(n)) }

// double is dbl-2007-bl without the trade of multiplications for squarings.
func (g *bigGroup) double(p bigPoint) bigPoint {
	if p.isInfinity() || p.y.Sign() == 0 {
		return infinity()
	}
	yy := g.mul(p.y, p.y)
	s := g.times(g.mul(p.x, yy), 4)
	zz := g.mul(p.z, p.z)
	m := g.times(g.mul(p.x, p.x), 3)
	m.Add(m, g.mul(g.c.a, g.mul(zz, zz)))
	x := g.sub(g.mul(m, m), new(big.Int).Lsh(s, 1))
	y := g.sub(g.mul(m, g.sub(s, x)), g.times(g.mul(yy, yy), 8))
	return bigPoint{x, y, g.times(g.mul(p.y, p.z), 2)}
}

// add is the complete addition: it also serves equal and opposite points.
func (g *bigGroup) add(p, q bigPoint) bigPoint {
	if p.isInfinity() {
		return q
	}
	if q.isInfinity() {
		return p
	}
	pzz, qzz := g.mul(p.z, p.z), g.mul(q.z, q.z)
	u1, u2 := g.mul(p.x, qzz), g.mul(q.x, pzz)
	s1, s2 := g.mul(p.y, g.mul(qzz, q.z)), g.mul(q.y, g.mul(pzz, p.z))
	h, r := g.sub(u2, u1), g.sub(s2, s1)
	if h.Sign() == 0 {
		if r.Sign() == 0 {
			return g.double(p)
		}
		return infinity()
	}
	hh := g.mul(h, h)
	hhh := g.mul(hh, h)
	v := g.mul(u1, hh)
	x := g.sub(g.sub(g.mul(r, r), hhh), new(big.Int).Lsh(v, 1))
	y := g.sub(g.mul(r, g.sub(v, x)), g.mul(s1, hhh))
	return bigPoint{x, y, g.mul(h, g.mul(p.z, q.z))}
}

// toAffine must not be given infinity.
func (g *bigGroup) toAffine(p bigPoint) (x, y *big.Int) {
	inv := new(big.Int).ModInverse(p.z, g.c.p)
	inv2 := g.mul(inv, inv)
	return g.mul(p.x, inv2), g.mul(p.y, g.mul(inv2, inv))
}

func (g *bigGroup) hasOrderQ(x, y *big.Int) bool { return g.multiply(g.c.q, x, y).isInfinity() }

var _ group = (*bigGroup)(nil)

// TC26256A has the field of CryptoProA and another a.
func TestGroupOfTC26256AAgreesWithGenericGroup(t *testing.T) { checkGroup256(t, TC26256A()) }

// A curve of cofactor 4 has points of order 1, 2 and 4 times a divisor of q: a key
// there would leak or lie.
func TestPointsOfOtherOrdersAreNoKeys(t *testing.T) {
	c := TC26256A()
	slow := &bigGroup{c}
	found := 0
	for found < 8 {
		x, err := rand.Int(rand.Reader, c.p)
		if err != nil {
			t.Fatal(err)
		}
		right := new(big.Int).Mul(x, x)
		right.Add(right, c.a).Mul(right, x).Add(right, c.b)
		y := right.ModSqrt(right.Mod(right, c.p), c.p)
		if y == nil {
			continue
		}
		found++
		if want := slow.hasOrderQ(x, y); c.contains(x, y) != want {
			t.Errorf("(%x, %x): %v, want %v", x, y, !want, want)
		}
		// q times it has an order that divides 4.
		if small := slow.multiply(c.q, x, y); !small.isInfinity() {
			sx, sy := slow.toAffine(small)
			if c.contains(sx, sy) {
				t.Errorf("(%x, %x) of a small order is accepted", sx, sy)
			}
		}
	}
	if !c.contains(c.x, c.y) {
		t.Error("the generator is refused")
	}
}
