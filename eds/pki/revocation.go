package pki

import (
	"context"
	"time"

	"mekenjai/eds"
)

// Revoke marks a certificate as revoked from the time on.
func (a *Authority) Revoke(c *eds.Certificate, at time.Time, why eds.RevocationReason) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.revoke(c, at, why)
}

func (a *Authority) revoke(c *eds.Certificate, at time.Time, why eds.RevocationReason) {
	a.revoked[c.Serial()] = eds.Revocation{Status: eds.RevocationRevoked, RevokedAt: &at, Reason: why}
}

// Revoked reports whether the serial number, in the form of eds.Certificate.Serial, is
// revoked.
func (a *Authority) Revoked(serial string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, revoked := a.revoked[serial]
	return revoked
}

// Silence makes the authority stop answering about revocation, or answer again, to
// show what happens while nobody can be asked.
func (a *Authority) Silence(silent bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.silent = silent
}

// CheckRevocation answers for the certificates that this authority issued, with an
// OCSP response as evidence. It implements eds.RevocationChecker.
func (a *Authority) CheckRevocation(ctx context.Context, c, issuer *eds.Certificate, at time.Time) eds.Revocation {
	unavailable := func(why string) eds.Revocation {
		return eds.Revocation{Status: eds.RevocationUnavailable, Source: "test authority", Detail: why}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.silent {
		return unavailable("the authority is silent")
	}
	if !a.isIssuer(issuer) {
		return unavailable("issued by somebody else")
	}
	q, err := eds.ParseOCSPRequest(eds.NewOCSPRequest(c, issuer).Bytes())
	if err != nil {
		return unavailable(err.Error())
	}
	raw, err := a.respond(q, at)
	if err != nil {
		return unavailable(err.Error())
	}
	response, err := eds.ParseOCSP(raw)
	if err != nil {
		return unavailable(err.Error())
	}
	return eds.OCSPResponses{response}.CheckRevocation(ctx, c, issuer, at)
}

// isIssuer reports whether the certificate is one of the authority's issuing ones. The
// impostor's is not. The caller holds the lock.
func (a *Authority) isIssuer(c *eds.Certificate) bool {
	for _, name := range []string{tierGOST, tierRSA} {
		if t := a.tiers[name]; t != nil && t.issuer.Equal(c) {
			return true
		}
	}
	return false
}
