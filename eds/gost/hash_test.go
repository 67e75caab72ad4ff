package gost

import (
	"bytes"
	"encoding/hex"
	"hash"
	"strings"
	"testing"
)

// The two messages of RFC 6986, section 10, in the order in which bytes are hashed.
var (
	rfc6986M1 = "012345678901234567890123456789012345678901234567890123456789012"
	rfc6986M2 = unhex("d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1" +
		"f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb")
)

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestHashesGiveThePublishedDigests(t *testing.T) {
	for _, c := range []struct {
		name    string
		new     func() hash.Hash
		message string
		digest  string
	}{
		{"Streebog-512 M1", NewStreebog512, rfc6986M1, "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"},
		{"Streebog-256 M1", NewStreebog256, rfc6986M1, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"},
		{"Streebog-512 M2", NewStreebog512, rfc6986M2, "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"},
		{"Streebog-256 M2", NewStreebog256, rfc6986M2, "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"},
		{"Streebog-512 abc", NewStreebog512, "abc", "28156e28317da7c98f4fe2bed6b542d0dab85bb224445fcedaf75d46e26d7eb8d5997f3e0915dd6b7f0aab08d9c8beb0d8c64bae2ab8b3c8c6bc53b3bf0db728"},
		{"GOST 34.311-95, RFC 5831 A.3.1", NewGOST341195, "This is message, length=32 bytes", "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa"},
		{"GOST 34.311-95, RFC 5831 A.3.2", NewGOST341195, "Suppose the original message has length = 50 bytes", "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208"},
		{"GOST 34.311-95 of nothing", NewGOST341195, "", "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"},
		{"GOST 34.311-95 abc", NewGOST341195, "abc", "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"},
	} {
		h := c.new()
		h.Write([]byte(c.message))
		if got := hex.EncodeToString(h.Sum(nil)); got != c.digest {
			t.Errorf("%s: got %s, want %s", c.name, got, c.digest)
		}
	}
}

func TestDigestDoesNotDependOnHowTheMessageIsCut(t *testing.T) {
	message := []byte(strings.Repeat("Се ветри, Стрибожи внуци", 17))
	for _, new := range []func() hash.Hash{NewStreebog512, NewStreebog256, NewGOST341195} {
		whole := new()
		whole.Write(message)
		for _, cut := range []int{1, 7, 31, 32, 33, 63, 64, 65, 128} {
			h := new()
			for rest := message; len(rest) > 0; {
				n := min(cut, len(rest))
				h.Write(rest[:n])
				h.Sum(nil) // must not disturb the state
				rest = rest[n:]
			}
			if !bytes.Equal(h.Sum(nil), whole.Sum(nil)) {
				t.Errorf("pieces of %d bytes give another digest", cut)
			}
			h.Reset()
			h.Write(message)
			if !bytes.Equal(h.Sum(nil), whole.Sum(nil)) {
				t.Errorf("after Reset the digest differs")
			}
		}
	}
}

func BenchmarkStreebog512(b *testing.B) {
	data := make([]byte, 1<<16)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Streebog512(data)
	}
}

func BenchmarkGOST341195(b *testing.B) {
	data := make([]byte, 1<<14)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		h := NewGOST341195()
		h.Write(data)
		h.Sum(nil)
	}
}
