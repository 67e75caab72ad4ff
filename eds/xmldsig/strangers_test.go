package xmldsig

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

const strangers = "testdata/strangers"

// xmlCrypto runs tasks in the second implementation, a library for Node.
func xmlCrypto(t *testing.T, tasks []map[string]any) []any {
	t.Helper()
	if testing.Short() {
		t.Skip("the second implementation is not asked in short runs")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: the second implementation cannot be asked")
	}
	if _, err := os.Stat(filepath.Join(strangers, "node_modules", "xml-crypto")); err != nil {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
		install.Dir = strangers
		if out, err := install.CombinedOutput(); err != nil {
			t.Skipf("npm cannot install the second implementation: %v %s", err, out)
		}
	}
	in, err := json.Marshal(tasks)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "strangers.js")
	node.Dir, node.Stdin, node.Stderr = strangers, bytes.NewReader(in), os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var results []any
	if err := json.Unmarshal(out, &results); err != nil || len(results) != len(tasks) {
		t.Fatalf("%v: %s", err, out)
	}
	return results
}

func rsaKey(t *testing.T) (k *eds.Key, certificate, private string) {
	t.Helper()
	k = key(t, pki.Options{Algorithm: eds.RSASHA256})
	der, err := x509.MarshalPKCS8PrivateKey(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return k, block("CERTIFICATE", k.Certificate.Raw()), block("PRIVATE KEY", der)
}

// The second implementation does not leave comments out where XMLDSig says so.
var plain = strings.Replace(statement, "<!-- түсініктеме -->", "", 1)

// tricky has what canonical forms differ in.
const tricky = "<?xml version=\"1.0\"?>\r\n<a xmlns='urn:a' xmlns:q=\"urn:q\" xml:lang='kk' q:z='2' b='1 &lt;\t&#10;'>x &gt; \"y\" &amp;&#13;\r\n<![CDATA[<&>]]><q:b/><c xmlns=''/></a>"

func TestStrangersVerifyWhatWeSign(t *testing.T) {
	k, certificate, _ := rsaKey(t)
	var tasks []map[string]any
	var want []any
	add := func(doc string, wsse, good bool) {
		tasks = append(tasks, map[string]any{"verify": doc, "certificate": certificate, "wsse": wsse})
		want = append(want, good)
	}
	whole, byID, soap := sign(t, k, plain, SignOptions{}), sign(t, k, plain, SignOptions{ID: "address"}), signSOAP(t, k, message)
	add(whole, false, true)
	add(byID, false, true)
	add(sign(t, k, plain, SignOptions{ID: "all"}), false, true)
	// The prefix xml needs no declaration, but xml-crypto writes one.
	add(sign(t, k, strings.Replace(tricky, " xml:lang='kk'", "", 1), SignOptions{}), false, true)
	add(soap, true, true)
	add(strings.Replace(whole, "Абай 1", "Абай 2", 1), false, false)
	add(strings.Replace(byID, "Абай 1", "Абай 2", 1), false, false)
	add(strings.Replace(soap, "900101400123", "900101400124", 1), true, false)
	for i, got := range xmlCrypto(t, tasks) {
		if got != want[i] {
			t.Errorf("xml-crypto: %v, want %v: %s", got, want[i], tasks[i]["verify"])
		}
	}
}

func TestWeVerifyWhatStrangersSign(t *testing.T) {
	_, certificate, private := rsaKey(t)
	task := func(doc string, more map[string]any) map[string]any {
		more["sign"], more["certificate"], more["key"] = doc, certificate, private
		return more
	}
	withHeader := strings.Replace(message, "<soap:Body>", `<soap:Header><wsse:Security xmlns:wsse="`+spaceWSSE+`"/></soap:Header><soap:Body>`, 1)
	results := xmlCrypto(t, []map[string]any{
		task(plain, map[string]any{}), task(plain, map[string]any{"id": "all"}), task(withHeader, map[string]any{"wsse": true}),
	})
	for i, out := range results {
		doc := out.(string)
		check := func(doc string) *Report {
			if i == 2 {
				return verifyEnvelope(t, doc)
			}
			return verify(t, doc, Options{})
		}
		if r := check(doc); !r.Valid() {
			t.Errorf("%d: %v %q %s", i, r.Reasons, r.Details, doc)
		}
		if r := check(strings.Replace(doc, "900101400123", "900101400124", 1)); !r.Has(eds.ReasonDigest) {
			t.Errorf("%d: %v", i, r.Reasons)
		}
	}
}

// xmlsec is what most other programs build on. It knows how references treat comments.
func TestXmlsecVerifiesWhatWeSign(t *testing.T) {
	xmlsec, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	k, certificate, _ := rsaKey(t)
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	public := write("certificate.pem", certificate)
	for name, c := range map[string]struct {
		doc  string
		good bool
	}{
		"whole": {sign(t, k, statement, SignOptions{}), true}, "by Id": {sign(t, k, statement, SignOptions{ID: "address"}), true},
		"tricky": {sign(t, k, tricky, SignOptions{}), true}, "wsse": {signSOAP(t, k, message), true},
		"prefixes": {withPrefixes(t, k, signSOAP(t, k, message)), true},
		"changed":  {strings.Replace(sign(t, k, statement, SignOptions{}), "Абай 1", "Абай 2", 1), false},
	} {
		out, err := exec.Command(xmlsec, "--verify", "--pubkey-cert-pem", public, "--enabled-key-data", "rsa",
			"--id-attr:Id", "urn:mekenjai:statement:мекенжай", "--id-attr:Id", spaceS11+":Body", write("doc.xml", c.doc)).CombinedOutput()
		if (err == nil) != c.good {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
}
