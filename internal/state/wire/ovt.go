package wire

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mekenjai"
)

// How the citizen proved who he is, for KDP.
const (
	CheckedBySignature  = "Ds"
	CheckedByBiometrics = "Bio"
)

// OVT is what a company vouches for when it asks KDP to leave out the SMS.
type OVT struct {
	CompanyBIN mekenjai.BIN
	Check      string // CheckedBySignature or CheckedByBiometrics
	At         time.Time
	Until      time.Time
}

// claims are the payload of the JWT.
type claims struct {
	BIN    string `json:"cbin"`
	Check  string `json:"mcheck"`
	Issued int64  `json:"iat"`
	Expire int64  `json:"exp"`
}

// ovtHeader is the only header there is: the algorithm is never taken from the
// token.
const ovtHeader = `{"alg":"RS256","typ":"JWT"}`

// ErrOVT says that a token does not vouch for what it says.
var ErrOVT = errors.New("not a token of omitted SMS")

// NewOVT signs a token with the company's RSA key for authentication.
func NewOVT(key crypto.Signer, o OVT) (string, error) {
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return "", fmt.Errorf("%w: KDP wants an RSA key, and this one is of type %T", ErrOVT, key.Public())
	}
	if o.Check != CheckedBySignature && o.Check != CheckedByBiometrics || !o.Until.After(o.At) || o.CompanyBIN == "" {
		return "", fmt.Errorf("%w: its claims", ErrOVT)
	}
	payload, err := json.Marshal(claims{string(o.CompanyBIN), o.Check, o.At.Unix(), o.Until.Unix()})
	if err != nil {
		return "", err
	}
	signed := encodePart([]byte(ovtHeader)) + "." + encodePart(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("sign a token for KDP: %w", err)
	}
	return signed + "." + encodePart(signature), nil
}

// ReadOVT verifies a token at an instant, as KDP does.
func ReadOVT(token string, key *rsa.PublicKey, at time.Time) (OVT, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > 8<<10 {
		return OVT{}, fmt.Errorf("%w: its form", ErrOVT)
	}
	var decoded [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(p)
		if err != nil {
			return OVT{}, fmt.Errorf("%w: its form", ErrOVT)
		}
		decoded[i] = b
	}
	var header struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
	}
	if json.Unmarshal(decoded[0], &header) != nil || header.Algorithm != "RS256" {
		return OVT{}, fmt.Errorf("%w: its algorithm", ErrOVT)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], decoded[2]) != nil {
		return OVT{}, fmt.Errorf("%w: its signature", ErrOVT)
	}
	var c claims
	if json.Unmarshal(decoded[1], &c) != nil {
		return OVT{}, fmt.Errorf("%w: its claims", ErrOVT)
	}
	bin, err := mekenjai.ParseBIN(c.BIN)
	o := OVT{CompanyBIN: bin, Check: c.Check, At: time.Unix(c.Issued, 0).UTC(), Until: time.Unix(c.Expire, 0).UTC()}
	switch {
	case err != nil || c.Check != CheckedBySignature && c.Check != CheckedByBiometrics:
		return OVT{}, fmt.Errorf("%w: its claims", ErrOVT)
	case at.Before(o.At.Add(-time.Minute)) || !at.Before(o.Until):
		return OVT{}, fmt.Errorf("%w: its time", ErrOVT)
	}
	return o, nil
}

func encodePart(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
