package eds

import (
	"bytes"
	"context"
	"crypto/rand"
	"math/big"
	"strings"
	"testing"
	"time"

	"mekenjai/eds/internal/der"
)

func TestGenuineResponsesAreSignedAndReadable(t *testing.T) {
	for name, want := range map[string]struct {
		issuer string
		status RevocationStatus
		never  bool
	}{
		"ocsp-test/ocsp_response_individual_sign_2004.bin": {"ca-test/nca_rsa_test.crt", RevocationGood, false},
		"ocsp-test/ocsp_response_individual_2015.bin":      {"ca-test/nca_gost2022_test.cer", RevocationRevoked, true},
	} {
		raw := genuineFile(t, name)
		r, err := ParseOCSP(raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		issuer := genuineCertificate(t, want.issuer)
		if err := r.Verify(issuer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.Verify(genuineCertificate(t, "ca-test/nca_gost_test.crt")); err == nil {
			t.Errorf("%s: another authority's response", name)
		}
		if e := r.Entries[0]; len(r.Entries) != 1 || e.Status != want.status || e.NeverIssued != want.never || !e.ID.IssuedBy(issuer) || r.Nonce == nil {
			t.Errorf("%s: %+v", name, e)
		}
		survivors := 0
		for i := 0; i < len(raw); i += 7 {
			b := bytes.Clone(raw)
			b[i] ^= 0x10
			if m, err := ParseOCSP(b); err == nil && m.Verify(issuer) == nil {
				survivors++
				t.Logf("%s: byte %d", name, i)
			}
		}
		if survivors > 0 {
			t.Errorf("%s: %d changed responses verify", name, survivors)
		}
	}
}

// responseSpec lays out a response of a test about one certificate.
type responseSpec struct {
	status     []byte
	this, next time.Time // next may be zero
	produced   time.Time
	serial     *big.Int // overrides
	name       []byte   // overrides the hash of the issuer's name
}

func good() []byte { return []byte{0x80, 0} }

func (s responseSpec) sign(t testing.TB, c, issuer *Certificate, by *Key) *OCSPResponse {
	t.Helper()
	if s.serial == nil {
		s.serial = c.X509.SerialNumber
	}
	if s.name == nil {
		s.name = digestSHA256.sum(issuer.X509.RawSubject)
	}
	general := func(at time.Time) []byte {
		return der.Element(der.TagGeneralizedTime, []byte(at.Format("20060102150405Z")))
	}
	if s.produced.IsZero() {
		s.produced = s.this
	}
	single := [][]byte{der.Sequence(writeAlgorithm(oidSHA256), der.OctetString(s.name),
		der.OctetString(digestSHA256.sum(issuer.keyBits())), der.Integer(s.serial)), s.status, general(s.this)}
	if !s.next.IsZero() {
		single = append(single, der.Explicit(0, general(s.next)))
	}
	tbs := der.Sequence(der.Explicit(1, by.Certificate.X509.RawSubject), general(s.produced), der.Sequence(der.Sequence(single...)))
	algorithm, signature, err := SignBytes(rand.Reader, by.signer, tbs)
	if err != nil {
		t.Fatal(err)
	}
	basic := der.Sequence(tbs, algorithm, der.BitString(signature), der.Explicit(0, der.Sequence(by.Certificate.Raw())))
	r, err := ParseOCSP(der.Sequence(der.Element(der.TagEnumerated, []byte{0}),
		der.Explicit(0, der.Sequence(der.OID(oidOCSPBasic), der.OctetString(basic)))))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResponsesDecideAsTheStandardSays(t *testing.T) {
	anchor, other := issue(t, root("root")), issue(t, root("root"))
	key := issue(t, person(anchor))
	responder := issue(t, spec{name: "OCSP", issuer: anchor, keyUsage: 0x80, purposes: []string{oidOCSPSigning}, pathLen: -1})
	impostor := issue(t, spec{name: "OCSP", issuer: other, keyUsage: 0x80, purposes: []string{oidOCSPSigning}, pathLen: -1})
	noPurpose := issue(t, spec{name: "OCSP", issuer: anchor, keyUsage: 0x80, pathLen: -1})
	june := date(2026, 6, 1)
	revoked := der.Element(0xA1, der.Element(der.TagGeneralizedTime, []byte("20260301000000Z")), der.Explicit(0, der.Element(der.TagEnumerated, []byte{1})))
	fresh := responseSpec{status: good(), this: june}
	for _, c := range []struct {
		name string
		spec responseSpec
		by   *Key
		at   time.Time
		want RevocationStatus
	}{
		{"good, by a responder", fresh, responder, june, RevocationGood},
		{"good, by the authority itself", fresh, anchor, june, RevocationGood},
		{"revoked", responseSpec{status: revoked, this: june}, responder, june, RevocationRevoked},
		{"revoked, long ago", responseSpec{status: revoked, this: june}, responder, date(2026, 9, 1), RevocationRevoked},
		{"unknown", responseSpec{status: []byte{0x82, 0}, this: june}, responder, june, RevocationUnknown},
		{"an hour old without an end", fresh, responder, june.Add(time.Hour), RevocationUnavailable},
		{"an hour old, good for a day", responseSpec{status: good(), this: june, next: june.AddDate(0, 0, 1)}, responder, june.Add(time.Hour), RevocationGood},
		{"later than the time", fresh, responder, date(2026, 3, 1), RevocationGood},
		{"another serial number", responseSpec{status: good(), this: june, serial: big.NewInt(77)}, responder, june, RevocationUnavailable},
		{"another issuer", responseSpec{status: good(), this: june, name: make([]byte, 32)}, responder, june, RevocationUnavailable},
		{"by a stranger's responder", fresh, impostor, june, RevocationUnavailable},
		{"by somebody who is no responder", fresh, noPurpose, june, RevocationUnavailable},
		{"by a person", fresh, key, june, RevocationUnavailable},
		{"by an expired responder", responseSpec{status: good(), this: june, produced: date(2030, 1, 1)}, responder, june, RevocationUnavailable},
	} {
		rs := OCSPResponses{c.spec.sign(t, key.Certificate, anchor.Certificate, c.by)}
		if got := rs.CheckRevocation(context.Background(), key.Certificate, anchor.Certificate, c.at); got.Status != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestResponderThatFailedIsNoAnswer(t *testing.T) {
	_, err := ParseOCSP(der.Sequence(der.Element(der.TagEnumerated, []byte{3})))
	if err == nil || !strings.Contains(err.Error(), "tryLater") {
		t.Errorf("%v", err)
	}
}

// A list may stand in for a silent responder, but never against a revocation.
func TestSeveralSourcesAreJoinedFailClosed(t *testing.T) {
	answer := func(s RevocationStatus) RevocationChecker { return fixedAnswer(s) }
	for _, c := range []struct {
		sources Checkers
		want    RevocationStatus
	}{
		{nil, RevocationUnavailable},
		{Checkers{answer(RevocationUnavailable), answer(RevocationGood)}, RevocationGood},
		{Checkers{answer(RevocationGood), answer(RevocationRevoked)}, RevocationRevoked},
		{Checkers{answer(RevocationUnknown), answer(RevocationGood)}, RevocationUnknown},
		{Checkers{answer(RevocationUnavailable), answer(RevocationUnavailable)}, RevocationUnavailable},
	} {
		if got := c.sources.CheckRevocation(context.Background(), nil, nil, time.Time{}); got.Status != c.want {
			t.Errorf("%v: %s", c.sources, got.Status)
		}
	}
}

type fixedAnswer RevocationStatus

func (a fixedAnswer) CheckRevocation(context.Context, *Certificate, *Certificate, time.Time) Revocation {
	return Revocation{Status: RevocationStatus(a)}
}
