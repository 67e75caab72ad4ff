// Package pki is a TEST certification authority with the certificate profile of the
// national one. It is for tests, the NCALayer emulator and the demo country only: its
// private keys follow from a seed, so whoever knows the seed can sign for anybody.
// Everything it issues is known to eds.IsTestAuthority, and a production
// configuration refuses such anchors.
package pki

import (
	"crypto"
	"fmt"
	"sync"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/gost"
)

// An Authority issues keys and knows which are revoked. The same seed gives the same
// private keys for the same persons; within one calendar month, the same certificates
// too. It may be used from several goroutines.
type Authority struct {
	seed []byte
	base time.Time // the month of the authority's now, where validity periods hang

	mu      sync.Mutex
	tiers   map[string]*tier
	keys    map[string]*eds.Key
	issued  map[string]string         // serial number to tier
	revoked map[string]eds.Revocation // by serial number
	silent  bool
	answers map[question]*eds.OCSPResponse // of late, until something is revoked
}

// tier is an issuing certificate with its key, and the root above it, if any.
type tier struct {
	root, issuer *eds.Certificate
	signer       crypto.Signer
}

// The names of tiers, which are also what their keys are derived from.
const (
	tierGOST     = "gost"
	tierRSA      = "rsa"
	tierStranger = "stranger" // same names as tierGOST, other keys, not among the anchors
)

// New makes an authority from a seed. The time decides what is expired and what is
// not yet valid; it is rounded down to the month.
func New(seed []byte, now time.Time) (*Authority, error) {
	if len(seed) == 0 {
		return nil, fmt.Errorf("pki: an empty seed")
	}
	now = now.UTC()
	return &Authority{
		seed:    seed,
		base:    time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC),
		tiers:   map[string]*tier{},
		keys:    map[string]*eds.Key{},
		issued:  map[string]string{},
		revoked: map[string]eds.Revocation{},
		answers: map[question]*eds.OCSPResponse{},
	}, nil
}

// Anchors are the certificates to trust: the GOST root, the GOST authority that issues
// under it, and the RSA authority. The first call makes an RSA key, a tenth of a
// second of work.
func (a *Authority) Anchors() *eds.Pool {
	a.mu.Lock()
	defer a.mu.Unlock()
	pool := eds.NewPool()
	for _, name := range []string{tierGOST, tierRSA} {
		t, err := a.tier(name)
		if err != nil {
			panic(err) // its input is fixed but for the seed: only a mistake here can do it
		}
		if t.root != nil {
			pool.Add(t.root)
		}
		pool.Add(t.issuer)
	}
	return pool
}

// tier makes a tier when it is first needed. The caller holds the lock.
func (a *Authority) tier(name string) (*tier, error) {
	if t := a.tiers[name]; t != nil {
		return t, nil
	}
	t, err := a.newTier(name)
	if err != nil {
		return nil, fmt.Errorf("pki: authority %s: %w", name, err)
	}
	a.tiers[name] = t
	return t, nil
}

func (a *Authority) newTier(name string) (*tier, error) {
	if name == tierRSA {
		key, err := a.rsaKey("authority", name)
		if err != nil {
			return nil, err
		}
		c, err := a.authorityCertificate(name, "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) MEKENJAI TEST", key, nil, nil)
		return &tier{issuer: c, signer: key}, err
	}
	rootKey, err := a.gostKey(gost.TC26512A(), "root", name)
	if err != nil {
		return nil, err
	}
	root, err := a.authorityCertificate(name+" root", "НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) MEKENJAI TEST", rootKey, nil, nil)
	if err != nil {
		return nil, err
	}
	key, err := a.gostKey(gost.TC26512A(), "authority", name)
	if err != nil {
		return nil, err
	}
	c, err := a.authorityCertificate(name, "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) MEKENJAI TEST", key, root, rootKey)
	return &tier{root: root, issuer: c, signer: key}, err
}
