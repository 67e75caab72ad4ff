package ncalayer

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// Seat says whose key sits in the emulator and of what sort it is.
type Seat struct {
	Person       pki.Person
	Algorithm    eds.Algorithm
	Kind         pki.Kind
	BIN          string // of the organisation for which the person signs, "" for himself
	Organization string
	Roles        []eds.Role // in that organisation
}

// Key is a key of the test authority.
type Key struct {
	certificate *eds.Certificate
	key         *eds.Key
}

// FromAuthority takes the keys from the test authority.
func FromAuthority(a *pki.Authority) func(Seat) (*Key, error) {
	return func(s Seat) (*Key, error) {
		k, err := a.Person(s.Person, pki.Options{
			Algorithm: s.Algorithm, Kind: s.Kind, BIN: s.BIN, Organization: s.Organization, Roles: s.Roles,
		})
		if err != nil {
			return nil, err
		}
		return &Key{k.Certificate, k}, nil
	}
}

func (k *Key) sign(content []byte, attached bool, at time.Time) ([]byte, error) {
	return eds.SignCMS(k.key, content, eds.SignOptions{Attached: attached, Time: at})
}

// hasUsage looks for an extended key usage, which in this profile also carries
// the roles.
func (k *Key) hasUsage(oid string) bool {
	c := k.certificate.X509
	switch oid {
	case "1.3.6.1.5.5.7.3.4":
		return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection)
	case "1.3.6.1.5.5.7.3.2":
		return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	return slices.ContainsFunc(c.UnknownExtKeyUsage, func(u asn1.ObjectIdentifier) bool { return u.String() == oid })
}
