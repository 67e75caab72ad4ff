package papers

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Vault encrypts papers at rest: AES-256-GCM under a key that follows (HKDF,
// RFC 5869) from a secret and the paper's id, with the id, the secret's name and
// the hash of the content as bound data. A ciphertext that is moved to another
// paper, or exchanged for an older one, does not open.
type Vault struct {
	current string // the name of the secret for new papers
	secrets map[string][]byte
}

// Sealed is an encrypted paper. Key is the name of the secret, so that secrets
// can be changed while old papers still open.
type Sealed struct {
	Key   string
	Bytes []byte
}

// ErrSealed says that a paper cannot be opened: it was altered, or its secret is
// not in the vault.
var ErrSealed = errors.New("the paper does not open")

const secretBytes = 32

// ReadVault reads the lines of a secret file: the name of a secret, a space, 32
// bytes in base64. The first line is for new papers, the others open old ones.
func ReadVault(text []byte) (*Vault, error) {
	v := &Vault{secrets: map[string][]byte{}}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, coded, _ := strings.Cut(line, " ")
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
		if err != nil || len(secret) < secretBytes || v.secrets[name] != nil {
			return nil, fmt.Errorf("secret %q of the vault: want a name of its own and %d bytes in base64", name, secretBytes)
		}
		v.secrets[name] = secret
		if v.current == "" {
			v.current = name
		}
	}
	if v.current == "" {
		return nil, errors.New("the vault has no secret")
	}
	return v, nil
}

// OpenVault reads a secret file.
func OpenVault(file string) (*Vault, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("secrets of the vault: %w", err)
	}
	return ReadVault(text)
}

// NewSecret is a line for a secret file.
func NewSecret(name string) string {
	var b [secretBytes]byte
	rand.Read(b[:]) // never fails
	return name + " " + base64.StdEncoding.EncodeToString(b[:]) + "\n"
}

// Seal encrypts a paper for its id.
func (v *Vault) Seal(id string, content []byte) (Sealed, error) {
	box, err := v.box(v.current, id)
	if err != nil {
		return Sealed{}, err
	}
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(content)+box.Overhead())
	rand.Read(nonce)
	hash := sha256.Sum256(content)
	return Sealed{Key: v.current, Bytes: box.Seal(nonce, nonce, content, bound(v.current, id, hash))}, nil
}

// Open decrypts a paper; hash is that of its content. The error is ErrSealed.
func (v *Vault) Open(id string, hash [sha256.Size]byte, s Sealed) ([]byte, error) {
	box, err := v.box(s.Key, id)
	if err != nil {
		return nil, err
	}
	if len(s.Bytes) < box.NonceSize() {
		return nil, ErrSealed
	}
	nonce, cipherText := s.Bytes[:box.NonceSize()], s.Bytes[box.NonceSize():]
	content, err := box.Open(nil, nonce, cipherText, bound(s.Key, id, hash))
	if err != nil {
		return nil, ErrSealed
	}
	return content, nil
}

func (v *Vault) box(key, id string) (cipher.AEAD, error) {
	secret := v.secrets[key]
	if secret == nil {
		return nil, fmt.Errorf("no secret %q: %w", key, ErrSealed)
	}
	own, err := hkdf.Key(sha256.New, secret, []byte(id), "mekenjai/paper/v1", 32)
	if err != nil {
		return nil, fmt.Errorf("key of a paper: %w", err)
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, fmt.Errorf("key of a paper: %w", err)
	}
	return cipher.NewGCM(block)
}

// bound is what a ciphertext belongs to.
func bound(key, id string, hash [sha256.Size]byte) []byte {
	return append([]byte("mekenjai/paper/v1\x00"+key+"\x00"+id+"\x00"), hash[:]...)
}
