package pki_test

import (
	"bytes"
	"context"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// stamper is the authority's time-stamping service in process.
func stamper(a *pki.Authority) func(context.Context, []byte, eds.Digest) ([]byte, error) {
	return func(_ context.Context, data []byte, d eds.Digest) ([]byte, error) {
		r, err := eds.NewTimestampRequest(data, d)
		if err != nil {
			return nil, err
		}
		response, err := a.Timestamp(r.Bytes(), now)
		if err != nil {
			return nil, err
		}
		return r.Token(response)
	}
}

// Years later the certificates have expired, the key was compromised, and nobody can be
// asked any more: the evidence alone proves the signature.
func TestCollectedEvidenceProvesTheSignatureYearsLater(t *testing.T) {
	a := authority(t)
	ctx := context.Background()
	later := eds.Options{At: now.AddDate(12, 0, 0), Usage: eds.UsageSign}
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		for _, attached := range []bool{true, false} {
			one, err := a.Person(aigul, pki.Options{Algorithm: algorithm})
			if err != nil {
				t.Fatal(err)
			}
			two, err := a.Person(pki.Person{IIN: "850505300456", Surname: "ОМАРОВ", Given: "БОЛАТ"}, pki.Options{})
			if err != nil {
				t.Fatal(err)
			}
			cms, err := eds.SignCMS(one, consent, eds.SignOptions{Attached: attached, Time: now})
			if err != nil {
				t.Fatal(err)
			}
			if cms, err = eds.AddSigner(cms, two, consent, eds.SignOptions{Time: now}); err != nil {
				t.Fatal(err)
			}
			v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
			archive, report, err := v.Collect(ctx, cms, consent, eds.CollectOptions{Options: eds.Options{At: now}, Timestamp: stamper(a)})
			if err != nil || !report.Valid() {
				t.Fatalf("%s: %v %+v", algorithm, err, report)
			}
			offline := &eds.Verifier{Anchors: a.Anchors()}
			report, err = offline.VerifyCMS(ctx, archive, consent, later)
			if err != nil || !report.Valid() || len(report.Signers) != 2 {
				t.Errorf("%s, attached %v: %v %v", algorithm, attached, err, report.Details)
			}
			if report, _ := offline.VerifyCMS(ctx, cms, consent, later); report.Valid() {
				t.Error("without the evidence the signature proves something")
			}
			parsed, _ := eds.ParseCMS(cms)
			for _, value := range parsed.Signatures() {
				if !bytes.Contains(archive, value) {
					t.Error("a signature changed")
				}
			}
		}
	}
}

func TestNothingIsCollectedAroundASignatureThatIsNotGood(t *testing.T) {
	a := authority(t)
	for _, kind := range []pki.Kind{pki.Revoked, pki.Expired, pki.WrongAuthority} {
		key, err := a.Person(aigul, pki.Options{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		cms, err := eds.SignCMS(key, consent, eds.SignOptions{Attached: true, Time: now})
		if err != nil {
			t.Fatal(err)
		}
		v := &eds.Verifier{Anchors: a.Anchors(), Revocation: a}
		archive, report, err := v.Collect(context.Background(), cms, nil, eds.CollectOptions{Options: eds.Options{At: now}, Timestamp: stamper(a)})
		if err != nil || archive != nil || report.Valid() {
			t.Errorf("%s: %v, %d bytes, %s", kind, err, len(archive), report.Status)
		}
	}
}
