package gost

import "math/big"

// comb returns every sum of some of the points 2^(bits/teeth·i)·P for a P of order q, the
// empty one left out: the sum of those whose bits are set in s is at s−1. With such
// tables of two points a sum of their multiples takes an eighth of the doublings.
func (g *group512) comb(x, y *big.Int) []affine512 {
	points := make([]point512, 0, 1<<teeth-1)
	tooth := jacobian512(x, y)
	for i := range teeth {
		if i > 0 {
			for range 8 * size512 / teeth {
				tooth.double(g.a)
			}
		}
		points = append(points, tooth)
		for _, p := range points[:len(points)-1] {
			p.addGeneral(&tooth, g.a)
			points = append(points, p)
		}
	}
	return g.normalise(points)
}

// verifiesByComb is verifies for a key whose comb is known.
func (g *group512) verifiesByComb(u, v *big.Int, key []affine512, r *big.Int) bool {
	generator := g.generatorComb()
	var ub, vb [size512]byte
	u.FillBytes(ub[:])
	v.FillBytes(vb[:])
	var sum point512
	for column := 8*size512/teeth - 1; column >= 0; column-- {
		sum.double(g.a)
		if s := teethAt512(&ub, column); s > 0 {
			sum.addAffine(&generator[s-1], false, g.a)
		}
		if s := teethAt512(&vb, column); s > 0 {
			sum.addAffine(&key[s-1], false, g.a)
		}
	}
	return g.hasX(&sum, r)
}

// teethAt512 gathers the bits of a column of k, a bit of each tooth.
func teethAt512(k *[size512]byte, column int) (s int) {
	for i := range teeth {
		n := column + i*8*size512/teeth
		s |= int(k[size512-1-n/8]>>(n%8)&1) << i
	}
	return s
}
