package pkcs12

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"mekenjai/eds/internal/der"
)

// sealed is a store with a key and certificates that are none: this package does not
// look into them.
func sealed(t testing.TB, password string) (Contents, []byte) {
	t.Helper()
	c := Contents{
		Keys:         [][]byte{der.Sequence(der.Int(0), der.OctetString(bytes.Repeat([]byte("key"), 40)))},
		Certificates: [][]byte{der.Sequence(der.Int(1)), der.Sequence(der.OctetString(bytes.Repeat([]byte("long"), 1000)))},
	}
	store, err := Seal(c, password, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return c, store
}

func TestWhatIsSealedIsOpenedByItsPasswordAlone(t *testing.T) {
	for _, password := range []string{"", "Qwerty12", "құпия сөз 🔑", strings.Repeat("long", 100)} {
		c, store := sealed(t, password)
		got, err := Open(store, password)
		if err != nil {
			t.Fatalf("%q: %v", password, err)
		}
		if !bytes.Equal(got.Keys[0], c.Keys[0]) || len(got.Certificates) != 2 || !bytes.Equal(got.Certificates[1], c.Certificates[1]) {
			t.Errorf("%q: other contents", password)
		}
		if _, err := Open(store, password+" "); !errors.Is(err, ErrPassword) {
			t.Errorf("%q: with another password: %v", password, err)
		}
	}
}

// No byte of the contents can be changed without the MAC noticing it, and nothing of a
// changed store is looked at.
func TestNoChangedByteIsOpened(t *testing.T) {
	_, store := sealed(t, "Qwerty12")
	want, err := Open(store, "Qwerty12")
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(store); at += 97 {
		changed := bytes.Clone(store)
		changed[at] ^= 1
		got, err := Open(changed, "Qwerty12")
		if err == nil && (!bytes.Equal(got.Keys[0], want.Keys[0]) || !bytes.Equal(got.Certificates[0], want.Certificates[0])) {
			t.Errorf("byte %d changed, and other contents came out", at)
		}
	}
	for _, size := range []int{0, 1, 100, len(store) / 2, len(store) - 1} {
		if _, err := Open(store[:size], "Qwerty12"); err == nil {
			t.Errorf("%d of %d bytes opened", size, len(store))
		}
	}
}

// Whoever makes a store chooses how much work it is to open.
func TestStoresThatAreTooMuchWorkAreRefusedAtOnce(t *testing.T) {
	store := func(iterations int64, salt []byte) []byte {
		return der.Sequence(der.Int(3),
			der.Sequence(der.OID(oidData), der.Explicit(0, der.OctetString(der.Sequence()))),
			der.Sequence(der.Sequence(der.Sequence(der.OID(oidSHA1), der.Null()), der.OctetString(make([]byte, 20))), der.OctetString(salt), der.Int(iterations)))
	}
	for name, data := range map[string][]byte{
		"iterations": store(2_000_000_000, []byte("salt")),
		"none":       store(0, []byte("salt")),
		"salt":       store(1, make([]byte, maxSalt+1)),
		"size":       make([]byte, maxStore+1),
	} {
		if _, err := Open(data, "x"); err == nil || errors.Is(err, ErrPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoreWithoutAMACIsRefused(t *testing.T) {
	data := der.Sequence(der.Int(3), der.Sequence(der.OID(oidData), der.Explicit(0, der.OctetString(der.Sequence()))))
	if _, err := Open(data, ""); !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

// FuzzOpen is behind the MAC, too: the input is the AuthenticatedSafe of a store that
// whoever knows the password has made.
func FuzzOpen(f *testing.F) {
	_, store := sealed(f, "p")
	f.Add(store)
	p, err := parsePFX(store)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.safe)
	f.Fuzz(func(t *testing.T, in []byte) {
		if c, err := Open(in, "p"); err == nil && len(in) < 100 && len(c.Keys) > 0 {
			t.Fatal("a key out of nothing")
		}
		o := &opener{password: "p", bmp: bmpString("p")}
		if o.authenticatedSafe(in) == nil && o.work > maxWork {
			t.Fatal("too much work was done")
		}
	})
}
