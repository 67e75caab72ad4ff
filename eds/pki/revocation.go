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

// CheckRevocation answers for the certificates that this authority issued. It
// implements eds.RevocationChecker.
func (a *Authority) CheckRevocation(_ context.Context, c, issuer *eds.Certificate, at time.Time) eds.Revocation {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := eds.Revocation{Status: eds.RevocationUnavailable, ThisUpdate: &at, Source: "test authority"}
	if a.silent {
		answer.Detail = "the authority is silent"
		return answer
	}
	for name, t := range a.tiers {
		if name == tierStranger || !t.issuer.Equal(issuer) && (t.root == nil || !t.root.Equal(issuer)) {
			continue
		}
		if r, revoked := a.revoked[c.Serial()]; revoked {
			r.Source, r.ThisUpdate = answer.Source, answer.ThisUpdate
			return r
		}
		answer.Status = eds.RevocationGood
		return answer
	}
	answer.Detail = "issued by somebody else"
	return answer
}
