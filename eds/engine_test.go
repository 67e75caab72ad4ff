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

// russian are the Russian identifiers of the same keys and hash functions, which
// OpenSSL's GOST engine knows.
var russian = map[Algorithm]struct{ key, params, hash string }{
	GOST2015x512: {"1.2.643.7.1.1.1.2", "1.2.643.7.1.2.1.2.1", "1.2.643.7.1.1.2.3"},
	GOST2015x256: {"1.2.643.7.1.1.1.1", "1.2.643.7.1.2.1.1.1", "1.2.643.7.1.1.2.2"},
	GOST2004:     {"1.2.643.2.2.19", "1.2.643.2.2.35.1", "1.2.643.2.2.30.1"},
}

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
	for _, p := range gostProfiles {
		t.Run(string(p.algorithm), func(t *testing.T) { engineAgrees(t, p) })
	}
}

func engineAgrees(t *testing.T, p *gostProfile) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := gost.GenerateKey(p.curve(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public().(*gost.PublicKey)
	oids := russian[p.algorithm]
	algorithm := der.Sequence(der.OID(oids.key), der.Sequence(der.OID(oids.params), der.OID(oids.hash)))
	publicFile := write("public.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY",
		Bytes: der.Sequence(algorithm, der.BitString(der.OctetString(public.Bytes())))}))
	privateFile := write("private.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY",
		Bytes: der.Sequence(der.Int(0), algorithm, der.OctetString(der.OctetString(key.Bytes())))}))
	digest := p.digest.sum([]byte("Келісемін"))
	digestFile := write("digest", digest)

	ours, err := key.Sign(nil, digest, nil)
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
	if !public.Verify(digest, signature) {
		t.Error("we refuse the engine's signature")
	}
}
