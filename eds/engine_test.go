package eds

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"mekenjai/eds/gost"
	"mekenjai/eds/internal/der"
)

// The Russian identifiers of the same key and hash, which OpenSSL's GOST engine knows.
const (
	russianKey512  = "1.2.643.7.1.1.1.2"
	russianSet512A = "1.2.643.7.1.2.1.2.1"
	russianHash512 = "1.2.643.7.1.1.2.3"
)

// engine runs openssl pkeyutl with the GOST engine, or skips the test without it.
func engine(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	if err := exec.Command(openssl, "engine", "gost").Run(); err != nil {
		t.Skip("no GOST engine")
	}
	return exec.Command(openssl, append([]string{"pkeyutl", "-engine", "gost"}, args...)...).CombinedOutput()
}

// Kazakh and Russian signatures are the same numbers: only the identifiers differ, and
// the order of the bytes.
func TestOpenSSLWithTheGOSTEngineAgreesBothWays(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := gost.GenerateKey(gost.TC26512A(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public().(*gost.PublicKey)
	algorithm := der.Sequence(der.OID(russianKey512), der.Sequence(der.OID(russianSet512A), der.OID(russianHash512)))
	publicFile := write("public.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY",
		Bytes: der.Sequence(algorithm, der.BitString(der.OctetString(public.Bytes())))}))
	privateFile := write("private.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY",
		Bytes: der.Sequence(der.Int(0), algorithm, der.OctetString(der.OctetString(key.Bytes())))}))
	digest := gost.Streebog512([]byte("Келісемін"))
	digestFile := write("digest", digest[:])

	ours, err := key.Sign(nil, digest[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	theirs := bytes.Clone(ours)
	slices.Reverse(theirs)
	if out, err := engine(t, "-verify", "-pubin", "-inkey", publicFile, "-in", digestFile, "-sigfile", write("ours", theirs)); err != nil {
		t.Errorf("the engine refuses our signature: %v\n%s", err, out)
	}
	if out, err := engine(t, "-sign", "-inkey", privateFile, "-in", digestFile, "-out", filepath.Join(dir, "theirs")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	signature, err := os.ReadFile(filepath.Join(dir, "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(signature)
	if !public.Verify(digest[:], signature) {
		t.Error("we refuse the engine's signature")
	}
}
