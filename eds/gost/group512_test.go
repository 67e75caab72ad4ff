package gost

import (
	"crypto/rand"
	"math/big"
	"testing"
)

// edges512 are the numbers where carries and folds happen.
func edges512(c *Curve) []*big.Int {
	top := new(big.Int).Lsh(big.NewInt(1), 512)
	var out []*big.Int
	for _, base := range []*big.Int{new(big.Int), big.NewInt(569), c.p, top} {
		for d := int64(-3); d <= 3; d++ {
			n := new(big.Int).Add(base, big.NewInt(d))
			if n.Sign() >= 0 && n.Cmp(top) < 0 {
				out = append(out, n)
			}
		}
	}
	for range 20 {
		n, _ := rand.Int(rand.Reader, top)
		out = append(out, n)
	}
	return out
}

func TestField512AgreesWithBigIntegersAtTheEdges(t *testing.T) {
	c := TC26512A()
	for _, a := range edges512(c) {
		for _, b := range edges512(c) {
			var x, y, z field512
			x.setBig(a)
			y.setBig(b)
			for _, op := range []struct {
				name string
				got  func()
				want *big.Int
			}{
				{"mul", func() { z.mul(&x, &y) }, new(big.Int).Mul(a, b)},
				{"sqr", func() { z.sqr(&x) }, new(big.Int).Mul(a, a)},
				{"add", func() { z.add(&x, &y) }, new(big.Int).Add(a, b)},
				{"shl", func() { z.shl(&x, 3) }, new(big.Int).Lsh(a, 3)},
				{"sub", func() { z.sub(&x, &y) }, new(big.Int).Sub(a, b)},
			} {
				op.got()
				if z.big().Cmp(op.want.Mod(op.want, c.p)) != 0 {
					t.Fatalf("%s(%x, %x) = %x, want %x", op.name, a, b, z.big(), op.want)
				}
			}
		}
	}
}

func TestGroup512AgreesWithGenericGroup(t *testing.T) { checkGroup512(t, TC26512A()) }

func checkGroup512(t *testing.T, c *Curve) {
	fast, slow := newGroup512(c), &bigGroup{c}
	one := big.NewInt(1)
	scalars := []*big.Int{one, big.NewInt(2), big.NewInt(15), big.NewInt(16), new(big.Int).Sub(c.q, one), new(big.Int).Rsh(c.q, 1)}
	for range 3 {
		k, _ := c.randomScalar(rand.Reader)
		scalars = append(scalars, k)
	}
	for _, k := range scalars {
		fx, fy := fast.baseMult(k)
		sx, sy := slow.baseMult(k)
		if fx.Cmp(sx) != 0 || fy.Cmp(sy) != 0 {
			t.Fatalf("%x·G differs", k)
		}
		a, b := c.split(k)
		if px, py := fast.baseMult(a, b); px.Cmp(sx) != 0 || py.Cmp(sy) != 0 {
			t.Fatalf("%x·G differs in two parts", k)
		}
		comb := fast.comb(c.x, c.y)
		ways := map[string]func(u, v, r *big.Int) bool{
			"digits": func(u, v, r *big.Int) bool { return fast.verifiesByDigits(u, v, c.x, c.y, r) },
			"comb":   func(u, v, r *big.Int) bool { return fast.verifiesByComb(u, v, comb, r) },
		}
		// k·G + (q−k)·G is infinity, k·G + k·G a doubling: the exceptional cases.
		for _, v := range []*big.Int{k, new(big.Int).Sub(c.q, k), one, new(big.Int)} {
			sum := slow.combine(k, affine(c.x, c.y), v, affine(c.x, c.y))
			for name, verifies := range ways {
				if sum.isInfinity() {
					if verifies(k, v, one) {
						t.Errorf("by %s infinity has an x coordinate", name)
					}
					continue
				}
				r, _ := slow.toAffine(sum)
				if r.Mod(r, c.q); !verifies(k, v, r) {
					t.Errorf("by %s %x·G + %x·G differs", name, k, v)
				}
				if verifies(k, v, new(big.Int).Add(r, one)) {
					t.Errorf("by %s a wrong x coordinate is accepted", name)
				}
			}
		}
	}
}

func TestSignedDigits512AddUpToTheScalar(t *testing.T) {
	c := TC26512A()
	for _, k := range append(edges512(c), new(big.Int).Sub(c.q, big.NewInt(1))) {
		for _, width := range []uint{keyWidth, generatorWidth} {
			sum := new(big.Int)
			for i, d := range wnaf512(k, width) {
				if d != 0 && (d&1 == 0 || d >= 1<<(width-1) || -d >= 1<<(width-1)) {
					t.Fatalf("digit %d at width %d", d, width)
				}
				term := new(big.Int).Lsh(big.NewInt(int64(d)), uint(i))
				sum.Add(sum, term)
			}
			if sum.Cmp(k) != 0 {
				t.Errorf("width %d: digits of %x add up to %x", width, k, sum)
			}
		}
	}
}

func BenchmarkField512(b *testing.B) {
	var x, y field512
	x.setBig(TC26512A().x)
	y.setBig(TC26512A().y)
	b.Run("mul", func(b *testing.B) {
		for range b.N {
			x.mul(&x, &y)
		}
	})
	b.Run("sqr", func(b *testing.B) {
		for range b.N {
			x.sqr(&x)
		}
	})
	b.Run("add", func(b *testing.B) {
		for range b.N {
			x.add(&x, &y)
		}
	})
}

// BenchmarkVerify512Once is the cost for a key that was not met before.
func BenchmarkVerify512Once(b *testing.B) {
	g := newGroup512(TC26512A())
	u, v := new(big.Int).Rsh(g.c.q, 1), new(big.Int).Rsh(g.c.q, 2)
	for b.Loop() {
		g.verifiesByDigits(u, v, g.c.x, g.c.y, u)
	}
}
