package eds

import (
	"context"
	"math/big"
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
		"a delta without its base":           {CRLs{parse(delta, anchor), parse(may, anchor)}, RevocationUnavailable},
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
