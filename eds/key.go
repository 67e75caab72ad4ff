package eds

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"mekenjai/eds/gost"
)

// A Key is a private key with its certificate. It is meant for tests, emulators and
// the state's own signing tools; persons' keys stay in their own hands.
type Key struct {
	Certificate *Certificate
	Chain       []*Certificate // authorities to put into signatures; NCALayer puts none
	signer      crypto.Signer
}

// NewKey joins a certificate and its private key, an *rsa.PrivateKey or a
// *gost.PrivateKey or anything that signs for their public keys.
func NewKey(c *Certificate, signer crypto.Signer) (*Key, error) {
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(signer.Public()) {
		return nil, errors.New("eds: the certificate is for another key")
	}
	if _, err := signingScheme(c.PublicKey); err != nil {
		return nil, err
	}
	return &Key{Certificate: c, signer: signer}, nil
}

// Signer is the private key, for making things other than CMS signatures.
func (k *Key) Signer() crypto.Signer { return k.signer }

// signingScheme is the algorithm to sign with: the only one of a GOST key, SHA-256
// for RSA.
func signingScheme(key crypto.PublicKey) (*scheme, error) {
	if p := profileOf(key); p != nil {
		return findScheme(key, p.signature, p.digest.oid)
	}
	return findScheme(key, oidSHA256WithRSA, oidSHA256)
}

// SignBytes signs a message with the algorithm of the signer's key and returns the
// AlgorithmIdentifier in DER with the signature. It is what certificates, revocation
// lists and the like are made with. With a nil random source GOST signatures are
// deterministic; RSA signatures (PKCS #1 v1.5, SHA-256) always are.
func SignBytes(random io.Reader, signer crypto.Signer, message []byte) (algorithm, signature []byte, err error) {
	s, err := signingScheme(signer.Public())
	if err != nil {
		return nil, nil, err
	}
	signature, err = signer.Sign(random, s.digest.sum(message), s.digest.hash)
	if err != nil {
		return nil, nil, fmt.Errorf("eds: sign: %w", err)
	}
	return writeAlgorithm(s.oid), signature, nil
}

// MarshalPublicKey encodes a SubjectPublicKeyInfo in DER: GOST keys in the national
// profile, others as the standard library does.
func MarshalPublicKey(key crypto.PublicKey) ([]byte, error) {
	if k, ok := key.(*gost.PublicKey); ok {
		return writeGOSTKey(k), nil
	}
	return x509.MarshalPKIXPublicKey(key)
}

// AlgorithmIdentifier encodes the AlgorithmIdentifier of signatures by the key, which
// a certificate contains before it is signed.
func AlgorithmIdentifier(key crypto.PublicKey) ([]byte, error) {
	s, err := signingScheme(key)
	if err != nil {
		return nil, err
	}
	return writeAlgorithm(s.oid), nil
}
