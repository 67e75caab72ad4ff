package pki_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

func fixedClock() time.Time { return now }

func post(t *testing.T, url string, body []byte) []byte {
	t.Helper()
	resp, err := http.Post(url, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v %s %s", err, resp.Status, out)
	}
	return out
}

// issuerOf finds the authority of a certificate among the anchors.
func issuerOf(t *testing.T, a *pki.Authority, c *eds.Certificate) *eds.Certificate {
	t.Helper()
	for _, i := range a.Anchors().Certificates() {
		if bytes.Equal(i.X509.SubjectKeyId, c.X509.AuthorityKeyId) {
			return i
		}
	}
	t.Fatal("no issuer")
	return nil
}

func TestResponderSpeaksAsTheNationalOne(t *testing.T) {
	a := authority(t)
	server := httptest.NewServer(a.Handler(fixedClock))
	defer server.Close()
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		for kind, want := range map[pki.Kind]eds.RevocationStatus{pki.Valid: eds.RevocationGood, pki.Revoked: eds.RevocationRevoked, pki.OnHold: eds.RevocationRevoked} {
			key, err := a.Person(aigul, pki.Options{Algorithm: algorithm, Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			issuer := issuerOf(t, a, key.Certificate)
			request := eds.NewOCSPRequest(key.Certificate, issuer)
			response, err := request.Answer(post(t, server.URL+"/ocsp/", request.Bytes()))
			if err != nil {
				t.Fatalf("%s %s: %v", algorithm, kind, err)
			}
			if got := (eds.OCSPResponses{response}).CheckRevocation(context.Background(), key.Certificate, issuer, now); got.Status != want {
				t.Errorf("%s %s: %+v", algorithm, kind, got)
			}
			other := eds.NewOCSPRequest(key.Certificate, issuer)
			if _, err := other.Answer(response.Raw); err == nil {
				t.Error("an answer to another request was taken")
			}
		}
	}
	key, _ := a.Person(aigul, pki.Options{})
	issuer := issuerOf(t, a, key.Certificate)
	never := eds.NewOCSPRequest(issuer, issuer)
	if r, err := never.Answer(post(t, server.URL+"/ocsp/", never.Bytes())); err != nil || !r.Entries[0].NeverIssued {
		t.Errorf("a certificate that was never issued: %v %+v", err, r)
	}
	a.Silence(true)
	request := eds.NewOCSPRequest(key.Certificate, issuer)
	if _, err := request.Answer(post(t, server.URL+"/ocsp/", request.Bytes())); err == nil || !strings.Contains(err.Error(), "tryLater") {
		t.Errorf("a silent responder: %v", err)
	}
}

func TestTimestampsOfBothServicesAreTrusted(t *testing.T) {
	a := authority(t)
	server := httptest.NewServer(a.Handler(fixedClock))
	defer server.Close()
	v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
	for digest, algorithm := range map[eds.Digest]eds.Algorithm{eds.DigestStreebog512: eds.GOST2015x512, eds.DigestSHA256: eds.RSASHA256} {
		key, err := a.Person(aigul, pki.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cms, err := eds.SignCMS(key, consent, eds.SignOptions{Attached: true, Time: now})
		if err != nil {
			t.Fatal(err)
		}
		parsed, _ := eds.ParseCMS(cms)
		request, err := eds.NewTimestampRequest(parsed.Signatures()[0], digest)
		if err != nil {
			t.Fatal(err)
		}
		token, err := request.Token(post(t, server.URL+"/tsp/", request.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		stamped, err := eds.AddTimestamp(cms, 0, token)
		if err != nil {
			t.Fatal(err)
		}
		report, err := v.VerifyCMS(context.Background(), stamped, nil, eds.Options{At: now.AddDate(10, 0, 0)})
		if err != nil || !report.Valid() || !report.Signers[0].JudgedAt.Equal(now) || report.Signers[0].Timestamp.Algorithm != algorithm {
			t.Errorf("%s: %v %+v", digest, err, report)
		}
	}
}

func TestListsNameTheRevokedOfTheirAuthority(t *testing.T) {
	a := authority(t)
	server := httptest.NewServer(a.Handler(fixedClock))
	defer server.Close()
	for algorithm, name := range map[eds.Algorithm]string{eds.GOST2015x512: "gost", eds.RSASHA256: "rsa"} {
		good, err := a.Person(aigul, pki.Options{Algorithm: algorithm})
		if err != nil {
			t.Fatal(err)
		}
		bad, err := a.Person(aigul, pki.Options{Algorithm: algorithm, Kind: pki.Revoked})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(server.URL + "/crl/" + name + ".crl")
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		store := &eds.CRLStore{Now: fixedClock}
		list, err := store.Load(raw, a.Anchors().Certificates()...)
		if err != nil || list.Len() != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		for key, want := range map[*eds.Key]eds.RevocationStatus{good: eds.RevocationGood, bad: eds.RevocationRevoked} {
			if got := store.CheckRevocation(context.Background(), key.Certificate, issuerOf(t, a, key.Certificate), now); got.Status != want {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// OpenSSL asks our responder and our time-stamping authority, and believes them.
func TestOpenSSLUnderstandsTheRSAServices(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	a := authority(t)
	key, err := a.Person(aigul, pki.Options{Algorithm: eds.RSASHA256})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler(fixedClock))
	defer server.Close()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, b []byte) string {
		if err := os.WriteFile(path(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}
	toPEM := func(c *eds.Certificate) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw()})
	}
	run := func(args ...string) string {
		out, err := exec.Command(openssl, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	ca, cert := write("ca.pem", toPEM(issuerOf(t, a, key.Certificate))), write("cert.pem", toPEM(key.Certificate))
	attime := []string{"-attime", "1779278400"} // 2026-05-20 12:00
	run("ocsp", "-sha256", "-issuer", ca, "-cert", cert, "-reqout", path("req"), "-no_nonce")
	write("resp", post(t, server.URL+"/ocsp/", mustRead(t, path("req"))))
	args := append([]string{"ocsp", "-respin", path("resp"), "-sha256", "-issuer", ca, "-CAfile", ca, "-cert", cert, "-validity_period", "1000000000"}, attime...)
	if out := run(args...); !strings.Contains(out, "good") || !strings.Contains(out, "Response verify OK") {
		t.Errorf("openssl ocsp: %s", out)
	}
	doc := write("doc", consent)
	run("ts", "-query", "-data", doc, "-sha256", "-cert", "-out", path("tsq"))
	write("tsr", post(t, server.URL+"/tsp/", mustRead(t, path("tsq"))))
	if out := run(append([]string{"ts", "-verify", "-queryfile", path("tsq"), "-in", path("tsr"), "-CAfile", ca}, attime...)...); !strings.Contains(out, "Verification: OK") {
		t.Errorf("openssl ts: %s", out)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A key may be made by one program and the responder be another.
func TestResponderKnowsKeysThatAnotherProcessMade(t *testing.T) {
	one, other := authority(t), authority(t)
	for kind, want := range map[pki.Kind]eds.RevocationStatus{
		pki.Valid: eds.RevocationGood, pki.Expired: eds.RevocationGood, pki.Revoked: eds.RevocationRevoked, pki.OnHold: eds.RevocationRevoked,
	} {
		for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
			key, err := one.Person(pki.Person{IIN: "900101400122", Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, pki.Options{Kind: kind, Algorithm: algorithm})
			if err != nil {
				t.Fatal(err)
			}
			request := eds.NewOCSPRequest(key.Certificate, issuerOf(t, one, key.Certificate))
			raw, err := other.OCSP(request.Bytes(), now)
			if err != nil {
				t.Fatal(err)
			}
			response, err := request.Answer(raw)
			if err != nil {
				t.Fatal(err)
			}
			if e := response.Entries[0]; e.Status != want || e.NeverIssued {
				t.Errorf("%s %s: %+v", kind, algorithm, e)
			}
		}
	}
}

func TestDeltaListTellsWhatHappenedSinceItsBase(t *testing.T) {
	a := authority(t)
	server := httptest.NewServer(a.Handler(fixedClock))
	defer server.Close()
	key, err := a.Person(aigul, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	midnight := now.UTC().Truncate(24 * time.Hour)
	raw, err := a.CRL(eds.GOST2015x512, midnight)
	if err != nil {
		t.Fatal(err)
	}
	full, err := eds.ParseCRL(raw)
	if err != nil {
		t.Fatal(err)
	}
	issuer := issuerOf(t, a, key.Certificate)
	if got := (eds.CRLs{full}).CheckRevocation(context.Background(), key.Certificate, issuer, now); got.Status != eds.RevocationGood {
		t.Errorf("before: %+v", got)
	}
	a.Revoke(key.Certificate, now.Add(-time.Minute), eds.ReasonKeyCompromise)
	resp, err := http.Get(server.URL + "/crl/gost_d.crl")
	if err != nil {
		t.Fatal(err)
	}
	raw, _ = io.ReadAll(resp.Body)
	resp.Body.Close()
	delta, err := eds.ParseCRL(raw)
	if err != nil || !delta.Delta() {
		t.Fatal(err)
	}
	for _, lists := range []eds.CRLs{{full, delta}, {delta, full}} {
		if got := lists.CheckRevocation(context.Background(), key.Certificate, issuer, now); got.Status != eds.RevocationRevoked {
			t.Errorf("after: %+v", got)
		}
	}
	// Alone it tells of those it names.
	other, err := a.Person(aigul, pki.Options{Algorithm: eds.GOST2015x512, BIN: "050140000011", Organization: "ЖШС"})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[*eds.Certificate]eds.RevocationStatus{key.Certificate: eds.RevocationRevoked, other.Certificate: eds.RevocationUnavailable} {
		if got := (eds.CRLs{delta}).CheckRevocation(context.Background(), c, issuer, now); got.Status != want {
			t.Errorf("a delta list alone: %+v", got)
		}
	}
}
