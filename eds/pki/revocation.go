package pki

import (
	"context"
	"crypto/sha256"
	"errors"
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
	clear(a.answers)
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
// OCSP response as evidence. It implements eds.RevocationChecker. The times of a
// response are whole seconds, so who asks again within one is given the same.
func (a *Authority) CheckRevocation(ctx context.Context, c, issuer *eds.Certificate, at time.Time) eds.Revocation {
	asked := question{sha256.Sum256(c.Raw()), at.Unix()}
	response, err := a.answer(asked, c, issuer, at)
	if err != nil {
		return eds.Revocation{Status: eds.RevocationUnavailable, Source: "test authority", Detail: err.Error()}
	}
	return eds.OCSPResponses{response}.CheckRevocation(ctx, c, issuer, at)
}

// question is about a certificate in a second.
type question struct {
	certificate [sha256.Size]byte
	second      int64
}

// maxAnswers bounds the responses that are kept.
const maxAnswers = 256

var (
	errSilent   = errors.New("the authority is silent")
	errStranger = errors.New("issued by somebody else")
)

func (a *Authority) answer(asked question, c, issuer *eds.Certificate, at time.Time) (*eds.OCSPResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.silent:
		return nil, errSilent
	case !a.isIssuer(issuer):
		return nil, errStranger
	case a.answers[asked] != nil:
		return a.answers[asked], nil
	}
	q, err := eds.ParseOCSPRequest(eds.NewOCSPRequest(c, issuer).Bytes())
	if err != nil {
		return nil, err
	}
	raw, err := a.respond(q, at)
	if err != nil {
		return nil, err
	}
	response, err := eds.ParseOCSP(raw)
	if err != nil {
		return nil, err
	}
	if len(a.answers) >= maxAnswers {
		clear(a.answers)
	}
	a.answers[asked] = response
	return response, nil
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
