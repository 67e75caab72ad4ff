package gost

// double sets p to 2p on the curve with this a, nil for −3: dbl-2001-b, three
// multiplications, five squarings for −3, and for another a the general tangent.
// Infinity stays infinity, as z stays zero.
func (p *point512) double(a *field512) {
	var delta, gamma, beta, alpha, t field512
	delta.sqr(&p.z)
	gamma.sqr(&p.y)
	beta.mul(&p.x, &gamma)
	if a == nil {
		t.sub(&p.x, &delta)
		alpha.add(&p.x, &delta)
		alpha.mul(&alpha, &t)
	} else {
		alpha.sqr(&p.x)
	}
	t.add(&alpha, &alpha)
	alpha.add(&alpha, &t)
	if a != nil {
		t.sqr(&delta)
		t.mul(&t, a)
		alpha.add(&alpha, &t) // 3x² + az⁴
	}

	p.z.add(&p.z, &p.y)
	p.z.sqr(&p.z)
	p.z.sub(&p.z, &gamma)
	p.z.sub(&p.z, &delta)

	t.shl(&beta, 3)
	p.x.sqr(&alpha)
	p.x.sub(&p.x, &t) // α² − 8β
	beta.shl(&beta, 2)
	gamma.sqr(&gamma)
	gamma.shl(&gamma, 3)
	beta.sub(&beta, &p.x)
	p.y.mul(&alpha, &beta)
	p.y.sub(&p.y, &gamma)
}

// addAffine sets p to p+q, or p−q when negative. It serves every case: p at infinity,
// p equal to q, p opposite to q.
func (p *point512) addAffine(q *affine512, negative bool, a *field512) {
	qy := q.y
	if negative {
		var zero field512
		qy.sub(&zero, &q.y)
	}
	if p.z.isZero() {
		*p = point512{q.x, qy, field512{1}}
		return
	}
	var zz, h, r field512
	zz.sqr(&p.z)
	h.mul(&q.x, &zz)
	h.sub(&h, &p.x)
	r.mul(&zz, &p.z)
	r.mul(&r, &qy)
	r.sub(&r, &p.y)
	p.chord(&h, &r, a)
	// z·h is the new z here, as q has z = 1; chord has done the rest.
}

// addGeneral sets p to p+q for two finite points of any z.
func (p *point512) addGeneral(q *point512, a *field512) {
	var pzz, qzz, u2, s2 field512
	pzz.sqr(&p.z)
	qzz.sqr(&q.z)
	u2.mul(&q.x, &pzz)
	s2.mul(&pzz, &p.z)
	s2.mul(&s2, &q.y)
	// Bring p to the common denominator first: then only differences are left.
	p.x.mul(&p.x, &qzz)
	qzz.mul(&qzz, &q.z)
	p.y.mul(&p.y, &qzz)
	p.z.mul(&p.z, &q.z)
	u2.sub(&u2, &p.x)
	s2.sub(&s2, &p.y)
	p.chord(&u2, &s2, a)
}

// chord completes an addition to p, given the differences h of the x and r of the y
// coordinates brought to p's denominator.
func (p *point512) chord(h, r, a *field512) {
	if h.isZero() {
		if r.isZero() {
			p.double(a)
		} else {
			*p = point512{}
		}
		return
	}
	var hh, hhh, v field512
	hh.sqr(h)
	hhh.mul(&hh, h)
	v.mul(&p.x, &hh)
	p.z.mul(&p.z, h)
	p.x.sqr(r)
	p.x.sub(&p.x, &hhh)
	p.x.sub(&p.x, &v)
	p.x.sub(&p.x, &v)
	hhh.mul(&hhh, &p.y)
	v.sub(&v, &p.x)
	p.y.mul(r, &v)
	p.y.sub(&p.y, &hhh)
}
