package eds

import (
	"context"
	"slices"
	"time"
)

// CRLs answers about revocation from lists that are at hand, full and delta, of any
// authorities and ages, such as those kept beside a signature. Whether a list may be
// believed is decided under the issuer of the certificate in question. It does not
// fetch any; a CRLStore is for lists that are replaced by newer ones.
type CRLs []*CRL

// CheckRevocation implements RevocationChecker. The newest list that tells of the time
// decides: a list made after the certificate ended tells nothing, and an older one may.
func (cs CRLs) CheckRevocation(_ context.Context, c, issuer *Certificate, at time.Time) Revocation {
	answer := Revocation{Status: RevocationUnavailable, Source: "crl", Detail: "no list of " + issuer.label()}
	full, deltas, refused := cs.of(issuer)
	if refused != nil {
		answer.Detail = refused.Error()
	}
	// The newest delta list that names the certificate is believed without its base too.
	for _, d := range deltas {
		if len(full) > 0 && d.ThisUpdate.Before(full[0].ThisUpdate) {
			break
		}
		if _, _, named := d.Lookup(c.X509.SerialNumber); named && d.alone(c).Status == RevocationRevoked {
			return d.alone(c)
		} else if named {
			break
		}
	}
	if len(full) == 0 && len(deltas) > 0 {
		return deltas[0].alone(c)
	}
	for i, list := range full {
		l := issuerLists{issuer: issuer, full: list}
		for _, d := range deltas {
			if l.delta = d; l.usableDelta() != nil {
				break
			}
		}
		a := l.check(c, at)
		if a.Status != RevocationUnavailable {
			return a
		}
		if i == 0 {
			answer = a
		}
	}
	return answer
}

// of returns the lists that the issuer's key signed, the newest first, and why the
// last of those was refused that only bear its name.
func (cs CRLs) of(issuer *Certificate) (full, deltas []*CRL, refused error) {
	for _, list := range cs {
		if !list.issuedBy(issuer) {
			continue
		}
		if err := list.VerifySignature(issuer); err != nil {
			refused = err
			continue
		}
		if err := list.usable(); err != nil {
			refused = err
			continue
		}
		if list.Delta() {
			deltas = append(deltas, list)
		} else {
			full = append(full, list)
		}
	}
	newestFirst := func(a, b *CRL) int {
		switch {
		case a.olderThan(b):
			return 1
		case b.olderThan(a):
			return -1
		}
		return 0
	}
	slices.SortStableFunc(full, newestFirst)
	slices.SortStableFunc(deltas, newestFirst)
	return full, deltas, refused
}
