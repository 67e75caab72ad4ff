package eds

import (
	"context"
	"math/big"
	"strings"
	"testing"
)

func TestListsAtHandOfAnyAgeAndOrderDecideTogether(t *testing.T) {
	anchor, other := issue(t, root("root")), issue(t, root("root"))
	key := issue(t, person(anchor)) // until the end of 2026
	at := date(2026, 6, 1)
	parse := func(s listSpec, by *Key) *CRL {
		c, err := ParseCRL(s.sign(t, by))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	revoked := [][]byte{entry(key.Certificate.X509.SerialNumber, date(2026, 5, 1), ReasonKeyCompromise)}
	lifted := [][]byte{entry(key.Certificate.X509.SerialNumber, date(2026, 5, 1), ReasonCertificateHold)}
	may := listSpec{number: 4, from: date(2026, 5, 20), to: date(2026, 5, 22)}
	june := listSpec{number: 5, from: date(2026, 5, 31), to: date(2026, 6, 2)}
	late := listSpec{number: 9, from: date(2027, 2, 1), to: date(2027, 2, 3)}
	delta := listSpec{number: 6, base: 5, from: date(2026, 6, 1), to: date(2026, 6, 2), entries: revoked}
	last := listSpec{number: 7, base: 5, from: date(2026, 6, 2), to: date(2026, 6, 3)}
	held, back := lifted, [][]byte{entry(key.Certificate.X509.SerialNumber, date(2026, 6, 2), ReasonRemoveFromCRL)}
	with := func(s listSpec, entries [][]byte) listSpec { s.entries = entries; return s }
	forged := parse(with(june, nil), anchor)
	forged.signed.signature[0] ^= 1
	endless := june
	endless.noNext = true
	for name, c := range map[string]struct {
		lists CRLs
		want  RevocationStatus
	}{
		"none":                               {nil, RevocationUnavailable},
		"good":                               {CRLs{parse(june, anchor)}, RevocationGood},
		"forged":                             {CRLs{forged}, RevocationUnavailable},
		"of an authority with the same name": {CRLs{parse(june, other)}, RevocationUnavailable},
		"without an end":                     {CRLs{parse(endless, anchor)}, RevocationUnavailable},
		"run out":                            {CRLs{parse(may, anchor)}, RevocationUnavailable},
		"too young, and one of the time":     {CRLs{parse(late, anchor), parse(june, anchor)}, RevocationGood},
		"too young, and revoked then":        {CRLs{parse(late, anchor), parse(with(june, revoked), anchor)}, RevocationRevoked},
		"a hold that the newer list lacks":   {CRLs{parse(with(may, lifted), anchor), parse(june, anchor)}, RevocationGood},
		"revoked in the delta":               {CRLs{parse(delta, anchor), parse(june, anchor)}, RevocationRevoked},
		"a delta without its base":           {CRLs{parse(with(delta, nil), anchor), parse(may, anchor)}, RevocationUnavailable},
		"revoked in one without its base":    {CRLs{parse(delta, anchor), parse(may, anchor)}, RevocationRevoked},
		"revoked in a delta alone":           {CRLs{parse(delta, anchor)}, RevocationRevoked},
		"a delta alone":                      {CRLs{parse(with(delta, nil), anchor)}, RevocationUnavailable},
		"held in a delta, lifted in a later": {CRLs{parse(with(delta, held), anchor), parse(with(last, back), anchor), parse(june, anchor)}, RevocationGood},
	} {
		if got := c.lists.CheckRevocation(context.Background(), key.Certificate, anchor.Certificate, at); got.Status != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, _, found := parse(june, anchor).Lookup(big.NewInt(1)); found {
		t.Error("an empty list has an entry")
	}
}

// A silent responder is no answer, and says so in the same words in every form of file.
func TestFailuresOfServicesAreDescribed(t *testing.T) {
	for _, in := range []string{"\x30\x03\x0A\x01\x03", "MAMKAQM=", "-----BEGIN OCSP RESPONSE-----\nMAMKAQM=\n-----END OCSP RESPONSE-----\n"} {
		got, err := Inspect([]byte(in), nil)
		if err != nil || got.Kind != "ocsp" || got.Signature != SignatureUnknown || got.OCSP.Status != "tryLater" {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
	got, err := Inspect([]byte("\x30\x05\x30\x03\x02\x01\x02"), nil)
	if err != nil || got.Kind != "timestamp" || got.Timestamp.Refusal != "status 2" {
		t.Errorf("a refused timestamp: %+v, %v", got, err)
	}
}

// A list with a critical extension that is not known can be described, and tells
// nothing: nobody is revoked by it or good.
func TestListOfUnknownMeaningIsDescribedAndNotUsed(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	raw := listSpec{number: 5, from: date(2026, 5, 31), to: date(2026, 6, 2), extension: "2.5.29.28",
		entries: [][]byte{entry(key.Certificate.X509.SerialNumber, date(2026, 5, 1), ReasonKeyCompromise)}}.sign(t, anchor)
	got, err := Inspect(raw, NewPool(anchor.Certificate))
	if err != nil || got.Kind != "crl" || got.Signature != SignatureValid || got.CRL.Entries != 1 {
		t.Fatalf("%v %+v", err, got)
	}
	list, err := ParseCRL(raw)
	if err != nil {
		t.Fatal(err)
	}
	answer := CRLs{list}.CheckRevocation(context.Background(), key.Certificate, anchor.Certificate, date(2026, 6, 1))
	if answer.Status != RevocationUnavailable || !strings.Contains(answer.Detail, "2.5.29.28") {
		t.Errorf("%+v", answer)
	}
}
