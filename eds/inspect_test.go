package eds

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func TestInspectTellsWhatEveryGenuineFileIs(t *testing.T) {
	test, prod := genuinePool(t, "ca-test"), genuinePool(t, "ca-prod")
	for _, c := range []struct {
		file      string
		trust     *Pool
		kind      string
		signature SignatureState
	}{
		{"ca-prod/nca_gost_2022.pem", prod, "certificate", SignatureValid},
		{"ca-prod/nca_gost_2022.pem", test, "certificate", SignatureUnknown},
		{"ca-prod/root_gost_2022.pem", prod, "certificate", SignatureValid},
		{"ca-prod/root_gost_2022.pem", test, "certificate", SignatureUnknown},
		{"cert-test/legal_head_gost2015_2026.b64", test, "certificate", SignatureValid},
		{fullList, test, "crl", SignatureValid},
		{fullList, prod, "crl", SignatureUnknown},
		{deltaList, test, "crl", SignatureValid},
		{"ocsp-test/ocsp_response_individual_2015.bin", test, "ocsp", SignatureValid},
		{"ocsp-test/ocsp_response_individual_2015.bin", prod, "ocsp", SignatureUnknown},
		{"tsp-test/tsp_response.bin", test, "timestamp", SignatureValid},
		{"tsp-test/tsp_token.bin", test, "timestamp", SignatureValid},
		{"tsp-test/tsp_token.bin", prod, "timestamp", SignatureUnknown},
		{gostAttached, test, "cms", SignatureValid},
		{gostDetached, test, "cms", SignatureValid},
		{gostDetached, prod, "cms", SignatureUnknown},
		{rsaAttached, test, "cms", SignatureValid},
	} {
		got, err := Inspect(genuineFile(t, c.file), c.trust)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if got.Kind != c.kind || got.Signature != c.signature {
			t.Errorf("%s: %s %s, want %s %s", c.file, got.Kind, got.Signature, c.kind, c.signature)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	got, err := Inspect(genuineFile(t, "ocsp-test/ocsp_response_individual_2015.bin"), test)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := json.Marshal(got)
	for _, part := range []string{`"status":"revoked"`, `"reason":"certificateHold"`, `"revokedAt":"1970-01-01T00:00:00Z"`, `"neverIssued":true`} {
		if !bytes.Contains(out, []byte(part)) {
			t.Errorf("no %s in %s", part, out)
		}
	}
	if _, err := Inspect(genuineFile(t, document), test); !errors.Is(err, ErrUnknownFile) {
		t.Errorf("a text: %v", err)
	}
}

func TestInspectSeesAForgedSignature(t *testing.T) {
	test := genuinePool(t, "ca-test")
	for _, file := range []string{fullList, "cert-test/individual_gost2015_2023.cer", "tsp-test/tsp_token.bin"} {
		raw, err := unarmor(genuineFile(t, file), "CERTIFICATE")
		if err != nil {
			t.Fatal(err)
		}
		raw = bytes.Clone(raw)
		raw[len(raw)-10] ^= 1
		got, err := Inspect(raw, test)
		if err != nil || got.Signature != SignatureInvalid {
			t.Errorf("%s: %v %+v", file, err, got)
		}
	}
}
