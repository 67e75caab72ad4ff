package eds

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
)

// Nobody can sign for the national authorities, so a fuzzer can find panics, waste,
// and anything that is taken for genuine though it is not one of the samples.

// addGenuine seeds the corpus with the files that match, in DER, and returns them.
func addGenuine(f *testing.F, patterns ...string) [][]byte {
	f.Helper()
	var out [][]byte
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join("testdata/genuine", pattern))
		if err != nil || len(names) == 0 {
			f.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, name := range names {
			rel, _ := filepath.Rel("testdata/genuine", name)
			raw, err := unarmor(genuineFile(f, rel), "CERTIFICATE", "X509 CRL", "CMS")
			if err != nil {
				f.Fatalf("%s: %v", name, err)
			}
			f.Add(raw)
			out = append(out, raw)
		}
	}
	return out
}

func FuzzVerifyCMS(f *testing.F) {
	v := genuineVerifier(f)
	doc := genuineFile(f, document)
	originals := map[string]bool{}
	for _, raw := range addGenuine(f, "cms/*.der", "cms/*.b64") {
		originals[string(raw)] = true
		f.Add(indefinite(raw))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		report, err := v.VerifyCMS(context.Background(), in, doc, Options{At: date(2026, 8, 1)})
		if err != nil || !report.Valid() {
			return
		}
		if c, err := ParseCMS(in); err != nil || !originals[string(c.encode())] {
			t.Errorf("a new valid signature: %x", in)
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	signed := map[string]bool{}
	for _, raw := range addGenuine(f, "cert-test/*", "ca-test/*", "ca-prod/*", "xml/*.pem") {
		c, err := ParseCertificate(raw)
		if err != nil {
			f.Fatal(err)
		}
		signed[string(c.X509.RawTBSCertificate)] = true
	}
	authorities := append(genuinePool(f, "ca-test").Certificates(), genuinePool(f, "ca-prod").Certificates()...)
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := ParseCertificate(in)
		if err != nil {
			return
		}
		if n := len(c.Subject.IIN); n != 0 && n != 12 {
			t.Errorf("IIN %q", c.Subject.IIN)
		}
		if again, err := ParseCertificate(c.Raw()); err != nil || !again.Equal(c) {
			t.Errorf("does not survive: %v", err)
		}
		for _, a := range authorities {
			if a.mayHaveIssued(c) && c.verifySignature(a) == nil && !signed[string(c.X509.RawTBSCertificate)] {
				t.Errorf("a new certificate of %s: %x", a.SubjectName(), in)
			}
		}
	})
}

func FuzzParseCRL(f *testing.F) {
	digests := map[string]bool{}
	for _, raw := range addGenuine(f, "crl-test/*.crl") {
		c, err := ParseCRL(raw)
		if err != nil {
			f.Fatal(err)
		}
		digests[string(c.signed.digest)] = true
	}
	authorities := genuinePool(f, "ca-test").Certificates()
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := ParseCRL(in)
		if err != nil {
			return
		}
		// The shortest entry has a serial number of one byte and a time.
		if c.Len() > len(in)/18 {
			t.Errorf("%d entries in %d bytes", c.Len(), len(in))
		}
		for _, a := range authorities {
			if c.VerifySignature(a) == nil && !digests[string(c.signed.digest)] {
				t.Errorf("a new list of %s: %x", a.SubjectName(), in)
			}
			CRLs{c}.CheckRevocation(context.Background(), a, a, date(2025, 1, 1))
		}
	})
}

func FuzzParseOCSP(f *testing.F) {
	digests := map[string]bool{}
	for _, raw := range addGenuine(f, "ocsp-test/*.bin") {
		r, err := ParseOCSP(raw)
		if err != nil {
			f.Fatal(err)
		}
		digests[string(r.signed.digest)] = true
	}
	authorities := genuinePool(f, "ca-test").Certificates()
	f.Fuzz(func(t *testing.T, in []byte) {
		ParseOCSPRequest(in)
		r, err := ParseOCSP(in)
		if err != nil {
			return
		}
		if again, err := ParseOCSP(r.Raw); err != nil || !bytes.Equal(again.signed.digest, r.signed.digest) {
			t.Errorf("does not survive: %v", err)
		}
		for _, a := range authorities {
			if r.Verify(a) == nil && !digests[string(r.signed.digest)] {
				t.Errorf("a new response for %s: %x", a.SubjectName(), in)
			}
		}
	})
}

func FuzzTimestampToken(f *testing.F) {
	c, err := ParseCMS(genuineFile(f, gostAttached))
	if err != nil {
		f.Fatal(err)
	}
	var genuine []byte
	for _, a := range c.signers[0].unsigned {
		genuine = a.values[0].Full
	}
	f.Add(genuine)
	addGenuine(f, "tsp-test/*.bin")
	v := genuineVerifier(f)
	over := c.Signatures()[0]
	original, err := v.VerifyTimestamp(context.Background(), genuine, over)
	if err != nil || !original.Valid() {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		parseTimestampRequest(in)
		got, err := v.VerifyTimestamp(context.Background(), in, over)
		if err == nil && got.Valid() && (!got.Time.Equal(original.Time) || got.Serial != original.Serial) {
			t.Errorf("a new timestamp of %v: %x", got.Time, in)
		}
	})
}

func FuzzInspect(f *testing.F) {
	addGenuine(f, "c*/*.der", "cms/*.b64", "crl-test/*", "ocsp-test/*", "tsp-test/*", "cert-test/*")
	trust := genuinePool(f, "ca-test")
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := Inspect(in, trust)
		if err != nil {
			return
		}
		if out, err := json.Marshal(got); err != nil || len(out) > 64*(len(in)+1024) {
			t.Errorf("%d bytes of JSON about %d, %v", len(out), len(in), err)
		}
	})
}
