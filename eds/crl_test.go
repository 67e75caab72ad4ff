package eds

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"math/big"
	"runtime"
	"testing"
	"time"

	"mekenjai/eds/internal/der"
)

const (
	fullList  = "crl-test/nca_gost2022_test_no14_2025.crl"
	oldList   = "crl-test/nca_gost2022_test_no4_2022.crl"
	deltaList = "crl-test/nca_gost2022_d_test_no10_2025_delta.crl"
	rsaList   = "crl-test/nca_rsa_test_2022.crl"
)

func TestGenuineListsAreReadAndSignedByTheirAuthorities(t *testing.T) {
	for name, want := range map[string]struct {
		issuer  string
		entries int
		delta   bool
	}{
		fullList: {"ca-test/nca_gost2022_test.cer", 54, false}, oldList: {"ca-test/nca_gost2022_test.cer", 6, false},
		deltaList: {"ca-test/nca_gost2022_test.cer", 0, true}, rsaList: {"ca-test/nca_rsa_test.crt", 126, false},
	} {
		c, err := ParseCRL(genuineFile(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := c.VerifySignature(genuineCertificate(t, want.issuer)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.VerifySignature(genuineCertificate(t, "ca-test/nca_gost_test.crt")); err == nil {
			t.Errorf("%s: another authority's key fits", name)
		}
		if c.Delta() != want.delta || c.Len() != want.entries {
			t.Errorf("%s: %d entries, delta %v", name, c.Len(), c.Delta())
		}
	}
}

// listSpec lays out a list of a test.
type listSpec struct {
	number, base int64 // base: of a delta list, else zero
	from, to     time.Time
	entries      [][]byte
	extension    string // a critical one
	noNext       bool
	innerNull    bool // leave the NULL out of the inner algorithm identifier
}

func entry(serial *big.Int, at time.Time, reason RevocationReason) []byte {
	return der.Sequence(der.Integer(serial), der.Time(at), der.Sequence(der.Sequence(der.OID(oidCRLReason),
		der.OctetString(der.Element(der.TagEnumerated, []byte{byte(reason)})))))
}

func (s listSpec) sign(t testing.TB, k *Key) []byte {
	t.Helper()
	algorithm, err := AlgorithmIdentifier(k.Certificate.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	ext := func(oid string, critical bool, value []byte) []byte {
		if critical {
			return der.Sequence(der.OID(oid), der.True(), der.OctetString(value))
		}
		return der.Sequence(der.OID(oid), der.OctetString(value))
	}
	extensions := [][]byte{ext(oidCRLNumber, false, der.Int(s.number)),
		ext(oidAuthorityKey, false, der.Sequence(der.Element(0x80, k.Certificate.X509.SubjectKeyId)))}
	if s.base > 0 {
		extensions = append(extensions, ext(oidDeltaCRL, true, der.Int(s.base)))
	}
	if s.extension != "" {
		extensions = append(extensions, ext(s.extension, true, der.Null()))
	}
	inner := algorithm
	if s.innerNull {
		inner = bytes.Clone(algorithm[:len(algorithm)-2])
		inner[1] -= 2
	}
	parts := [][]byte{der.Int(1), inner, k.Certificate.X509.RawSubject, der.Time(s.from)}
	if !s.noNext {
		parts = append(parts, der.Time(s.to))
	}
	if len(s.entries) > 0 {
		parts = append(parts, der.Sequence(s.entries...))
	}
	tbs := der.Sequence(append(parts, der.Explicit(0, der.Sequence(extensions...)))...)
	_, signature, err := SignBytes(rand.Reader, k.signer, tbs)
	if err != nil {
		t.Fatal(err)
	}
	return der.Sequence(tbs, algorithm, der.BitString(signature))
}

func TestListsDecideAsTheStandardSays(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	serial := key.Certificate.X509.SerialNumber
	june, full := date(2026, 6, 1), listSpec{number: 5, from: date(2026, 5, 31), to: date(2026, 6, 2)}
	with := func(s listSpec, at time.Time, why RevocationReason) listSpec {
		s.entries = [][]byte{entry(serial, at, why)}
		return s
	}
	delta := listSpec{number: 6, base: 5, from: date(2026, 6, 1), to: date(2026, 6, 2)}
	late := full
	late.from, late.to = date(2027, 2, 1), date(2027, 2, 3)
	gap := delta
	gap.base, gap.number = 7, 8
	for _, c := range []struct {
		name  string
		lists []listSpec
		at    time.Time
		want  RevocationStatus
	}{
		{"not listed", []listSpec{full}, june, RevocationGood},
		{"no list", nil, june, RevocationUnavailable},
		{"the list ran out", []listSpec{full}, date(2026, 6, 3), RevocationUnavailable},
		{"a later list than the time", []listSpec{full}, date(2026, 3, 1), RevocationGood},
		{"made after the certificate's end", []listSpec{late}, date(2026, 12, 1), RevocationUnavailable},
		{"made after the certificate's end, but listed", []listSpec{with(late, june, ReasonKeyCompromise)}, date(2026, 12, 1), RevocationRevoked},
		{"listed", []listSpec{with(full, june, ReasonKeyCompromise)}, june, RevocationRevoked},
		{"listed in the delta", []listSpec{full, with(delta, june, ReasonKeyCompromise)}, june, RevocationRevoked},
		{"hold lifted by the delta", []listSpec{with(full, june, ReasonCertificateHold), with(delta, june, ReasonRemoveFromCRL)}, june, RevocationGood},
		{"only the delta", []listSpec{delta}, june, RevocationUnavailable},
		{"only the delta, which lists it", []listSpec{with(delta, june, ReasonKeyCompromise)}, june, RevocationRevoked},
		{"a delta that builds on a later list", []listSpec{full, gap}, june, RevocationGood},
		{"listed in a delta that builds on a later list", []listSpec{full, with(gap, june, ReasonKeyCompromise)}, june, RevocationRevoked},
	} {
		s := &CRLStore{Now: func() time.Time { return date(2027, 3, 1) }}
		for _, l := range c.lists {
			if _, err := s.Load(l.sign(t, anchor), anchor.Certificate); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		if got := s.CheckRevocation(context.Background(), key.Certificate, anchor.Certificate, c.at); got.Status != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// The certificates of the RSA samples ended in 2021, the list is of 2022 and names
// neither: whoever was revoked before his end may have been dropped from it.
func TestListYoungerThanTheCertificateProvesNothing(t *testing.T) {
	v := genuineVerifier(t)
	s := &CRLStore{}
	v.NoRevocation, v.Revocation = false, s
	for _, name := range []string{rsaList, fullList, deltaList} {
		if _, err := s.Load(genuineFile(t, name), v.Anchors.Certificates()...); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, file := range []string{rsaAttached, "cms/rsa2048_individual_sign_revoked.cms.b64"} {
		report, err := v.VerifyCMS(context.Background(), genuineFile(t, file), nil, Options{At: date(2020, 9, 10)})
		if err != nil || report.Status != StatusIndeterminate || !report.Has(ReasonRevocationUnavailable) {
			t.Errorf("%s: %v %+v", file, err, report)
		}
	}
}

func TestStoreKeepsTheLastGoodList(t *testing.T) {
	anchor, other := issue(t, root("root")), issue(t, root("root"))
	key := issue(t, person(anchor))
	good := listSpec{number: 5, from: date(2026, 5, 31), to: date(2026, 6, 2)}
	s := &CRLStore{Now: func() time.Time { return date(2026, 6, 1) }}
	if _, err := s.Load(good.sign(t, anchor), anchor.Certificate); err != nil {
		t.Fatal(err)
	}
	edit := func(f func(*listSpec)) listSpec { l := good; l.number = 6; f(&l); return l }
	for name, in := range map[string][]byte{
		"empty": nil, "a broken file": []byte("<html>"),
		"another authority's":   edit(func(*listSpec) {}).sign(t, other),
		"an older one":          edit(func(l *listSpec) { l.number = 4 }).sign(t, anchor),
		"from the future":       edit(func(l *listSpec) { l.from = date(2026, 6, 5) }).sign(t, anchor),
		"without an end":        edit(func(l *listSpec) { l.noNext = true }).sign(t, anchor),
		"of a restricted scope": edit(func(l *listSpec) { l.extension = "2.5.29.28" }).sign(t, anchor),
		"changed":               append(edit(func(*listSpec) {}).sign(t, anchor)[:200], 0),
	} {
		if _, err := s.Load(in, anchor.Certificate); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := s.CheckRevocation(context.Background(), key.Certificate, anchor.Certificate, date(2026, 6, 1)); got.Status != RevocationGood {
		t.Errorf("the good list is gone: %+v", got)
	}
}

// The national authority's list no 166 is like this, and the standard library refuses it.
func TestReadsListWhoseAlgorithmIdentifiersDifferByANull(t *testing.T) {
	anchor := issue(t, root("root"))
	l := listSpec{number: 166, from: date(2026, 5, 31), to: date(2026, 6, 2), innerNull: true}
	c, err := ParseCRL(l.sign(t, anchor))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.VerifySignature(anchor.Certificate); err != nil {
		t.Error(err)
	}
}

// nationalList has as many entries as the production list.
func nationalList(tb testing.TB, anchor *Key, entries int) []byte {
	l := listSpec{number: 1, from: date(2026, 5, 31), to: date(2026, 6, 2)}
	serial := make([]byte, 20)
	for range entries {
		rand.Read(serial)
		serial[0] &= 0x7F
		l.entries = append(l.entries, entry(new(big.Int).SetBytes(serial), date(2025, 1, 1), ReasonSuperseded))
	}
	return l.sign(tb, anchor)
}

func TestIndexFindsEveryEntryAndNothingElse(t *testing.T) {
	var x serialIndex
	var serials [][]byte
	for i := range uint32(10000) {
		s := binary.BigEndian.AppendUint32([]byte{1}, i*2654435761)
		serials = append(serials, s)
		if err := x.add(s, date(2026, 1, 1), RevocationReason(i%7)); err != nil {
			t.Fatal(err)
		}
	}
	long := bytes.Repeat([]byte{0x7F}, 20)
	x.add(long, date(2026, 1, 1), ReasonSuperseded)
	x.sort()
	for i, s := range append(serials, long) {
		at, reason, found := x.find(s)
		if !found || !at.Equal(date(2026, 1, 1)) || i < 10000 && reason != RevocationReason(i%7) {
			t.Fatalf("%x: %v %d %v", s, at, reason, found)
		}
		if _, _, found := x.find(append(s, 1)); found {
			t.Fatalf("found %x, which is not there", append(s, 1))
		}
	}
	for _, bad := range [][]byte{nil, bytes.Repeat([]byte{1}, 21)} {
		if x.add(bad, time.Time{}, 0) == nil {
			t.Errorf("serial number of %d bytes accepted", len(bad))
		}
	}
}

func TestIndexOfTheNationalListFitsIntoTwelveMegabytes(t *testing.T) {
	const entries = 422_000
	var x serialIndex
	x.grow(entries)
	serial := make([]byte, 20)
	for range entries {
		rand.Read(serial)
		serial[0] |= 1
		if err := x.add(serial, date(2026, 1, 1), ReasonSuperseded); err != nil {
			t.Fatal(err)
		}
	}
	x.sort()
	if size := cap(x.records) + 4*cap(x.directory); size > 12_000_000 {
		t.Errorf("%d bytes", size)
	}
}

func BenchmarkCRLOfNationalSize(b *testing.B) {
	const entries = 422_000
	anchor := issue(b, root("root"))
	raw := nationalList(b, anchor, entries)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			var s CRLStore
			s.Now = func() time.Time { return date(2026, 6, 1) }
			if _, err := s.Load(raw, anchor.Certificate); err != nil {
				b.Fatal(err)
			}
		}
	})
	c, err := ParseCRL(raw)
	if err != nil {
		b.Fatal(err)
	}
	runtime.KeepAlive(raw)
	b.Run("lookup", func(b *testing.B) {
		serial := make([]byte, 20)
		rand.Read(serial)
		n := new(big.Int).SetBytes(serial)
		for b.Loop() {
			c.Lookup(n)
		}
	})
	b.Logf("%d entries, file of %d bytes, index of %d bytes", c.Len(), len(raw), cap(c.index.records)+4*len(c.index.directory))
}
