package gost

import (
	"math/big"
	"sync"
)

// group512 is the arithmetic of a curve on field512: Jacobian coordinates, interleaved
// wNAF for verification and a table of all 4-bit windows of G for signing.
type group512 struct {
	c         *Curve
	a         *field512          // nil: −3
	multiples func() []affine512 // G, 3G, 5G … for wNAF of generatorWidth
	windows   func() []affine512 // j·16^i·G at [15·i + j−1]

	generatorComb func() []affine512
	recurring     recurring[[]affine512]
}

func newGroup512(c *Curve) *group512 {
	g := &group512{c: c}
	if minus3 := new(big.Int).Sub(c.p, big.NewInt(3)); c.a.Cmp(minus3) != 0 {
		g.a = new(field512).setBig(c.a)
	}
	g.multiples = sync.OnceValue(func() []affine512 { return g.oddMultiples(c.x, c.y, 1<<(generatorWidth-2)) })
	g.windows = sync.OnceValue(g.generatorWindows)
	g.generatorComb = sync.OnceValue(func() []affine512 { return g.comb(c.x, c.y) })
	return g
}

// point512 is (x/z², y/z³), infinity when z is zero.
type point512 struct{ x, y, z field512 }

// affine512 is a finite point with z = 1.
type affine512 struct{ x, y field512 }

func (g *group512) generatorWindows() []affine512 {
	points := make([]point512, 0, 2*size512*15)
	step := jacobian512(g.c.x, g.c.y)
	for range 2 * size512 {
		next := step
		for range 15 {
			points = append(points, next)
			next.addGeneral(&step, g.a)
		}
		step = next
	}
	return g.normalise(points)
}

func jacobian512(x, y *big.Int) point512 {
	var p point512
	p.x.setBig(x)
	p.y.setBig(y)
	p.z[0] = 1
	return p
}

// oddMultiples returns (x, y) times 1, 3, 5 … n values. The point must have order q.
func (g *group512) oddMultiples(x, y *big.Int, n int) []affine512 {
	points := make([]point512, n)
	points[0] = jacobian512(x, y)
	twice := points[0]
	twice.double(g.a)
	for i := 1; i < n; i++ {
		points[i] = points[i-1]
		points[i].addGeneral(&twice, g.a)
	}
	return g.normalise(points)
}

// normalise makes the points affine with one inversion for all (Montgomery's trick).
// None may be infinity.
func (g *group512) normalise(points []point512) []affine512 {
	prefix := make([]field512, len(points))
	product := field512{1}
	for i := range points {
		prefix[i] = product
		product.mul(&product, &points[i].z)
	}
	var inverse, zi, zi2 field512
	inverse.invert(&product, g.c.p)
	out := make([]affine512, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		zi.mul(&inverse, &prefix[i])
		inverse.mul(&inverse, &points[i].z)
		zi2.sqr(&zi)
		out[i].x.mul(&points[i].x, &zi2)
		zi2.mul(&zi2, &zi)
		out[i].y.mul(&points[i].y, &zi2)
	}
	return out
}

func (g *group512) baseMult(parts ...*big.Int) (x, y *big.Int) {
	table := g.windows()
	var sum point512
	for _, k := range parts {
		var b [size512]byte
		k.FillBytes(b[:])
		for i := range 2 * size512 {
			digit := int(b[size512-1-i/2]>>(4*(i&1))) & 15
			if digit != 0 {
				sum.addAffine(&table[15*i+digit-1], false, g.a)
			}
		}
	}
	out := g.normalise([]point512{sum})
	return out[0].x.big(), out[0].y.big()
}

func (g *group512) verifies(u, v, qx, qy, r *big.Int) bool {
	if comb, ok := g.recurring.comb(qx, qy, g.comb); ok {
		return g.verifiesByComb(u, v, comb, r)
	}
	return g.verifiesByDigits(u, v, qx, qy, r)
}

// verifiesByDigits is verifies for a key that was not met before.
func (g *group512) verifiesByDigits(u, v, qx, qy, r *big.Int) bool {
	generator, key := g.multiples(), g.oddMultiples(qx, qy, 1<<(keyWidth-2))
	ud, vd := wnaf512(u, generatorWidth), wnaf512(v, keyWidth)
	var sum point512
	for i := max(u.BitLen(), v.BitLen()); i >= 0; i-- {
		sum.double(g.a)
		if d := ud[i]; d > 0 {
			sum.addAffine(&generator[d/2], false, g.a)
		} else if d < 0 {
			sum.addAffine(&generator[-d/2], true, g.a)
		}
		if d := vd[i]; d > 0 {
			sum.addAffine(&key[d/2], false, g.a)
		} else if d < 0 {
			sum.addAffine(&key[-d/2], true, g.a)
		}
	}
	return g.hasX(&sum, r)
}

// hasOrderQ multiplies by doubling and adding: the point may have any order.
func (g *group512) hasOrderQ(x, y *big.Int) bool {
	var point affine512
	point.x.setBig(x)
	point.y.setBig(y)
	var sum point512
	for i := g.c.q.BitLen() - 1; i >= 0; i-- {
		sum.double(g.a)
		if g.c.q.Bit(i) == 1 {
			sum.addAffine(&point, false, g.a)
		}
	}
	return sum.z.isZero()
}

// hasX reports whether the x coordinate of p is r modulo q. It may be r or, where
// p > q, r + q and so on; comparing r·z² with X spares the inversion.
func (g *group512) hasX(p *point512, r *big.Int) bool {
	if p.z.isZero() {
		return false
	}
	var zz, x field512
	zz.sqr(&p.z)
	for n := new(big.Int).Set(r); n.Cmp(g.c.p) < 0; n.Add(n, g.c.q) {
		x.setBig(n)
		x.mul(&x, &zz)
		if x.equal(&p.x) {
			return true
		}
	}
	return false
}

// wnaf512 writes k in signed digits that are zero or odd and below 2^(width−1) in
// absolute value, the least significant first; of width successive digits at most
// one is not zero.
func wnaf512(k *big.Int, width uint) (digits [8*size512 + 1]int16) {
	var words [size512/8 + 1]uint64
	var f field512
	copy(words[:], f.setBig(k)[:])
	bit := func(i uint) uint64 { return words[i/64] >> (i % 64) & 1 }
	carry := uint64(0)
	for i := uint(0); i < uint(len(digits)); {
		if bit(i)+carry != 1 {
			i++ // 0 with no carry, or 1 and a carry that goes on
			continue
		}
		d := int16(carry)
		for j := range width {
			if i+j < uint(len(digits)) {
				d += int16(bit(i+j)) << j
			}
		}
		carry = 0
		if d >= 1<<(width-1) {
			d -= 1 << width
			carry = 1
		}
		digits[i] = d
		i += width
	}
	return digits
}
