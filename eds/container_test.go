package eds

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"mekenjai/eds/internal/der"
)

// withRevocation is the container with revocation information where the baseline
// profile of CAdES-LT has it: beside the certificates and not in a signature.
func withRevocation(t *testing.T, cms []byte, information ...[]byte) []byte {
	t.Helper()
	c, err := ParseCMS(cms)
	if err != nil {
		t.Fatal(err)
	}
	c.crls = information
	return c.encode()
}

func otherInfo(oid string, value []byte) []byte { return der.Element(0xA1, der.OID(oid), value) }

func TestRevocationInformationOfTheContainerIsEvidence(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	now := date(2026, 6, 1)
	cms := goodContainer(key, []byte("x")).encode(t)
	list := listSpec{number: 5, from: date(2026, 5, 31), to: date(2026, 6, 2)}
	revoked := list
	revoked.entries = [][]byte{entry(key.Certificate.X509.SerialNumber, date(2026, 5, 1), ReasonKeyCompromise)}
	response := responseSpec{this: now, status: good()}.sign(t, key.Certificate, anchor.Certificate, anchor).Raw
	v := &Verifier{Anchors: NewPool(anchor.Certificate)}
	for name, c := range map[string]struct {
		cms  []byte
		want Status
	}{
		"none":                             {cms, StatusIndeterminate},
		"a list":                           {withRevocation(t, cms, list.sign(t, anchor)), StatusValid},
		"a list that names the signer":     {withRevocation(t, cms, revoked.sign(t, anchor)), StatusInvalid},
		"a list of another":                {withRevocation(t, cms, list.sign(t, issue(t, root("root")))), StatusIndeterminate},
		"an OCSP response":                 {withRevocation(t, cms, otherInfo(oidOCSPInContainer, response)), StatusValid},
		"both":                             {withRevocation(t, cms, list.sign(t, anchor), otherInfo(oidOCSPInContainer, response)), StatusValid},
		"a format that nobody knows":       {withRevocation(t, cms, otherInfo("1.2.3.4", response)), StatusInvalid},
		"an OCSP response that is no list": {withRevocation(t, cms, response), StatusInvalid},
		"too many":                         {withRevocation(t, cms, slices.Repeat([][]byte{list.sign(t, anchor)}, maxCertificates+1)...), StatusInvalid},
	} {
		report, err := v.VerifyCMS(context.Background(), c.cms, nil, Options{At: now})
		if err != nil || report.Status != c.want {
			t.Errorf("%s: %v %s %v", name, err, report.Status, report.Details)
		}
	}
	// Adding a signer leaves it there, and the container of the version that is due.
	added, err := AddSigner(withRevocation(t, cms, otherInfo(oidOCSPInContainer, response)), issue(t, person(anchor)), nil, SignOptions{})
	if err != nil || !bytes.Contains(added, response) {
		t.Fatalf("%v", err)
	}
	if c, err := ParseCMS(added); err != nil || len(c.signers) != 2 {
		t.Errorf("%v", err)
	}
}

// Certificates alone are PKCS #7 as well, but nobody's signature over anything.
func TestContainerOfCertificatesAloneIsNoSignature(t *testing.T) {
	anchor := issue(t, root("root"))
	c := &CMS{contentType: oidData, encapsulated: der.Sequence(der.OID(oidData)), certificates: [][]byte{anchor.Certificate.Raw()}}
	for _, content := range [][]byte{nil, {}, []byte("x")} {
		report, err := (&Verifier{}).VerifyCMS(context.Background(), c.encode(), content, Options{})
		if err != nil || report.Status != StatusInvalid || !report.Has(ReasonNoSigners) {
			t.Errorf("%v %+v", err, report)
		}
	}
	if got, err := Inspect(c.encode(), nil); err != nil || got.Kind != "cms" || len(got.CMS.Certificates) != 1 {
		t.Errorf("%v %+v", err, got)
	}
}

// Whoever asks for a timestamp may leave the authority's certificate out.
func TestTimestampWithoutItsCertificateFindsItElsewhere(t *testing.T) {
	anchor := issue(t, root("root"))
	tsa := issue(t, tsaSpec(anchor))
	key := issue(t, person(anchor))
	k := goodContainer(key, []byte("x"))
	at := date(2026, 6, 1)
	signature := func(cms []byte) []byte {
		c, err := ParseCMS(cms)
		if err != nil {
			t.Fatal(err)
		}
		return c.Signatures()[0]
	}
	cms := k.encode(t)
	token, _ := ParseCMS(stamp(t, tsa, signature(cms), at, nil))
	token.certificates = nil
	stamped, err := AddTimestamp(cms, 0, token.encode())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		trust *Pool
		extra []*Certificate
		want  Status
	}{
		"nowhere":             {NewPool(anchor.Certificate), nil, StatusInvalid},
		"in the trust folder": {NewPool(anchor.Certificate, tsa.Certificate), nil, StatusValid},
		"brought along":       {NewPool(anchor.Certificate), []*Certificate{tsa.Certificate}, StatusValid},
	} {
		v := &Verifier{Anchors: c.trust, NoRevocation: true}
		report, err := v.VerifyCMS(context.Background(), stamped, nil, Options{At: date(2036, 6, 1), Certificates: c.extra})
		if err != nil || report.Status != c.want {
			t.Errorf("%s: %v %s %v", name, err, report.Status, report.Details)
		}
	}
}
