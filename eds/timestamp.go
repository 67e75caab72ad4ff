package eds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"mekenjai/eds/internal/der"
)

// maxTimestamps bounds the tokens that one signature may carry.
const maxTimestamps = 8

// A Timestamp is a token of RFC 3161 over a signature, and what it is worth: valid
// when it is this signature's and its authority is trusted, indeterminate when the
// authority's revocation could not be checked, invalid when it proves nothing.
type Timestamp struct {
	Verdict
	Time        time.Time      `json:"time"`
	Policy      string         `json:"policy"` // object identifier of the authority's policy
	Serial      string         `json:"serial"` // of the token
	Algorithm   Algorithm      `json:"algorithm"`
	Authority   string         `json:"authority"` // subject of its certificate
	Token       []byte         `json:"-"`         // in DER
	Certificate *Certificate   `json:"-"`
	Chain       []*Certificate `json:"-"`
	Revocation  []Revocation   `json:"revocation,omitempty"`
}

// tstInfo is the TSTInfo of RFC 3161, section 2.4.2.
type tstInfo struct {
	policy  string
	digest  string
	imprint []byte
	serial  *big.Int
	time    time.Time
	nonce   *big.Int // nil when absent
}

// timestamps judges all tokens of a signature. It returns the earliest that proves a
// time, else the best of what there is, and the problems of tokens that are not this
// signature's at all: they are damage or forgery and count against the signature,
// while one from a stranger is only worth nothing.
func (v *Verifier) timestamps(ctx context.Context, s *signerInfo, e evidence) (*Timestamp, []problem) {
	var best *Timestamp
	var broken []problem
	count := 0
	for _, a := range s.unsigned {
		if _, known := unsignedAttributes[a.oid]; !known {
			broken = append(broken, problemf(ReasonMalformed, "unknown unsigned attribute %s", a.oid))
		}
		if a.oid != oidSignatureTimestamp {
			continue
		}
		for _, value := range a.values {
			if count++; count > maxTimestamps {
				return best, append(broken, problemf(ReasonTimestamp, "more than %d timestamps", maxTimestamps))
			}
			t, err := v.timestamp(ctx, value.Full, s.value, e)
			if err != nil {
				broken = append(broken, problemf(ReasonTimestamp, "timestamp: %v", err))
				continue
			}
			if best == nil || t.betterThan(best) {
				best = t
			}
		}
	}
	return best, broken
}

func (t *Timestamp) betterThan(o *Timestamp) bool {
	if t.Status != o.Status {
		return worse(t.Status, o.Status) == o.Status
	}
	return t.Time.Before(o.Time)
}

// timestamp judges one token over the data. The error says that it is not a
// well-formed token over these data with a true signature.
func (v *Verifier) timestamp(ctx context.Context, token, data []byte, e evidence) (*Timestamp, error) {
	c, info, err := parseToken(token)
	if err != nil {
		return nil, err
	}
	digest, weak := findDigest(info.digest)
	if weak != nil && info.digest != oidSHA1 {
		return nil, weak
	} else if weak != nil {
		digest = digestSHA1
	}
	if !bytes.Equal(digest.sum(data), info.imprint) {
		return nil, errors.New("it is over another signature")
	}
	pool := v.TSAAnchors
	if pool == nil {
		pool = v.Anchors
	}
	// Who did not ask for the authority's certificate has it elsewhere (RFC 3161,
	// section 2.4.1, certReq).
	proof := checkIntegrity(c, c.signers[0], c.Content, slices.Concat(e.extra, pool.Certificates())...)
	if len(proof.problems) > 0 {
		return nil, errors.New(proof.problems[0].detail)
	}
	if !hasSigned(c.signers[0], oidSigningCertificate) && !hasSigned(c.signers[0], oidSigningCertificateV2) {
		return nil, errors.New("no signingCertificate") // RFC 3161, section 2.4.1
	}
	cert := proof.certificate
	t := &Timestamp{Verdict: newVerdict(), Time: info.time, Policy: info.policy, Serial: SerialText(info.serial),
		Algorithm: proof.algorithm, Authority: cert.SubjectName(), Token: token, Certificate: cert}
	e.extra, e.sources = slices.Concat(c.Certificates, e.extra), c.kept.sources(e.sources)
	if e.sources != nil && cert.isTSA() {
		e.sources = services{&v.services, e.sources}
	}
	trust := v.trust(ctx, pool, cert, e, info.time)
	t.merge("", trust.Verdict)
	t.Chain, t.Revocation = trust.chain, trust.revocation
	if weak != nil {
		// Of 2022 and before, there are genuine ones: no forgeries, but no proof either,
		// as the same token may be made to fit two signatures.
		t.add(problemf(ReasonAlgorithm, "%v", weak))
	}
	if !cert.isTSA() {
		t.add(problemf(ReasonUsage, "%s is not a time-stamping authority", cert.label()))
	}
	b := &pathBuilder{pool: pool, extra: c.Certificates, tries: e.tries}
	used := map[*Certificate]bool{cert: true}
	for _, link := range t.Chain {
		used[link] = true
	}
	if strays := b.strays(used); len(strays) > 0 {
		return nil, errors.New(strays[0].detail)
	}
	return t, nil
}

func hasSigned(s *signerInfo, oid string) bool {
	for _, a := range s.signed {
		if a.oid == oid {
			return true
		}
	}
	return false
}

// parseToken reads a TimeStampToken: a SignedData with one signer over a TSTInfo.
func parseToken(token []byte) (*CMS, *tstInfo, error) {
	c, err := parseContentInfo(token)
	if err != nil {
		return nil, nil, err
	}
	info, err := c.timestampInfo()
	return c, info, err
}

// timestampInfo reads what a token's container has inside.
func (c *CMS) timestampInfo() (*tstInfo, error) {
	if c.contentType != oidTSTInfo || c.Detached() || len(c.signers) != 1 {
		return nil, fmt.Errorf("content of type %s with %d signers", c.contentType, len(c.signers))
	}
	if len(c.signers[0].unsigned) > 0 {
		return nil, errors.New("unsigned attributes in a token")
	}
	return parseTSTInfo(c.Content)
}

// uncritical reads the Extensions of a TSTInfo, an implicitly tagged SEQUENCE OF. None
// is known, so none may be critical.
func uncritical(body []byte) error {
	list, err := readExtensions(der.Sequence(body))
	for _, x := range list {
		if x.critical {
			return fmt.Errorf("critical extension %s", x.oid)
		}
	}
	return err
}

func parseTSTInfo(b []byte) (*tstInfo, error) {
	outer := der.Read(b)
	r := outer.Enter(der.TagSequence)
	if version := r.Int(); version != 1 {
		r.Fail("TSTInfo version %d", version)
	}
	info := &tstInfo{policy: r.OID()}
	imprint := r.Enter(der.TagSequence)
	info.digest = readAlgorithm(imprint).oid
	info.imprint = imprint.OctetString()
	info.serial = r.Integer()
	info.time = r.Time()
	r.Optional(der.TagSequence) // accuracy
	r.Optional(der.TagBoolean)  // ordering
	if r.Peek() == der.TagInteger {
		info.nonce = r.Integer()
	}
	r.Optional(0xA0) // tsa: a name that the certificate tells better
	if v, ok := r.Optional(0xA1); ok {
		if err := uncritical(v.Body); err != nil {
			return nil, fmt.Errorf("TSTInfo: %w", err)
		}
	}
	if err := der.First(imprint.Done(), r.Done(), outer.Done()); err != nil {
		return nil, fmt.Errorf("TSTInfo: %w", err)
	}
	return info, nil
}
