package eds

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"slices"
	"testing"

	"mekenjai/eds/internal/der"
)

// reissue signs a certificate again after a change to the elements of what is signed:
// version, serial number, algorithm, issuer, validity, subject, key, extensions.
func reissue(t *testing.T, c *Certificate, by *Key, change func(parts [][]byte)) []byte {
	t.Helper()
	var parts [][]byte
	for r := der.Read(c.X509.RawTBSCertificate).Enter(der.TagSequence); r.More(); {
		parts = append(parts, r.Next().Full)
	}
	change(parts)
	tbs := der.Sequence(parts...)
	algorithm, signature, err := SignBytes(rand.Reader, by.signer, tbs)
	if err != nil {
		t.Fatal(err)
	}
	return der.Sequence(tbs, algorithm, der.BitString(signature))
}

// The standard library refuses such certificates.
func TestReadsCertificateWhoseAlgorithmIdentifiersDifferByANull(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	raw := reissue(t, key.Certificate, anchor, func(parts [][]byte) {
		parts[2] = der.Sequence(der.OID(oidGOST2015x512Signature)) // no NULL
	})
	c, err := ParseCertificate(raw)
	if err != nil || !bytes.Equal(c.Raw(), raw) || c.Subject != key.Certificate.Subject {
		t.Fatalf("%v %+v", err, c)
	}
	signed := goodContainer(&Key{Certificate: c, signer: key.signer}, []byte("x"))
	if report := judge(t, NewPool(anchor.Certificate), signed.encode(t)); !report.Valid() {
		t.Errorf("%v", report.Details)
	}
	other := reissue(t, key.Certificate, anchor, func(parts [][]byte) { parts[2] = writeAlgorithm(oidGOST2004Signature) })
	if _, err := ParseCertificate(other); err == nil {
		t.Error("a certificate of two algorithms is read")
	}
}

// A key on a curve that nobody knows here can be looked at; nothing is proved with it.
func TestKeyOfAnUnknownCurveProvesNothing(t *testing.T) {
	anchor := issue(t, root("root"))
	key := issue(t, person(anchor))
	raw := reissue(t, key.Certificate, anchor, func(parts [][]byte) {
		parts[6] = bytes.Replace(parts[6], der.OID(oidGOST2015x512Params)[2:], der.OID("1.2.398.3.10.1.1.2.2.9")[2:], 1)
	})
	c, err := ParseCertificate(raw)
	if err != nil || c.PublicKey != nil || c.Subject.IIN == "" {
		t.Fatalf("%v %+v", err, c)
	}
	if got, err := Inspect(raw, NewPool(anchor.Certificate)); err != nil || got.Signature != SignatureValid {
		t.Errorf("%v %+v", err, got)
	}
	signed := goodContainer(key, []byte("x"))
	signed.certificates = [][]byte{raw}
	if report := judge(t, NewPool(anchor.Certificate), signed.encode(t)); report.Status != StatusInvalid || !report.Has(ReasonAlgorithm) {
		t.Errorf("%v", report.Details)
	}
}

// A modulus of half a million bits fits into a certificate, and takes its time.
func TestRSAKeyOfAbsurdLengthIsRefusedAtOnce(t *testing.T) {
	long := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(3), 400_000), E: 65537}
	if _, err := findScheme(long, oidSHA256WithRSA, ""); err == nil {
		t.Error("accepted")
	}
}

// Names in the string types that Kazakh certificates have, in any order, several
// attributes in one relative name.
func TestSubjectIsReadInEveryFormOfName(t *testing.T) {
	bmp := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r>>8), byte(r))
		}
		return der.Element(der.TagBMPString, b)
	}
	one := func(oid string, value []byte) []byte { return der.Sequence(der.OID(oid), value) }
	attributes := [][]byte{
		one(oidCommonName, bmp("ӘБІЛ ҚАНАТ")), one(oidSurname, der.UTF8("ӘБІЛ")), one(oidGivenName, bmp("СЕРІКҰЛЫ")),
		one(oidSerialNumber, der.Printable("IIN123456789011")), one(oidCountry, der.Printable("KZ")),
		one(oidOrganization, der.UTF8("АО \"ТЕСТ\"")), one(oidOrganizationalUnit, der.UTF8("BIN123456789021")),
		one(oidOrganizationalUnit, der.UTF8("Бухгалтерия")), one(oidEmail, der.Element(der.TagIA5String, []byte("a@b.kz"))),
	}
	want := Subject{IIN: "123456789011", BIN: "123456789021", CommonName: "ӘБІЛ ҚАНАТ", Surname: "ӘБІЛ", GivenName: "ҚАНАТ",
		Patronymic: "СЕРІКҰЛЫ", Organization: "АО \"ТЕСТ\"", Country: "KZ", Email: "a@b.kz"}
	apart := func(list [][]byte) (rdns [][]byte) {
		for _, a := range list {
			rdns = append(rdns, der.SetOf(a))
		}
		return rdns
	}
	reversed := slices.Clone(attributes)
	slices.Reverse(reversed)
	for name, rdns := range map[string][][]byte{"apart": apart(attributes), "reversed": apart(reversed), "in one": {der.SetOf(attributes...)},
		"two and two": {der.SetOf(attributes[:4]...), der.SetOf(attributes[4:]...)}} {
		anchor := issue(t, root("root"))
		key := issue(t, person(anchor))
		raw := reissue(t, key.Certificate, anchor, func(parts [][]byte) { parts[5] = der.Sequence(rdns...) })
		c, err := ParseCertificate(raw)
		if err != nil || c.Subject != want {
			t.Errorf("%s: %v %+v", name, err, c.Subject)
		}
	}
}

// OpenSSL and the national registers write whole bytes.
func TestSerialNumbersAreWrittenInWholeBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "00", 1: "01", 0x1F: "1F", 0x100: "0100", 0xABCDE: "0ABCDE", -1: "-01"} {
		if got := SerialText(big.NewInt(n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
