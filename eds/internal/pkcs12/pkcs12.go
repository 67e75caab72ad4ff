// Package pkcs12 reads and writes key stores in files (PKCS #12, RFC 7292) as far as
// signing keys need them: private keys and certificates under one password. The
// password is proved by the store's MAC before anything else is looked at. It reads
// what the national authority and OpenSSL write, BER as well as DER, and writes the
// form of the national authority.
package pkcs12

import (
	"errors"
	"fmt"
	"unicode/utf16"

	"mekenjai/eds/internal/der"
)

// ErrPassword says that the password is not that of the store, or that the store was
// changed: nobody can tell which.
var ErrPassword = errors.New("wrong password, or the key store was changed")

// ErrUnsupported is wrapped for stores that are protected in a way that is not read.
var ErrUnsupported = errors.New("key store protected in a way that is not supported")

// Limits. A store has one key and a few certificates; its author chooses how much work
// it is to open, so that is bounded.
const (
	maxStore      = 1 << 20
	maxIterations = 1_000_000
	maxWork       = 4_000_000 // iterations of a whole store
	maxSalt       = 1024
	maxBags       = 64
)

// Object identifiers: RFC 2315, RFC 7292, RFC 2985.
const (
	oidData          = "1.2.840.113549.1.7.1"
	oidEncryptedData = "1.2.840.113549.1.7.6"

	oidKeyBag         = "1.2.840.113549.1.12.10.1.1"
	oidShroudedKeyBag = "1.2.840.113549.1.12.10.1.2"
	oidCertBag        = "1.2.840.113549.1.12.10.1.3"

	oidX509Certificate = "1.2.840.113549.1.9.22.1"
	oidLocalKeyID      = "1.2.840.113549.1.9.21"
)

// Contents are what a store holds: private keys as PKCS #8, certificates in DER.
type Contents struct {
	Keys         [][]byte
	Certificates [][]byte
}

// Open proves the password and takes the store apart.
func Open(data []byte, password string) (Contents, error) {
	if len(data) > maxStore {
		return Contents{}, fmt.Errorf("%w: key store of %d bytes", der.ErrSyntax, len(data))
	}
	pfx, err := parsePFX(data)
	if err != nil {
		return Contents{}, err
	}
	o := &opener{}
	if err := o.prove(pfx, password); err != nil {
		return Contents{}, err
	}
	err = o.authenticatedSafe(pfx.safe)
	return o.found, err
}

// pfx is the outermost structure.
type pfx struct {
	safe []byte // AuthenticatedSafe in its encoding, which the MAC is over
	mac  mac
}

type mac struct {
	digest     string
	value      []byte
	salt       []byte
	iterations int
}

func parsePFX(data []byte) (p pfx, err error) {
	data, err = der.FromBER(data)
	if err != nil {
		return p, err
	}
	outer := der.Read(data)
	r := outer.Enter(der.TagSequence)
	if version := r.Int(); r.Err() == nil && version != 3 {
		r.Fail("key store of version %d", version)
	}
	info := r.Enter(der.TagSequence)
	kind := info.OID()
	if info.Err() == nil && kind != oidData {
		return p, fmt.Errorf("%w: by a signature (%s)", ErrUnsupported, kind)
	}
	content := info.Enter(0xA0)
	p.safe = content.OctetString()
	if err := der.First(content.Done(), info.Done()); err != nil {
		return p, err
	}
	if r.Err() == nil && !r.More() {
		return p, fmt.Errorf("%w: it has no MAC, so nothing proves the password", ErrUnsupported)
	}
	m := r.Enter(der.TagSequence)
	info = m.Enter(der.TagSequence)
	p.mac.digest = algorithm(info)
	p.mac.value = info.OctetString()
	p.mac.salt, p.mac.iterations = m.OctetString(), 1
	if m.More() {
		p.mac.iterations = m.Int()
	}
	return p, der.First(info.Done(), m.Done(), r.Done(), outer.Done())
}

// algorithm takes an AlgorithmIdentifier without parameters.
func algorithm(r *der.Reader) string {
	a := r.Enter(der.TagSequence)
	oid := a.OID()
	if v, ok := a.Optional(der.TagNull); ok && len(v.Body) > 0 {
		a.Fail("parameters of algorithm %s", oid)
	}
	if err := a.Done(); err != nil {
		r.Fail("%v", err)
	}
	return oid
}

// opener walks through a store whose password it knows.
type opener struct {
	password string
	bmp      []byte // the password as the older methods take it
	work     int
	bags     int
	found    Contents
}

// charge counts iterations against the limits before they are done.
func (o *opener) charge(iterations int) error {
	if o.work += iterations; iterations < 1 || iterations > maxIterations || o.work > maxWork {
		return fmt.Errorf("%w: %d iterations", ErrUnsupported, iterations)
	}
	return nil
}

// bmpString is the password in UTF-16, big-endian, with the zero at its end.
func bmpString(password string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(password)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return append(b, 0, 0)
}

// authenticatedSafe reads the list of contents, plain or encrypted.
func (o *opener) authenticatedSafe(data []byte) error {
	data, err := der.FromBER(data)
	if err != nil {
		return err
	}
	outer := der.Read(data)
	r := outer.Enter(der.TagSequence)
	for r.More() {
		info := r.Enter(der.TagSequence)
		kind := info.OID()
		content := info.Enter(0xA0)
		var safe []byte
		switch {
		case der.First(info.Err(), content.Err()) != nil:
		case kind == oidData:
			safe = content.OctetString()
		case kind == oidEncryptedData:
			if safe, err = o.encryptedData(content.Enter(der.TagSequence)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%w: contents of type %s", ErrUnsupported, kind)
		}
		if err := der.First(content.Done(), info.Done()); err != nil {
			return err
		}
		if err := o.safeContents(safe); err != nil {
			return err
		}
	}
	return der.First(r.Done(), outer.Done())
}

// encryptedData decrypts an EncryptedData.
func (o *opener) encryptedData(r *der.Reader) ([]byte, error) {
	r.Int() // version
	info := r.Enter(der.TagSequence)
	if kind := info.OID(); info.Err() == nil && kind != oidData {
		info.Fail("encrypted contents of type %s", kind)
	}
	method := info.Expect(der.TagSequence)
	content := info.Next()
	r.Optional(0xA1) // attributes
	if err := der.First(info.Done(), r.Done()); err != nil {
		return nil, err
	}
	encrypted := content.Body
	switch content.Tag {
	case 0x80:
	case 0xA0: // a string in pieces, whose identifier is the tag's
		encrypted = nil
		pieces := der.Read(content.Body)
		for pieces.More() {
			encrypted = append(encrypted, pieces.OctetString()...)
		}
		if err := pieces.Done(); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%w: encrypted contents under %#02x", der.ErrSyntax, content.Tag)
	}
	return o.decrypt(method.Body, encrypted)
}

// safeContents reads a list of bags.
func (o *opener) safeContents(data []byte) error {
	data, err := der.FromBER(data)
	if err != nil {
		return err
	}
	outer := der.Read(data)
	r := outer.Enter(der.TagSequence)
	for r.More() {
		if o.bags++; o.bags > maxBags {
			return fmt.Errorf("%w: more than %d bags", der.ErrSyntax, maxBags)
		}
		bag := r.Enter(der.TagSequence)
		kind := bag.OID()
		value := bag.Enter(0xA0)
		if err := o.bag(kind, value); err != nil {
			return err
		}
		bag.Optional(der.TagSet)
		if err := der.First(value.Done(), bag.Done()); err != nil {
			return err
		}
	}
	return der.First(r.Done(), outer.Done())
}

func (o *opener) bag(kind string, value *der.Reader) error {
	switch kind {
	case oidKeyBag:
		o.found.Keys = append(o.found.Keys, value.Expect(der.TagSequence).Full)
	case oidShroudedKeyBag:
		shrouded := value.Enter(der.TagSequence)
		method := shrouded.Expect(der.TagSequence)
		encrypted := shrouded.OctetString()
		if err := shrouded.Done(); err != nil {
			return err
		}
		key, err := o.decrypt(method.Body, encrypted)
		if err != nil {
			return err
		}
		if key, err = der.FromBER(key); err != nil {
			return err
		}
		o.found.Keys = append(o.found.Keys, key)
	case oidCertBag:
		certificate := value.Enter(der.TagSequence)
		if of := certificate.OID(); certificate.Err() == nil && of != oidX509Certificate {
			return fmt.Errorf("%w: certificate of type %s", ErrUnsupported, of)
		}
		wrapped := certificate.Enter(0xA0)
		o.found.Certificates = append(o.found.Certificates, wrapped.OctetString())
		return der.First(wrapped.Done(), certificate.Done())
	default: // revocation lists, secrets, stores within the store: of no use for signing
		value.Next()
	}
	return value.Err()
}
