package eds

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// clockSkew is how far clocks of the authority and of this computer may differ.
const clockSkew = 5 * time.Minute

// errNoNextUpdate refuses lists that would be good for ever; RFC 5280, section
// 5.1.2.5, demands the field.
var errNoNextUpdate = fmt.Errorf("%w: no nextUpdate", ErrCRL)

// A CRLStore answers about revocation from lists that were given to it. Lists are
// swapped whole: a broken, forged or older one is refused and the last good one stays.
// The zero value is ready; it may be used from several goroutines.
type CRLStore struct {
	// Now is the clock that lists from the future are refused by; nil is time.Now.
	Now func() time.Time

	mu    sync.RWMutex
	lists []*issuerLists
}

// issuerLists are the newest full and delta list of one authority.
type issuerLists struct {
	issuer      *Certificate
	full, delta *CRL
}

// Load reads a list and keeps it if one of the authorities' keys signed it and it is
// no older than what is there.
func (s *CRLStore) Load(data []byte, authorities ...*Certificate) (*CRL, error) {
	c, err := ParseCRL(data)
	if err != nil {
		return nil, err
	}
	return c, s.Put(c, authorities...)
}

// Put keeps a parsed list as Load does.
func (s *CRLStore) Put(c *CRL, authorities ...*Certificate) error {
	err := fmt.Errorf("%w: no authority %s is known", ErrCRL, c.Issuer)
	for _, a := range authorities {
		if !c.issuedBy(a) {
			continue
		}
		if err = c.VerifySignature(a); err == nil {
			return s.keep(c, a)
		}
	}
	return err
}

func (s *CRLStore) keep(c *CRL, issuer *Certificate) error {
	if now := s.now(); c.ThisUpdate.After(now.Add(clockSkew)) {
		return fmt.Errorf("%w: issued in the future, %s", ErrCRL, c.ThisUpdate.Format(time.RFC3339))
	}
	if err := c.usable(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.lists, func(l *issuerLists) bool { return l.issuer.Equal(issuer) })
	if i < 0 {
		s.lists = append(s.lists, &issuerLists{issuer: issuer})
		i = len(s.lists) - 1
	}
	slot := &s.lists[i].full
	if c.Delta() {
		slot = &s.lists[i].delta
	}
	if *slot != nil && c.olderThan(*slot) {
		return fmt.Errorf("%w: older than the list in use", ErrCRL)
	}
	*slot = c
	return nil
}

func (s *CRLStore) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (c *CRL) olderThan(o *CRL) bool {
	if c.Number != nil && o.Number != nil {
		return c.Number.Cmp(o.Number) < 0
	}
	return c.ThisUpdate.Before(o.ThisUpdate)
}

// CheckRevocation implements RevocationChecker.
func (s *CRLStore) CheckRevocation(_ context.Context, c, issuer *Certificate, at time.Time) Revocation {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.lists {
		if l.issuer.Equal(issuer) || l.issuer.subjectKey == issuer.subjectKey && sameKey(l.issuer, issuer) {
			return l.check(c, at)
		}
	}
	return Revocation{Status: RevocationUnavailable, Source: "crl", Detail: "no list of " + issuer.label()}
}

func sameKey(a, b *Certificate) bool {
	return string(a.X509.RawSubjectPublicKeyInfo) == string(b.X509.RawSubjectPublicKeyInfo)
}

// check looks the certificate up. A revocation is believed whatever the list's age; a
// list without the certificate says that it is good only if it was in force at the
// time or is later, and was made before the certificate expired, as expired ones may
// be dropped.
func (l *issuerLists) check(c *Certificate, at time.Time) Revocation {
	base, delta := l.full, l.usableDelta()
	if base == nil {
		return l.delta.alone(c)
	}
	if delta == nil && l.delta != nil && !l.delta.ThisUpdate.Before(base.ThisUpdate) {
		if a := l.delta.alone(c); a.Status == RevocationRevoked {
			return a
		}
	}
	newest := base
	if delta != nil {
		newest = delta
	}
	answer := Revocation{Source: "crl", ThisUpdate: &newest.ThisUpdate, NextUpdate: &newest.NextUpdate, Evidence: base.raw}
	for _, list := range []*CRL{delta, base} {
		if list == nil {
			continue
		}
		when, reason, found := list.Lookup(c.X509.SerialNumber)
		if found && reason == ReasonRemoveFromCRL {
			break // a hold that was lifted
		}
		if found {
			answer.Status, answer.RevokedAt, answer.Reason = RevocationRevoked, &when, reason
			return answer
		}
	}
	fresh := newest
	if at.After(newest.NextUpdate) && !at.After(base.NextUpdate) {
		fresh = base // the delta has run out before its base
	}
	switch {
	case at.After(fresh.NextUpdate):
		answer.Status, answer.Detail = RevocationUnavailable, "the list ran out "+fresh.NextUpdate.Format(time.RFC3339)
	case base.ThisUpdate.After(c.X509.NotAfter):
		answer.Status, answer.Detail = RevocationUnavailable, "the list is younger than the certificate's end"
	default:
		answer.Status = RevocationGood
	}
	return answer
}

// alone is what a delta list says without its base: whom it names is revoked, of the
// others it says nothing.
func (d *CRL) alone(c *Certificate) Revocation {
	answer := Revocation{Status: RevocationUnavailable, Source: "crl", Detail: "only a delta list",
		ThisUpdate: &d.ThisUpdate, NextUpdate: &d.NextUpdate, Evidence: d.raw}
	if when, reason, found := d.Lookup(c.X509.SerialNumber); found && reason != ReasonRemoveFromCRL {
		answer.Status, answer.Detail, answer.RevokedAt, answer.Reason = RevocationRevoked, "", &when, reason
	}
	return answer
}

// usableDelta returns the delta list if it builds on the full one and is no older (RFC
// 5280, section 5.2.4). The national test authority counts its delta lists apart, so
// age is told by thisUpdate and not by the number.
func (l *issuerLists) usableDelta() *CRL {
	d, f := l.delta, l.full
	if d == nil || f == nil || f.Number == nil || f.Number.Cmp(d.Base) < 0 || d.ThisUpdate.Before(f.ThisUpdate) {
		return nil
	}
	return d
}
