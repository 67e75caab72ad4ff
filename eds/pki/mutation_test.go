package pki_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// The evidence in an archive is as good as sealed: what is changed in it is noticed, also
// by who does not need it. Left is what an attribute is called, as others are passed over.
func TestNoMutationOfAnArchivePasses(t *testing.T) {
	a := authority(t)
	key, err := a.Person(aigul, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cms, err := eds.SignCMS(key, consent, eds.SignOptions{Attached: true, Time: now})
	if err != nil {
		t.Fatal(err)
	}
	v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
	archive, _, err := v.Collect(context.Background(), cms, nil, eds.CollectOptions{Options: eds.Options{At: now}, Timestamp: stamper(a)})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	for name, v := range map[string]*eds.Verifier{"under the evidence": {Anchors: a.Anchors()},
		"with another source": v, "without revocation": {Anchors: a.Anchors(), NoRevocation: true}} {
		for range 250 {
			b := bytes.Clone(archive)
			i := random.IntN(len(b))
			b[i] ^= 1 << random.IntN(8)
			report, err := v.VerifyCMS(context.Background(), b, consent, eds.Options{At: now})
			if err != nil || !report.Valid() {
				continue
			}
			renamed := bytes.Contains(archive[max(0, i-12):i+1], []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2})
			if !renamed {
				t.Errorf("%s: byte %d of %d passes", name, i, len(b))
			}
		}
	}
}
