package eds

import (
	"math/big"
	"time"
)

// A SignatureState says whether a file's own signature is that of somebody trusted.
type SignatureState string

// The states: unknown means that the signer is not among the trusted.
const (
	SignatureValid   SignatureState = "valid"
	SignatureInvalid SignatureState = "invalid"
	SignatureUnknown SignatureState = "unknown"
)

// An Inspection describes a file: Kind says which of the parts is there.
type Inspection struct {
	Kind        string            `json:"kind"` // certificate, crl, ocsp, timestamp, cms
	Signature   SignatureState    `json:"signature"`
	Certificate *CertificateFacts `json:"certificate,omitempty"`
	CRL         *CRLFacts         `json:"crl,omitempty"`
	OCSP        *OCSPFacts        `json:"ocsp,omitempty"`
	Timestamp   *TimestampFacts   `json:"timestamp,omitempty"`
	CMS         *CMSFacts         `json:"cms,omitempty"`
}

// CertificateFacts are the fields of a certificate.
type CertificateFacts struct {
	Subject   Subject   `json:"subject"`
	Name      string    `json:"name"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Authority bool      `json:"authority"`
	Usage     []Usage   `json:"usage"`
	Roles     []Role    `json:"roles"`
	Test      bool      `json:"test"` // of a test authority

	Key            string   `json:"key"`       // gost2015-512, rsa-2048…, empty when unknown
	Algorithm      string   `json:"algorithm"` // of the issuer's signature: a name, else an object identifier
	KeyID          string   `json:"keyId"`     // in hexadecimal
	AuthorityKeyID string   `json:"authorityKeyId"`
	ExtKeyUsage    []string `json:"extendedKeyUsage"` // object identifiers, of which Roles and Usage come
	Policies       []string `json:"policies"`
}

// CRLFacts are the fields of a revocation list.
type CRLFacts struct {
	Issuer     string     `json:"issuer"`
	Number     *big.Int   `json:"number,omitempty"`
	Base       *big.Int   `json:"base,omitempty"` // of a delta list
	ThisUpdate time.Time  `json:"thisUpdate"`
	NextUpdate *time.Time `json:"nextUpdate,omitempty"`
	Entries    int        `json:"entries"`
	Algorithm  string     `json:"algorithm"`
}

// OCSPFacts are the fields of an OCSP response.
type OCSPFacts struct {
	Status     string      `json:"status"` // successful, or why the responder could not answer
	ProducedAt *time.Time  `json:"producedAt,omitempty"`
	Nonce      bool        `json:"nonce"`
	Algorithm  string      `json:"algorithm,omitempty"`
	Responder  string      `json:"responder,omitempty"` // subject of its certificate, when that is inside
	Entries    []OCSPEntry `json:"entries"`
}

// TimestampFacts are the fields of a timestamp token. Of an authority's response that
// has no token there is only the refusal.
type TimestampFacts struct {
	Refusal   string     `json:"refusal,omitempty"`
	Time      *time.Time `json:"time,omitempty"`
	Policy    string     `json:"policy,omitempty"`
	Serial    string     `json:"serial,omitempty"`
	Digest    string     `json:"digest,omitempty"`  // name of the hash function
	Imprint   string     `json:"imprint,omitempty"` // in hexadecimal
	Algorithm Algorithm  `json:"algorithm,omitempty"`
	Authority string     `json:"authority,omitempty"`
}

// CMSFacts are the fields of a signature container.
type CMSFacts struct {
	Detached     bool               `json:"detached"`
	Signers      []SignerFacts      `json:"signers"`
	Certificates []CertificateFacts `json:"certificates"`
}

// SignerFacts are the fields of one signature.
type SignerFacts struct {
	Signature   SignatureState `json:"signature"`
	Algorithm   Algorithm      `json:"algorithm"`
	SigningTime *time.Time     `json:"signingTime"`
	Subject     *Subject       `json:"subject,omitempty"`
	Timestamps  int            `json:"timestamps"`
}
