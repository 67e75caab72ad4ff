package eds

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai/eds/gost"
)

func rsaSpec(t testing.TB, s spec) spec {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s.key = k
	return s
}

func TestSignaturesOfBothFormsVerify(t *testing.T) {
	anchor := issue(t, root("root"))
	v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
	o := Options{At: date(2026, 6, 1), Usage: UsageSign}
	for name, s := range map[string]spec{"GOST": person(anchor), "RSA": rsaSpec(t, person(anchor))} {
		key := issue(t, s)
		for _, content := range [][]byte{[]byte("Келісемін"), {}} {
			for _, attached := range []bool{false, true} {
				cms, err := SignCMS(key, content, SignOptions{Attached: attached, Time: date(2026, 5, 31)})
				if err != nil {
					t.Fatal(err)
				}
				report, err := v.VerifyCMS(context.Background(), cms, content, o)
				if err != nil || !report.Valid() || report.Detached == attached || !bytes.Equal(report.Content, content) {
					t.Errorf("%s, attached %v: %v %+v", name, attached, err, report)
				}
				if got := report.Signers[0].SigningTime; got == nil || !got.Equal(date(2026, 5, 31)) {
					t.Errorf("%s: signing time %v", name, got)
				}
			}
		}
	}
}

// keyOf makes a private key of the algorithm.
func keyOf(t testing.TB, a Algorithm) crypto.Signer {
	t.Helper()
	for _, p := range gostProfiles {
		if p.algorithm == a {
			k, err := gost.GenerateKey(p.curve(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
	}
	return rsaSpec(t, spec{}).key
}

// Every algorithm, attached and detached, with and without a timestamp, directly under
// an anchor and through an authority in the container.
func TestEveryCombinationOfFormsVerifies(t *testing.T) {
	content := []byte("Келісемін")
	for _, algorithm := range []Algorithm{GOST2015x512, GOST2015x256, GOST2004, RSASHA256} {
		r := root("root")
		r.key = keyOf(t, algorithm)
		anchor := issue(t, r)
		m := root("middle")
		m.issuer, m.key = anchor, keyOf(t, algorithm)
		middle := issue(t, m)
		tsa := issue(t, tsaSpec(anchor))
		v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
		for _, issuer := range []*Key{anchor, middle} {
			s := person(issuer)
			s.key = keyOf(t, algorithm)
			key := issue(t, s)
			key.Chain = []*Certificate{issuer.Certificate}
			for form := range 4 {
				attached, stamped := form&1 == 1, form&2 == 2
				cms, err := SignCMS(key, content, SignOptions{Attached: attached, Time: date(2026, 5, 31)})
				if err != nil {
					t.Fatal(err)
				}
				at := date(2026, 6, 1)
				if stamped {
					c, _ := ParseCMS(cms)
					if cms, err = AddTimestamp(cms, 0, stamp(t, tsa, c.Signatures()[0], at, nil)); err != nil {
						t.Fatal(err)
					}
					at = date(2036, 6, 1)
				}
				report, err := v.VerifyCMS(context.Background(), cms, content, Options{At: at, Usage: UsageSign})
				if err != nil || !report.Valid() || report.Signers[0].Algorithm != algorithm {
					t.Errorf("%s, attached %v, timestamp %v, by %s: %v %v", algorithm, attached, stamped, issuer.Certificate.SubjectName(), err, report.Details)
				}
			}
		}
	}
}

// Co-owners sign one after the other; nobody's signature may change by it.
func TestAddingASignerLeavesEarlierSignaturesAsTheyAre(t *testing.T) {
	anchor := issue(t, root("root"))
	v := &Verifier{Anchors: NewPool(anchor.Certificate), NoRevocation: true}
	content := []byte("Келісемін")
	for _, attached := range []bool{false, true} {
		cms, err := SignCMS(issue(t, person(anchor)), content, SignOptions{Attached: attached})
		if err != nil {
			t.Fatal(err)
		}
		var earlier [][]byte
		for _, s := range []spec{rsaSpec(t, person(anchor)), person(anchor)} {
			c, _ := ParseCMS(cms)
			for _, info := range c.signers {
				earlier = append(earlier, info.raw)
			}
			if cms, err = AddSigner(cms, issue(t, s), content, SignOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, info := range earlier {
			if !bytes.Contains(cms, info) {
				t.Error("an earlier signature changed")
			}
		}
		report, err := v.VerifyCMS(context.Background(), cms, content, Options{At: date(2026, 6, 1)})
		if err != nil || !report.Valid() || len(report.Signers) != 3 {
			t.Errorf("%v %+v", err, report)
		}
	}
	genuine := genuineFile(t, gostAttached)
	before, _ := ParseCMS(genuine)
	added, err := AddSigner(genuine, issue(t, person(anchor)), nil, SignOptions{})
	if err != nil || !bytes.Contains(added, before.signers[0].raw) {
		t.Errorf("adding to a genuine signature: %v", err)
	}
	if _, err := AddSigner(genuine, issue(t, person(anchor)), content, SignOptions{}); err == nil {
		t.Error("a signer of another content was added")
	}
}

// One bad signer makes the container bad, and the report says which.
func TestEverySignerIsJudgedForItself(t *testing.T) {
	anchor, stranger := issue(t, root("root")), issue(t, root("stranger"))
	cms, err := SignCMS(issue(t, person(anchor)), []byte("x"), SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	if cms, err = AddSigner(cms, issue(t, person(stranger)), nil, SignOptions{}); err != nil {
		t.Fatal(err)
	}
	report := judge(t, NewPool(anchor.Certificate), cms)
	bad := 0
	for _, s := range report.Signers {
		if s.Has(ReasonUntrusted) {
			bad++
		}
	}
	if report.Status != StatusInvalid || bad != 1 || len(report.Signers) != 2 {
		t.Errorf("%s, %d of %d untrusted", report.Status, bad, len(report.Signers))
	}
}

func TestReportIsJSONForScripts(t *testing.T) {
	anchor := issue(t, root("root"))
	cms, err := SignCMS(issue(t, person(anchor)), []byte("x"), SignOptions{Attached: true})
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(judge(t, NewPool(anchor.Certificate), cms))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`{"status":"valid","reasons":[],`, `"signers":[{"status":"valid","reasons":[],"algorithm":"gost2015-512"`,
		`"usage":["sign","login"]`, `"roles":["individual"]`, `"subject":{"iin":"900101300123","bin":"",`} {
		if !strings.Contains(string(out), part) {
			t.Errorf("no %s in %s", part, out)
		}
	}
}

func TestKeyMustFitItsCertificate(t *testing.T) {
	anchor := issue(t, root("root"))
	if _, err := NewKey(anchor.Certificate, newGOSTKey(t)); err == nil {
		t.Error("another private key accepted")
	}
	if _, err := NewKey(anchor.Certificate, anchor.signer); err != nil {
		t.Error(err)
	}
}

func TestOpenSSLVerifiesOurRSASignatures(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	anchor := issue(t, rsaSpec(t, root("root")))
	key := issue(t, rsaSpec(t, person(anchor)))
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: anchor.Certificate.Raw()}))
	content := []byte("document\n")
	doc := write("doc", content)
	for _, attached := range []bool{false, true} {
		cms, err := SignCMS(key, content, SignOptions{Attached: attached})
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"cms", "-verify", "-binary", "-inform", "DER", "-in", write("cms", cms), "-CAfile", ca,
			"-attime", "1780315200", "-purpose", "any", "-cades", "-out", filepath.Join(dir, "out")}
		if !attached {
			args = append(args, "-content", doc)
		}
		if out, err := exec.Command(openssl, args...).CombinedOutput(); err != nil {
			t.Errorf("attached %v: %v\n%s", attached, err, out)
		}
	}
}

func BenchmarkSignCMS(b *testing.B) {
	key := issue(b, person(issue(b, root("root"))))
	for b.Loop() {
		if _, err := SignCMS(key, []byte("x"), SignOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
