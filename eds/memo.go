package eds

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"mekenjai/eds/gost"
)

// proved remembers signatures that were found good. Whether a signature matches a
// key and a digest is arithmetic and never changes: only that is kept, nothing of
// whom to trust or what was revoked. One signature is looked at several times on
// its way, when it is given, when its evidence is gathered and when that is read.
var proved memo

// memo is a set of at most 2·maxProved sums. Half is forgotten at once, so what
// was needed lately stays.
type memo struct {
	mu            sync.Mutex
	recent, older map[[sha256.Size]byte]struct{}
}

// maxProved bounds the memory to some hundred kilobytes.
const maxProved = 4096

func (m *memo) has(sum [sha256.Size]byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.recent[sum]; ok {
		return true
	}
	_, ok := m.older[sum]
	return ok
}

func (m *memo) add(sum [sha256.Size]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.recent == nil || len(m.recent) >= maxProved {
		m.recent, m.older = make(map[[sha256.Size]byte]struct{}), m.recent
	}
	m.recent[sum] = struct{}{}
}

// sumOf is a collision-free name of a question put to verifyDigest; ok is false for
// a key of a kind that is not known.
func (s *scheme) sumOf(key crypto.PublicKey, digest, signature []byte) (sum [sha256.Size]byte, ok bool) {
	parts := [][]byte{[]byte(s.algorithm), []byte(s.oid), nil, digest, signature}
	switch k := key.(type) {
	case *gost.PublicKey:
		parts[2] = k.Bytes()
	case *rsa.PublicKey:
		parts[2] = binary.BigEndian.AppendUint64(k.N.Bytes(), uint64(k.E))
	default:
		return sum, false
	}
	h := sha256.New()
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum, true
}
