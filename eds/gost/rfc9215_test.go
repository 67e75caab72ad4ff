package gost

import (
	"crypto/x509"
	"encoding/base64"
	"slices"
	"testing"
)

// certificateD2 is the self-signed certificate of RFC 9215, appendix D.2: a key on
// TC26256A, a signature with Streebog-256.
const certificateD2 = "MIIBJTCB06ADAgECAgEKMAoGCCqFAwcBAQMCMBIxEDAOBgNVBAMTB0V4YW1wbGUw" +
	"IBcNMDEwMTAxMDAwMDAwWhgPMjA1MDEyMzEwMDAwMDBaMBIxEDAOBgNVBAMTB0V4" +
	"YW1wbGUwXjAXBggqhQMHAQEBATALBgkqhQMHAQIBAQEDQwAEQHQnldS+6ITd8oUP" +
	"7APqP68YROAdnaYLZFCTpV4m38OZePWWz01NDGzx0YlD2UST0WuewKFtUS0uEnzE" +
	"aRpjGOKjEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoUDBwEBAwIDQQAUC02pEksJ" +
	"yw1c6Sjuh0JzoxASlJLsDik2njt5EkhXjB0OHaW+NHxvG1JWx66sIArWSsd6b1s6" +
	"DglzGOeubudp"

func TestCertificateOfRFC9215Verifies(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(certificateD2)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	point := c.RawSubjectPublicKeyInfo[len(c.RawSubjectPublicKeyInfo)-64:]
	key, err := ParsePublicKey(TC26256A(), point)
	if err != nil {
		t.Fatal(err)
	}
	signature := slices.Clone(c.Signature)
	slices.Reverse(signature) // RFC 9215 writes s‖r, big-endian
	digest := Streebog256(c.RawTBSCertificate)
	if !key.Verify(digest[:], signature) {
		t.Error("refused")
	}
	if digest[0] ^= 1; key.Verify(digest[:], signature) {
		t.Error("another digest is accepted")
	}
}
