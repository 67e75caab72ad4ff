package xmldsig

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

const genuine = "../testdata/genuine"

var (
	ctx    = context.Background()
	moment = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
)

var authority = sync.OnceValue(func() *pki.Authority {
	a, err := pki.New([]byte("xmldsig"), moment)
	if err != nil {
		panic(err)
	}
	return a
})

// key is a person's key of the test authority.
func key(t testing.TB, o pki.Options) *eds.Key {
	t.Helper()
	k, err := authority().Person(pki.Person{IIN: "900101400123", Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func verifier() *eds.Verifier {
	return &eds.Verifier{Anchors: authority().Anchors(), Revocation: authority()}
}

func at(when time.Time) Options { return Options{Options: eds.Options{At: when}} }

func verify(t testing.TB, doc string, o Options) *Report {
	t.Helper()
	o.At = moment
	r, err := Verify(ctx, verifier(), []byte(doc), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verifyEnvelope(t testing.TB, doc string) *Report {
	t.Helper()
	r, err := VerifyEnvelope(ctx, verifier(), []byte(doc), eds.Options{At: moment})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sign(t testing.TB, k *eds.Key, doc string, o SignOptions) string {
	t.Helper()
	out, err := Sign(k, []byte(doc), o)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func signSOAP(t testing.TB, k *eds.Key, doc string) string {
	t.Helper()
	out, err := SignEnvelope(k, []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// change replaces the only occurrence.
func change(t testing.TB, doc, old, with string) string {
	t.Helper()
	if n := strings.Count(doc, old); n != 1 {
		t.Fatalf("%d times %q in %s", n, old, doc)
	}
	return strings.Replace(doc, old, with, 1)
}

// between cuts out what stands from the start mark to the end mark, both included.
func between(t testing.TB, doc, from, to string) string {
	t.Helper()
	i := strings.Index(doc, from)
	j := strings.Index(doc[max(i, 0):], to)
	if i < 0 || j < 0 {
		t.Fatalf("no %q…%q in %s", from, to, doc)
	}
	return doc[i : i+j+len(to)]
}

func wantRefused(t *testing.T, name string, r *Report, reason eds.Reason) {
	t.Helper()
	if r.Status != eds.StatusInvalid || !r.Has(reason) {
		t.Errorf("%s: %s %v %q, want %s", name, r.Status, r.Reasons, r.Details, reason)
	}
	if r.Content != nil {
		t.Errorf("%s: content %s", name, r.Content)
	}
}

func genuineFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(genuine, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
