package eds

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"

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

// signingScheme is the algorithm to sign with: the only one of a GOST key, SHA-256
// for RSA.
func signingScheme(key crypto.PublicKey) (*scheme, error) {
	if p := profileOf(key); p != nil {
		return findScheme(key, p.signature, p.digest.oid)
	}
	return findScheme(key, oidSHA256WithRSA, oidSHA256)
}

// sign signs a message with the scheme of the key.
func sign(signer crypto.Signer, message []byte) ([]byte, error) {
	s, err := signingScheme(signer.Public())
	if err != nil {
		return nil, err
	}
	var opts crypto.SignerOpts = s.digest.hash
	signature, err := signer.Sign(rand.Reader, s.digest.sum(message), opts)
	if err != nil {
		return nil, fmt.Errorf("eds: sign: %w", err)
	}
	return signature, nil
}

var (
	_ crypto.Signer = (*gost.PrivateKey)(nil)
	_ crypto.Signer = (*rsa.PrivateKey)(nil)
)
