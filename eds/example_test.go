package eds_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

var (
	ctx    = context.Background()
	moment = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
)

// exampleKey is a key of the test authority; in production keys are in NCALayer.
func exampleKey(o pki.Options) (*pki.Authority, *eds.Key) {
	authority, err := pki.New([]byte("example"), moment)
	if err != nil {
		log.Fatal(err)
	}
	key, err := authority.Person(pki.Person{IIN: "900101400123", Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, o)
	if err != nil {
		log.Fatal(err)
	}
	return authority, key
}

// A detached signature over a document is verified under configured anchors.
func ExampleVerifier_VerifyCMS() {
	authority, key := exampleKey(pki.Options{})
	document := []byte("Келісім беремін")
	cms, err := eds.SignCMS(key, document, eds.SignOptions{Time: moment})
	if err != nil {
		log.Fatal(err)
	}
	v := &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}
	report, err := v.VerifyCMS(ctx, cms, document, eds.Options{At: moment, Usage: eds.UsageSign})
	if err != nil {
		log.Fatal(err)
	}
	signer := report.Signers[0]
	fmt.Println(report.Status, signer.Algorithm, signer.Subject.IIN, signer.Subject.CommonName, signer.Roles)
	report, _ = v.VerifyCMS(ctx, cms, []byte("басқа мәтін"), eds.Options{At: moment})
	fmt.Println(report.Status, report.Reasons)
	// Output:
	// valid gost2015-512 900101400123 СЕРІКОВА АЙГҮЛ [individual]
	// invalid [digest]
}

// Two owners sign the same text into one container.
func ExampleAddSigner() {
	authority, first := exampleKey(pki.Options{})
	second, err := authority.Person(pki.Person{IIN: "850505300456", Surname: "ОМАРОВ", Given: "БОЛАТ"}, pki.Options{})
	if err != nil {
		log.Fatal(err)
	}
	cms, err := eds.SignCMS(first, []byte("Келісемін"), eds.SignOptions{Attached: true, Time: moment})
	if err != nil {
		log.Fatal(err)
	}
	if cms, err = eds.AddSigner(cms, second, nil, eds.SignOptions{Time: moment}); err != nil {
		log.Fatal(err)
	}
	v := &eds.Verifier{Anchors: authority.Anchors(), NoRevocation: true}
	report, err := v.VerifyCMS(ctx, cms, nil, eds.Options{At: moment})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Status, len(report.Signers), string(report.Content))
	// Output: valid 2 Келісемін
}

// A revoked key is refused; an authority that is silent leaves the answer open.
func ExampleRevocationChecker() {
	authority, key := exampleKey(pki.Options{Kind: pki.Revoked})
	cms, err := eds.SignCMS(key, []byte("Келісемін"), eds.SignOptions{Attached: true, Time: moment})
	if err != nil {
		log.Fatal(err)
	}
	v := &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}
	report, _ := v.VerifyCMS(ctx, cms, nil, eds.Options{At: moment})
	fmt.Println(report.Status, report.Reasons)
	authority.Silence(true)
	report, _ = v.VerifyCMS(ctx, cms, nil, eds.Options{At: moment})
	fmt.Println(report.Status, report.Reasons)
	// Output:
	// invalid [revoked]
	// indeterminate [revocation_unavailable]
}
