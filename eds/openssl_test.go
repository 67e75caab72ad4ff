package eds

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai/eds/internal/der"
)

// workshop is a folder in which OpenSSL works with keys of the test.
type workshop struct {
	*testing.T
	dir string
}

func newWorkshop(t *testing.T) workshop {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl")
	}
	return workshop{t, t.TempDir()}
}

func (w workshop) put(name string, b []byte) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), b, 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w workshop) read(name string) []byte {
	w.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// keep writes certificate and key in PEM.
func (w workshop) keep(name string, k *Key) {
	w.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		w.Fatal(err)
	}
	w.put(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate.Raw()}))
	w.put(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

func (w workshop) openssl(command string) {
	w.Helper()
	cmd := exec.Command("openssl", strings.Fields(command)...)
	cmd.Dir = w.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		w.Fatalf("openssl %s: %v\n%s", command, err, out)
	}
}

// validNow is for certificates that OpenSSL judges, which goes by its own clock.
func validNow(s spec) spec {
	s.from, s.to = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	return s
}

// Every form of container that OpenSSL writes.
func TestWeVerifyWhatOpenSSLSigns(t *testing.T) {
	w := newWorkshop(t)
	anchor := issue(t, rsaSpec(t, root("root")))
	w.keep("ca", anchor)
	w.keep("one", issue(t, validNow(rsaSpec(t, person(anchor)))))
	w.keep("two", issue(t, validNow(rsaSpec(t, person(anchor)))))
	content := []byte("құжат\r\n")
	w.put("doc", content)
	v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
	sign := "cms -sign -binary -signer one.pem -inkey one.key -in doc -out out "
	for command, want := range map[string]struct {
		status   Status
		reason   Reason
		signers  int
		detached bool
	}{
		sign + "-outform DER -nodetach":                                     {StatusValid, "", 1, false},
		sign + "-outform DER":                                               {StatusValid, "", 1, true},
		sign + "-outform DER -nodetach -stream":                             {StatusValid, "", 1, false}, // indefinite lengths
		sign + "-outform PEM":                                               {StatusValid, "", 1, true},
		sign + "-outform PEM -nodetach -stream":                             {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -cades":                              {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -cades -md sha512":                   {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -keyid":                              {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -certfile ca.pem":                    {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -nosmimecap":                         {StatusValid, "", 1, false},
		sign + "-outform DER -nodetach -signer two.pem -inkey two.key":      {StatusValid, "", 2, false},
		strings.Replace(sign, "cms", "smime", 1) + "-outform DER -nodetach": {StatusValid, "", 1, false},
		strings.Replace(sign, "cms", "smime", 1) + "-outform PEM":           {StatusValid, "", 1, true},
		sign + "-outform DER -nodetach -noattr":                             {StatusInvalid, ReasonSignedAttributes, 1, false},
		sign + "-outform DER -nodetach -nocerts":                            {StatusInvalid, ReasonNoCertificate, 1, false},
		sign + "-outform DER -nodetach -md sha1":                            {StatusInvalid, ReasonAlgorithm, 1, false},
		sign + "-outform DER -nodetach -keyopt rsa_padding_mode:pss":        {StatusInvalid, ReasonMalformed, 0, false},
		"crl2pkcs7 -nocrl -certfile one.pem -outform DER -out out":          {StatusInvalid, ReasonNoSigners, 0, true},
	} {
		w.openssl(command)
		report, err := v.VerifyCMS(context.Background(), w.read("out"), content, Options{Usage: UsageSign})
		if err != nil || report.Status != want.status || len(report.Signers) != want.signers || report.Detached != want.detached {
			t.Errorf("%s: %v %s %v", command, err, report.Status, report.Details)
			continue
		}
		if want.reason != "" && !report.Has(want.reason) {
			t.Errorf("%s: %v", command, report.Reasons)
		}
	}
	// A signature added by OpenSSL to one of ours, and the reverse.
	w.openssl(sign + "-outform DER -nodetach")
	added, err := AddSigner(w.read("out"), issue(t, validNow(rsaSpec(t, person(anchor)))), nil, SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.put("both", added)
	w.openssl("cms -resign -inform DER -in both -outform DER -out out -nodetach -binary -signer two.pem -inkey two.key")
	report, err := v.VerifyCMS(context.Background(), w.read("out"), nil, Options{})
	if err != nil || !report.Valid() || len(report.Signers) != 3 {
		t.Errorf("three signers: %v %v", err, report.Details)
	}
}

// Lists and responses of OpenSSL, which decide about the same certificate.
func TestWeBelieveWhatOpenSSLSaysOfRevocation(t *testing.T) {
	w := newWorkshop(t)
	anchor := issue(t, rsaSpec(t, root("root")))
	key := issue(t, validNow(rsaSpec(t, person(anchor))))
	w.keep("ca", anchor)
	w.keep("one", key)
	serial := fmt.Sprintf("%02X", key.Certificate.X509.SerialNumber)
	if len(serial)%2 == 1 {
		serial = "0" + serial
	}
	index := func(status, revoked string) {
		w.put("index.txt", []byte(fmt.Sprintf("%s\t%s\t%s\t%s\tunknown\t/CN=x\n", status, key.Certificate.X509.NotAfter.UTC().Format("060102150405Z"), revoked, serial)))
	}
	w.put("ca.cnf", []byte("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=30\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n"))
	w.put("number", []byte("01\n"))
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format("060102150405Z")
	v := &Verifier{Anchors: NewPool(anchor.Certificate)}
	cms, err := SignCMS(key, []byte("x"), SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		status, revoked string
		want            Status
		reason          Reason
	}{
		"good":          {"V", "", StatusValid, ""},
		"revoked":       {"R", yesterday + ",keyCompromise", StatusInvalid, ReasonRevoked},
		"on hold":       {"R", yesterday + ",certificateHold", StatusInvalid, ReasonRevoked},
		"without cause": {"R", yesterday, StatusInvalid, ReasonRevoked},
	} {
		index(c.status, c.revoked)
		w.openssl("ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out list.pem")
		w.openssl("ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert one.pem -respout response -ndays 1 -CAfile ca.pem")
		list, err := ParseCRL(w.read("list.pem"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := ParseOCSP(w.read("response"))
		if err != nil {
			t.Fatal(err)
		}
		for source, checker := range map[string]RevocationChecker{"list": CRLs{list}, "response": OCSPResponses{response}} {
			v.Revocation = checker
			report, err := v.VerifyCMS(context.Background(), cms, nil, Options{})
			if err != nil || report.Status != c.want || c.reason != "" && !report.Has(c.reason) {
				t.Errorf("%s, by %s: %v %v %v", name, source, err, report.Status, report.Details)
			}
		}
	}
	w.put("index.txt", nil)
	w.openssl("ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -issuer ca.pem -cert one.pem -respout response -ndays 1 -CAfile ca.pem")
	response, err := ParseOCSP(w.read("response"))
	if err != nil {
		t.Fatal(err)
	}
	v.Revocation = OCSPResponses{response}
	if report, err := v.VerifyCMS(context.Background(), cms, nil, Options{}); err != nil || report.Status != StatusIndeterminate || !report.Has(ReasonRevocationUnknown) {
		t.Errorf("unknown: %v %v", err, report.Details)
	}
}

// Tokens of OpenSSL's time-stamping authority over our signature.
func TestWeBelieveTimestampsOfOpenSSL(t *testing.T) {
	w := newWorkshop(t)
	anchor := issue(t, rsaSpec(t, root("root")))
	tsa := rsaSpec(t, tsaSpec(anchor))
	w.keep("ca", anchor)
	w.keep("tsa", issue(t, validNow(tsa)))
	w.put("serial", []byte("01\n"))
	w.put("tsa.cnf", []byte(`[tsa]
default_tsa=t
[t]
serial=serial
signer_cert=tsa.pem
signer_key=tsa.key
signer_digest=sha256
default_policy=1.2.398.3.3.2.6.2
digests=sha256,sha512
accuracy=secs:1,millisecs:500
ordering=yes
tsa_name=yes
ess_cert_id_chain=yes
ess_cert_id_alg=sha256
`))
	key := issue(t, validNow(rsaSpec(t, person(anchor))))
	cms, err := SignCMS(key, []byte("x"), SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCMS(cms)
	if err != nil {
		t.Fatal(err)
	}
	request, err := NewTimestampRequest(c.Signatures()[0], DigestSHA256)
	if err != nil {
		t.Fatal(err)
	}
	w.put("request", request.Bytes())
	w.openssl("ts -reply -config tsa.cnf -queryfile request -out reply -chain ca.pem")
	token, err := request.Token(w.read("reply"))
	if err != nil {
		t.Fatal(err)
	}
	stamped, err := AddTimestamp(cms, 0, token)
	if err != nil {
		t.Fatal(err)
	}
	v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
	report, err := v.VerifyCMS(context.Background(), stamped, nil, Options{At: time.Now().AddDate(5, 0, 0)})
	if err != nil || !report.Valid() || report.Signers[0].Timestamp == nil || report.Signers[0].Timestamp.Policy != "1.2.398.3.3.2.6.2" {
		t.Errorf("%v %v", err, report.Details)
	}
	if got, err := Inspect(w.read("reply"), NewPool(anchor.Certificate)); err != nil || got.Kind != "timestamp" || got.Signature != SignatureValid {
		t.Errorf("%v %+v", err, got)
	}
	damaged := bytes.Replace(stamped, der.OID("1.2.398.3.3.2.6.2"), der.OID("1.2.398.3.3.2.6.3"), 1)
	if report, err := v.VerifyCMS(context.Background(), damaged, nil, Options{}); err != nil || report.Valid() {
		t.Errorf("another policy: %v", err)
	}
}
