package eds

import (
	"bytes"
	"crypto/rsa"
	"math/big"
	"slices"
	"testing"
	"time"

	"mekenjai/eds/internal/der"
)

// patience is far more than any of the inputs takes, also on a machine with other work;
// without the limits most would take minutes.
const patience = time.Minute

// judgeSoon refuses a container, soon.
func judgeSoon(t *testing.T, name string, trust *Pool, cms []byte) {
	t.Helper()
	start := time.Now()
	if report := judge(t, trust, cms); report.Status != StatusInvalid {
		t.Errorf("%s: %s", name, report.Status)
	}
	if took := time.Since(start); took > patience {
		t.Errorf("%s took %v", name, took)
	}
}

// crowd is a container of as many signers as there may be, all of one key, with the
// certificates and whatever more adds to each SignerInfo.
func crowd(t *testing.T, k *Key, certificates [][]byte, more func(info []byte) []byte) []byte {
	t.Helper()
	infos := make([][]byte, maxSigners)
	for i := range infos {
		one := goodContainer(k, []byte("x"))
		one.attributes = append(one.attributes, writeAttribute("1.2.3", der.Int(int64(i))))
		c, err := ParseCMS(one.encode(t))
		if err != nil {
			t.Fatal(err)
		}
		infos[i] = more(c.signers[0].raw)
	}
	return der.Sequence(der.OID(oidSignedData), der.Explicit(0, der.Sequence(der.Int(1), der.SetOf(writeAlgorithm(oidStreebog512)),
		der.Sequence(der.OID(oidData), der.Explicit(0, der.OctetString([]byte("x")))), der.Element(0xA0, certificates...),
		der.Element(der.TagSet, infos...))))
}

func asItIs(info []byte) []byte { return info }

func TestCertificatesOfOneNumberCostLittle(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	var alike [][]byte
	for range maxCertificates {
		public, err := MarshalPublicKey(newGOSTKey(t).Public())
		if err != nil {
			t.Fatal(err)
		}
		alike = append(alike, reissue(t, key.Certificate, anchor, func(parts [][]byte) { parts[6] = public }))
	}
	judgeSoon(t, "look-alikes", NewPool(anchor.Certificate), crowd(t, key, alike, asItIs))
}

// maze is a person's certificate and authorities of one name without key identifiers,
// each of which may have issued each: the way out has to be tried.
func maze(t *testing.T) (lost, tsa *Key, certificates [][]byte) {
	t.Helper()
	bare := func(k, by *Key, oid string, value []byte) []byte {
		return reissue(t, k.Certificate, by, func(parts [][]byte) {
			parts[7] = der.Explicit(3, der.Sequence(der.Sequence(der.OID(oid), der.OctetString(value))))
		})
	}
	var authorities []*Key
	for range maxCertificates - 1 {
		authorities = append(authorities, issue(t, root("maze")))
	}
	for i, a := range authorities {
		certificates = append(certificates, bare(a, authorities[(i+1)%len(authorities)], oidBasicConstraints, der.Sequence(der.True())))
	}
	key := issue(t, person(authorities[0]))
	raw := bare(key, authorities[0], oidKeyUsage, []byte{3, 2, 6, 0xC0})
	c, err := ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &Key{Certificate: c, signer: key.signer}, issue(t, tsaSpec(authorities[0])), append(certificates, raw)
}

func TestMazeOfAuthoritiesCostsLittle(t *testing.T) {
	lost, tsa, certificates := maze(t)
	trust := NewPool(issue(t, root("root")).Certificate)
	judgeSoon(t, "signers", trust, crowd(t, lost, certificates, asItIs))
	judgeSoon(t, "timestamps", trust, crowd(t, lost, certificates, func(info []byte) []byte {
		s, _, err := parseSignerInfo(der.Read(info).Next())
		if err != nil {
			t.Fatal(err)
		}
		for range maxTimestamps {
			token := stamp(t, tsa, s.value, date(2026, 6, 1), nil)
			if info, err = withUnsigned(info, writeAttribute(oidSignatureTimestamp, token)); err != nil {
				t.Fatal(err)
			}
		}
		return info
	}))
	start := time.Now()
	got, err := Inspect(crowd(t, lost, certificates, asItIs), trust)
	if err != nil || got.Signature == SignatureValid || time.Since(start) > patience {
		t.Errorf("%v %+v after %v", err, got, time.Since(start))
	}
}

func TestHugeEncodingsCostLittle(t *testing.T) {
	pieces := slices.Concat([]byte{0xA0, 0x80, 0x24, 0x80}, bytes.Repeat([]byte{4, 1, 'x'}, 900_000), []byte{0, 0, 0, 0})
	nested := der.OctetString(make([]byte, 30<<20))
	for range 60 {
		nested = slices.Concat([]byte{0x24, 0x80}, nested, []byte{0, 0})
	}
	around := func(content []byte) []byte {
		return slices.Concat([]byte{0x30, 0x80}, der.OID(oidSignedData), []byte{0xA0, 0x80, 0x30, 0x80}, der.Int(1), der.SetOf(),
			[]byte{0x30, 0x80}, der.OID(oidData), content, []byte{0, 0}, der.SetOf(), make([]byte, 6))
	}
	for name, cms := range map[string][]byte{
		"deep": bytes.Repeat([]byte{0x30, 0x80}, 16<<20), "wide": slices.Concat([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, 30<<20), []byte{0, 0}),
		"a million pieces": around(pieces), "pieces in pieces": around(slices.Concat([]byte{0xA0, 0x80}, nested, []byte{0, 0})),
		"text": bytes.Repeat([]byte("MIIA\r\n"), 21<<20), "pieces without an end": around(pieces)[:2_000_000],
	} {
		judgeSoon(t, name, nil, cms)
	}
}

func TestHugeNumbersCostLittle(t *testing.T) {
	anchor := issue(t, root("root"))
	huge := der.Element(der.TagInteger, bytes.Repeat([]byte{0x41}, 30<<20))
	tbs := der.Sequence(der.Int(1), writeAlgorithm(oidSHA256WithRSA), anchor.Certificate.X509.RawSubject, der.Time(date(2026, 1, 1)),
		der.Explicit(0, der.Sequence(der.Sequence(der.OID(oidCRLNumber), der.OctetString(huge)))))
	if _, err := ParseCRL(der.Sequence(tbs, writeAlgorithm(oidSHA256WithRSA), der.BitString(make([]byte, 256)))); err == nil {
		t.Error("a list with a number of thirty megabytes is read")
	}
	key := issue(t, person(anchor))
	public, err := MarshalPublicKey(&rsa.PublicKey{N: new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 400_000), big.NewInt(1)), E: 1<<31 - 1})
	if err != nil {
		t.Fatal(err)
	}
	c := goodContainer(key, []byte("x"))
	c.signatureOID, c.digestOID, c.listed = oidSHA256WithRSA, oidSHA256, []string{oidSHA256}
	c.certificates = [][]byte{reissue(t, key.Certificate, anchor, func(parts [][]byte) { parts[6] = public })}
	judgeSoon(t, "an RSA key of 400,000 bits", NewPool(anchor.Certificate), c.encode(t))
}
