package der

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"testing"
	"time"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWrittenValuesAreReadBack(t *testing.T) {
	at := time.Date(2026, 5, 8, 6, 45, 13, 0, time.UTC)
	big1 := new(big.Int).Lsh(big.NewInt(255), 1000)
	b := Sequence(OID("1.2.398.3.10.1.1.2.3.2"), Int(0), Integer(big1), Time(at),
		Time(at.AddDate(50, 0, 0)), OctetString([]byte("a"), []byte("b")), BitString([]byte{1, 2}), OID("2.5.4.3"))
	r := Read(b).Enter(TagSequence)
	if got := r.OID(); got != "1.2.398.3.10.1.1.2.3.2" {
		t.Errorf("OID %s", got)
	}
	if got := r.Int(); got != 0 {
		t.Errorf("Int %d", got)
	}
	if got := r.Integer(); got.Cmp(big1) != 0 {
		t.Errorf("Integer %x", got)
	}
	if got := r.Time(); !got.Equal(at) {
		t.Errorf("Time %v", got)
	}
	if got := r.Time(); !got.Equal(at.AddDate(50, 0, 0)) {
		t.Errorf("Time %v", got)
	}
	if got := r.OctetString(); string(got) != "ab" {
		t.Errorf("OctetString %q", got)
	}
	if got := r.BitString(); !bytes.Equal(got, []byte{1, 2}) {
		t.Errorf("BitString %x", got)
	}
	if got := r.OID(); got != "2.5.4.3" {
		t.Errorf("OID %s", got)
	}
	if err := r.Done(); err != nil {
		t.Error(err)
	}
}

func TestRefusesWhatIsNotDER(t *testing.T) {
	for name, in := range map[string]string{
		"cut short": "0405aa", "no length": "04", "indefinite": "3080020100" + "0000",
		"overlong length": "04810141", "leading zero length": "0482008041", "long tag": "1f8101" + "00",
		"trailing byte": "050000", "huge": "04847fffffff41", "five length bytes": "04850000000001" + "41",
	} {
		r := Read(unhex(t, in))
		r.Next()
		if r.Done() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, in := range []string{"02020001", "0202ffff", "0200"} {
		if r := Read(unhex(t, in)); r.Integer() != nil && r.Done() == nil {
			t.Errorf("integer %s accepted", in)
		}
	}
	for _, in := range []string{"0600", "060280" + "01", "060188", "0603558001", "060aff8fffffffffffffff7f"} {
		if r := Read(unhex(t, in)); r.OID() != "" && r.Done() == nil {
			t.Errorf("object identifier %s accepted", in)
		}
	}
}

func TestConvertsIndefiniteLengthsAndStringsInPieces(t *testing.T) {
	for _, c := range []struct{ name, ber, der string }{
		{"DER stays", "3006020101040141", "3006020101040141"},
		{"indefinite", "30800201010000", "3003020101"},
		{"nested", "3080a080020101" + "0000" + "0000", "3005a003020101"},
		{"pieces", "2480040141" + "04024243" + "0000", "0403414243"},
		{"pieces of pieces", "2480" + "24800401410000" + "040142" + "0000", "04024142"},
		{"definite pieces", "2406040141040142", "04024142"},
		{"overlong length", "30810302" + "0101", "3003020101"},
	} {
		got, err := FromBER(unhex(t, c.ber))
		if err != nil || hex.EncodeToString(got) != c.der {
			t.Errorf("%s: got %x, %v", c.name, got, err)
		}
	}
	for name, in := range map[string]string{
		"no end": "3080020101", "primitive indefinite": "0480410000", "foreign piece": "24800201010000",
		"trailing": "05000500", "cut": "300502",
	} {
		if _, err := FromBER(unhex(t, in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := FromBER(bytes.Repeat([]byte{0x30, 0x80}, 1000)); err == nil {
		t.Error("a thousand levels accepted")
	}
}

func FuzzFromBER(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 0x41, 0, 0, 0, 0})
	f.Add(Sequence(OID("2.5.4.3"), OctetString([]byte("x"))))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := FromBER(in)
		if err != nil {
			return
		}
		again, err := FromBER(out)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("%x converts to %x and then to %x, %v", in, out, again, err)
		}
	})
}
