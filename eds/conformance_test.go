package eds

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// long makes TestNoMutationOfAGenuineFilePasses change every file in a thousand places.
var long = flag.Bool("long", false, "a thousand mutations of each genuine file")

// conformance is what is known of every genuine file: what it is, whether its own
// signature is that of somebody in ca-prod or ca-test, and how it is judged, where
// there is anything to judge, at a time without asking for revocation.
var conformance = map[string]struct {
	kind      string
	signature SignatureState
	at        time.Time
	answer    string // status and reasons
}{
	"ca-prod/btsd_gost.cer":           {"certificate", "valid", date(2024, 1, 1), "valid"},
	"ca-prod/nca_gost.pem":            {"certificate", "valid", date(2025, 7, 1), "invalid expired"},
	"ca-prod/nca_gost_2022.pem":       {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-prod/nca_rsa.pem":             {"certificate", "valid", date(2025, 7, 1), "invalid expired"},
	"ca-prod/nca_rsa_2022.cer":        {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-prod/root_gost.pem":           {"certificate", "valid", date(2025, 7, 1), "valid"},
	"ca-prod/root_gost_2020.cer":      {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-prod/root_gost_2022.pem":      {"certificate", "valid", date(2021, 1, 1), "invalid not_yet_valid"},
	"ca-prod/root_rsa.pem":            {"certificate", "valid", date(2025, 8, 1), "invalid expired"},
	"ca-prod/root_rsa_2020.cer":       {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-prod/ucgo_gost.cer":           {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-test/nca_gost2022_test.cer":   {"certificate", "valid", date(2026, 8, 1), "valid"},
	"ca-test/nca_gost_test.crt":       {"certificate", "unknown", date(2022, 1, 1), "valid"}, // its root is not among the files
	"ca-test/nca_rsa_test.crt":        {"certificate", "unknown", date(2022, 1, 1), "valid"},
	"ca-test/root_test_gost_2022.cer": {"certificate", "valid", date(2026, 8, 1), "valid"},

	"cert-test/ceo_valid_sign_2004_gost.cer":            {"certificate", "valid", date(2022, 6, 1), "valid"},
	"cert-test/gost2004_legal_head_2020.cer":            {"certificate", "valid", date(2020, 6, 1), "valid"},
	"cert-test/individual_gost2015_2023.cer":            {"certificate", "valid", date(2026, 8, 1), "invalid expired"},
	"cert-test/individual_gost2015_2026.b64":            {"certificate", "valid", date(2026, 8, 1), "valid"},
	"cert-test/individual_valid_sign_2004_rsa.cer":      {"certificate", "valid", date(2022, 6, 1), "valid"},
	"cert-test/individual_valid_sign_2004_rsa_auth.cer": {"certificate", "valid", date(2022, 6, 1), "invalid usage"},
	"cert-test/legal_head_gost2015_2026.b64":            {"certificate", "valid", date(2026, 8, 1), "valid"},
	"cert-test/rsa2048_individual_auth_2020.cer":        {"certificate", "valid", date(2020, 6, 1), "invalid usage"},
	"cert-test/rsa2048_individual_sign_2020.cer":        {"certificate", "valid", date(2020, 6, 1), "valid"},
	"xml/test_gost512.cer.pem":                          {"certificate", "unknown", date(2026, 11, 1), "invalid untrusted usage"}, // its own anchor, of no usage

	"cms/individual_attached.der":                 {"cms", "valid", date(2040, 1, 1), "valid"}, // judged at the timestamp's time
	"cms/individual_detached.der":                 {"cms", "valid", date(2040, 1, 1), "valid"},
	"cms/rsa2048_individual_sign.cms.b64":         {"cms", "valid", date(2020, 9, 10), "valid"},
	"cms/rsa2048_individual_sign_revoked.cms.b64": {"cms", "valid", date(2022, 1, 1), "invalid expired"}, // no timestamp

	"crl-test/nca_gost2022_d_test_no10_2025_delta.crl": {kind: "crl", signature: "valid"},
	"crl-test/nca_gost2022_test_no14_2025.crl":         {kind: "crl", signature: "valid"},
	"crl-test/nca_gost2022_test_no4_2022.crl":          {kind: "crl", signature: "valid"},
	"crl-test/nca_rsa_test_2022.crl":                   {kind: "crl", signature: "valid"},
	"ocsp-test/ocsp_response_individual_2015.bin":      {kind: "ocsp", signature: "valid"},
	"ocsp-test/ocsp_response_individual_sign_2004.bin": {kind: "ocsp", signature: "valid"},
	"tsp-test/tsp_response.bin":                        {kind: "timestamp", signature: "valid"},
	"tsp-test/tsp_token.bin":                           {kind: "timestamp", signature: "valid"},
}

// notOurs are the files that have no signature, or one in XML, which package xmldsig tests.
var notOurs = []string{"README.md", document, "xml/rsa2048_individual_sign.xml", "xml/test_gost512.xml_simple.xml"}

// nationalPool trusts the production and the test authorities.
func nationalPool(t testing.TB) *Pool {
	pool := genuinePool(t, "ca-prod")
	for _, c := range genuinePool(t, "ca-test").Certificates() {
		pool.Add(c)
	}
	return pool
}

// answerFor judges what a file has inside, if it is a certificate or a container.
func answerFor(t *testing.T, v *Verifier, kind string, data []byte, at time.Time) string {
	t.Helper()
	o := Options{At: at, Usage: UsageSign}
	var verdict Verdict
	switch kind {
	case "certificate":
		c, err := ParseCertificate(data)
		if err != nil {
			t.Fatal(err)
		}
		if c.X509.IsCA {
			o.Usage = UsageAny
		}
		verdict = v.Judge(context.Background(), c, nil, o).Verdict
	case "cms":
		c, err := ParseCMS(data)
		if err != nil {
			t.Fatal(err)
		}
		var doc []byte
		if c.Detached() {
			doc = genuineFile(t, document)
		}
		report, err := v.VerifyCMS(context.Background(), data, doc, o)
		if err != nil {
			t.Fatal(err)
		}
		verdict = report.Verdict
	default:
		return ""
	}
	answer := string(verdict.Status)
	for _, r := range verdict.Reasons {
		answer += " " + string(r)
	}
	return answer
}

func TestConformanceOfEveryGenuineFile(t *testing.T) {
	pool := nationalPool(t)
	v := &Verifier{Anchors: pool, NoRevocation: true}
	seen := 0
	err := filepath.WalkDir("testdata/genuine", func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(filepath.ToSlash(path), "testdata/genuine/")
		if err != nil || d.IsDir() || slices.Contains(notOurs, name) {
			return err
		}
		want, ok := conformance[name]
		if !ok {
			t.Errorf("%s: nothing is known of it", name)
			return nil
		}
		seen++
		data := genuineFile(t, name)
		got, err := Inspect(data, pool)
		if err != nil || got.Kind != want.kind || got.Signature != want.signature {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if answer := answerFor(t, v, want.kind, data, want.at); answer != want.answer {
			t.Errorf("%s: %s, want %s", name, answer, want.answer)
		}
		return nil
	})
	if err != nil || seen != len(conformance) {
		t.Errorf("%d of %d files, %v", seen, len(conformance), err)
	}
}

// mutate changes a copy in one place: a bit, a byte, or a few bytes taken out, put in
// or copied from elsewhere.
func mutate(random *rand.Rand, data []byte) []byte {
	b := bytes.Clone(data)
	i := random.IntN(len(b))
	n := min(1+random.IntN(8), len(b)-i)
	switch random.IntN(6) {
	case 0, 1:
		b[i] ^= byte(1 << random.IntN(8))
	case 2:
		b[i] = byte(random.Uint32())
	case 3:
		b = slices.Delete(b, i, i+n)
	case 4:
		b = slices.Insert(b, i, b[i:i+n]...)
	case 5:
		copy(b[i:i+n], b[random.IntN(len(b)-n+1):])
	}
	return b
}

// Every byte of a file counts: where no signature reaches, the parsers are strict.
func TestNoMutationOfAGenuineFilePasses(t *testing.T) {
	count := 150
	if *long {
		count = 1000
	} else if testing.Short() {
		count = 20
	}
	pool := nationalPool(t)
	v := &Verifier{Anchors: pool, NoRevocation: true}
	for name, known := range conformance {
		if known.signature != SignatureValid || strings.HasPrefix(name, "ca-") {
			continue // an authority is trusted as it is in the folder
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			file := genuineFile(t, name)
			raw, err := unarmor(file, "CERTIFICATE")
			if err != nil {
				t.Fatal(err)
			}
			at := known.at
			if strings.HasPrefix(known.answer, "invalid expired") {
				at = date(2020, 9, 10)
			}
			for i := range count {
				of := raw
				if i%4 == 0 {
					of = file
				}
				b := mutate(random, of)
				if bytes.Equal(b, of) {
					continue
				}
				passed := false
				if known.kind == "cms" {
					report, err := v.VerifyCMS(context.Background(), b, genuineFile(t, document), Options{At: at})
					if strings.Contains(name, "rsa") {
						report, err = v.VerifyCMS(context.Background(), b, nil, Options{At: at})
					}
					passed = err == nil && report.Valid()
				} else {
					got, err := Inspect(b, pool)
					passed = err == nil && got.Signature == SignatureValid
				}
				if passed {
					t.Errorf("mutation %d passes: %x", i, b)
				}
			}
		})
	}
}
