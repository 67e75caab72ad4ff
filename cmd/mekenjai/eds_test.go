package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const genuine = "../../eds/testdata/genuine/"

// expand puts the folder of genuine files in place of "@".
func expand(command string) []string {
	args := strings.Fields(command)
	for i, a := range args {
		if rest, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = genuine + rest
		}
	}
	return args
}

// run is one call of the program, with what it prints and its exit code.
func run(t *testing.T, args ...string) (stdout []byte, code int) {
	t.Helper()
	var out bytes.Buffer
	parsed, err := parser(context.Background(), &out).Parse(append([]string{"eds"}, args...))
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	code = codeOf(parsed.Run())
	return out.Bytes(), code
}

// verdict is what scripts read.
type verdict struct {
	Status  string
	Reasons []string
	Signers []struct {
		Status, Algorithm string
		Reasons           []string
		SigningTime       *string
		Timestamp         *struct{ Status, Time string }
		Usage, Roles      []string
		Subject           struct{ IIN, BIN, CommonName, Surname, Patronymic, Organization string }
	}
}

func readVerdict(t *testing.T, out []byte) (v verdict) {
	t.Helper()
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return v
}

var exitCodes = map[string]int{"valid": 0, "invalid": 1, "indeterminate": 2}

func TestVerifyAnswersOnGenuineFilesForTheRightReason(t *testing.T) {
	lists := "--crl @crl-test/nca_gost2022_test_no14_2025.crl --crl @crl-test/nca_gost2022_d_test_no10_2025_delta.crl --crl @crl-test/nca_rsa_test_2022.crl "
	for command, want := range map[string]string{
		// GOST-2015, timestamped by the production authority.
		"--trust @ca-test --tsp-trust @ca-prod --no-revocation @cms/individual_attached.der":                                                     "valid",
		"--trust @ca-test --tsp-trust @ca-prod --no-revocation --usage sign --content @cms/individual_document.txt @cms/individual_detached.der": "valid",
		"--trust @ca-test --trust @ca-prod --no-revocation --usage login --content @cms/individual_document.txt @cms/individual_attached.der":    "valid",
		"--trust @ca-test --tsp-trust @ca-prod --no-revocation --at 2040-01-01T00:00:00Z @cms/individual_attached.der":                           "valid",
		"--trust @ca-test --tsp-trust @ca-prod @cms/individual_attached.der":                                                                     "indeterminate revocation_unavailable",
		lists + "--trust @ca-test --tsp-trust @ca-prod @cms/individual_attached.der":                                                             "indeterminate revocation_unavailable",
		"--trust @ca-test --no-revocation --at 2040-01-01T00:00:00Z @cms/individual_attached.der":                                                "invalid expired",
		"--trust @ca-test --no-revocation --at 2026-08-01T00:00:00+05:00 @cms/individual_attached.der":                                           "valid",
		"--trust @ca-test --no-revocation --at 2025-01-01T00:00:00Z @cms/individual_attached.der":                                                "invalid not_yet_valid",
		"--trust @ca-prod @cms/individual_attached.der":                                                                                          "invalid untrusted",
		"--no-revocation @cms/individual_attached.der":                                                                                           "invalid untrusted",
		"--trust @ca-test --tsp-trust @ca-prod --content @cms/individual_attached.der --no-revocation @cms/individual_detached.der":              "invalid digest",
		"--trust @ca-test --tsp-trust @ca-prod --content /dev/null --no-revocation @cms/individual_detached.der":                                 "invalid digest",
		"--trust @ca-test --tsp-trust @ca-prod --content /dev/null --no-revocation @cms/individual_attached.der":                                 "invalid content_mismatch",
		"--trust @ca-test --tsp-trust @ca-prod --content @cms/individual_attached.der @cms/individual_detached.der":                              "invalid digest revocation_unavailable",
		"--trust @ca-test --tsp-trust @ca-prod --no-revocation --ocsp @ocsp-test/ocsp_response_individual_2015.bin @cms/individual_attached.der": "valid",
		"--trust @ca-test --tsp-trust @ca-prod --ocsp @ocsp-test/ocsp_response_individual_2015.bin @cms/individual_attached.der":                 "indeterminate revocation_unavailable",
		"--trust @cert-test --tsp-trust @ca-prod --no-revocation @cms/individual_attached.der":                                                   "valid", // the signer is an anchor himself
		"--trust @ca-test --no-revocation --at 2020-09-10T00:00:00Z --usage sign @cms/rsa2048_individual_sign.cms.b64":                           "valid",
		"--trust @ca-test --no-revocation @cms/rsa2048_individual_sign.cms.b64":                                                                  "invalid expired",
		lists + "--trust @ca-test --at 2020-09-10T00:00:00Z @cms/rsa2048_individual_sign_revoked.cms.b64":                                        "indeterminate revocation_unavailable", // the list is younger than the certificate's end
		"--trust @ca-test --no-revocation --at 2020-09-10T00:00:00Z --usage sign @xml/rsa2048_individual_sign.xml":                               "valid",
		"--trust @ca-test --at 2020-09-10T00:00:00Z @xml/rsa2048_individual_sign.xml":                                                            "indeterminate revocation_unavailable",
		"--trust @ca-test --no-revocation @xml/rsa2048_individual_sign.xml":                                                                      "invalid expired",
		"--trust @xml --no-revocation --at 2026-11-01T00:00:00Z @xml/test_gost512.xml_simple.xml":                                                "valid",
		"--trust @xml --no-revocation --at 2026-11-01T00:00:00Z --usage sign @xml/test_gost512.xml_simple.xml":                                   "invalid usage",
		"--trust @ca-test --no-revocation --at 2026-11-01T00:00:00Z @xml/test_gost512.xml_simple.xml":                                            "invalid untrusted",
		"--trust @xml --no-revocation --at 2026-11-01T00:00:00Z --content @cms/individual_document.txt @xml/test_gost512.xml_simple.xml":         "invalid content_mismatch",
		"--trust @ca-test @cms/individual_document.txt":                                                                                          "invalid malformed", // no signature at all
		"--trust @ca-test @cert-test/individual_gost2015_2026.b64":                                                                               "invalid malformed",
		"--trust @ca-test @tsp-test/tsp_token.bin":                                                                                               "invalid malformed", // a CMS, but nobody's over a document
		"--trust @ca-test @crl-test/nca_gost2022_test_no4_2022.crl":                                                                              "invalid malformed",
	} {
		out, code := run(t, append([]string{"verify"}, expand(command)...)...)
		v := readVerdict(t, out)
		status, reasons, _ := strings.Cut(want, " ")
		if v.Status != status || code != exitCodes[status] || strings.Join(v.Reasons, " ") != reasons {
			t.Errorf("%s: exit code %d, %s", command, code, out)
		}
	}
}

func TestVerifyPrintsTheFieldsThatScriptsRead(t *testing.T) {
	out, _ := run(t, expand("verify --trust @ca-test --tsp-trust @ca-prod --no-revocation @cms/individual_attached.der")...)
	v := readVerdict(t, out)
	if len(v.Signers) != 1 {
		t.Fatalf("%s", out)
	}
	s := v.Signers[0]
	if s.Algorithm != "gost2015-512" || s.SigningTime == nil || *s.SigningTime != "2026-07-20T09:08:06Z" ||
		s.Timestamp == nil || s.Timestamp.Status != "valid" || s.Timestamp.Time != "2026-07-20T09:08:07Z" ||
		!slices.Equal(s.Usage, []string{"sign", "login"}) || !slices.Equal(s.Roles, []string{"individual"}) ||
		s.Subject.IIN != "123456789011" || s.Subject.CommonName != "ТЕСТОВ ТЕСТ" || s.Subject.Patronymic != "ТЕСТОВИЧ" {
		t.Errorf("%+v", s)
	}
	// Every field is always there, empty or null when nothing is known.
	out, _ = run(t, expand("verify --trust @ca-test --no-revocation --at 2020-09-10T00:00:00Z @xml/rsa2048_individual_sign.xml")...)
	var report struct{ Signers []map[string]json.RawMessage }
	if err := json.Unmarshal(out, &report); err != nil || len(report.Signers) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, field := range []string{"status", "reasons", "algorithm", "signingTime", "timestamp", "usage", "roles", "subject"} {
		if _, ok := report.Signers[0][field]; !ok {
			t.Errorf("no %s in %s", field, out)
		}
	}
	out, _ = run(t, expand("verify --trust @ca-test @cms/individual_document.txt")...)
	if !bytes.Contains(out, []byte(`"signers": []`)) {
		t.Errorf("signers are not an empty list: %s", out)
	}
}

func TestUnusableFilesEndWithThree(t *testing.T) {
	for _, command := range []string{
		"verify --trust @ca-test @nothing",
		"verify --trust @ca-test @cms",
		"verify --trust @nothing @cms/individual_attached.der",
		"verify --trust @cms/individual_attached.der @cms/individual_attached.der",
		"verify --trust @cms @cms/individual_attached.der", // a folder without certificates
		"verify --trust @ca-test --tsp-trust @nothing @cms/individual_attached.der",
		"verify --trust @ca-test --no-revocation @cms/individual_detached.der", // no content
		"verify --trust @ca-test --content @nothing @cms/individual_detached.der",
		"verify --trust @ca-test --crl @nothing @cms/individual_attached.der",
		"verify --trust @ca-test --crl @cms/individual_document.txt @cms/individual_attached.der",
		"verify --trust @ca-test --ocsp @cms/individual_document.txt @cms/individual_attached.der",
		"inspect @nothing",
		"inspect @cms/individual_document.txt",
		"timestamp @cms/individual_document.txt",
	} {
		if out, code := run(t, expand(command)...); code != 3 || len(out) > 0 {
			t.Errorf("%s: exit code %d, %s", command, code, out)
		}
	}
}

func TestInspectTellsOfEveryKindOfFile(t *testing.T) {
	for command, want := range map[string][]string{
		"--trust @ca-test @cert-test/legal_head_gost2015_2026.b64":                 {"certificate", "valid", `"head"`, `"bin": "123456789021"`, `"key": "gost2015-512"`, `"1.2.398.3.3.2"`, `"keyId": "303eebdf`},
		"--trust @ca-prod @ca-prod/root_gost_2022.pem":                             {"certificate", "valid", `"authority": true`},
		"@ca-prod/nca_gost_2022.pem":                                               {"certificate", "unknown"},
		"--trust @ca-test @crl-test/nca_gost2022_test_no14_2025.crl":               {"crl", "valid", `"number": 14`, `"entries": 54`},
		"--trust @ca-test @crl-test/nca_gost2022_d_test_no10_2025_delta.crl":       {"crl", "valid", `"base": 14`},
		"--trust @ca-prod @crl-test/nca_rsa_test_2022.crl":                         {"crl", "unknown", `"entries": 126`},
		"--trust @ca-test @ocsp-test/ocsp_response_individual_2015.bin":            {"ocsp", "valid", `"neverIssued": true`, `"certificateHold"`, `"1970-01-01T00:00:00Z"`, `"serial": "0FF06211`, `"responder": "CN=OCSP RESPONDER`},
		"--trust @ca-test @ocsp-test/ocsp_response_individual_sign_2004.bin":       {"ocsp", "valid", `"status": "good"`},
		"--trust @ca-prod @ocsp-test/ocsp_response_individual_sign_2004.bin":       {"ocsp", "unknown"},
		"--trust @ca-test @tsp-test/tsp_response.bin":                              {"timestamp", "valid", `"2022-09-18T13:20:14Z"`, `"SHA-1"`},
		"--trust @ca-test @tsp-test/tsp_token.bin":                                 {"timestamp", "valid"},
		"--trust @ca-prod @tsp-test/tsp_token.bin":                                 {"timestamp", "unknown"},
		"--trust @ca-test @cms/individual_attached.der":                            {"cms", "valid", `"detached": false`, `"timestamps": 1`},
		"--trust @ca-test @cms/individual_detached.der":                            {"cms", "valid", `"detached": true`},
		"--trust @ca-prod --trust @cert-test @cms/rsa2048_individual_sign.cms.b64": {"cms", "valid"},
	} {
		out, code := run(t, append([]string{"inspect"}, expand(command)...)...)
		var got struct{ Kind, Signature string }
		if err := json.Unmarshal(out, &got); err != nil || code != 0 || got.Kind != want[0] || got.Signature != want[1] {
			t.Errorf("%s: exit code %d, %v, %s", command, code, err, out)
		}
		for _, part := range want[2:] {
			if !bytes.Contains(out, []byte(part)) {
				t.Errorf("%s: no %s in %s", command, part, out)
			}
		}
	}
}

// put writes a file of the test.
func put(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// anchorsOfSeed exports the certificates of the test authority.
func anchorsOfSeed(t *testing.T, dir string) string {
	t.Helper()
	authority, err := testAuthority{Seed: "mekenjai demo country"}.open()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "anchors")
	if err := export(authority.Anchors(), folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestKeysOfTheTestAuthorityAreJudgedForWhatIsWrongWithThem(t *testing.T) {
	dir := t.TempDir()
	document, trust := put(t, dir, "document", []byte("Келісемін")), anchorsOfSeed(t, dir)
	for _, c := range []struct{ sign, verify, status, reasons string }{
		{"", "--usage sign", "valid", ""},
		{"--attached", "--usage login", "valid", ""},
		{"--algorithm gost2004", "--usage sign", "valid", ""},
		{"--algorithm gost2015-256 --attached", "", "valid", ""},
		{"--algorithm rsa-sha256", "--usage any", "valid", ""},
		{"--kind expired", "", "invalid", "expired"},
		{"--kind not_yet_valid", "", "invalid", "not_yet_valid"},
		{"--kind wrong_authority", "", "invalid", "untrusted"},
		{"--kind login_only", "--usage sign", "invalid", "usage"},
		{"--kind login_only", "--usage login", "valid", ""},
		{"--kind login_only", "", "valid", ""},
	} {
		signature := filepath.Join(dir, "signature")
		args := append([]string{"sign", "--iin", "900101400122", "--out", signature}, strings.Fields(c.sign)...)
		if out, code := run(t, append(args, document)...); code != 0 {
			t.Fatalf("sign %s: exit code %d, %s", c.sign, code, out)
		}
		args = append([]string{"verify", "--trust", trust, "--no-revocation", "--content", document}, strings.Fields(c.verify)...)
		out, code := run(t, append(args, signature)...)
		v := readVerdict(t, out)
		if v.Status != c.status || code != exitCodes[c.status] || strings.Join(v.Reasons, " ") != c.reasons {
			t.Errorf("%s, %s: exit code %d, %s", c.sign, c.verify, code, out)
		}
	}
}

func TestXMLIsSignedAndVerified(t *testing.T) {
	dir := t.TempDir()
	trust, signed := anchorsOfSeed(t, dir), filepath.Join(dir, "signed")
	envelope := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a>Келісемін</a></s:Body></s:Envelope>`
	for _, c := range []struct{ flags, document, status, reasons string }{
		{"--format xml", "<a><b>Келісемін</b></a>", "valid", ""},
		{"--format xml --algorithm rsa-sha256", "<a><b>Келісемін</b></a>", "valid", ""},
		{"--format xml --id x --algorithm gost2004", "<a><b Id='x'>Келісемін</b></a>", "valid", ""},
		{"--format xml --id x", "<a><b Id='x'>Келісемін</b><c/></a>", "invalid", "partial_cover"},
		{"--format wsse", envelope, "valid", ""},
		{"--format wsse --algorithm rsa-sha256", envelope, "valid", ""},
		{"--format xml --kind login_only", "<a/>", "invalid", "usage"},
	} {
		args := append([]string{"sign", "--iin", "900101400122", "--out", signed}, strings.Fields(c.flags)...)
		if out, code := run(t, append(args, put(t, dir, "document.xml", []byte(c.document)))...); code != 0 {
			t.Fatalf("%s: exit code %d, %s", c.flags, code, out)
		}
		out, code := run(t, "verify", "--trust", trust, "--no-revocation", "--usage", "sign", signed)
		if v := readVerdict(t, out); v.Status != c.status || code != exitCodes[c.status] || strings.Join(v.Reasons, " ") != c.reasons {
			t.Errorf("%s: exit code %d, %s", c.flags, code, out)
		}
		bytes, err := os.ReadFile(signed)
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, "changed", []byte(strings.Replace(string(bytes), "Келісемін", "Келіспеймін", 1)))
		if !strings.Contains(c.document, "Келісемін") {
			continue
		}
		if out, code := run(t, "verify", "--trust", trust, "--no-revocation", filepath.Join(dir, "changed")); code != 1 {
			t.Errorf("%s, changed: exit code %d, %s", c.flags, code, out)
		}
	}
	for _, document := range []string{"", "<a>", envelope[:20]} {
		if out, code := run(t, "sign", "--iin", "900101400122", "--format", "wsse", put(t, dir, "document.xml", []byte(document))); code == 0 || len(out) > 0 {
			t.Errorf("%q was signed: %s", document, out)
		}
	}
}

// Every form of file, and a content of zero length, which is not the same as none.
func TestVerifyTakesEveryFormAndAnEmptyContent(t *testing.T) {
	dir := t.TempDir()
	empty, trust := put(t, dir, "empty", nil), anchorsOfSeed(t, dir)
	for _, attached := range []bool{true, false} {
		args := []string{"sign", "--iin", "900101400122", empty}
		if attached {
			args = append(args, "--attached")
		}
		der, code := run(t, args...)
		if code != 0 {
			t.Fatalf("sign: exit code %d", code)
		}
		text := base64.StdEncoding.EncodeToString(der)
		for name, data := range map[string][]byte{
			"der": der, "base64": []byte(text), "lines": []byte("\uFEFF" + text[:64] + "\r\n" + text[64:] + "\r\n"),
			"pem": pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: der}), "pkcs7": pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}),
		} {
			file := put(t, dir, name, data)
			if out, code := run(t, "verify", "--trust", trust, "--no-revocation", "--content", empty, file); code != 0 {
				t.Errorf("attached %v, %s: exit code %d, %s", attached, name, code, out)
			}
			want := 3
			if attached {
				want = 0
			}
			if out, code := run(t, "verify", "--trust", trust, "--no-revocation", file); code != want {
				t.Errorf("attached %v, %s, no content: exit code %d, %s", attached, name, code, out)
			}
		}
	}
}

func TestCollectedArchiveVerifiesWithItsOwnEvidence(t *testing.T) {
	dir := t.TempDir()
	document, trust := put(t, dir, "document", []byte("Келісемін")), anchorsOfSeed(t, dir)
	first, both, archive := filepath.Join(dir, "first"), filepath.Join(dir, "both"), filepath.Join(dir, "archive")
	for _, args := range [][]string{
		{"sign", "--iin", "900101400122", "--attached", "--out", first, document},
		{"sign", "--iin", "850505300458", "--surname", "ОМАРОВ", "--given", "БОЛАТ", "--add", first, "--out", both, document},
		{"timestamp", "--out", both, both},
		{"collect", "--trust", trust, "--no-revocation", "--out", archive, both},
	} {
		if out, code := run(t, args...); code != 0 {
			t.Fatalf("%s: exit code %d, %s", args[0], code, out)
		}
	}
	out, code := run(t, "verify", "--trust", trust, "--no-revocation", "--at", "2060-01-01T00:00:00Z", archive)
	v := readVerdict(t, out)
	if code != 0 || len(v.Signers) != 2 || v.Signers[1].Timestamp == nil || v.Signers[1].Subject.Surname != "ОМАРОВ" {
		t.Errorf("exit code %d, %s", code, out)
	}
}
