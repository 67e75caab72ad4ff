package eds

import (
	"context"
	"strconv"
	"time"
)

// A RevocationStatus is what is known of a certificate's revocation.
type RevocationStatus string

// The answers. An authority that does not know a certificate (unknown) and an
// authority that cannot be asked (unavailable) are different things, and neither is
// good.
const (
	RevocationGood        RevocationStatus = "good"
	RevocationRevoked     RevocationStatus = "revoked"
	RevocationUnknown     RevocationStatus = "unknown"
	RevocationUnavailable RevocationStatus = "unavailable"
)

// A RevocationReason is a CRLReason of RFC 5280, section 5.3.1.
type RevocationReason int

// The reasons of revocation.
const (
	ReasonUnspecified          RevocationReason = 0
	ReasonKeyCompromise        RevocationReason = 1
	ReasonCACompromise         RevocationReason = 2
	ReasonAffiliationChanged   RevocationReason = 3
	ReasonSuperseded           RevocationReason = 4
	ReasonCessationOfOperation RevocationReason = 5
	ReasonCertificateHold      RevocationReason = 6
	ReasonRemoveFromCRL        RevocationReason = 8
	ReasonPrivilegeWithdrawn   RevocationReason = 9
	ReasonAACompromise         RevocationReason = 10
)

var reasonNames = map[RevocationReason]string{
	ReasonUnspecified: "unspecified", ReasonKeyCompromise: "keyCompromise", ReasonCACompromise: "cACompromise",
	ReasonAffiliationChanged: "affiliationChanged", ReasonSuperseded: "superseded",
	ReasonCessationOfOperation: "cessationOfOperation", ReasonCertificateHold: "certificateHold",
	ReasonRemoveFromCRL: "removeFromCRL", ReasonPrivilegeWithdrawn: "privilegeWithdrawn", ReasonAACompromise: "aACompromise",
}

// String is the reason's name in RFC 5280, or its number.
func (r RevocationReason) String() string {
	if name := reasonNames[r]; name != "" {
		return name
	}
	return strconv.Itoa(int(r))
}

// MarshalText writes the name.
func (r RevocationReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *RevocationReason) UnmarshalText(text []byte) error {
	for reason, name := range reasonNames {
		if name == string(text) {
			*r = reason
			return nil
		}
	}
	n, err := strconv.Atoi(string(text))
	*r = RevocationReason(n)
	return err
}

// harmlessLater reports whether a revocation after the time of judgement leaves the
// signature good: the key was never in doubt, its holder just stopped using it.
func (r RevocationReason) harmlessLater() bool {
	switch r {
	case ReasonAffiliationChanged, ReasonSuperseded, ReasonCessationOfOperation, ReasonPrivilegeWithdrawn:
		return true
	}
	return false
}

// A Revocation is one answer about one certificate.
type Revocation struct {
	Serial     string           `json:"serial"` // of the certificate, as Certificate.Serial
	Status     RevocationStatus `json:"status"`
	RevokedAt  *time.Time       `json:"revokedAt,omitempty"`
	Reason     RevocationReason `json:"reason,omitempty"` // by name; left out when unspecified
	Source     string           `json:"source,omitempty"` // "ocsp", "crl", or the name of a checker
	ThisUpdate *time.Time       `json:"thisUpdate,omitempty"`
	NextUpdate *time.Time       `json:"nextUpdate,omitempty"`
	Detail     string           `json:"detail,omitempty"` // why it is unavailable or unknown
	Evidence   []byte           `json:"-"`                // the OCSP response or CRL in DER
}

// A RevocationChecker knows, or can find out, whether certificates are revoked. The
// verifier has checked that issuer signed the certificate, and asks for a judgement
// at the time. A failure to find out is RevocationUnavailable, not an error.
type RevocationChecker interface {
	CheckRevocation(ctx context.Context, certificate, issuer *Certificate, at time.Time) Revocation
}

// weigh turns an answer into a problem, if it is one, at the time of judgement.
func (r Revocation) weigh(c *Certificate, at time.Time) []problem {
	name := c.label()
	switch r.Status {
	case RevocationGood:
		return nil
	case RevocationRevoked:
		if r.Reason == ReasonRemoveFromCRL {
			return nil
		}
		when := "at an unknown time"
		if r.RevokedAt != nil {
			when = r.RevokedAt.Format(time.RFC3339)
			if r.RevokedAt.After(at) && r.Reason.harmlessLater() {
				return nil
			}
		}
		return []problem{problemf(ReasonRevoked, "%s was revoked %s, %s", name, when, r.Reason)}
	case RevocationUnknown:
		return []problem{problemf(ReasonRevocationUnknown, "the authority does not know %s: %s", name, r.Detail)}
	}
	return []problem{problemf(ReasonRevocationUnavailable, "revocation of %s could not be checked: %s", name, r.Detail)}
}

// checkRevocation asks about every certificate of the chain below the anchor.
func checkRevocation(ctx context.Context, source RevocationChecker, chain []*Certificate, at time.Time) ([]Revocation, []problem) {
	var answers []Revocation
	var out []problem
	for i := 0; i+1 < len(chain); i++ {
		answer := Revocation{Status: RevocationUnavailable, Detail: "no source is configured"}
		if source != nil {
			answer = source.CheckRevocation(ctx, chain[i], chain[i+1], at)
		}
		answer.Serial = chain[i].Serial()
		answers = append(answers, answer)
		out = append(out, answer.weigh(chain[i], at)...)
	}
	return answers, out
}
