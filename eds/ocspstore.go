package eds

import (
	"context"
	"time"
)

// OCSPResponses answers about revocation from responses that are at hand, such as
// those kept beside a signature. It does not fetch any.
type OCSPResponses []*OCSPResponse

// CheckRevocation implements RevocationChecker: it takes the newest answer that is
// about the certificate, truly signed, and tells of the time.
func (rs OCSPResponses) CheckRevocation(_ context.Context, c, issuer *Certificate, at time.Time) Revocation {
	best := Revocation{Status: RevocationUnavailable, Source: "ocsp", Detail: "no response about " + c.label()}
	var newest time.Time
	for _, r := range rs {
		e, ok := r.Find(c, issuer)
		if !ok {
			continue
		}
		if err := r.Verify(issuer); err != nil {
			if newest.IsZero() {
				best.Detail = err.Error()
			}
			continue
		}
		answer := e.at(c, at)
		answer.Evidence = r.Raw
		if answer.Status == RevocationUnavailable && !newest.IsZero() {
			continue
		}
		if newest.IsZero() || e.ThisUpdate.After(newest) {
			best = answer
			if answer.Status != RevocationUnavailable {
				newest = *e.ThisUpdate
			}
		}
	}
	return best
}

// at is what the entry says of a time. A revocation is believed whatever its age. That
// a certificate was good is believed for the period the response gives, or for five
// minutes where it gives none, as the national responder does, and for any earlier
// time while the certificate was valid.
func (e OCSPEntry) at(c *Certificate, at time.Time) Revocation {
	if e.Status == RevocationRevoked {
		return e.Revocation
	}
	until := e.ThisUpdate.Add(clockSkew)
	if e.NextUpdate != nil {
		until = e.NextUpdate.Add(clockSkew)
	}
	answer := e.Revocation
	switch {
	case at.After(until):
		answer.Status, answer.Detail = RevocationUnavailable, "the response is too old"
	case e.ThisUpdate.After(c.X509.NotAfter.Add(clockSkew)):
		answer.Status, answer.Detail = RevocationUnavailable, "the response is younger than the certificate's end"
	}
	return answer
}

// Checkers asks several sources. A revocation anywhere counts; else the first source
// that knows decides, and what is unavailable in one may be found in the next. An
// authority's word that it does not know the certificate ends the search.
type Checkers []RevocationChecker

// CheckRevocation implements RevocationChecker.
func (cs Checkers) CheckRevocation(ctx context.Context, c, issuer *Certificate, at time.Time) Revocation {
	answer := Revocation{Status: RevocationUnavailable, Detail: "no source is configured"}
	decided := false
	for _, checker := range cs {
		a := checker.CheckRevocation(ctx, c, issuer, at)
		if a.Status == RevocationRevoked {
			return a
		}
		if !decided {
			answer = a
		}
		decided = decided || a.Status != RevocationUnavailable
	}
	return answer
}
