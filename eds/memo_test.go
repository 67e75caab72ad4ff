package eds

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"testing"

	"mekenjai/eds/gost"
)

// A signature that was found good is good for nothing else: not for another key,
// digest, signature or algorithm.
func TestAProvedSignatureProvesNothingElse(t *testing.T) {
	a, _ := gost.GenerateKey(gost.TC26512A(), rand.Reader)
	b, _ := gost.GenerateKey(gost.TC26512A(), rand.Reader)
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, signer := range []crypto.Signer{a, r} {
		s, err := signingScheme(signer.Public())
		if err != nil {
			t.Fatal(err)
		}
		digest := s.digest.sum([]byte("text"))
		signature, err := signer.Sign(rand.Reader, digest, s.digest.hash)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // found, then known
			if err := s.verifyDigest(signer.Public(), digest, signature); err != nil {
				t.Fatal(err)
			}
		}
		if sum, ok := s.sumOf(signer.Public(), digest, signature); !ok || !proved.has(sum) {
			t.Error("it is not remembered")
		}
		other, spoilt := s.digest.sum([]byte("other")), slices.Clone(signature)
		spoilt[len(spoilt)-1] ^= 1
		for range 2 { // a bad one is not remembered as good
			if s.verifyDigest(signer.Public(), other, signature) == nil || s.verifyDigest(signer.Public(), digest, spoilt) == nil ||
				s.verifyDigest(b.Public(), digest, signature) == nil || s.verifyDigest(signer.Public(), digest[1:], append(bytes.Clone(digest[:1]), signature...)) == nil {
				t.Error("another question has its answer")
			}
		}
	}
}

func TestTheMemoIsBoundedAndKeepsWhatIsNew(t *testing.T) {
	var m memo
	sum := func(i int) [sha256.Size]byte { return sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}) }
	const n = 10 * maxProved
	for i := range n {
		m.add(sum(i))
		if !m.has(sum(i)) || i >= maxProved && !m.has(sum(i-maxProved+1)) {
			t.Fatalf("forgot at %d", i)
		}
	}
	if len(m.recent)+len(m.older) > 2*maxProved || m.has(sum(0)) {
		t.Errorf("%d are kept", len(m.recent)+len(m.older))
	}
}
