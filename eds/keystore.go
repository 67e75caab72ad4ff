package eds

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"mekenjai/eds/gost"
	"mekenjai/eds/internal/der"
	"mekenjai/eds/internal/pkcs12"
)

// ErrKeyStore is wrapped by everything that ParsePKCS12 complains about, ErrPassword
// beside it when the password is not that of the store.
var (
	ErrKeyStore = errors.New("eds: not a usable key store")
	ErrPassword = pkcs12.ErrPassword
)

// ParsePKCS12 reads the key in a file of the national authority (GOST512_….p12,
// RSA256_….p12, AUTH_RSA256_….p12), or of OpenSSL: one private key, RSA or GOST, its
// certificate, and authorities, which become the chain. The password is proved by the
// MAC of the store first. Stores with several keys are refused: nobody could tell
// which is meant.
func ParsePKCS12(data []byte, password string) (*Key, error) {
	contents, err := pkcs12.Open(data, password)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyStore, err)
	}
	if n := len(contents.Keys); n != 1 {
		return nil, fmt.Errorf("%w: it has %d private keys", ErrKeyStore, n)
	}
	signer, err := ParsePrivateKey(contents.Keys[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyStore, err)
	}
	return joinKey(signer, contents.Certificates)
}

// joinKey finds the certificate of a private key by its public key, which is surer
// than the names that stores give; the others are the chain.
func joinKey(signer crypto.Signer, certificates [][]byte) (*Key, error) {
	var key *Key
	var chain []*Certificate
	for _, raw := range certificates {
		c, err := ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyStore, err)
		}
		public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		if key != nil || !ok || !public.Equal(signer.Public()) {
			chain = append(chain, c)
			continue
		}
		if key, err = NewKey(c, signer); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyStore, err)
		}
	}
	if key == nil {
		return nil, fmt.Errorf("%w: no certificate of the private key is in it", ErrKeyStore)
	}
	key.Chain = chain
	return key, nil
}

// ParsePrivateKey reads a private key as PKCS #8 (RFC 5208) in DER: RSA, or GOST as
// the national authority encodes it, an OCTET STRING with the little-endian scalar.
func ParsePrivateKey(pkcs8 []byte) (crypto.Signer, error) {
	outer := der.Read(pkcs8)
	r := outer.Enter(der.TagSequence)
	r.Int() // version
	algorithm := r.Enter(der.TagSequence)
	oid := algorithm.OID()
	for _, p := range gostProfiles {
		if algorithm.Err() == nil && p.key == oid {
			return parseGOSTKey(p, outer, r, algorithm)
		}
	}
	if err := der.First(algorithm.Err(), outer.Done()); err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if oid != oidRSA {
		return nil, fmt.Errorf("%w: private key %s", errAlgorithm, oid)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: private key of type %T", errAlgorithm, parsed)
	}
	return signer, nil
}

func parseGOSTKey(p *gostProfile, outer, r, algorithm *der.Reader) (crypto.Signer, error) {
	params := algorithm.Enter(der.TagSequence)
	set, digest := params.OID(), ""
	if params.More() {
		digest = params.OID()
	}
	inner := r.OctetString()
	r.Optional(0xA0) // attributes
	if err := der.First(params.Done(), algorithm.Done(), r.Done(), outer.Done()); err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if set != p.params || digest != "" && digests[digest] != p.digest {
		return nil, fmt.Errorf("private key: %w: parameters %s %s", errAlgorithm, set, digest)
	}
	scalar, err := gostScalar(inner, p.curve().Size())
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return gost.NewPrivateKey(p.curve(), scalar)
}

// gostScalar finds the little-endian number in a private key of so many bytes: in an
// OCTET STRING, as software of the national authority writes it, in an INTEGER, as
// older software does, or bare. Which it was is proved by the certificate.
func gostScalar(inner []byte, size int) ([]byte, error) {
	if len(inner) == size {
		return inner, nil
	}
	r := der.Read(inner)
	if r.Peek() == der.TagInteger {
		n := r.Integer()
		if err := r.Done(); err != nil {
			return nil, err
		}
		if n.Sign() < 0 || n.BitLen() > 8*size {
			return nil, gost.ErrPrivateKey
		}
		scalar := n.FillBytes(make([]byte, size))
		slices.Reverse(scalar)
		return scalar, nil
	}
	scalar := r.OctetString()
	return scalar, r.Done()
}

// MarshalPrivateKey is the inverse of ParsePrivateKey.
func MarshalPrivateKey(signer crypto.Signer) ([]byte, error) {
	if k, ok := signer.(*gost.PrivateKey); ok {
		p := profileOf(k.Public())
		if p == nil {
			return nil, fmt.Errorf("%w: private key of another curve", errAlgorithm)
		}
		return der.Sequence(der.Int(0),
			der.Sequence(der.OID(p.key), der.Sequence(der.OID(p.params), der.OID(p.digestInKeyParams))),
			der.OctetString(der.OctetString(k.Bytes()))), nil
	}
	return x509.MarshalPKCS8PrivateKey(signer)
}

// TrimPassword takes the one line end off that editors put after a password in a file;
// everything else belongs to the password.
func TrimPassword(file []byte) string {
	file = bytes.TrimSuffix(file, []byte("\n"))
	return string(bytes.TrimSuffix(file, []byte("\r")))
}
