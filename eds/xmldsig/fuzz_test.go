package xmldsig

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// FuzzVerify looks for a document that verifies and says something that nobody signed.
func FuzzVerify(f *testing.F) {
	v := genuineVerifier(f)
	for _, c := range authority().Anchors().Certificates() {
		v.Anchors.Add(c)
	}
	k := key(f, pki.Options{})
	signed := map[string]bool{}
	seeds := [][]byte{genuineFile(f, genuineGOST)}
	for _, o := range []SignOptions{{}, {ID: "all"}, {ID: "address"}} {
		once := sign(f, k, statement, o)
		seeds = append(seeds, []byte(once), []byte(sign(f, k, once, SignOptions{})))
	}
	for _, seed := range seeds {
		f.Add(seed)
		for _, when := range []Options{at(moment), at(date(2026, 11, 1))} {
			when.Partial = true
			r, err := Verify(ctx, v, seed, when)
			if err != nil {
				f.Fatal(err)
			}
			for _, s := range r.Signed {
				signed[string(s.Content)] = true
			}
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, when := range []Options{at(moment), at(date(2026, 11, 1))} {
			when.Partial = in != nil && len(in)%2 == 0
			r, err := Verify(ctx, v, in, when)
			if err != nil || !r.Valid() {
				continue
			}
			for _, s := range r.Signed {
				if !signed[string(s.Content)] {
					t.Errorf("nobody signed %s in %s", s.Content, in)
				}
			}
		}
	})
}

// FuzzVerifyEnvelope looks for an envelope that verifies with another Body.
func FuzzVerifyEnvelope(f *testing.F) {
	v := verifier()
	seed := []byte(signSOAP(f, key(f, pki.Options{}), message))
	r, err := VerifyEnvelope(ctx, v, seed, eds.Options{At: moment})
	if err != nil || !r.Valid() {
		f.Fatal(err, r)
	}
	f.Add(seed)
	f.Add([]byte(message))
	f.Fuzz(func(t *testing.T, in []byte) {
		again, err := VerifyEnvelope(ctx, v, in, eds.Options{At: moment})
		if err == nil && again.Valid() && !bytes.Equal(again.Content, r.Content) {
			t.Errorf("nobody signed %s in %s", again.Content, in)
		}
	})
}

func TestNoMutationOfAnEnvelopeChangesItsBody(t *testing.T) {
	signed := []byte(signSOAP(t, key(t, pki.Options{}), message))
	want := verifyEnvelope(t, string(signed)).Content
	random := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		b := bytes.Clone(signed)
		b[random.IntN(len(b))] = byte(random.IntN(128))
		if r := verifyEnvelope(t, string(b)); r.Valid() && !bytes.Equal(r.Content, want) {
			t.Errorf("valid: %s", b)
		}
	}
}
