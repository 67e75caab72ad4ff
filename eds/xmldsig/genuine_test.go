package xmldsig

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

const (
	genuineGOST = "xml/test_gost512.xml_simple.xml"
	genuineRSA  = "xml/rsa2048_individual_sign.xml"
)

// genuineVerifier trusts the national test authority, and the self-made certificate
// that one file is signed with.
func genuineVerifier(t testing.TB) *eds.Verifier {
	t.Helper()
	pool, err := eds.LoadPool(genuine + "/ca-test")
	if err != nil {
		t.Fatal(err)
	}
	own, err := eds.ParseCertificate(genuineFile(t, "xml/test_gost512.cer.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool.Add(own)
	return &eds.Verifier{Anchors: pool, NoRevocation: true}
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 12, 0, 0, 0, time.UTC)
}

func TestGenuineDocumentsVerifyOrFailForTheRightReason(t *testing.T) {
	trust := genuineVerifier(t)
	strangers, err := eds.LoadPool(genuine + "/ca-prod")
	if err != nil {
		t.Fatal(err)
	}
	asking := &eds.Verifier{Anchors: trust.Anchors}
	sign := func(at time.Time) Options { return Options{Options: eds.Options{At: at, Usage: eds.UsageSign}} }
	for _, c := range []struct {
		name     string
		verifier *eds.Verifier
		file     string
		options  Options
		status   eds.Status
		reasons  []eds.Reason
	}{
		{"GOST", trust, genuineGOST, at(date(2026, 11, 1)), eds.StatusValid, nil},
		{"GOST, before its time", trust, genuineGOST, at(date(2026, 9, 1)), eds.StatusInvalid, []eds.Reason{eds.ReasonNotYetValid}},
		{"GOST, after its time", trust, genuineGOST, at(date(2027, 11, 1)), eds.StatusInvalid, []eds.Reason{eds.ReasonExpired}},
		{"GOST, a certificate without usage", trust, genuineGOST, sign(date(2026, 11, 1)), eds.StatusInvalid, []eds.Reason{eds.ReasonUsage}},
		{"GOST, untrusted", &eds.Verifier{Anchors: strangers, NoRevocation: true}, genuineGOST, at(date(2026, 11, 1)), eds.StatusInvalid, []eds.Reason{eds.ReasonUntrusted}},
		{"RSA", trust, genuineRSA, sign(date(2020, 9, 1)), eds.StatusValid, nil},
		{"RSA, expired", trust, genuineRSA, sign(date(2022, 1, 1)), eds.StatusInvalid, []eds.Reason{eds.ReasonExpired}},
		{"RSA, revocation not checked", asking, genuineRSA, sign(date(2020, 9, 1)), eds.StatusIndeterminate, []eds.Reason{eds.ReasonRevocationUnavailable}},
	} {
		r, err := Verify(ctx, c.verifier, genuineFile(t, c.file), c.options)
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != c.status || !slices.Equal(r.Reasons, c.reasons) && len(r.Reasons)+len(c.reasons) > 0 {
			t.Errorf("%s: %s %v %q", c.name, r.Status, r.Reasons, r.Details)
		}
	}
}

func TestGenuineDocumentsSayWhoSignedWhat(t *testing.T) {
	for file, want := range map[string]struct {
		at        time.Time
		algorithm eds.Algorithm
		iin       string
		content   string
	}{
		genuineGOST: {date(2026, 11, 1), eds.GOST2015x512, "000000000000", `<root><a>1</a><b attr="x">текст</b></root>`},
		genuineRSA:  {date(2020, 9, 1), eds.RSASHA256, "123456789011", `<root><name>NCANode</name></root>`},
	} {
		r, err := Verify(ctx, genuineVerifier(t), genuineFile(t, file), at(want.at))
		if err != nil || len(r.Signers) != 1 || len(r.Signed) != 1 {
			t.Fatalf("%s: %v %+v", file, err, r)
		}
		if s := r.Signers[0]; s.Algorithm != want.algorithm || s.Subject.IIN != want.iin || !s.JudgedAt.Equal(want.at) {
			t.Errorf("%s: %+v", file, s)
		}
		if string(r.Content) != want.content || !r.Signed[0].Whole || r.Signed[0].URI != "" {
			t.Errorf("%s: %s %+v", file, r.Content, r.Signed[0])
		}
	}
}

// canonicalOf is what a document means, signature and all, or nothing.
func canonicalOf(b []byte) []byte {
	d, err := xmltree.Parse(b, limits)
	if err != nil {
		return nil
	}
	c, err := d.Canonical(nil, xmltree.Method{Comments: true}, nil, maxCanonical)
	if err != nil {
		return nil
	}
	return c
}

// stripped leaves white space out, which nobody signs around base64 and between the
// parts of a Signature.
func stripped(b []byte) string {
	return strings.NewReplacer(" ", "", "\t", "", "\n", "", "&#xD;", "").Replace(string(canonicalOf(b)))
}

// The only changes that a signature survives are those that change nothing.
func TestNoMutationOfAGenuineDocumentVerifies(t *testing.T) {
	v := genuineVerifier(t)
	random := rand.New(rand.NewPCG(3, 4))
	for file, o := range map[string]Options{genuineGOST: at(date(2026, 11, 1)), genuineRSA: at(date(2020, 9, 1))} {
		raw := genuineFile(t, file)
		meaning := stripped(raw)
		original, err := Verify(ctx, v, raw, o)
		if err != nil {
			t.Fatal(err)
		}
		check := func(b []byte) {
			t.Helper()
			r, err := Verify(ctx, v, b, o)
			if err == nil && r.Valid() && (stripped(b) != meaning || !bytes.Equal(r.Content, original.Content)) {
				t.Errorf("%s: valid: %s", file, b)
			}
		}
		for range 400 {
			b := bytes.Clone(raw)
			b[random.IntN(len(b))] = byte(random.IntN(128))
			check(b)
			b = bytes.Clone(raw)
			b[random.IntN(len(b))] ^= 1 << random.IntN(8)
			check(b)
		}
		for range 200 {
			i, n := random.IntN(len(raw)), random.IntN(40)
			check(slices.Concat(raw[:i], raw[min(i+n, len(raw)):]))
			check(slices.Concat(raw[:i], raw[random.IntN(i+1):]))
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, file := range map[string]string{"gost2015-512": genuineGOST, "rsa2048": genuineRSA} {
		b.Run(name, func(b *testing.B) {
			v, raw := genuineVerifier(b), genuineFile(b, file)
			o := at(date(2026, 11, 1))
			if file == genuineRSA {
				o = at(date(2020, 9, 1))
			}
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if r, err := Verify(ctx, v, raw, o); err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
			}
		})
	}
}
