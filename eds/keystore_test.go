package eds_test

import (
	"bytes"
	"crypto"
	"encoding/pem"
	"errors"
	gobig "math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/gost"
	"mekenjai/eds/internal/der"
	"mekenjai/eds/pki"
)

// keyOf is a key of the test authority with its authorities beside it.
func keyOf(t testing.TB, algorithm eds.Algorithm) *eds.Key {
	t.Helper()
	a, err := pki.New([]byte("key stores"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	k, err := a.Person(pki.Person{IIN: "900101400122", Surname: "ҮЛГІ", Given: "АЙГҮЛ"}, pki.Options{Algorithm: algorithm})
	if err != nil {
		t.Fatal(err)
	}
	k.Chain = a.Anchors().Certificates()
	return k
}

func storeOf(t testing.TB, k *eds.Key, password string) []byte {
	t.Helper()
	store, err := pki.PKCS12(k, password)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestKeyComesOutOfItsStoreAndSigns(t *testing.T) {
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.GOST2015x256, eds.GOST2004, eds.RSASHA256} {
		k := keyOf(t, algorithm)
		store := storeOf(t, k, "Qwerty12")
		got, err := eds.ParsePKCS12(store, "Qwerty12")
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		if !bytes.Equal(got.Certificate.Raw(), k.Certificate.Raw()) || len(got.Chain) != len(k.Chain) {
			t.Errorf("%s: another certificate, or a chain of %d", algorithm, len(got.Chain))
		}
		cms, err := eds.SignCMS(got, []byte("text"), eds.SignOptions{})
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		v := &eds.Verifier{Anchors: eds.NewPool(k.Chain...), NoRevocation: true}
		report, err := v.VerifyCMS(t.Context(), cms, []byte("text"), eds.Options{Usage: eds.UsageSign})
		if err != nil || !report.Valid() {
			t.Errorf("%s: %v, %+v", algorithm, err, report)
		}
	}
}

func TestWrongPasswordIsAPlainError(t *testing.T) {
	_, err := eds.ParsePKCS12(storeOf(t, keyOf(t, eds.GOST2015x512), "right"), "wrong")
	if !errors.Is(err, eds.ErrPassword) || !errors.Is(err, eds.ErrKeyStore) || strings.Contains(err.Error(), "right") {
		t.Errorf("got %v", err)
	}
}

func TestStoreWithoutTheCertificateOfItsKeyIsRefused(t *testing.T) {
	k := keyOf(t, eds.GOST2015x512)
	stranger, err := eds.NewKey(k.Certificate, k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	stranger.Certificate, stranger.Chain = k.Chain[0], nil
	if _, err := eds.ParsePKCS12(storeOf(t, stranger, "p"), "p"); !errors.Is(err, eds.ErrKeyStore) {
		t.Errorf("got %v", err)
	}
}

func TestPrivateKeyIsReadBack(t *testing.T) {
	for _, algorithm := range []eds.Algorithm{eds.GOST2015x512, eds.GOST2015x256, eds.RSASHA256} {
		signer := keyOf(t, algorithm).Signer()
		raw, err := eds.MarshalPrivateKey(signer)
		if err != nil {
			t.Fatal(err)
		}
		got, err := eds.ParsePrivateKey(raw)
		if err != nil || !got.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(signer.Public()) {
			t.Errorf("%s: %v", algorithm, err)
		}
		if _, err := eds.ParsePrivateKey(append(raw, 0)); err == nil {
			t.Errorf("%s: a byte too many was read", algorithm)
		}
	}
}

// The number of a GOST key stands in one of three ways, and is the same number.
func TestGOSTKeyIsReadInEachOfItsForms(t *testing.T) {
	k := keyOf(t, eds.GOST2015x512).Signer().(*gost.PrivateKey)
	raw, err := eds.MarshalPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	little := k.Bytes()
	wrapped := der.OctetString(der.OctetString(little))
	if !bytes.Contains(raw, wrapped) {
		t.Fatal("the form of the national authority is another")
	}
	big := bytes.Clone(little)
	slices.Reverse(big)
	r := der.Read(raw).Enter(der.TagSequence)
	r.Int()
	algorithm := r.Expect(der.TagSequence).Full
	for name, form := range map[string][]byte{
		"bare":    der.OctetString(little),
		"integer": der.OctetString(der.Integer(new(gobig.Int).SetBytes(big))),
	} {
		got, err := eds.ParsePrivateKey(der.Sequence(der.Int(0), algorithm, form))
		if err != nil || !k.Public().(*gost.PublicKey).Equal(got.Public()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, form := range map[string][]byte{
		"short": der.OctetString(little[1:]), "nothing": der.OctetString(), "long": der.OctetString(der.OctetString(append(little, 0))),
		"zero": der.OctetString(make([]byte, 64)), "negative": der.OctetString([]byte{2, 1, 0xff}),
		"huge integer": der.OctetString(der.Integer(new(gobig.Int).Lsh(gobig.NewInt(1), 520))),
	} {
		if _, err := eds.ParsePrivateKey(der.Sequence(der.Int(0), algorithm, form)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func TestLineEndAfterAPasswordIsNotOfIt(t *testing.T) {
	for file, want := range map[string]string{"p": "p", "p\n": "p", "p\r\n": "p", " p \n\n": " p \n", "": ""} {
		if got := eds.TrimPassword([]byte(file)); got != want {
			t.Errorf("%q: %q", file, got)
		}
	}
}

// runOpenSSL skips the test where there is none.
func runOpenSSL(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	var complaint bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v: %s", args, err, complaint.String())
	}
	return out
}

// block is the PEM block of the type in the text, which has more around it.
func block(t *testing.T, text []byte, kind string) []byte {
	t.Helper()
	for {
		b, rest := pem.Decode(text)
		if b == nil {
			t.Fatalf("no %s", kind)
		}
		if b.Type == kind {
			return b.Bytes
		}
		text = rest
	}
}

func toPEM(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }

// OpenSSL opens what we write: the key where it knows the algorithm, the certificates
// of all.
func TestOpenSSLOpensOurStores(t *testing.T) {
	for _, algorithm := range []eds.Algorithm{eds.RSASHA256, eds.GOST2015x512} {
		k := keyOf(t, algorithm)
		file := filepath.Join(t.TempDir(), "key.p12")
		if err := os.WriteFile(file, storeOf(t, k, "Qwerty12"), 0o600); err != nil {
			t.Fatal(err)
		}
		certificates := runOpenSSL(t, "pkcs12", "-legacy", "-in", file, "-passin", "pass:Qwerty12", "-nokeys", "-clcerts")
		if !bytes.Equal(block(t, certificates, "CERTIFICATE"), k.Certificate.Raw()) {
			t.Errorf("%s: OpenSSL takes another certificate out", algorithm)
		}
		if algorithm != eds.RSASHA256 {
			continue
		}
		key := runOpenSSL(t, "pkcs12", "-legacy", "-in", file, "-passin", "pass:Qwerty12", "-nocerts", "-nodes")
		want, err := eds.MarshalPrivateKey(k.Signer())
		if err != nil || !bytes.Equal(block(t, key, "PRIVATE KEY"), want) {
			t.Errorf("%s: OpenSSL takes another key out, %v", algorithm, err)
		}
	}
}

// And we open what OpenSSL writes, in the older form and in the present one.
func TestOpenSSLsStoresAreOpened(t *testing.T) {
	k := keyOf(t, eds.RSASHA256)
	dir := t.TempDir()
	private, err := eds.MarshalPrivateKey(k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	key, certificate, out := filepath.Join(dir, "key"), filepath.Join(dir, "certificate"), filepath.Join(dir, "out.p12")
	if err := errors.Join(os.WriteFile(key, toPEM("PRIVATE KEY", private), 0o600), os.WriteFile(certificate, toPEM("CERTIFICATE", k.Certificate.Raw()), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, how := range map[string][]string{
		"present":        nil,
		"legacy":         {"-legacy"},
		"older ciphers":  {"-legacy", "-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-RC2-128"},
		"plain":          {"-keypbe", "NONE", "-certpbe", "NONE"},
		"SHA-512":        {"-macalg", "sha512", "-keypbe", "AES-128-CBC", "-certpbe", "DES-EDE3-CBC"},
		"many times":     {"-iter", "20000"},
		"Kazakh letters": {"-passout", "pass:құпия"},
	} {
		password := "Qwerty12"
		args := append([]string{"pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", out}, how...)
		if name == "Kazakh letters" {
			password = "құпия"
		} else {
			args = append(args, "-passout", "pass:"+password)
		}
		runOpenSSL(t, args...)
		store, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		got, err := eds.ParsePKCS12(store, password)
		if err != nil || !bytes.Equal(got.Certificate.Raw(), k.Certificate.Raw()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParsePKCS12(f *testing.F) {
	f.Add(storeOf(f, keyOf(f, eds.GOST2015x512), "p"))
	f.Add(storeOf(f, keyOf(f, eds.RSASHA256), "p"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if k, err := eds.ParsePKCS12(in, "p"); err == nil {
			if _, err := eds.SignCMS(k, []byte("x"), eds.SignOptions{}); err != nil {
				t.Fatalf("a key that cannot sign: %v", err)
			}
		}
	})
}
