package pki

import (
	"crypto/rand"
	"fmt"

	"mekenjai/eds"
	"mekenjai/eds/internal/pkcs12"
)

// PKCS12 puts a key with its certificate and chain into a file as the national
// authority hands them out: BER with indefinite lengths, the key under 3DES, the
// certificates under RC2 of 40 bits, a MAC of SHA-1.
func PKCS12(key *eds.Key, password string) ([]byte, error) {
	private, err := eds.MarshalPrivateKey(key.Signer())
	if err != nil {
		return nil, fmt.Errorf("pki: key store: %w", err)
	}
	contents := pkcs12.Contents{Keys: [][]byte{private}, Certificates: [][]byte{key.Certificate.Raw()}}
	for _, c := range key.Chain {
		contents.Certificates = append(contents.Certificates, c.Raw())
	}
	return pkcs12.Seal(contents, password, rand.Reader)
}
