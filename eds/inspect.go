package eds

import (
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// ErrUnknownFile is returned for what is none of the kinds that Inspect knows.
var ErrUnknownFile = errors.New("eds: not a certificate, revocation list, OCSP response, timestamp or CMS")

// Inspect tells what a file is, its fields, and whether its own signature is that of a
// trusted certificate. It does not judge time, usage or revocation, nor a document.
func Inspect(data []byte, trust *Pool) (*Inspection, error) {
	if c, err := ParseCertificate(data); err == nil {
		facts := describeCertificate(c)
		return &Inspection{Kind: "certificate", Signature: trust.signed(c), Certificate: &facts}, nil
	}
	if c, err := ParseCRL(data); err == nil {
		return inspectCRL(c, trust), nil
	}
	if c, err := ParseCMS(data); err == nil {
		if c.contentType == oidTSTInfo {
			return inspectTimestamp(c, trust)
		}
		return inspectCMS(c, trust), nil
	}
	o, err := ParseOCSP(data)
	if err == nil {
		return inspectOCSP(o, trust), nil
	}
	var failure OCSPFailure
	if errors.As(err, &failure) {
		return &Inspection{Kind: "ocsp", Signature: SignatureUnknown, OCSP: &OCSPFacts{Status: string(failure), Entries: []OCSPEntry{}}}, nil
	}
	return inspectTimestampResponse(data, trust)
}

// signed reports whether a trusted certificate signed this one; a trusted one need not
// be signed by anybody.
func (p *Pool) signed(c *Certificate) SignatureState {
	state := SignatureUnknown
	candidates := p.named(c.issuerKey)
	if c.SelfIssued() {
		candidates = append([]*Certificate{c}, candidates...)
	}
	for _, i := range candidates {
		if !i.mayHaveIssued(c) {
			continue
		}
		if c.verifySignature(i) != nil {
			if state == SignatureUnknown {
				state = SignatureInvalid
			}
			continue
		}
		if p.contains(i) {
			return SignatureValid
		}
		state = SignatureUnknown // true, but its own word only
	}
	return state
}

func describeCertificate(c *Certificate) CertificateFacts {
	f := CertificateFacts{Subject: c.Subject, Name: c.SubjectName(), Issuer: c.IssuerName(), Serial: c.Serial(),
		NotBefore: c.X509.NotBefore, NotAfter: c.X509.NotAfter, Authority: c.X509.IsCA,
		Usage: append([]Usage{}, c.Usage...), Roles: append([]Role{}, c.Roles...), Test: IsTestAuthority(c),
		Algorithm: algorithmName(c.signatureOID), KeyID: c.KeyID(), AuthorityKeyID: hex.EncodeToString(c.X509.AuthorityKeyId),
		ExtKeyUsage: append([]string{}, c.extKeyUsage...), Policies: []string{}}
	if p := profileOf(c.PublicKey); p != nil {
		f.Key = string(p.algorithm)
	} else if k, ok := c.PublicKey.(*rsa.PublicKey); ok {
		f.Key = fmt.Sprintf("rsa-%d", k.N.BitLen())
	}
	for _, p := range c.X509.Policies {
		f.Policies = append(f.Policies, p.String())
	}
	return f
}

// algorithmName is a signature algorithm's name, or its object identifier.
func algorithmName(oid string) string {
	for _, p := range gostProfiles {
		if oid == p.signature || oid == p.key {
			return string(p.algorithm)
		}
	}
	if name := rsaAlgorithms[rsaSignatures[oid]]; name != "" {
		return string(name)
	}
	return oid
}

func inspectCRL(c *CRL, trust *Pool) *Inspection {
	facts := &CRLFacts{Issuer: c.Issuer, Number: c.Number, Base: c.Base, ThisUpdate: c.ThisUpdate, Entries: c.Len(),
		Algorithm: algorithmName(c.signed.signatureOID)}
	if !c.NextUpdate.IsZero() {
		facts.NextUpdate = &c.NextUpdate
	}
	state := anyVerifies(trust.named(c.issuerKey), c.issuedBy, c.VerifySignature)
	return &Inspection{Kind: "crl", Signature: state, CRL: facts}
}

func inspectOCSP(o *OCSPResponse, trust *Pool) *Inspection {
	facts := &OCSPFacts{Status: "successful", ProducedAt: &o.ProducedAt, Nonce: o.Nonce != nil, Entries: append([]OCSPEntry{}, o.Entries...),
		Algorithm: algorithmName(o.signed.signatureOID)}
	if i := slices.IndexFunc(o.Certificates, o.isResponder); i >= 0 {
		facts.Responder = o.Certificates[i].SubjectName()
	}
	of := func(issuer *Certificate) bool { return len(o.Entries) > 0 && o.Entries[0].ID.IssuedBy(issuer) }
	// The issuer may be below an anchor and come with the response.
	issuers, tries := trust.Certificates(), newTries(new(signatureCache))
	for _, c := range o.Certificates {
		b := &pathBuilder{pool: trust, extra: o.Certificates, tries: tries, at: o.ProducedAt}
		if of(c) && len(b.build(c).chain) > 0 {
			issuers = append(issuers, c)
		}
	}
	state := anyVerifies(issuers, of, o.Verify)
	return &Inspection{Kind: "ocsp", Signature: state, OCSP: facts}
}

// anyVerifies tries the candidates that fit.
func anyVerifies(candidates []*Certificate, fits func(*Certificate) bool, verify func(*Certificate) error) SignatureState {
	state := SignatureUnknown
	for _, c := range candidates {
		if !fits(c) {
			continue
		}
		if verify(c) == nil {
			return SignatureValid
		}
		state = SignatureInvalid
	}
	return state
}

// inspectTimestampResponse describes a whole TimeStampResp, with or without a token.
func inspectTimestampResponse(data []byte, trust *Pool) (*Inspection, error) {
	token, err := timestampToken(data)
	var refusal timestampRefusal
	if errors.As(err, &refusal) {
		return &Inspection{Kind: "timestamp", Signature: SignatureUnknown, Timestamp: &TimestampFacts{Refusal: string(refusal)}}, nil
	}
	if err != nil {
		return nil, ErrUnknownFile
	}
	c, err := ParseCMS(token)
	if err != nil {
		return nil, err
	}
	return inspectTimestamp(c, trust)
}

func inspectTimestamp(c *CMS, trust *Pool) (*Inspection, error) {
	info, err := c.timestampInfo()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	s := inspectSigner(c, c.signers[0], trust, newTries(new(signatureCache)))
	facts := &TimestampFacts{Time: &info.time, Policy: info.policy, Serial: SerialText(info.serial),
		Digest: digestName(info.digest), Imprint: hex.EncodeToString(info.imprint), Algorithm: s.Algorithm}
	if found := c.signers[0].find(c.Certificates); len(found) > 0 {
		facts.Authority = found[0].SubjectName()
	}
	return &Inspection{Kind: "timestamp", Signature: s.Signature, Timestamp: facts}, nil
}

func inspectCMS(c *CMS, trust *Pool) *Inspection {
	facts := &CMSFacts{Detached: c.Detached(), Signers: []SignerFacts{}, Certificates: []CertificateFacts{}}
	for _, cert := range c.Certificates {
		facts.Certificates = append(facts.Certificates, describeCertificate(cert))
	}
	state, tries := SignatureValid, newTries(new(signatureCache))
	for _, s := range c.signers {
		f := inspectSigner(c, s, trust, tries)
		facts.Signers = append(facts.Signers, f)
		if f.Signature == SignatureInvalid || state == SignatureValid {
			state = f.Signature
		}
	}
	if len(c.signers) == 0 {
		state = SignatureUnknown
	}
	return &Inspection{Kind: "cms", Signature: state, CMS: facts}
}

// inspectSigner checks a signature over its attributes; a detached content is not at
// hand and its digest is not compared.
func inspectSigner(c *CMS, s *signerInfo, trust *Pool, tries *tries) SignerFacts {
	proof := checkIntegrity(c, s, c.Content)
	f := SignerFacts{Signature: SignatureUnknown, Algorithm: proof.algorithm, SigningTime: proof.signingTime}
	for _, a := range s.unsigned {
		if a.oid == oidSignatureTimestamp {
			f.Timestamps += len(a.values)
		}
	}
	for _, p := range proof.problems {
		if c.Detached() && p.reason == ReasonDigest {
			continue
		}
		f.Signature = SignatureInvalid
	}
	if proof.certificate == nil {
		return f
	}
	f.Subject = &proof.certificate.Subject
	b := &pathBuilder{pool: trust, extra: c.Certificates, tries: tries, at: proof.certificate.X509.NotBefore}
	if f.Signature == SignatureUnknown && len(b.build(proof.certificate).chain) > 0 {
		f.Signature = SignatureValid
	}
	return f
}
