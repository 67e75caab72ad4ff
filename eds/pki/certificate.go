package pki

import (
	"crypto"
	"math/big"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/internal/der"
)

// Bits of keyUsage (RFC 5280, section 4.2.1.3).
const (
	bitDigitalSignature = 0
	bitNonRepudiation   = 1
	bitKeyEncipherment  = 2
	bitKeyAgreement     = 4
	bitKeyCertSign      = 5
	bitCRLSign          = 6
)

const (
	oidEmailProtection = "1.3.6.1.5.5.7.3.4"
	oidClientAuth      = "1.3.6.1.5.5.7.3.2"
	oidTimeStamping    = "1.3.6.1.5.5.7.3.8"
	oidOCSPSigning     = "1.3.6.1.5.5.7.3.9"
)

// certificate is what goes into one; make signs it.
type certificate struct {
	serial              [20]byte // the key identifier too, as the national authority does it
	subject             []byte
	notBefore, notAfter time.Time
	key                 crypto.PublicKey
	issuer              *eds.Certificate // nil: self-signed
	signer              crypto.Signer

	authority   bool
	keyUsage    []int
	extKeyUsage []string
	purposeOnly bool   // the extended key usage is critical
	noCheck     bool   // a responder's own revocation is not asked for
	policy      string // empty: none
	fileKey     bool   // the extension that says the key is a file
}

// make encodes and signs the certificate and reads it back.
func (c *certificate) make() (*eds.Certificate, error) {
	algorithm, err := eds.AlgorithmIdentifier(c.signer.Public())
	if err != nil {
		return nil, err
	}
	key, err := eds.MarshalPublicKey(c.key)
	if err != nil {
		return nil, err
	}
	issuer, authorityKeyID := c.subject, c.keyID()
	if c.issuer != nil {
		issuer, authorityKeyID = c.issuer.X509.RawSubject, c.issuer.X509.SubjectKeyId
	}
	serial := c.serial
	serial[0] &= 0x7F
	tbs := der.Sequence(
		der.Explicit(0, der.Int(2)),
		der.Integer(new(big.Int).SetBytes(serial[:])),
		algorithm,
		issuer,
		der.Sequence(der.Time(c.notBefore), der.Time(c.notAfter)),
		c.subject,
		key,
		der.Explicit(3, der.Sequence(c.extensions(authorityKeyID)...)))
	algorithm, signature, err := eds.SignBytes(nil, c.signer, tbs)
	if err != nil {
		return nil, err
	}
	return eds.ParseCertificate(der.Sequence(tbs, algorithm, der.BitString(signature)))
}

// keyID is the serial number with its top bit set.
func (c *certificate) keyID() []byte {
	id := c.serial
	id[0] |= 0x80
	return id[:]
}

func (c *certificate) extensions(authorityKeyID []byte) [][]byte {
	var out [][]byte
	add := func(oid string, critical bool, value []byte) {
		parts := [][]byte{der.OID(oid)}
		if critical {
			parts = append(parts, der.True())
		}
		out = append(out, der.Sequence(append(parts, der.OctetString(value))...))
	}
	if c.authority {
		add("2.5.29.19", true, der.Sequence(der.True()))
	}
	if len(c.extKeyUsage) > 0 {
		var purposes [][]byte
		for _, oid := range c.extKeyUsage {
			purposes = append(purposes, der.OID(oid))
		}
		add("2.5.29.37", c.purposeOnly, der.Sequence(purposes...))
	}
	if c.noCheck {
		add("1.3.6.1.5.5.7.48.1.5", false, der.Null())
	}
	if c.policy != "" {
		add("2.5.29.32", false, der.Sequence(der.Sequence(der.OID(c.policy))))
	}
	add("2.5.29.15", true, namedBits(c.keyUsage))
	add("2.5.29.14", false, der.OctetString(c.keyID()))
	add("2.5.29.35", false, der.Sequence(der.Element(0x80, authorityKeyID)))
	if c.fileKey {
		add("1.2.398.3.3.5", false, der.Sequence(der.OID("1.2.398.3.3.5.1.1")))
	}
	return out
}

// namedBits encodes a named bit list without trailing zero bits (X.690, 11.2.2). All
// bits are in the first octet.
func namedBits(set []int) []byte {
	var octet byte
	last := 0
	for _, bit := range set {
		octet |= 0x80 >> bit
		last = max(last, bit)
	}
	return der.Element(der.TagBitString, []byte{byte(7 - last), octet})
}

// rdn encodes one attribute of a name.
func rdn(oid string, value []byte) []byte {
	return der.SetOf(der.Sequence(der.OID(oid), value))
}

// personName encodes a subject with the attributes and in the order of the national
// authority: the patronymic stands in GIVENNAME, the numbers carry prefixes.
func personName(p Person, o Options) []byte {
	var parts [][]byte
	add := func(oid, value string, encode func(string) []byte) {
		if value != "" {
			parts = append(parts, rdn(oid, encode(value)))
		}
	}
	name, number := p.Surname, "IIN"+p.IIN
	if p.Given != "" {
		name += " " + p.Given
	}
	if p.IIN == "" {
		name, number = o.Organization, "BIN"+o.BIN
	}
	add("2.5.4.3", name, der.UTF8)
	add("2.5.4.4", p.Surname, der.UTF8)
	add("2.5.4.5", number, der.Printable)
	add("2.5.4.6", "KZ", der.Printable)
	add("2.5.4.10", o.Organization, der.UTF8)
	if o.BIN != "" {
		add("2.5.4.11", "BIN"+o.BIN, der.UTF8)
	}
	add("2.5.4.42", p.Patronymic, der.UTF8)
	return der.Sequence(parts...)
}

// authorityCertificate makes a root, when issuer is nil, or an issuing authority.
func (a *Authority) authorityCertificate(label, name string, key crypto.Signer, issuer *eds.Certificate, issuerKey crypto.Signer) (*eds.Certificate, error) {
	c := &certificate{
		serial: a.serial("authority", label),
		subject: der.Sequence(rdn("2.5.4.3", der.UTF8(name)), rdn("2.5.4.10", der.UTF8(eds.TestAuthorityName)),
			rdn("2.5.4.6", der.Printable("KZ"))),
		// Fixed: an anchor that a test keeps stays the same at every start.
		notBefore: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC),
		notAfter:  time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC),
		key:       key.Public(), issuer: issuer, signer: issuerKey,
		authority: true, keyUsage: []int{bitKeyCertSign, bitCRLSign}, policy: policyAuthority,
	}
	if issuer == nil {
		c.signer, c.policy = key, policyRoot
	}
	return c.make()
}
