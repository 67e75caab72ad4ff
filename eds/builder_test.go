package eds

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
	"time"

	"mekenjai/eds/gost"
	"mekenjai/eds/internal/der"
)

// spec lays out a certificate of a test: package pki makes only good ones.
type spec struct {
	name       string
	issuer     *Key // nil: self-signed
	key        crypto.Signer
	ca         bool
	pathLen    int // negative: none
	keyUsage   byte
	purposes   []string
	critical   string // an extension to mark critical
	from, to   time.Time
	authorityK []byte // overrides the authority key identifier
}

var serials int64

// person is a spec that is good for signing.
func person(issuer *Key) spec {
	return spec{name: "ТЕСТОВ ТЕСТ", issuer: issuer, keyUsage: 0xC0, purposes: []string{oidEmailProtection, RoleIndividual.OID()}, pathLen: -1}
}

// root is a spec of a good anchor.
func root(name string) spec {
	return spec{name: name, ca: true, keyUsage: 0x06, pathLen: -1, from: date(2019, 1, 1), to: date(2040, 1, 1)}
}

func newGOSTKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := gost.GenerateKey(gost.TC26512A(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issue makes the certificate and returns it with its key.
func issue(t testing.TB, s spec) *Key {
	t.Helper()
	if s.key == nil {
		s.key = newGOSTKey(t)
	}
	if s.from.IsZero() {
		s.from, s.to = date(2026, 1, 1), date(2027, 1, 1)
	}
	serials++
	name := der.Sequence(der.SetOf(der.Sequence(der.OID(oidCommonName), der.UTF8(s.name))),
		der.SetOf(der.Sequence(der.OID(oidSerialNumber), der.Printable("IIN900101300123"))))
	id := []byte(s.name + string(rune('A'+serials%26)))
	signer, issuer, authority := s.key, name, id
	if s.issuer != nil {
		signer, issuer, authority = s.issuer.signer, s.issuer.Certificate.X509.RawSubject, s.issuer.Certificate.X509.SubjectKeyId
	}
	if s.authorityK != nil {
		authority = s.authorityK
	}
	algorithm, err := AlgorithmIdentifier(signer.Public())
	if err != nil {
		algorithm = writeAlgorithm(oidSHA256WithRSA)
	}
	public, err := MarshalPublicKey(s.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	tbs := der.Sequence(der.Explicit(0, der.Int(2)), der.Integer(big.NewInt(serials)), algorithm, issuer,
		der.Sequence(der.Time(s.from), der.Time(s.to)), name, public,
		der.Explicit(3, der.Sequence(s.extensions(id, authority)...)))
	_, signature, err := SignBytes(rand.Reader, signer, tbs)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCertificate(der.Sequence(tbs, algorithm, der.BitString(signature)))
	if err != nil {
		t.Fatal(err)
	}
	return &Key{Certificate: c, signer: s.key}
}

func (s spec) extensions(id, authority []byte) [][]byte {
	var out [][]byte
	add := func(oid string, value []byte) {
		parts := [][]byte{der.OID(oid)}
		if s.critical == oid {
			parts = append(parts, der.True())
		}
		out = append(out, der.Sequence(append(parts, der.OctetString(value))...))
	}
	if s.ca {
		parts := [][]byte{der.True()}
		if s.pathLen >= 0 {
			parts = append(parts, der.Int(int64(s.pathLen)))
		}
		add(oidBasicConstraints, der.Sequence(parts...))
	}
	if s.keyUsage != 0 {
		unused := byte(0)
		for s.keyUsage>>unused&1 == 0 {
			unused++
		}
		add(oidKeyUsage, der.Element(der.TagBitString, []byte{unused, s.keyUsage}))
	}
	if len(s.purposes) > 0 {
		var oids [][]byte
		for _, p := range s.purposes {
			oids = append(oids, der.OID(p))
		}
		add(oidExtKeyUsage, der.Sequence(oids...))
	}
	add("2.5.29.14", der.OctetString(id))
	add("2.5.29.35", der.Sequence(der.Element(0x80, authority)))
	add("1.2.398.3.3.5", der.Sequence(der.OID("1.2.398.3.3.5.1.1")))
	return out
}

// container lays out a CMS of a test, one piece of which is usually wrong.
type container struct {
	key          *Key
	content      []byte
	attributes   [][]byte // signed ones; nil: none at all
	unsigned     [][]byte
	digestOID    string
	signatureOID string
	listed       []string // hash functions in the header
	certificates [][]byte
	signerless   bool
	contentType  string
	version      int64
}

// goodContainer is one that nothing is wrong with.
func goodContainer(k *Key, content []byte) *container {
	s, err := signingScheme(k.Certificate.PublicKey)
	if err != nil {
		s = &scheme{digest: digestSHA256, oid: oidSHA256WithRSA}
	}
	return &container{
		key: k, content: content, digestOID: s.digest.oid, signatureOID: s.oid, listed: []string{s.digest.oid},
		certificates: [][]byte{k.Certificate.Raw()}, contentType: oidData, version: 1,
		attributes: [][]byte{
			writeAttribute(oidContentType, der.OID(oidData)),
			writeAttribute(oidMessageDigest, der.OctetString(s.digest.sum(content))),
			writeAttribute(oidSigningCertificateV2, signingCertificateV2(k.Certificate)),
		},
	}
}

func (c *container) encode(t testing.TB) []byte {
	t.Helper()
	message := c.content
	parts := [][]byte{der.Int(1), der.Sequence(c.key.Certificate.X509.RawIssuer, der.Integer(c.key.Certificate.X509.SerialNumber)), writeAlgorithm(c.digestOID)}
	if c.attributes != nil {
		message = der.SetOf(c.attributes...)
		parts = append(parts, der.Element(0xA0, c.attributes...))
	}
	var signature []byte
	var err error
	if k, ok := c.key.signer.(*rsa.PrivateKey); ok && k.N.BitLen() < minRSABits {
		signature, err = rsa.SignPKCS1v15(nil, k, crypto.SHA256, digestSHA256.sum(message))
	} else {
		_, signature, err = SignBytes(rand.Reader, c.key.signer, message)
	}
	if err != nil {
		t.Fatal(err)
	}
	parts = append(parts, writeAlgorithm(c.signatureOID), der.OctetString(signature))
	if c.unsigned != nil {
		parts = append(parts, der.Element(0xA1, c.unsigned...))
	}
	var listed [][]byte
	for _, oid := range c.listed {
		listed = append(listed, writeAlgorithm(oid))
	}
	signers := der.SetOf(der.Sequence(parts...))
	if c.signerless {
		signers = der.SetOf()
	}
	return der.Sequence(der.OID(oidSignedData), der.Explicit(0, der.Sequence(der.Int(c.version), der.SetOf(listed...),
		der.Sequence(der.OID(c.contentType), der.Explicit(0, der.OctetString(c.content))),
		der.Element(0xA0, c.certificates...), signers)))
}
