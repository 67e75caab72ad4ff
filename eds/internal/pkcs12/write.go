package pkcs12

import (
	"crypto/hmac"
	"crypto/sha1"
	"fmt"
	"io"

	"mekenjai/eds/internal/der"
)

// writtenIterations is how often the national authority's stores hash.
const writtenIterations = 1024

// Seal writes a store as the national authority does: one key under SHA-1 and 3DES,
// the certificates under SHA-1 and RC2 of 40 bits, a MAC of SHA-1, everything in BER
// with indefinite lengths. The first certificate is the key's own. Such a store keeps
// a secret no better than its password does.
func Seal(c Contents, password string, random io.Reader) ([]byte, error) {
	if len(c.Keys) != 1 || len(c.Certificates) == 0 {
		return nil, fmt.Errorf("a store of %d keys and %d certificates", len(c.Keys), len(c.Certificates))
	}
	var salts [3][20]byte
	for i := range salts {
		if _, err := io.ReadFull(random, salts[i][:]); err != nil {
			return nil, err
		}
	}
	bmp := bmpString(password)
	id := sha1.Sum(c.Certificates[0])
	attributes := der.SetOf(der.Sequence(der.OID(oidLocalKeyID), der.SetOf(der.OctetString(id[:]))))

	method, encrypted := seal(oidPBE3DES, bmp, salts[0][:], c.Keys[0])
	keys := indefinite(der.TagSequence, indefinite(der.TagSequence, der.OID(oidShroudedKeyBag),
		indefinite(0xA0, der.Sequence(method, der.OctetString(encrypted))), attributes))

	var bags [][]byte
	for i, raw := range c.Certificates {
		parts := [][]byte{der.OID(oidCertBag), indefinite(0xA0, der.Sequence(der.OID(oidX509Certificate), der.Explicit(0, der.OctetString(raw))))}
		if i == 0 {
			parts = append(parts, attributes)
		}
		bags = append(bags, indefinite(der.TagSequence, parts...))
	}
	method, encrypted = seal(oidPBERC2x40, bmp, salts[1][:], indefinite(der.TagSequence, bags...))
	certificates := indefinite(der.TagSequence, der.Int(0),
		indefinite(der.TagSequence, der.OID(oidData), method, indefinite(0xA0, pieces(encrypted))))

	safe := indefinite(der.TagSequence,
		indefinite(der.TagSequence, der.OID(oidData), indefinite(0xA0, indefinite(der.TagOctetString|0x20, pieces(keys)))),
		indefinite(der.TagSequence, der.OID(oidEncryptedData), indefinite(0xA0, certificates)))
	m := hmac.New(sha1.New, derive(sha1.New, forMAC, bmp, salts[2][:], writtenIterations, sha1.Size))
	m.Write(safe)
	mac := der.Sequence(der.Sequence(der.Sequence(der.OID(oidSHA1), der.Null()), der.OctetString(m.Sum(nil))),
		der.OctetString(salts[2][:]), der.Int(writtenIterations))
	return indefinite(der.TagSequence, der.Int(3),
		indefinite(der.TagSequence, der.OID(oidData), indefinite(0xA0, indefinite(der.TagOctetString|0x20, pieces(safe)))), mac), nil
}

// seal encrypts by one of the older methods and returns its AlgorithmIdentifier.
func seal(oid string, bmp, salt, plain []byte) (method, encrypted []byte) {
	how := older[oid]
	block, err := how.new(derive(sha1.New, forKey, bmp, salt, writtenIterations, how.key))
	if err != nil {
		panic(err) // the key has the length that the cipher wants
	}
	iv := derive(sha1.New, forIV, bmp, salt, writtenIterations, block.BlockSize())
	method = der.Sequence(der.OID(oid), der.Sequence(der.OctetString(salt), der.Int(writtenIterations)))
	return method, encryptCBC(block, iv, plain)
}

// indefinite encodes a constructed element without its length.
func indefinite(tag byte, parts ...[]byte) []byte {
	out := []byte{tag, 0x80}
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, 0, 0)
}

// pieces cuts a string as Java's stores do.
func pieces(b []byte) []byte {
	const size = 1000
	var out []byte
	for len(b) > size {
		out = append(out, der.OctetString(b[:size])...)
		b = b[size:]
	}
	return append(out, der.OctetString(b)...)
}
