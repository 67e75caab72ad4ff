package gost

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"sync"
	"testing"
)

// The curves of the two examples of RFC 7091, section 7.
func exampleCurves() (*Curve, *Curve) {
	return newCurve("RFC 7091 example 1", 32, 1,
			"8000000000000000000000000000000000000000000000000000000000000431", "7",
			"5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E",
			"8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3", "2",
			"8E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8"),
		newCurve("RFC 7091 example 2", 64, 1,
			"4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15DF1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373", "7",
			"1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC4361834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
			"4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15DA82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
			"24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
			"2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E")
}

func TestSignatureExamplesOfRFC7091(t *testing.T) {
	c1, c2 := exampleCurves()
	c1.group, c2.group = &bigGroup{c1}, &bigGroup{c2} // of other fields than those in use
	for _, c := range []struct {
		curve                 *Curve
		d, qx, qy, e, k, r, s string
	}{
		{c1,
			"7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28",
			"7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B",
			"26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA",
			"2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5",
			"77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3",
			"41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493",
			"1456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40"},
		{c2,
			"BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B102072E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4",
			"115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1",
			"37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC",
			"3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C5917184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C",
			"359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F365886748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1",
			"2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD35492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36",
			"1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A"},
	} {
		scalar := make([]byte, c.curve.size)
		putLittleEndian(scalar, hexInt(c.d))
		key, err := NewPrivateKey(c.curve, scalar)
		if err != nil {
			t.Fatal(err)
		}
		if key.public.x.Cmp(hexInt(c.qx)) != 0 || key.public.y.Cmp(hexInt(c.qy)) != 0 {
			t.Errorf("%s: another public key", c.curve.name)
		}
		r, s := key.sign(hexInt(c.e), hexInt(c.k))
		if r.Cmp(hexInt(c.r)) != 0 || s.Cmp(hexInt(c.s)) != 0 {
			t.Errorf("%s: another signature: r=%x s=%x", c.curve.name, r, s)
		}
		if !key.public.verify(hexInt(c.e), r, s) {
			t.Errorf("%s: the signature does not verify", c.curve.name)
		}
		if key.public.verify(new(big.Int).Add(hexInt(c.e), big.NewInt(1)), r, s) ||
			key.public.verify(hexInt(c.e), s, r) {
			t.Errorf("%s: a wrong signature verifies", c.curve.name)
		}
	}
}

func TestGeneratorsAreOnTheirCurvesAndOfOrderQ(t *testing.T) {
	for _, c := range []*Curve{TC26512A(), TC26256A(), CryptoProA()} {
		if !c.contains(c.x, c.y) || !c.group.hasOrderQ(c.x, c.y) {
			t.Errorf("%s: bad parameters", c.name)
		}
		if !c.p.ProbablyPrime(8) || !c.q.ProbablyPrime(8) {
			t.Errorf("%s: p or q is not prime", c.name)
		}
	}
}

func TestSignedDigestVerifiesAndNothingElseDoes(t *testing.T) {
	for _, c := range []*Curve{TC26512A(), TC26256A(), CryptoProA()} {
		key, err := GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := ParsePublicKey(c, key.public.Bytes())
		if err != nil || !public.Equal(key.Public()) {
			t.Fatalf("%s: the public key does not survive its encoding: %v", c.name, err)
		}
		again, err := NewPrivateKey(c, key.Bytes())
		if err != nil || !public.Equal(again.Public()) {
			t.Fatalf("%s: the private key does not survive its encoding: %v", c.name, err)
		}
		digest := make([]byte, c.size)
		rand.Read(digest)
		signature, err := key.Sign(rand.Reader, digest, nil)
		if err != nil || !public.Verify(digest, signature) {
			t.Fatalf("%s: own signature refused: %v", c.name, err)
		}
		for i := range signature {
			signature[i] ^= 1
			if public.Verify(digest, signature) {
				t.Errorf("%s: accepts a signature changed in byte %d", c.name, i)
			}
			signature[i] ^= 1
		}
		digest[0] ^= 1
		if public.Verify(digest, signature) {
			t.Errorf("%s: accepts a signature over another digest", c.name)
		}
	}
}

func TestNonceWithoutRandomnessDependsOnKeyAndDigest(t *testing.T) {
	key, _ := GenerateKey(TC26512A(), rand.Reader)
	one, two := make([]byte, 64), make([]byte, 64)
	two[5] = 1
	a, _ := key.Sign(nil, one, nil)
	b, _ := key.Sign(nil, one, nil)
	c, _ := key.Sign(nil, two, nil)
	if !bytes.Equal(a, b) {
		t.Error("two signatures over one digest differ")
	}
	if bytes.Equal(a[:64], c[:64]) {
		t.Error("two digests share a nonce")
	}
}

func TestRefusesDegenerateSignaturesAndKeys(t *testing.T) {
	c := TC26512A()
	key, _ := GenerateKey(c, rand.Reader)
	digest := make([]byte, 64)
	zero, order := make([]byte, 64), make([]byte, 64)
	putLittleEndian(order, c.q)
	good, _ := key.Sign(nil, digest, nil)
	for name, signature := range map[string][]byte{
		"empty": nil, "short": good[:127], "long": append(good[:128:128], 0),
		"r is 0": append(zero[:64:64], good[64:]...), "s is 0": append(good[:64:64], zero...),
		"r is q": append(order[:64:64], good[64:]...), "s is q": append(good[:64:64], order...),
	} {
		if key.public.Verify(digest, signature) {
			t.Errorf("accepts a signature that is %s", name)
		}
	}
	if key.public.Verify(digest[:32], good) {
		t.Error("accepts a digest of another hash function")
	}
	off := key.public.Bytes()
	off[0] ^= 1
	for _, point := range [][]byte{nil, off, make([]byte, 128), off[:127]} {
		if _, err := ParsePublicKey(c, point); err == nil {
			t.Errorf("accepts %d bytes that are no point", len(point))
		}
	}
	for _, scalar := range [][]byte{nil, zero, order} {
		if _, err := NewPrivateKey(c, scalar); err == nil {
			t.Error("accepts a private key out of range")
		}
	}
}

// A point of the curve outside the subgroup would let small-order tricks in.
func TestRefusesPointOutsideTheSubgroup(t *testing.T) {
	c := TC26256A()
	g := &bigGroup{c}
	for x := int64(1); ; x++ {
		px := big.NewInt(x)
		yy := new(big.Int).Mul(px, px)
		yy.Add(yy, c.a).Mul(yy, px).Add(yy, c.b).Mod(yy, c.p)
		py := new(big.Int).ModSqrt(yy, c.p)
		if py == nil || g.multiply(c.q, px, py).isInfinity() {
			continue
		}
		if c.contains(px, py) {
			t.Errorf("accepts the point with x = %d", x)
		}
		return
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, c := range []*Curve{TC26512A(), TC26256A(), CryptoProA()} {
		key, _ := GenerateKey(c, rand.Reader)
		digest := make([]byte, c.size)
		signature, _ := key.Sign(nil, digest, nil)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if !key.public.Verify(digest, signature) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	for _, c := range []*Curve{TC26512A(), TC26256A(), CryptoProA()} {
		key, _ := GenerateKey(c, rand.Reader)
		digest := make([]byte, c.size)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				key.Sign(nil, digest, nil)
			}
		})
	}
}

func TestKeysThatRecurGetAComb(t *testing.T) {
	var keys recurring[int]
	made := 0
	comb := func(x, _ *big.Int) int { made++; return int(x.Int64()) }
	one := big.NewInt(1)
	for range recurs - 1 {
		if _, ok := keys.comb(one, one, comb); ok {
			t.Fatal("a key that is hardly known has a comb")
		}
	}
	for range 3 {
		if got, ok := keys.comb(one, one, comb); !ok || got != 1 {
			t.Errorf("comb %d, %v", got, ok)
		}
	}
	for x := range int64(2 * maxKeysCounted) {
		for range recurs {
			keys.comb(big.NewInt(x), one, comb)
		}
	}
	if len(keys.combs) > maxCombs || len(keys.met) > maxKeysCounted || made < 2*maxKeysCounted {
		t.Errorf("%d combs and %d keys are kept of %d made", len(keys.combs), len(keys.met), made)
	}
	if _, ok := keys.comb(big.NewInt(77), big.NewInt(78), comb); ok {
		t.Error("another point of the same x has the comb")
	}
}

// What is kept of a curve and of keys that recur is shared by everybody who verifies:
// for the race detector.
func TestManyVerifyAtOnce(t *testing.T) {
	for _, c := range []*Curve{TC26512A(), TC26256A(), CryptoProA()} {
		key, err := GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		digest := make([]byte, c.size)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range recurs {
					signature, err := key.Sign(rand.Reader, digest, nil)
					if err != nil || !key.Public().(*PublicKey).Verify(digest, signature) {
						t.Errorf("%s: a good signature does not verify, %v", c.name, err)
					}
				}
			})
		}
		all.Wait()
	}
}
