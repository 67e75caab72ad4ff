package eds

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func genuineFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/genuine", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func genuineCertificate(t testing.TB, name string) *Certificate {
	t.Helper()
	c, err := ParseCertificate(genuineFile(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

func genuinePool(t testing.TB, folder string) *Pool {
	t.Helper()
	p, err := LoadPool(filepath.Join("testdata/genuine", folder))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// genuineVerifier trusts the test authorities for persons and the production ones for
// time, as the samples need.
func genuineVerifier(t testing.TB) *Verifier {
	return &Verifier{Anchors: genuinePool(t, "ca-test"), TSAAnchors: genuinePool(t, "ca-prod"), NoRevocation: true}
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 12, 0, 0, 0, time.UTC)
}

func TestGenuineCertificatesAreSignedByTheirAuthorities(t *testing.T) {
	for child, issuer := range map[string]string{
		"ca-prod/root_gost_2022.pem":                        "ca-prod/root_gost_2022.pem",
		"ca-prod/nca_gost_2022.pem":                         "ca-prod/root_gost_2022.pem",
		"ca-prod/root_rsa_2020.cer":                         "ca-prod/root_rsa_2020.cer",
		"ca-prod/nca_rsa_2022.cer":                          "ca-prod/root_rsa_2020.cer",
		"ca-prod/root_rsa.pem":                              "ca-prod/root_rsa.pem",
		"ca-prod/nca_rsa.pem":                               "ca-prod/root_rsa.pem",
		"ca-prod/root_gost.pem":                             "ca-prod/root_gost.pem",
		"ca-prod/nca_gost.pem":                              "ca-prod/root_gost.pem",
		"ca-prod/root_gost_2020.cer":                        "ca-prod/root_gost_2020.cer",
		"ca-prod/ucgo_gost.cer":                             "ca-prod/root_gost_2020.cer",
		"ca-prod/btsd_gost.cer":                             "ca-prod/root_gost_2020.cer",
		"ca-test/root_test_gost_2022.cer":                   "ca-test/root_test_gost_2022.cer",
		"ca-test/nca_gost2022_test.cer":                     "ca-test/root_test_gost_2022.cer",
		"cert-test/individual_gost2015_2023.cer":            "ca-test/nca_gost2022_test.cer",
		"cert-test/individual_gost2015_2026.b64":            "ca-test/nca_gost2022_test.cer",
		"cert-test/legal_head_gost2015_2026.b64":            "ca-test/nca_gost2022_test.cer",
		"cert-test/ceo_valid_sign_2004_gost.cer":            "ca-test/nca_gost_test.crt",
		"cert-test/gost2004_legal_head_2020.cer":            "ca-test/nca_gost_test.crt",
		"cert-test/individual_valid_sign_2004_rsa.cer":      "ca-test/nca_rsa_test.crt",
		"cert-test/rsa2048_individual_auth_2020.cer":        "ca-test/nca_rsa_test.crt",
		"cert-test/rsa2048_individual_sign_2020.cer":        "ca-test/nca_rsa_test.crt",
		"cert-test/individual_valid_sign_2004_rsa_auth.cer": "ca-test/nca_rsa_test.crt",
	} {
		c, i := genuineCertificate(t, child), genuineCertificate(t, issuer)
		if !i.mayHaveIssued(c) {
			t.Errorf("%s: names or key identifiers do not lead to %s", child, issuer)
		}
		if err := c.verifySignature(i); err != nil {
			t.Errorf("%s: %v", child, err)
		}
	}
}

// Two roots share each common name; one was followed by the other in 2020.
func TestCrossNamedRootsAreToldApart(t *testing.T) {
	roots := NewPool()
	for _, name := range []string{"root_gost.pem", "root_gost_2020.cer", "root_rsa.pem", "root_rsa_2020.cer", "root_gost_2022.pem"} {
		roots.Add(genuineCertificate(t, "ca-prod/"+name))
	}
	for child, root := range map[string]string{
		"nca_gost_2022.pem": "root_gost_2022.pem", "nca_rsa_2022.cer": "root_rsa_2020.cer",
		"nca_rsa.pem": "root_rsa.pem", "nca_gost.pem": "root_gost.pem",
		"ucgo_gost.cer": "root_gost_2020.cer", "btsd_gost.cer": "root_gost_2020.cer",
	} {
		b := &pathBuilder{pool: roots, tries: newTries(new(signatureCache)), at: date(2024, 1, 1)}
		p := b.build(genuineCertificate(t, "ca-prod/"+child))
		if len(p.problems) > 0 || len(p.chain) != 2 || !p.chain[1].Equal(genuineCertificate(t, "ca-prod/"+root)) {
			t.Errorf("%s: chain of %d, %v", child, len(p.chain), p.problems)
		}
	}
}

func TestGenuineCertificatesSayWhoAndWhatFor(t *testing.T) {
	person := Subject{IIN: "123456789011", CommonName: "ТЕСТОВ ТЕСТ", Surname: "ТЕСТОВ", GivenName: "ТЕСТ", Patronymic: "ТЕСТОВИЧ", Country: "KZ"}
	head := person
	head.BIN, head.Organization = "123456789021", `АО "ТЕСТ"`
	both := []Usage{UsageSign, UsageLogin}
	for name, want := range map[string]struct {
		subject Subject
		roles   []Role
		usage   []Usage
	}{
		"individual_gost2015_2026.b64":            {person, []Role{RoleIndividual}, both},
		"legal_head_gost2015_2026.b64":            {head, []Role{RoleLegalEntity, RoleHead}, both},
		"ceo_valid_sign_2004_gost.cer":            {head, []Role{RoleLegalEntity, RoleHead}, both},
		"individual_valid_sign_2004_rsa.cer":      {person, []Role{RoleIndividual}, both},
		"individual_valid_sign_2004_rsa_auth.cer": {person, []Role{RoleIndividual}, []Usage{UsageLogin}},
	} {
		c := genuineCertificate(t, "cert-test/"+name)
		if c.Subject != want.subject || !slices.Equal(c.Roles, want.roles) || !slices.Equal(c.Usage, want.usage) {
			t.Errorf("%s: %+v %v %v", name, c.Subject, c.Roles, c.Usage)
		}
	}
	for _, c := range genuinePool(t, "ca-prod").Certificates() {
		if len(c.Usage) > 0 || IsTestAuthority(c) {
			t.Errorf("%s: usage %v, test %v", c.SubjectName(), c.Usage, IsTestAuthority(c))
		}
	}
	for _, c := range genuinePool(t, "ca-test").Certificates() {
		if !IsTestAuthority(c) {
			t.Errorf("%s passes for a production authority", c.SubjectName())
		}
	}
}

const (
	gostAttached = "cms/individual_attached.der"
	gostDetached = "cms/individual_detached.der"
	rsaAttached  = "cms/rsa2048_individual_sign.cms.b64"
	document     = "cms/individual_document.txt"
)

func TestGenuineSignaturesVerifyOrFailForTheRightReason(t *testing.T) {
	doc := genuineFile(t, document)
	other := []byte("другой текст")
	trust := genuineVerifier(t)
	noTime := &Verifier{Anchors: trust.Anchors, NoRevocation: true}
	strangers := &Verifier{Anchors: trust.TSAAnchors, NoRevocation: true}
	asking := &Verifier{Anchors: trust.Anchors, TSAAnchors: trust.TSAAnchors}
	for _, c := range []struct {
		name     string
		verifier *Verifier
		file     string
		detached []byte
		options  Options
		status   Status
		reasons  []Reason
	}{
		{"attached, at the timestamp's time", trust, gostAttached, nil, Options{At: date(2026, 8, 1)}, StatusValid, nil},
		{"attached, same document given", trust, gostAttached, doc, Options{At: date(2026, 8, 1), Usage: UsageSign}, StatusValid, nil},
		{"detached", trust, gostDetached, doc, Options{At: date(2026, 8, 1), Usage: UsageLogin}, StatusValid, nil},
		{"expired since, but timestamped", trust, gostDetached, doc, Options{At: date(2030, 1, 1)}, StatusValid, nil},
		{"expired, no trust in the timestamp", noTime, gostDetached, doc, Options{At: date(2030, 1, 1)}, StatusInvalid, []Reason{ReasonExpired}},
		{"at the given time, no trust in the timestamp", noTime, gostDetached, doc, Options{At: date(2026, 8, 1)}, StatusValid, nil},
		{"not yet valid", noTime, gostDetached, doc, Options{At: date(2026, 1, 1)}, StatusInvalid, []Reason{ReasonNotYetValid}},
		{"attached, another document", trust, gostAttached, other, Options{At: date(2026, 8, 1)}, StatusInvalid, []Reason{ReasonContentMismatch}},
		{"detached, another document", trust, gostDetached, other, Options{At: date(2026, 8, 1)}, StatusInvalid, []Reason{ReasonDigest}},
		{"detached, empty document", trust, gostDetached, []byte{}, Options{At: date(2026, 8, 1)}, StatusInvalid, []Reason{ReasonDigest}},
		{"untrusted", strangers, gostAttached, nil, Options{At: date(2026, 8, 1)}, StatusInvalid, []Reason{ReasonUntrusted}},
		{"revocation not checked", asking, gostAttached, nil, Options{At: date(2026, 8, 1)}, StatusIndeterminate, []Reason{ReasonRevocationUnavailable}},
		{"RSA", trust, rsaAttached, nil, Options{At: date(2020, 9, 10), Usage: UsageSign}, StatusValid, nil},
		{"RSA, same content", trust, rsaAttached, []byte("asdasd"), Options{At: date(2020, 9, 10)}, StatusValid, nil},
		{"RSA, expired", trust, rsaAttached, nil, Options{At: date(2022, 1, 1)}, StatusInvalid, []Reason{ReasonExpired}},
	} {
		report, err := c.verifier.VerifyCMS(context.Background(), genuineFile(t, c.file), c.detached, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if report.Status != c.status || !slices.Equal(report.Reasons, c.reasons) && len(report.Reasons)+len(c.reasons) > 0 {
			t.Errorf("%s: %s %v %q", c.name, report.Status, report.Reasons, report.Details)
		}
		if len(report.Signers) != 1 || report.Signers[0].Subject.IIN != "123456789011" {
			t.Errorf("%s: signers %+v", c.name, report.Signers)
		}
	}
	if _, err := trust.VerifyCMS(context.Background(), genuineFile(t, gostDetached), nil, Options{}); !errors.Is(err, ErrNoContent) {
		t.Errorf("detached without a document: %v", err)
	}
}

func TestTimestampOfASignatureIsVerified(t *testing.T) {
	report, err := genuineVerifier(t).VerifyCMS(context.Background(), genuineFile(t, gostAttached), nil, Options{At: date(2026, 8, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := report.Signers[0]
	want := time.Date(2026, 7, 20, 9, 8, 7, 0, time.UTC)
	if s.Timestamp == nil || !s.Timestamp.Valid() || !s.Timestamp.Time.Equal(want) || !s.JudgedAt.Equal(want) {
		t.Errorf("timestamp %+v, judged at %v", s.Timestamp, s.JudgedAt)
	}
	if s.Algorithm != GOST2015x512 || len(s.Chain) != 2 || string(report.Content) != string(genuineFile(t, document)) {
		t.Errorf("%s, chain of %d, content %q", s.Algorithm, len(s.Chain), report.Content)
	}
}

// indefinite re-encodes DER with indefinite lengths wherever an element is constructed,
// and the content in pieces: BER as some producers emit it.
func indefinite(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		head := 2
		length := int(b[1])
		if n := length & 0x7F; length >= 0x80 {
			length = 0
			for _, c := range b[2 : 2+n] {
				length = length<<8 | int(c)
			}
			head += n
		}
		body := b[head : head+length]
		switch {
		case b[0]&0x20 != 0:
			out = append(append(append(out, b[0], 0x80), indefinite(body)...), 0, 0)
		case b[0] == 0x04 && length > 2 && length < 100:
			out = append(out, 0x24, 0x80, 0x04, 1, body[0], 0x04, byte(length-1))
			out = append(append(out, body[1:]...), 0, 0)
		default:
			out = append(out, b[:head+length]...)
		}
		b = b[head+length:]
	}
	return out
}

// inLines breaks a text as programs do.
func inLines(text string, width int) []byte {
	var b bytes.Buffer
	for len(text) > 0 {
		n := min(width, len(text))
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	return b.Bytes()
}

func TestEveryFormOfInputIsRead(t *testing.T) {
	raw := genuineFile(t, gostAttached)
	lines := base64.StdEncoding.EncodeToString(raw)
	for name, in := range map[string][]byte{
		"DER": raw, "base64": []byte(lines), "base64 in lines": []byte(lines[:76] + "\r\n" + lines[76:] + "\r\n"),
		"PEM CMS":   pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: raw}),
		"PEM PKCS7": pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: raw}),
		"BER":       indefinite(raw), "base64 in lines of 72": inLines(lines, 72), "of 76": inLines(lines, 76),
	} {
		report, err := genuineVerifier(t).VerifyCMS(context.Background(), in, nil, Options{At: date(2026, 8, 1)})
		if err != nil || !report.Valid() {
			t.Errorf("%s: %v %+v", name, err, report)
		}
	}
	for name, in := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "a certificate": genuineFile(t, "cert-test/individual_gost2015_2023.cer"),
		"trailing byte": append(bytes.Clone(raw), 0), "cut short": raw[:len(raw)-1],
		"foreign PEM":    pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}),
		"two PEM blocks": bytes.Repeat(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: raw}), 2),
		"loose base64":   []byte(strings.TrimRight(lines, "=") + "!"),
		"a line end":     []byte(lines[:600] + "\n" + lines[600:]), "a line end late": []byte(lines[:len(lines)-600] + "\n" + lines[len(lines)-600:]),
		"a line lost": bytes.Replace(inLines(lines, 76), []byte("\n"), nil, 1), "mixed line ends": bytes.Replace(inLines(lines, 76), []byte("\n"), []byte("\r\n"), 1),
	} {
		report, err := genuineVerifier(t).VerifyCMS(context.Background(), in, nil, Options{At: date(2026, 8, 1)})
		if err != nil || report.Status != StatusInvalid || !report.Has(ReasonMalformed) {
			t.Errorf("%s: %v %+v", name, err, report)
		}
	}
}

func BenchmarkVerifyCMS(b *testing.B) {
	v := genuineVerifier(b)
	cms, doc := genuineFile(b, gostDetached), genuineFile(b, document)
	for b.Loop() {
		if r, err := v.VerifyCMS(context.Background(), cms, doc, Options{}); err != nil || !r.Valid() {
			b.Fatal(err, r)
		}
	}
}
