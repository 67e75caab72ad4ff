package eds

import (
	"fmt"

	"mekenjai/eds/internal/der"
)

// signedObject is the frame that certificates, revocation lists and OCSP responses
// share: something to be signed, an algorithm, a signature. It keeps the digest, not
// the bytes, so that a list of twenty megabytes need not stay in memory.
type signedObject struct {
	signatureOID string
	digest       []byte
	signature    []byte
	unusable     error // why there is no digest: the algorithm is unknown or too weak
}

// readSigned reads the frame from the elements of r: the first element is what was
// signed. What follows the signature is left to the caller.
func readSigned(r *der.Reader) (tbs der.Value, s signedObject, err error) {
	tbs = r.Expect(der.TagSequence)
	s.signatureOID = readAlgorithm(r).oid
	s.signature = append([]byte{}, r.BitString()...)
	if r.Err() != nil {
		return tbs, s, r.Err()
	}
	// What was signed with an algorithm of the past can still be read and described.
	d, err := impliedDigest(s.signatureOID)
	if s.unusable = err; err == nil {
		s.digest = d.sum(tbs.Full)
	}
	return tbs, s, nil
}

// verify checks the signature under a certificate's key.
func (s *signedObject) verify(by *Certificate) error {
	if s.unusable != nil {
		return s.unusable
	}
	scheme, err := findScheme(by.PublicKey, s.signatureOID, "")
	if err != nil {
		return err
	}
	return scheme.verifyDigest(by.PublicKey, s.digest, s.signature)
}

// extension is an Extension of RFC 5280.
type extension struct {
	oid      string
	critical bool
	value    []byte
}

// readExtensions reads a SEQUENCE OF Extension, in which none may be repeated.
func readExtensions(sequence []byte) ([]extension, error) {
	outer := der.Read(sequence)
	r := outer.Enter(der.TagSequence)
	var out []extension
	seen := map[string]bool{}
	for r.More() {
		e := r.Enter(der.TagSequence)
		x := extension{oid: e.OID()}
		if v, ok := e.Optional(der.TagBoolean); ok {
			if len(v.Body) != 1 || v.Body[0] != 0 && v.Body[0] != 0xFF {
				e.Fail("boolean")
			}
			x.critical = len(v.Body) == 1 && v.Body[0] != 0
		}
		x.value = e.OctetString()
		if seen[x.oid] {
			e.Fail("repeated")
		}
		if err := e.Done(); err != nil {
			return nil, fmt.Errorf("extension %s: %w", x.oid, err)
		}
		seen[x.oid] = true
		out = append(out, x)
	}
	return out, der.First(r.Done(), outer.Done())
}
