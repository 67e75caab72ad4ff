package eds

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"testing"
	"time"

	"mekenjai/eds/internal/der"
)

// tsaSpec is a good time-stamping authority.
func tsaSpec(issuer *Key) spec {
	return spec{name: "TSA", issuer: issuer, keyUsage: 0x80, purposes: []string{oidTimeStamping}, critical: oidExtKeyUsage, pathLen: -1}
}

// stamp makes a token over data; a nil nonce is left out.
func stamp(t testing.TB, k *Key, data []byte, at time.Time, nonce *big.Int) []byte {
	t.Helper()
	info := [][]byte{der.Int(1), der.OID("1.2.398.3.3.2.6.4"), der.Sequence(writeAlgorithm(oidStreebog512), der.OctetString(digestStreebog512.sum(data))),
		der.Int(1), der.Element(der.TagGeneralizedTime, []byte(at.Format("20060102150405Z")))}
	if nonce != nil {
		info = append(info, der.Integer(nonce))
	}
	content := der.Sequence(info...)
	c := &CMS{contentType: oidTSTInfo, encapsulated: der.Sequence(der.OID(oidTSTInfo), der.Explicit(0, der.OctetString(content)))}
	if err := c.addSigner(k, content, at); err != nil {
		t.Fatal(err)
	}
	return c.encode()
}

func response(status int64, token []byte) []byte {
	return der.Sequence(append([][]byte{der.Sequence(der.Int(status))}, token)...)
}

func TestGenuineTokenIsReadOutOfItsResponse(t *testing.T) {
	token, err := timestampToken(genuineFile(t, "tsp-test/tsp_response.bin"))
	if err != nil || !bytes.Equal(token, genuineFile(t, "tsp-test/tsp_token.bin")) {
		t.Fatalf("%v", err)
	}
	c, info, err := parseToken(token)
	if err != nil || !info.time.Equal(time.Date(2022, 9, 18, 13, 20, 14, 0, time.UTC)) || info.policy != "1.2.398.3.3.2.6.1" || info.digest != oidSHA1 {
		t.Fatalf("%v %+v", err, info)
	}
	proof := checkIntegrity(c, c.signers[0], c.Content)
	if len(proof.problems) > 0 || proof.algorithm != GOST2004 || !proof.certificate.isTSA() {
		t.Errorf("%+v", proof)
	}
	issuer := genuineCertificate(t, "ca-test/nca_gost_test.crt")
	if err := proof.certificate.verifySignature(issuer); err != nil {
		t.Error(err)
	}
	// Its imprint is SHA-1, which proves nothing any more.
	if _, err := genuineVerifier(t).VerifyTimestamp(context.Background(), token, nil); !errors.Is(err, ErrTimestamp) {
		t.Errorf("a SHA-1 imprint: %v", err)
	}
}

func TestRequestTakesOnlyItsOwnAnswer(t *testing.T) {
	tsa := issue(t, tsaSpec(issue(t, root("root"))))
	data := []byte("signature")
	r, err := NewTimestampRequest(data, DigestStreebog512)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Token(response(0, stamp(t, tsa, data, date(2026, 6, 1), r.nonce))); err != nil {
		t.Error(err)
	}
	for name, in := range map[string][]byte{
		"refused":          response(2, nil),
		"over other bytes": response(0, stamp(t, tsa, []byte("x"), date(2026, 6, 1), r.nonce)),
		"without a nonce":  response(0, stamp(t, tsa, data, date(2026, 6, 1), nil)),
		"another nonce":    response(0, stamp(t, tsa, data, date(2026, 6, 1), big.NewInt(5))),
		"no token":         response(0, nil),
		"nothing":          nil,
	} {
		if _, err := r.Token(in); !errors.Is(err, ErrTimestamp) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTimestampProvesWhenTheSignatureWasMade(t *testing.T) {
	anchor := issue(t, root("root"))
	s := person(anchor)
	s.from, s.to = date(2025, 1, 1), date(2026, 1, 1)
	key := issue(t, s)
	expiredTSA := tsaSpec(anchor)
	expiredTSA.from, expiredTSA.to = date(2020, 1, 1), date(2021, 1, 1)
	loose := tsaSpec(anchor)
	loose.critical = ""
	wide := tsaSpec(anchor)
	wide.from, wide.to = date(2025, 1, 1), date(2027, 1, 1)
	cms, err := SignCMS(key, []byte("x"), SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		tsa    spec
		at     time.Time
		status Status
	}{
		{"while the certificate was valid", wide, date(2025, 6, 1), StatusValid},
		{"after it expired", wide, date(2026, 6, 1), StatusInvalid},
		{"by an authority not valid then", expiredTSA, date(2025, 6, 1), StatusInvalid},
		{"by one whose purpose is not critical", loose, date(2026, 2, 1), StatusInvalid},
		{"by a stranger", tsaSpec(issue(t, root("stranger"))), date(2025, 6, 1), StatusInvalid},
		{"by a person", person(anchor), date(2025, 6, 1), StatusInvalid},
	} {
		parsed, _ := ParseCMS(cms)
		token := stamp(t, issue(t, c.tsa), parsed.Signatures()[0], c.at, nil)
		stamped, err := AddTimestamp(cms, 0, token)
		if err != nil {
			t.Fatal(err)
		}
		v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
		report, err := v.VerifyCMS(context.Background(), stamped, nil, Options{At: date(2026, 12, 1)})
		if err != nil || report.Status != c.status || report.Signers[0].Timestamp == nil {
			t.Errorf("%s: %v %s %v", c.name, err, report.Status, report.Details)
		}
	}
}

// When the time-stamping authority's revocation cannot be checked, its word saves a
// signature only as far as maybe.
func TestUncheckedTimestampLeavesTheAnswerOpen(t *testing.T) {
	anchor := issue(t, root("root"))
	s := person(anchor)
	s.from, s.to = date(2025, 1, 1), date(2026, 1, 1)
	tsa := tsaSpec(anchor)
	tsa.from, tsa.to = date(2025, 1, 1), date(2027, 1, 1)
	key, authority := issue(t, s), issue(t, tsa)
	cms, _ := SignCMS(key, []byte("x"), SignOptions{Attached: true})
	parsed, _ := ParseCMS(cms)
	stamped, err := AddTimestamp(cms, 0, stamp(t, authority, parsed.Signatures()[0], date(2025, 6, 1), nil))
	if err != nil {
		t.Fatal(err)
	}
	v := &Verifier{Anchors: NewPool(anchor.Certificate), Revocation: onlyGood{key.Certificate}}
	for at, want := range map[time.Time]Status{date(2025, 7, 1): StatusValid, date(2026, 7, 1): StatusIndeterminate} {
		report, err := v.VerifyCMS(context.Background(), stamped, nil, Options{At: at})
		if err != nil || report.Status != want {
			t.Errorf("at %v: %v %s %v", at, err, report.Status, report.Details)
		}
	}
}

// onlyGood knows that one certificate is good and nothing else.
type onlyGood struct{ c *Certificate }

func (o onlyGood) CheckRevocation(_ context.Context, c, _ *Certificate, _ time.Time) Revocation {
	if c.Equal(o.c) {
		return Revocation{Status: RevocationGood}
	}
	return Revocation{Status: RevocationUnavailable}
}

func TestAddingATimestampLeavesEverythingElseAsItIs(t *testing.T) {
	anchor := issue(t, root("root"))
	tsa := issue(t, tsaSpec(anchor))
	cms, _ := SignCMS(issue(t, person(anchor)), []byte("x"), SignOptions{Attached: true})
	cms, err := AddSigner(cms, issue(t, person(anchor)), nil, SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := ParseCMS(cms)
	for i := range before.signers {
		token := stamp(t, tsa, before.Signatures()[i], date(2026, 6, 1), nil)
		stamped, err := AddTimestamp(cms, i, token)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(stamped, before.signers[1-i].raw) {
			t.Error("the other signature changed")
		}
		if twice, err := AddTimestamp(cms, 1-i, token); err == nil {
			t.Errorf("a token over another signature was added: %x", twice)
		}
		v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
		report, err := v.VerifyCMS(context.Background(), stamped, nil, Options{At: date(2026, 6, 1)})
		stamps := 0
		for _, s := range report.Signers {
			if s.Timestamp != nil {
				stamps++
			}
		}
		if err != nil || !report.Valid() || stamps != 1 {
			t.Errorf("%v %s %v, %d timestamps", err, report.Status, report.Details, stamps)
		}
	}
}

// Callers number the signatures: the number must mean the same one after a change.
func TestSignaturesKeepTheirNumbers(t *testing.T) {
	anchor := issue(t, root("root"))
	tsa := issue(t, tsaSpec(anchor))
	cms, _ := SignCMS(issue(t, person(anchor)), []byte("x"), SignOptions{Attached: true})
	for range 3 {
		var err error
		if cms, err = AddSigner(cms, issue(t, person(anchor)), nil, SignOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := ParseCMS(cms)
	for i, value := range before.Signatures() {
		var err error
		if cms, err = AddTimestamp(cms, i, stamp(t, tsa, value, date(2026, 6, 1), nil)); err != nil {
			t.Fatalf("signature %d: %v", i, err)
		}
	}
	after, _ := ParseCMS(cms)
	for i, value := range after.Signatures() {
		if !bytes.Equal(value, before.Signatures()[i]) || !after.Timestamped(i) {
			t.Errorf("signature %d is another one or without a timestamp", i)
		}
	}
}

func TestSameSignatureTwiceIsRefused(t *testing.T) {
	anchor := issue(t, root("root"))
	cms, _ := SignCMS(issue(t, person(anchor)), []byte("x"), SignOptions{Attached: true})
	c, _ := ParseCMS(cms)
	c.signers = append(c.signers, c.signers[0])
	if report := judge(t, NewPool(anchor.Certificate), c.encode()); !report.Has(ReasonMalformed) {
		t.Errorf("%s %v", report.Status, report.Reasons)
	}
}

func TestTokenMayHaveExtensionsThatAreNotCritical(t *testing.T) {
	info := func(critical []byte) []byte {
		return der.Sequence(der.Int(1), der.OID("1.2.3"), der.Sequence(writeAlgorithm(oidSHA256), der.OctetString(make([]byte, 32))), der.Int(1),
			der.Element(der.TagGeneralizedTime, []byte("20260601120000Z")), der.Element(0xA1, der.Sequence(der.OID("1.2.3"), critical, der.OctetString(nil))))
	}
	if _, err := parseTSTInfo(info(nil)); err != nil {
		t.Error(err)
	}
	if _, err := parseTSTInfo(info(der.True())); err == nil {
		t.Error("a critical extension is passed over")
	}
}
