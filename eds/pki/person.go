package pki

import (
	"crypto"
	"fmt"
	"slices"
	"strings"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/gost"
)

// A Person is whom a key is issued to. An empty IIN with a BIN in the options makes a
// key of an information system.
type Person struct {
	IIN, Surname, Given, Patronymic string
}

// A Kind says what is right or wrong with a key.
type Kind string

// The kinds. The zero value is a key that is good for signing and login.
const (
	Valid          Kind = ""
	Expired        Kind = "expired"         // two months ago
	NotYetValid    Kind = "not_yet_valid"   // for two months to come
	LoginOnly      Kind = "login_only"      // the authentication key of an RSA pair
	WrongAuthority Kind = "wrong_authority" // an impostor with the authority's names
	Revoked        Kind = "revoked"         // the key was compromised, the authority knows
	OnHold         Kind = "on_hold"         // suspended by the authority
)

// Options are the choices for one key.
type Options struct {
	// Algorithm is eds.GOST2015x512 when empty. RSA keys take a tenth of a second
	// each; GOST keys are cheap.
	Algorithm eds.Algorithm
	Kind      Kind
	// BIN and Organization make it an employee's key; Roles then says in what
	// capacity, RoleEmployee when empty.
	BIN, Organization string
	Roles             []eds.Role
}

// Person issues a key, or returns the one it issued before.
func (a *Authority) Person(p Person, o Options) (*eds.Key, error) {
	if o.Algorithm == "" {
		o.Algorithm = eds.GOST2015x512
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	label := strings.Join([]string{p.IIN, o.BIN, p.Surname, p.Given, p.Patronymic, o.Organization,
		fmt.Sprint(o.Roles), string(o.Algorithm), string(o.Kind)}, "\x00")
	if k := a.keys[label]; k != nil {
		return k, nil
	}
	k, err := a.issue(p, o, label)
	if err != nil {
		return nil, fmt.Errorf("pki: key of %s %s: %w", p.Surname, p.Given, err)
	}
	a.keys[label] = k
	return k, nil
}

func (a *Authority) issue(p Person, o Options, label string) (*eds.Key, error) {
	// The private key follows from who and what kind, not from roles or spelling.
	signer, err := a.privateKey(o.Algorithm, "person", p.IIN, o.BIN, string(o.Algorithm), string(o.Kind))
	if err != nil {
		return nil, err
	}
	name := tierGOST
	switch {
	case o.Kind == WrongAuthority:
		name = tierStranger
	case strings.HasPrefix(string(o.Algorithm), "rsa-"):
		name = tierRSA
	}
	t, err := a.tier(name)
	if err != nil {
		return nil, err
	}
	c := a.personCertificate(p, o, name, label)
	c.key, c.issuer, c.signer = signer.Public(), t.issuer, t.signer
	certificate, err := c.make()
	if err != nil {
		return nil, err
	}
	a.issued[certificate.Serial()] = name
	switch o.Kind {
	case Revoked:
		a.revoke(certificate, c.notBefore.AddDate(0, 0, 1), eds.ReasonKeyCompromise)
	case OnHold:
		a.revoke(certificate, c.notBefore.AddDate(0, 0, 1), eds.ReasonCertificateHold)
	}
	return eds.NewKey(certificate, signer)
}

// privateKey derives a key of the algorithm.
func (a *Authority) privateKey(algorithm eds.Algorithm, label ...string) (crypto.Signer, error) {
	switch algorithm {
	case eds.GOST2015x512:
		return a.gostKey(gost.TC26512A(), label...)
	case eds.GOST2015x256:
		return a.gostKey(gost.TC26256A(), label...)
	case eds.GOST2004:
		return a.gostKey(gost.CryptoProA(), label...)
	case eds.RSASHA256:
		return a.rsaKey(label...)
	}
	return nil, fmt.Errorf("no keys of algorithm %q", algorithm)
}

// Certificate policies of the national authority.
const (
	policyGOST2015  = "1.2.398.3.3.2"
	policyGOST2004  = "1.2.398.3.3.2.1"
	policyRSASign   = "1.2.398.3.3.2.3"
	policyLogin     = "1.2.398.3.3.2.4"
	policyRoot      = "1.2.398.3.1.2"
	policyAuthority = "1.2.398.3.3.2"
)

// personCertificate lays out a certificate by the national profile.
func (a *Authority) personCertificate(p Person, o Options, tierName, label string) *certificate {
	c := &certificate{serial: a.markedSerial(tierName, o.Kind, "person", label, a.base.String()), subject: personName(p, o), fileKey: true}
	c.notBefore, c.notAfter = a.period(o.Kind)
	signs := []int{bitDigitalSignature, bitNonRepudiation}
	purpose := oidEmailProtection
	switch {
	case o.Kind == LoginOnly:
		c.keyUsage, c.policy, purpose = []int{bitDigitalSignature, bitKeyEncipherment}, policyLogin, oidClientAuth
	case o.Algorithm == eds.RSASHA256:
		c.keyUsage, c.policy = signs, policyRSASign
	case o.Algorithm == eds.GOST2004:
		c.keyUsage, c.policy = signs, policyGOST2004
	default:
		c.keyUsage, c.policy = append(signs, bitKeyAgreement), policyGOST2015
	}
	c.extKeyUsage = []string{purpose}
	for _, r := range personRoles(p, o) {
		c.extKeyUsage = append(c.extKeyUsage, r.OID())
	}
	return c
}

// personRoles completes the roles: an individual has one, for an organisation the
// capacity stands beside RoleLegalEntity.
func personRoles(p Person, o Options) []eds.Role {
	if o.BIN == "" {
		if len(o.Roles) > 0 {
			return o.Roles
		}
		return []eds.Role{eds.RoleIndividual}
	}
	capacity := o.Roles
	if len(capacity) == 0 {
		capacity = []eds.Role{eds.RoleEmployee}
		if p.IIN == "" {
			capacity = []eds.Role{eds.RoleInformationSystem}
		}
	}
	capacity = slices.DeleteFunc(slices.Clone(capacity), func(r eds.Role) bool { return r == eds.RoleLegalEntity })
	return append([]eds.Role{eds.RoleLegalEntity}, capacity...)
}

// period is when a key of the kind is valid, counted from the authority's month so
// that it does not change from one start of a program to the next.
func (a *Authority) period(k Kind) (from, to time.Time) {
	switch k {
	case Expired:
		from = a.base.AddDate(0, -14, 0)
		return from, from.AddDate(1, 0, 0)
	case NotYetValid:
		from = a.base.AddDate(0, 3, 0)
		return from, from.AddDate(1, 0, 0)
	}
	from = a.base.AddDate(0, -1, 0)
	return from, from.AddDate(3, 0, 0)
}
