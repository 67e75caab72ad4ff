package eds

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mekenjai/eds/internal/der"
)

func judge(t *testing.T, anchors *Pool, cms []byte) *Report {
	t.Helper()
	v := &Verifier{Anchors: anchors, NoRevocation: true}
	report, err := v.VerifyCMS(context.Background(), cms, nil, Options{At: date(2026, 6, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestRefusesEveryDefectOfASignatureForItsReason(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	stranger := issue(t, person(anchor))
	trust := NewPool(anchor.Certificate)
	good := func() *container { return goodContainer(key, []byte("мазмұны")) }
	replace := func(c *container, oid string, value []byte) {
		for i, a := range c.attributes {
			if der.Read(a).Enter(der.TagSequence).OID() == oid {
				c.attributes[i] = writeAttribute(oid, value)
			}
		}
	}
	for _, c := range []struct {
		name   string
		break_ func(*container)
		reason Reason
	}{
		{"nothing is wrong", func(*container) {}, ""},
		{"attributes in another order", func(c *container) { slices.Reverse(c.attributes) }, ""},
		{"key identifier for the signature's", func(c *container) { c.signatureOID = oidGOST2015x512 }, ""},
		{"no signers", func(c *container) { c.signerless = true }, ReasonNoSigners},
		{"no certificate", func(c *container) { c.certificates = nil }, ReasonNoCertificate},
		{"only a stranger's certificate", func(c *container) { c.certificates = [][]byte{stranger.Certificate.Raw()} }, ReasonNoCertificate},
		{"no signed attributes", func(c *container) { c.attributes = nil }, ReasonSignedAttributes},
		{"no contentType", func(c *container) { c.attributes = c.attributes[1:] }, ReasonSignedAttributes},
		{"no messageDigest", func(c *container) { c.attributes = c.attributes[:1] }, ReasonSignedAttributes},
		{"another content type", func(c *container) { replace(c, oidContentType, der.OID(oidTSTInfo)) }, ReasonSignedAttributes},
		{"an attribute twice", func(c *container) { c.attributes = append(c.attributes, c.attributes[1]) }, ReasonSignedAttributes},
		{"over another text", func(c *container) { c.content = []byte("басқа") }, ReasonDigest},
		{"for another certificate", func(c *container) {
			replace(c, oidSigningCertificateV2, signingCertificateV2(stranger.Certificate))
		}, ReasonSigningCertificate},
		{"unreadable signingCertificate", func(c *container) { replace(c, oidSigningCertificateV2, der.Null()) }, ReasonSigningCertificate},
		{"unknown hash function", func(c *container) { c.digestOID, c.listed = "1.2.3.4", []string{"1.2.3.4"} }, ReasonAlgorithm},
		{"hash function of another key", func(c *container) { c.digestOID, c.listed = oidSHA256, []string{oidSHA256} }, ReasonAlgorithm},
		{"signature algorithm of another key", func(c *container) { c.signatureOID = oidSHA256WithRSA }, ReasonAlgorithm},
		{"hash function not listed", func(c *container) { c.listed = []string{oidSHA256} }, ReasonMalformed},
		{"wrong version", func(c *container) { c.version = 3 }, ReasonMalformed},
		{"unknown unsigned attribute", func(c *container) { c.unsigned = [][]byte{writeAttribute("1.2.3.4", der.Null())} }, ReasonMalformed},
		{"content of another type", func(c *container) { c.contentType, c.version = oidTSTInfo, 3 }, ReasonMalformed},
		{"empty timestamp", func(c *container) { c.unsigned = [][]byte{writeAttribute(oidSignatureTimestamp, der.Null())} }, ReasonTimestamp},
	} {
		k := good()
		c.break_(k)
		report := judge(t, trust, k.encode(t))
		if c.reason == "" {
			if !report.Valid() {
				t.Errorf("%s: %v", c.name, report.Details)
			}
		} else if report.Status != StatusInvalid || !report.Has(c.reason) {
			t.Errorf("%s: %s %v", c.name, report.Status, report.Details)
		}
	}
}

// Findings go into logs.
func TestFindingsHaveNoPersonalData(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	cms := goodContainer(key, []byte("x")).encode(t)
	for name, v := range map[string]*Verifier{"untrusted": {}, "unchecked": {Anchors: NewPool(anchor.Certificate)}} {
		for _, at := range []int{2020, 2026, 2030} {
			report, err := v.VerifyCMS(context.Background(), cms, nil, Options{At: date(at, 6, 1), Usage: "other"})
			if err != nil || report.Valid() {
				t.Fatalf("%s: %v", name, err)
			}
			for _, detail := range report.Details {
				if strings.Contains(detail, key.Certificate.Subject.IIN) || strings.Contains(detail, key.Certificate.Subject.CommonName) {
					t.Errorf("%s: %s", name, detail)
				}
			}
		}
	}
}

// A timestamp of another signature proves nothing about this one.
func TestRefusesTimestampOfAnotherSignature(t *testing.T) {
	c, err := ParseCMS(genuineFile(t, gostAttached))
	if err != nil {
		t.Fatal(err)
	}
	anchor := issue(t, root("root"))
	mine := goodContainer(issue(t, person(anchor)), []byte("x"))
	mine.unsigned = [][]byte{writeAttribute(oidSignatureTimestamp, c.signers[0].unsigned[0].values[0].Full)}
	v := &Verifier{Anchors: NewPool(anchor.Certificate), TSAAnchors: genuinePool(t, "ca-prod"), NoRevocation: true}
	report, err := v.VerifyCMS(context.Background(), mine.encode(t), nil, Options{At: date(2026, 6, 1)})
	if err != nil || !report.Has(ReasonTimestamp) || report.Status != StatusInvalid {
		t.Errorf("%v %+v", err, report)
	}
}

func TestRefusesWeakAlgorithms(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	anchor := issue(t, root("root"))
	s := person(anchor)
	s.key = short
	if report := judge(t, NewPool(anchor.Certificate), goodContainer(issue(t, s), []byte("x")).encode(t)); !report.Has(ReasonAlgorithm) {
		t.Errorf("RSA of 1024 bits: %v", report.Details)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, oid := range []string{oidSHA1WithRSA, oidMD5WithRSA} {
		if _, err := findScheme(&long.PublicKey, oid, ""); err == nil {
			t.Errorf("certificate signature %s accepted", oid)
		}
	}
	for _, oid := range []string{oidSHA1, oidMD5, oidStreebog512} {
		if _, err := findScheme(&long.PublicKey, oidRSA, oid); err == nil {
			t.Errorf("RSA over hash %s accepted", oid)
		}
	}
	if _, err := findScheme(&long.PublicKey, oidSHA256WithRSA, oidSHA512); err == nil {
		t.Error("contradicting hash functions accepted")
	}
}

func TestChainIsHeldToTheRulesOfRFC5280(t *testing.T) {
	anchor := issue(t, root("root"))
	other := issue(t, root("root")) // same name, another key
	middle := func(edit func(*spec)) *Key {
		s := root("middle")
		s.issuer = anchor
		if edit != nil {
			edit(&s)
		}
		return issue(t, s)
	}
	under := func(issuers ...*Key) *Key { return issue(t, person(issuers[len(issuers)-1])) }
	for _, c := range []struct {
		name    string
		anchors []*Key
		middle  []*Key
		leaf    func(*spec)
		reason  Reason
	}{
		{"by the root", []*Key{anchor}, nil, nil, ""},
		{"through an authority in the container", []*Key{anchor}, []*Key{middle(nil)}, nil, ""},
		{"an issuer that is no root is an anchor all the same", []*Key{middle(nil)}, nil, nil, ""},
		{"no anchors", nil, nil, nil, ReasonUntrusted},
		{"an anchor of the same name", []*Key{other}, []*Key{middle(nil)}, nil, ReasonUntrusted},
		{"the authority is no authority", []*Key{anchor}, []*Key{middle(func(s *spec) { s.ca = false })}, nil, ReasonConstraints},
		{"the authority may not sign certificates", []*Key{anchor}, []*Key{middle(func(s *spec) { s.keyUsage = 0xC0 })}, nil, ReasonConstraints},
		{"an expired authority", []*Key{anchor}, []*Key{middle(func(s *spec) { s.from, s.to = date(2020, 1, 1), date(2021, 1, 1) })}, nil, ReasonExpired},
		{"a critical extension nobody knows", []*Key{anchor}, nil, func(s *spec) { s.critical = "1.2.398.3.3.5" }, ReasonCriticalExtension},
		{"a known critical extension", []*Key{anchor}, nil, func(s *spec) { s.critical = oidExtKeyUsage }, ""},
		{"not yet valid", []*Key{anchor}, nil, func(s *spec) { s.from, s.to = date(2026, 7, 1), date(2027, 1, 1) }, ReasonNotYetValid},
		{"another authority key identifier", []*Key{anchor}, nil, func(s *spec) { s.authorityK = []byte("other") }, ReasonUntrusted},
	} {
		issuer := anchor
		if len(c.middle) > 0 {
			issuer = c.middle[len(c.middle)-1]
		} else if len(c.anchors) > 0 {
			issuer = c.anchors[0]
		}
		leaf := under(issuer)
		if c.leaf != nil {
			s := person(issuer)
			c.leaf(&s)
			leaf = issue(t, s)
		}
		k := goodContainer(leaf, []byte("x"))
		for _, m := range c.middle {
			k.certificates = append(k.certificates, m.Certificate.Raw())
		}
		pool := NewPool()
		for _, a := range c.anchors {
			pool.Add(a.Certificate)
		}
		report := judge(t, pool, k.encode(t))
		if c.reason == "" && !report.Valid() || c.reason != "" && (report.Status != StatusInvalid || !report.Has(c.reason)) {
			t.Errorf("%s: %s %v", c.name, report.Status, report.Details)
		}
	}
}

func TestPathLengthCountsAuthoritiesBelow(t *testing.T) {
	chain := func(pathLen int) (*Pool, []byte) {
		r := root("root")
		r.pathLen = pathLen
		anchor := issue(t, r)
		m := root("middle")
		m.issuer = anchor
		middle := issue(t, m)
		k := goodContainer(issue(t, person(middle)), []byte("x"))
		k.certificates = append(k.certificates, middle.Certificate.Raw())
		return NewPool(anchor.Certificate), k.encode(t)
	}
	if pool, cms := chain(1); !judge(t, pool, cms).Valid() {
		t.Error("one authority below pathLen 1 is refused")
	}
	if pool, cms := chain(0); !judge(t, pool, cms).Has(ReasonConstraints) {
		t.Error("one authority below pathLen 0 is accepted")
	}
}

// A leaf may not issue: else anybody could issue certificates to anybody.
func TestPersonIsNotAnAuthority(t *testing.T) {
	anchor := issue(t, root("root"))
	mallory := issue(t, person(anchor))
	s := person(mallory)
	s.name = "ЖӘБІРЛЕНУШІ"
	k := goodContainer(issue(t, s), []byte("x"))
	k.certificates = append(k.certificates, mallory.Certificate.Raw())
	if report := judge(t, NewPool(anchor.Certificate), k.encode(t)); report.Status != StatusInvalid || !report.Has(ReasonConstraints) {
		t.Errorf("%s %v", report.Status, report.Details)
	}
}

func TestDamagedCertificateBesideTheSignersIsNoticed(t *testing.T) {
	anchor := issue(t, root("root"))
	m := root("middle")
	m.issuer = anchor
	middle := issue(t, m)
	k := goodContainer(issue(t, person(middle)), []byte("x"))
	damaged := bytes.Clone(middle.Certificate.Raw())
	damaged[len(damaged)-1] ^= 1
	k.certificates = append(k.certificates, damaged)
	if report := judge(t, NewPool(anchor.Certificate, middle.Certificate), k.encode(t)); !report.Has(ReasonMalformed) {
		t.Errorf("%s %v", report.Status, report.Details)
	}
}

func TestLimitsOnSignersAndCertificates(t *testing.T) {
	anchor := issue(t, root("root"))
	k := goodContainer(issue(t, person(anchor)), []byte("x"))
	for range maxCertificates {
		k.certificates = append(k.certificates, anchor.Certificate.Raw())
	}
	if report := judge(t, NewPool(anchor.Certificate), k.encode(t)); !report.Has(ReasonMalformed) {
		t.Errorf("%d certificates: %v", maxCertificates+1, report.Details)
	}
}

func TestLoadPoolPassesOverWhatIsNoCertificate(t *testing.T) {
	if _, err := LoadPool(t.TempDir()); err == nil {
		t.Error("an empty folder is a trust folder")
	}
	if p := genuinePool(t, "ca-prod"); p.Len() != 11 {
		t.Errorf("%d certificates", p.Len())
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root := genuineFile(t, "ca-prod/nca_rsa_2022.cer")
	put("root.cer", root)
	put("list.crl", genuineFile(t, fullList))
	put("read.me", []byte("certificates"))
	put("key.p12", der.Sequence(der.Int(3), der.Sequence(der.OID(oidData))))
	if p, err := LoadPool(dir); err != nil || p.Len() != 1 {
		t.Errorf("%v", err)
	}
	put("damaged.cer", root[:len(root)-1])
	if _, err := LoadPool(dir); err == nil {
		t.Error("a damaged certificate is passed over")
	}
}

// What stands beside an identifier could change the meaning: only what is known may.
func TestAlgorithmsHaveNoParametersButTheirOwn(t *testing.T) {
	key := der.Sequence(der.OID(oidGOST2004Params), der.OID(oidGOST341195Params))
	for name, c := range map[string]struct {
		oid    string
		params []byte
		good   bool
	}{
		"none": {oidGOST2004Signature, nil, true}, "NULL": {oidGOST2004Signature, der.Null(), true},
		"of the key": {oidGOST2004, key, true}, "of the key, beside the signature": {oidGOST2004Signature, key, true},
		"S-boxes": {oidGOST341195, der.OID(oidGOST341195Params), true}, "other S-boxes": {oidGOST341195, der.OID("1.2.643.2.2.30.1"), false},
		"S-boxes of another": {oidStreebog256, der.OID(oidGOST341195Params), false},
		"of another key":     {oidGOST2015x512, key, false}, "an integer": {oidGOST2004, der.Int(1), false},
	} {
		r := der.Read(der.Sequence(der.OID(c.oid), c.params))
		if a := readAlgorithm(r); (r.Err() == nil) != c.good || c.good && a.oid != c.oid {
			t.Errorf("%s: %v", name, r.Err())
		}
	}
}
