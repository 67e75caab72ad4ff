package pki

import (
	"math/big"
	"strings"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/internal/der"
)

// Certificate and service policies of the national authority.
const (
	policyTSA       = "1.2.398.3.3.2.6"
	policyTokenRSA  = "1.2.398.3.3.2.6.2"
	policyTokenGOST = "1.2.398.3.3.2.6.4"
)

// service issues the key of a time-stamping authority or an OCSP responder under a
// tier. The caller holds the lock.
func (a *Authority) service(name, tierName string) (*eds.Key, error) {
	label := "service\x00" + name + "\x00" + tierName
	if k := a.keys[label]; k != nil {
		return k, nil
	}
	t, err := a.tier(tierName)
	if err != nil {
		return nil, err
	}
	algorithm := eds.GOST2015x512
	if tierName == tierRSA {
		algorithm = eds.RSASHA256
	}
	signer, err := a.privateKey(algorithm, label)
	if err != nil {
		return nil, err
	}
	c := &certificate{
		serial: a.markedSerial(tierName, Valid, label, a.base.String()),
		subject: der.Sequence(rdn("2.5.4.3", der.UTF8(name)), rdn("2.5.4.6", der.Printable("KZ")),
			rdn("2.5.4.10", der.UTF8(eds.TestAuthorityName))),
		key: signer.Public(), issuer: t.issuer, signer: t.signer, keyUsage: []int{bitDigitalSignature},
	}
	c.notBefore, c.notAfter = a.period(Valid)
	if name == nameTSA {
		c.extKeyUsage, c.purposeOnly, c.policy = []string{oidTimeStamping}, true, policyTSA
	} else {
		c.extKeyUsage, c.noCheck = []string{oidOCSPSigning}, true
	}
	made, err := c.make()
	if err != nil {
		return nil, err
	}
	a.issued[made.Serial()] = tierName
	k, err := eds.NewKey(made, signer)
	if err == nil {
		a.keys[label] = k
	}
	return k, err
}

// The common names of the services.
const (
	nameTSA       = "TIME-STAMPING AUTHORITY (MEKENJAI TEST)"
	nameResponder = "OCSP RESPONDER (MEKENJAI TEST)"
)

// Timestamp answers a TimeStampReq at the time. Requests with SHA-256 are answered by
// the RSA service, all others by the GOST one, as the national authority does.
func (a *Authority) Timestamp(request []byte, at time.Time) ([]byte, error) {
	tierName, policy := tierGOST, policyTokenGOST
	if strings.Contains(string(request), string(der.OID("2.16.840.1.101.3.4.2.1"))) {
		tierName, policy = tierRSA, policyTokenRSA
	}
	a.mu.Lock()
	k, err := a.service(nameTSA, tierName)
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return eds.AnswerTimestamp(k, request, at, policy)
}

// OCSP answers a request at the time. As the national responder it gives no
// nextUpdate, repeats the nonce, and calls certificates that were never issued revoked
// since 1970. A silent authority answers tryLater.
func (a *Authority) OCSP(request []byte, at time.Time) ([]byte, error) {
	q, err := eds.ParseOCSPRequest(request)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.respond(q, at)
}

// respond makes the response. The caller holds the lock.
func (a *Authority) respond(q *eds.OCSPQuestion, at time.Time) ([]byte, error) {
	if a.silent {
		return der.Sequence(der.Element(der.TagEnumerated, []byte{3})), nil
	}
	tierName := tierGOST
	for _, id := range q.IDs {
		name, _ := a.recognise(id.Serial)
		if t := a.tiers[tierRSA]; name == tierRSA || t != nil && id.IssuedBy(t.issuer) {
			tierName = tierRSA
		}
	}
	k, err := a.service(nameResponder, tierName)
	if err != nil {
		return nil, err
	}
	now := generalizedTime(at)
	var answers [][]byte
	for _, id := range q.IDs {
		answers = append(answers, der.Sequence(id.Raw, a.ocspStatus(id.Serial), now))
	}
	parts := [][]byte{der.Explicit(1, k.Certificate.X509.RawSubject), now, der.Sequence(answers...)}
	if q.Nonce != nil {
		parts = append(parts, der.Explicit(1, der.Sequence(der.Sequence(der.OID("1.3.6.1.5.5.7.48.1.2"), der.OctetString(q.Nonce)))))
	}
	tbs := der.Sequence(parts...)
	algorithm, signature, err := eds.SignBytes(nil, k.Signer(), tbs)
	if err != nil {
		return nil, err
	}
	basic := der.Sequence(tbs, algorithm, der.BitString(signature), der.Explicit(0, der.Sequence(k.Certificate.Raw())))
	return der.Sequence(der.Element(der.TagEnumerated, []byte{0}),
		der.Explicit(0, der.Sequence(der.OID("1.3.6.1.5.5.7.48.1.1"), der.OctetString(basic)))), nil
}

// ocspStatus encodes a CertStatus. The caller holds the lock.
func (a *Authority) ocspStatus(serial *big.Int) []byte {
	revoked := func(at time.Time, why eds.RevocationReason) []byte {
		return der.Element(0xA1, generalizedTime(at), der.Explicit(0, der.Element(der.TagEnumerated, []byte{byte(why)})))
	}
	key := eds.SerialText(serial)
	if r, ok := a.revoked[key]; ok {
		return revoked(*r.RevokedAt, r.Reason)
	}
	tierName, kind := a.recognise(serial)
	from, _ := a.period(kind)
	switch {
	case tierName == "":
		return revoked(time.Unix(0, 0), eds.ReasonCertificateHold)
	case kind == Revoked:
		return revoked(from.AddDate(0, 0, 1), eds.ReasonKeyCompromise)
	case kind == OnHold:
		return revoked(from.AddDate(0, 0, 1), eds.ReasonCertificateHold)
	}
	return der.Element(0x80)
}

func generalizedTime(t time.Time) []byte {
	return der.Element(der.TagGeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}

// CRL makes the full revocation list of the GOST or the RSA authority, made at the
// time and in force for a day. It names what this process issued and revoked.
func (a *Authority) CRL(algorithm eds.Algorithm, at time.Time) ([]byte, error) {
	return a.list(algorithm, at, time.Time{})
}

// DeltaCRL makes the list of changes since the full list of the base's time. It is in
// force for an hour and may repeat what the full list has.
func (a *Authority) DeltaCRL(algorithm eds.Algorithm, base, at time.Time) ([]byte, error) {
	return a.list(algorithm, at, base)
}

// list makes a full list, or a delta list when base is not zero. Lists are numbered by
// their seconds.
func (a *Authority) list(algorithm eds.Algorithm, at, base time.Time) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := tierGOST
	if algorithm == eds.RSASHA256 {
		name = tierRSA
	}
	t, err := a.tier(name)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for serial, r := range a.revoked {
		if a.issued[serial] != name {
			continue
		}
		n, _ := new(big.Int).SetString(serial, 16)
		reason := der.Sequence(der.OID("2.5.29.21"), der.OctetString(der.Element(der.TagEnumerated, []byte{byte(r.Reason)})))
		entries = append(entries, der.Sequence(der.Integer(n), der.Time(*r.RevokedAt), der.Sequence(reason)))
	}
	algorithmID, err := eds.AlgorithmIdentifier(t.signer.Public())
	if err != nil {
		return nil, err
	}
	until := at.AddDate(0, 0, 1)
	extensions := [][]byte{
		der.Sequence(der.OID("2.5.29.20"), der.OctetString(der.Int(at.Unix()))),
		der.Sequence(der.OID("2.5.29.35"), der.OctetString(der.Sequence(der.Element(0x80, t.issuer.X509.SubjectKeyId)))),
	}
	if !base.IsZero() {
		until = at.Add(time.Hour)
		extensions = append(extensions, der.Sequence(der.OID("2.5.29.27"), der.True(), der.OctetString(der.Int(base.Unix()))))
	}
	parts := [][]byte{der.Int(1), algorithmID, t.issuer.X509.RawSubject, der.Time(at), der.Time(until)}
	if len(entries) > 0 {
		parts = append(parts, der.Sequence(der.Sorted(entries)...))
	}
	parts = append(parts, der.Explicit(0, der.Sequence(extensions...)))
	tbs := der.Sequence(parts...)
	_, signature, err := eds.SignBytes(nil, t.signer, tbs)
	if err != nil {
		return nil, err
	}
	return der.Sequence(tbs, algorithmID, der.BitString(signature)), nil
}
