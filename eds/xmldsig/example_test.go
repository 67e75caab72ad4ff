package xmldsig_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig"
)

// A statement is signed and verified; what is read is what was signed.
func ExampleVerify() {
	moment := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	authority, err := pki.New([]byte("example"), moment) // a test authority; in production: eds.LoadPool
	if err != nil {
		log.Fatal(err)
	}
	key, err := authority.Person(pki.Person{IIN: "900101400123", Surname: "СЕРІКОВА", Given: "АЙГҮЛ"}, pki.Options{})
	if err != nil {
		log.Fatal(err)
	}
	signed, err := xmldsig.Sign(key, []byte(`<consent><dwelling>0201300123456789</dwelling></consent>`), xmldsig.SignOptions{})
	if err != nil {
		log.Fatal(err)
	}

	v := &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}
	o := xmldsig.Options{Options: eds.Options{At: moment, Usage: eds.UsageSign}}
	report, err := xmldsig.Verify(context.Background(), v, signed, o)
	if err != nil {
		log.Fatal(err)
	}
	var consent struct {
		Dwelling string `xml:"dwelling"`
	}
	if report.Valid() {
		err = report.Signed[0].Decode(&consent)
	}
	fmt.Println(report.Status, report.Signers[0].Subject.IIN, consent.Dwelling, err)
	// Output: valid 900101400123 0201300123456789 <nil>
}

// A message of the state bus is signed, and its Body is read as it was signed.
func ExampleVerifyEnvelope() {
	moment := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	authority, err := pki.New([]byte("example"), moment)
	if err != nil {
		log.Fatal(err)
	}
	key, err := authority.Person(pki.Person{}, pki.Options{BIN: "990140000123", Organization: "МЕКЕНЖАЙ"})
	if err != nil {
		log.Fatal(err)
	}
	const message = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><iin>900101400123</iin></s:Body></s:Envelope>`
	signed, err := xmldsig.SignEnvelope(key, []byte(message))
	if err != nil {
		log.Fatal(err)
	}

	v := &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}
	report, err := xmldsig.VerifyEnvelope(context.Background(), v, signed, eds.Options{At: moment})
	if err != nil {
		log.Fatal(err)
	}
	var body struct {
		IIN string `xml:"iin"`
	}
	err = report.Signed[0].Decode(&body)
	fmt.Println(report.Status, report.Signers[0].Subject.BIN, body.IIN, err)
	// Output: valid 990140000123 900101400123 <nil>
}
