package papers_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"mekenjai/internal/papers"
)

func vault(t *testing.T, lines ...string) *papers.Vault {
	t.Helper()
	v, err := papers.ReadVault([]byte(strings.Join(lines, "")))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPaperOpensOnlyAsItself(t *testing.T) {
	v := vault(t, papers.NewSecret("a"))
	content := []byte("birth certificate of a child")
	hash := sha256.Sum256(content)
	s, err := v.Seal("paper-1", content)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(s.Bytes, content[:8]) {
		t.Error("the paper lies open")
	}
	if got, err := v.Open("paper-1", hash, s); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("it does not open: %v", err)
	}
	altered := papers.Sealed{Key: s.Key, Bytes: bytes.Clone(s.Bytes)}
	altered.Bytes[len(altered.Bytes)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"as another paper":       func() ([]byte, error) { return v.Open("paper-2", hash, s) },
		"as another content":     func() ([]byte, error) { return v.Open("paper-1", sha256.Sum256([]byte("other")), s) },
		"altered":                func() ([]byte, error) { return v.Open("paper-1", hash, altered) },
		"cut":                    func() ([]byte, error) { return v.Open("paper-1", hash, papers.Sealed{Key: s.Key, Bytes: s.Bytes[:5]}) },
		"under another secret":   func() ([]byte, error) { return vault(t, papers.NewSecret("a")).Open("paper-1", hash, s) },
		"without the secret":     func() ([]byte, error) { return vault(t, papers.NewSecret("b")).Open("paper-1", hash, s) },
		"with the secret's name": func() ([]byte, error) { return v.Open("paper-1", hash, papers.Sealed{Key: "b", Bytes: s.Bytes}) },
	} {
		if _, err := open(); !errors.Is(err, papers.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOldPapersOpenAfterTheSecretIsChanged(t *testing.T) {
	old, next := papers.NewSecret("2026"), papers.NewSecret("2027")
	content := []byte("power of attorney")
	s, err := vault(t, old).Seal("p", content)
	if err != nil {
		t.Fatal(err)
	}
	v := vault(t, "# the first is for new papers\n", next, old)
	if _, err := v.Open("p", sha256.Sum256(content), s); err != nil {
		t.Error(err)
	}
	if fresh, err := v.Seal("p", content); err != nil || fresh.Key != "2027" {
		t.Errorf("a new paper is sealed with %q, %v", fresh.Key, err)
	}
}

func TestSameContentIsNeverTheSameCiphertext(t *testing.T) {
	v := vault(t, papers.NewSecret("a"))
	x, _ := v.Seal("p", []byte("content"))
	y, _ := v.Seal("p", []byte("content"))
	if bytes.Equal(x.Bytes, y.Bytes) {
		t.Error("who sees two ciphertexts sees that the papers are the same")
	}
}

func TestUnusableSecretFileIsRefused(t *testing.T) {
	for _, text := range []string{"", "\n# nothing\n", "a c2hvcnQ=\n", "a !!!\n", papers.NewSecret("a") + papers.NewSecret("a")} {
		if _, err := papers.ReadVault([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
