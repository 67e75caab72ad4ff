package pkcs12

import (
	"encoding/hex"
	"testing"
)

// The vectors of RFC 2268, section 5.
func TestRC2OfTheRFC(t *testing.T) {
	for _, v := range []struct {
		key, plain, cipher string
		bits               int
	}{
		{"0000000000000000", "0000000000000000", "ebb773f993278eff", 63},
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49", 64},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2", 64},
		{"88", "0000000000000000", "61a8a244adacccf0", 64},
		{"88bca90e90875a", "0000000000000000", "6ccf4308974c267f", 64},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "1a807d272bbe5db1", 64},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6", 128},
	} {
		key, _ := hex.DecodeString(v.key)
		plain, _ := hex.DecodeString(v.plain)
		c := newRC2(key, v.bits)
		var out, back [8]byte
		c.Encrypt(out[:], plain)
		if hex.EncodeToString(out[:]) != v.cipher {
			t.Errorf("%s, %d bits: %x", v.key, v.bits, out)
		}
		if c.Decrypt(back[:], out[:]); hex.EncodeToString(back[:]) != v.plain {
			t.Errorf("%s, %d bits: back to %x", v.key, v.bits, back)
		}
	}
}
