package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// sealOf puts a key of the authority into a key store and names both files.
func sealOf(t *testing.T, a *pki.Authority, p pki.Person, o pki.Options, password string) config {
	t.Helper()
	key, err := a.Person(p, o)
	if err != nil {
		t.Fatal(err)
	}
	store, err := pki.PKCS12(key, "Qwerty12")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return config{Seal: put(t, dir, "seal.p12", store), SealPassword: put(t, dir, "password", []byte(password))}
}

// A seal under which every act would be worth nothing is told of at the start.
func TestSealIsTakenWhenWhatItSealsIsGood(t *testing.T) {
	now := time.Now()
	a, err := pki.New([]byte("seals"), now)
	if err != nil {
		t.Fatal(err)
	}
	v := &eds.Verifier{Anchors: a.Anchors()}
	const bin, iin = "150540009992", "900101400122"
	someone := pki.Person{IIN: iin, Surname: "ҮЛГІЕВА", Given: "АЙГҮЛ"}
	for name, c := range map[string]struct {
		person   pki.Person
		options  pki.Options
		password string
		says     string
	}{
		"information system": {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі"}, "Qwerty12\n", ""},
		"RSA":                {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі", Algorithm: eds.RSASHA256}, "Qwerty12", ""},
		"a person's own":     {someone, pki.Options{}, "Qwerty12", "not of an organisation"},
		"for login":          {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі", Algorithm: eds.RSASHA256, Kind: pki.LoginOnly}, "Qwerty12", "usage"},
		"expired":            {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі", Kind: pki.Expired}, "Qwerty12", "expired"},
		"of a stranger":      {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі", Kind: pki.WrongAuthority}, "Qwerty12", "untrusted"},
		"wrong password":     {pki.Person{}, pki.Options{BIN: bin, Organization: "Үлгі"}, "qwerty12", "wrong password"},
	} {
		key, err := loadSeal(sealOf(t, a, c.person, c.options, c.password), v, now)
		switch {
		case c.says == "" && (err != nil || key.Certificate.Subject.BIN != bin):
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "--seal")):
			t.Errorf("%s: %v", name, err)
		case err != nil && (strings.Contains(err.Error(), iin) || strings.Contains(err.Error(), "Qwerty12")):
			t.Errorf("%s: it tells too much: %v", name, err)
		}
	}
	if _, err := loadSeal(config{Seal: "/nowhere", SealPassword: "/nowhere"}, v, now); err == nil {
		t.Error("a seal that is not there was loaded")
	}
}

func TestDoctorTellsWhoseSealItIsAndWhenItEnds(t *testing.T) {
	a, err := pki.New([]byte("seals"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := a.Person(pki.Person{}, pki.Options{BIN: "150540009992", Organization: "Үлгі"})
	if err != nil {
		t.Fatal(err)
	}
	ends := key.Certificate.X509.NotAfter
	if text := ownerOf(key, ends.AddDate(0, -6, 0)); !strings.Contains(text, "Үлгі, BIN 150540009992, until "+ends.Format(time.DateOnly)) || strings.Contains(text, "SOON") {
		t.Error(text)
	}
	if text := ownerOf(key, ends.AddDate(0, 0, -29)); !strings.Contains(text, "ENDS SOON") {
		t.Error(text)
	}
}

func TestKeyStoreIsMadeLookedIntoAndSignedWith(t *testing.T) {
	dir := t.TempDir()
	password, document := put(t, dir, "password", []byte("Qwerty12\n")), put(t, dir, "document", []byte("text"))
	store, signature, trust := filepath.Join(dir, "key.p12"), filepath.Join(dir, "signature"), anchorsOfSeed(t, dir)
	if _, code := run(t, "keystore", "--iin", "900101400122", "--bin", "150540009992", "--head", "--password", password, "--out", store); code != 0 {
		t.Fatalf("keystore: exit code %d", code)
	}
	if info, err := os.Stat(store); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	out, code := run(t, "key", "--password", password, store)
	var facts struct {
		Subject   struct{ IIN mekenjai.IIN }
		Roles     []eds.Role
		Algorithm eds.Algorithm
	}
	if err := json.Unmarshal(out, &facts); err != nil || code != 0 || facts.Subject.IIN != "900101400122" || facts.Algorithm != eds.GOST2015x512 || len(facts.Roles) != 2 {
		t.Errorf("exit code %d, %v: %s", code, err, out)
	}
	if _, code := run(t, "sign", "--key", store, "--password", password, "--out", signature, document); code != 0 {
		t.Fatalf("sign: exit code %d", code)
	}
	result, code := run(t, "verify", "--trust", trust, "--no-revocation", "--usage", "sign", "--content", document, signature)
	if v := readVerdict(t, result); code != 0 || v.Signers[0].Subject.BIN != "150540009992" {
		t.Errorf("exit code %d: %s", code, result)
	}
	for _, args := range [][]string{
		{"key", "--password", document, store},
		{"key", "--password", password, document},
		{"sign", "--key", store, "--password", document, document},
	} {
		if out, code := run(t, args...); code != 3 || len(out) > 0 {
			t.Errorf("%v: exit code %d: %s", args, code, out)
		}
	}
	if _, code := run(t, "sign", "--key", store, document); code == 0 {
		t.Error("signed without a password")
	}
}
