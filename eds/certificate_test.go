package eds

import (
	"os"
	"path/filepath"
	"testing"
)

const genuine = "testdata/genuine"

func genuineFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(genuine, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func genuineCertificate(t testing.TB, name string) *Certificate {
	t.Helper()
	c, err := ParseCertificate(genuineFile(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}
