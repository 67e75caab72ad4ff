package eds

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Pool is a set of certificates that the caller trusts: every one is an anchor,
// self-signed or not. It may be used from several goroutines.
type Pool struct {
	mu        sync.RWMutex
	bySubject map[string][]*Certificate
	all       []*Certificate
}

// NewPool makes a pool of the certificates.
func NewPool(certificates ...*Certificate) *Pool {
	p := &Pool{bySubject: map[string][]*Certificate{}}
	for _, c := range certificates {
		p.Add(c)
	}
	return p
}

// LoadPool reads every certificate of a folder: files in DER, base64 or PEM, the
// latter with any number of certificates. Folders in it, hidden files, and files that
// are no certificates at all, such as a README, a key store or a revocation list, are
// passed over; one that is called a certificate and cannot be read is an error, and so
// is a folder without any.
func LoadPool(dir string) (*Pool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("eds: trust folder: %w", err)
	}
	p := NewPool()
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("eds: trust folder: %w", err)
		}
		certificates, err := ParseCertificates(data)
		if err != nil && !errors.Is(err, errArmor) && isCalledCertificate(e.Name(), data) && !isOtherFile(data) {
			return nil, fmt.Errorf("eds: trust folder: %s: %w", e.Name(), err)
		}
		for _, c := range certificates {
			p.Add(c)
		}
	}
	if p.Len() == 0 {
		return nil, fmt.Errorf("eds: no certificates in the trust folder %s", dir)
	}
	return p, nil
}

// isCalledCertificate reports whether a file says of itself that it is a certificate.
func isCalledCertificate(name string, data []byte) bool {
	kinds := []string{".cer", ".crt", ".cert", ".der", ".pem"}
	return slices.Contains(kinds, strings.ToLower(filepath.Ext(name))) || bytes.Contains(data, []byte("-----BEGIN CERTIFICATE-----"))
}

// isOtherFile reports whether a file without certificates is something else that lies
// about in such folders.
func isOtherFile(data []byte) bool {
	_, err := Inspect(data, nil)
	return err == nil
}

// ParseCertificates reads all certificates of a PEM bundle, or one in DER or base64.
func ParseCertificates(data []byte) ([]*Certificate, error) {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		c, err := ParseCertificate(data)
		if err != nil {
			return nil, err
		}
		return []*Certificate{c}, nil
	}
	var out []*Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, errors.Join(ErrCertificate, errArmor)
	}
	return out, nil
}

// Add puts a certificate into the pool, once.
func (p *Pool) Add(c *Certificate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.bySubject[c.subjectKey], c.Equal) {
		return
	}
	p.bySubject[c.subjectKey] = append(p.bySubject[c.subjectKey], c)
	p.all = append(p.all, c)
}

// Certificates lists the pool in the order of adding.
func (p *Pool) Certificates() []*Certificate {
	if p == nil {
		return nil
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.all)
}

// Len is the number of certificates.
func (p *Pool) Len() int { return len(p.Certificates()) }

// contains reports whether the certificate itself is an anchor.
func (p *Pool) contains(c *Certificate) bool {
	return slices.ContainsFunc(p.named(c.subjectKey), c.Equal)
}

// named returns the anchors with the subject.
func (p *Pool) named(subjectKey string) []*Certificate {
	if p == nil {
		return nil
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.bySubject[subjectKey]
}

// TestAuthorityName is the organisation that the test authority of package pki writes
// into its certificates, so that a production configuration can know and refuse them.
const TestAuthorityName = "MEKENJAI TEST AUTHORITY"

// IsTestAuthority reports whether a certificate belongs to a test authority, or was
// issued by one: that of package pki, or one of the national authority's, which all
// have the word TEST in their common names.
func IsTestAuthority(c *Certificate) bool {
	for _, name := range [][]byte{c.X509.RawSubject, c.X509.RawIssuer} {
		rdns, err := parseName(name)
		if err != nil {
			continue
		}
		s := newSubject(rdns)
		words := strings.FieldsFunc(strings.ToUpper(s.CommonName), func(r rune) bool { return strings.ContainsRune(" ().,-_", r) })
		if s.Organization == TestAuthorityName || slices.Contains(words, "TEST") {
			return true
		}
	}
	return false
}
