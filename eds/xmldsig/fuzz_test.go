package xmldsig

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

var update = flag.Bool("update", false, "sign the documents in testdata/signed anew")

// signedEarlier are the documents in testdata/signed. The test authority makes the same
// keys each time, but knows only those that it was asked for.
func signedEarlier(t testing.TB) map[string][]byte {
	t.Helper()
	k, second := key(t, pki.Options{}), key(t, pki.Options{Algorithm: eds.GOST2004})
	if *update {
		whole := sign(t, k, statement, SignOptions{})
		for name, doc := range map[string]string{
			"whole": whole, "two": sign(t, second, whole, SignOptions{}),
			"root": sign(t, k, statement, SignOptions{ID: "all"}), "element": sign(t, k, statement, SignOptions{ID: "address"}),
			"envelope": signSOAP(t, k, message),
		} {
			if err := os.WriteFile(filepath.Join("testdata/signed", name+".xml"), []byte(doc), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	out := map[string][]byte{}
	for _, name := range []string{"whole", "two", "root", "element", "envelope"} {
		b, err := os.ReadFile(filepath.Join("testdata/signed", name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	return out
}

func TestDocumentsSignedEarlierVerify(t *testing.T) {
	for name, doc := range signedEarlier(t) {
		r := verify(t, string(doc), Options{Partial: true})
		if name == "envelope" {
			r = verifyEnvelope(t, string(doc))
		}
		if !r.Valid() || r.Content == nil {
			t.Errorf("%s: %v %q", name, r.Reasons, r.Details)
		}
	}
}

// FuzzVerify looks for a document that verifies and says something that nobody signed.
func FuzzVerify(f *testing.F) {
	v := genuineVerifier(f)
	for _, c := range authority().Anchors().Certificates() {
		v.Anchors.Add(c)
	}
	seeds := signedEarlier(f)
	delete(seeds, "envelope")
	seeds["genuine"] = genuineFile(f, genuineGOST)
	signed := map[string]bool{}
	contents := func(in []byte, visit func([]byte)) {
		for _, o := range []Options{at(moment), at(date(2026, 11, 1))} {
			o.Partial = len(in)%2 == 0
			r, err := Verify(ctx, v, in, o)
			if err != nil || !r.Valid() {
				continue
			}
			for _, s := range r.Signed {
				visit(s.Content)
			}
		}
	}
	for _, seed := range seeds {
		f.Add(seed)
		for _, doc := range [][]byte{seed, append(bytes.Clone(seed), ' ')} {
			contents(doc, func(c []byte) { signed[string(c)] = true })
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		contents(in, func(c []byte) {
			if !signed[string(c)] {
				t.Errorf("nobody signed %s in %s", c, in)
			}
		})
	})
}

// FuzzVerifyEnvelope looks for an envelope that verifies with another Body.
func FuzzVerifyEnvelope(f *testing.F) {
	v := verifier()
	seed := signedEarlier(f)["envelope"]
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
	signed := signedEarlier(t)["envelope"]
	want := verifyEnvelope(t, string(signed)).Content
	random := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		b := bytes.Clone(signed)
		b[random.IntN(len(b))] = byte(random.IntN(128))
		if r := verifyEnvelope(t, string(b)); r.Valid() && !bytes.Equal(r.Content, want) {
			t.Errorf("valid: %s", b)
		}
	}
}
