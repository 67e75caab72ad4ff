package eds

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Status is the answer of a verification.
type Status string

// The three answers.
const (
	StatusValid         Status = "valid"         // everything asked for is proved
	StatusInvalid       Status = "invalid"       // something is wrong and stays wrong
	StatusIndeterminate Status = "indeterminate" // nothing is wrong, something is unknown
)

// A Reason says, for machines, why an answer is not valid.
type Reason string

// The reasons. Those that end in an unknown make the answer indeterminate, all others
// make it invalid.
const (
	ReasonMalformed             Reason = "malformed"              // not a well-formed CMS of the profile
	ReasonNoSigners             Reason = "no_signers"             // a container without signatures
	ReasonContentMismatch       Reason = "content_mismatch"       // the attached content is not the document
	ReasonNoCertificate         Reason = "no_certificate"         // the signer's certificate is not inside
	ReasonSignedAttributes      Reason = "signed_attributes"      // absent, repeated or contradictory
	ReasonDigest                Reason = "digest"                 // the content was changed
	ReasonSignature             Reason = "signature"              // the attributes were changed, or another key signed
	ReasonSigningCertificate    Reason = "signing_certificate"    // signed for another certificate
	ReasonAlgorithm             Reason = "algorithm"              // unknown, not fitting the key, or too weak
	ReasonUntrusted             Reason = "untrusted"              // no chain to an anchor
	ReasonExpired               Reason = "expired"                // a certificate of the chain
	ReasonNotYetValid           Reason = "not_yet_valid"          // a certificate of the chain
	ReasonConstraints           Reason = "constraints"            // an issuer that may not issue
	ReasonCriticalExtension     Reason = "critical_extension"     // one that is not understood
	ReasonUsage                 Reason = "usage"                  // the key is not for this
	ReasonRevoked               Reason = "revoked"                // before the time of judgement, or for a grave reason
	ReasonTimestamp             Reason = "timestamp"              // a timestamp that is not this signature's, or forged
	ReasonRevocationUnknown     Reason = "revocation_unknown"     // the authority does not know the certificate
	ReasonRevocationUnavailable Reason = "revocation_unavailable" // nobody could be asked
)

// status is the answer that one reason leads to.
func (r Reason) status() Status {
	if r == ReasonRevocationUnavailable || r == ReasonRevocationUnknown {
		return StatusIndeterminate
	}
	return StatusInvalid
}

// worse returns the graver of two answers.
func worse(a, b Status) Status {
	rank := []Status{StatusValid, StatusIndeterminate, StatusInvalid}
	return rank[max(slices.Index(rank, a), slices.Index(rank, b))]
}

// problem is a reason with a sentence for the log.
type problem struct {
	reason Reason
	detail string
}

// maxDetail bounds a sentence for the log: it may quote what a stranger wrote.
const maxDetail = 400

func problemf(reason Reason, format string, args ...any) problem {
	detail := fmt.Sprintf(format, args...)
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	return problem{reason, detail}
}

// A Verdict is an answer with everything that was found; its status is the worst that
// the findings lead to.
type Verdict struct {
	Status  Status   `json:"status"`
	Reasons []Reason `json:"reasons"`
	Details []string `json:"details,omitempty"` // a sentence for each finding, for logs, in English
}

func newVerdict() Verdict { return Verdict{Status: StatusValid, Reasons: []Reason{}} }

func (v *Verdict) add(problems ...problem) {
	for _, p := range problems {
		v.Status = worse(v.Status, p.reason.status())
		if !slices.Contains(v.Reasons, p.reason) {
			v.Reasons = append(v.Reasons, p.reason)
		}
		v.Details = append(v.Details, p.detail)
	}
}

// Has reports whether the reason is among the findings.
func (v *Verdict) Has(r Reason) bool { return slices.Contains(v.Reasons, r) }

// Valid reports whether everything asked for was proved.
func (v *Verdict) Valid() bool { return v.Status == StatusValid }

// A Report is the answer about one container: the worst of its signers' and its own.
type Report struct {
	Verdict
	Detached bool     `json:"detached"`
	Content  []byte   `json:"-"` // what was signed, attached or given
	Signers  []Signer `json:"signers"`
}

// A Signer is the answer about one signature in a container.
type Signer struct {
	Verdict
	Algorithm   Algorithm  `json:"algorithm"`
	SigningTime *time.Time `json:"signingTime"` // what the signer's computer claimed; nil when absent
	JudgedAt    time.Time  `json:"judgedAt"`    // the timestamp's time, else the caller's
	Timestamp   *Timestamp `json:"timestamp"`   // the first that proves a time; else the first; nil when absent
	Usage       []Usage    `json:"usage"`
	Roles       []Role     `json:"roles"`
	Subject     Subject    `json:"subject"`
	Serial      string     `json:"serial"`
	Issuer      string     `json:"issuer"`
	NotBefore   time.Time  `json:"notBefore"`
	NotAfter    time.Time  `json:"notAfter"`

	Certificate *Certificate   `json:"-"` // nil with ReasonNoCertificate
	Chain       []*Certificate `json:"-"` // from the signer to the anchor; empty when untrusted
	Revocation  []Revocation   `json:"revocation,omitempty"`
}

// describe copies what the certificate says into the fields for JSON.
func (s *Signer) describe(c *Certificate) {
	s.Certificate, s.Subject = c, c.Subject
	s.Usage, s.Roles = append([]Usage{}, c.Usage...), append([]Role{}, c.Roles...)
	s.Serial, s.Issuer = c.Serial(), c.IssuerName()
	s.NotBefore, s.NotAfter = c.X509.NotBefore, c.X509.NotAfter
}
