package eds

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"slices"

	"mekenjai/eds/gost"
	"mekenjai/eds/internal/der"
)

// An Algorithm names key and hash of a signature.
type Algorithm string

// The algorithms of Kazakh signatures.
const (
	GOST2015x512 Algorithm = "gost2015-512" // GOST 34.10-2015, TC26 512 A, Streebog-512
	GOST2015x256 Algorithm = "gost2015-256" // GOST 34.10-2015, TC26 256 A, Streebog-256
	GOST2004     Algorithm = "gost2004"     // GOST 34.310-2004, CryptoPro A, GOST 34.311-95
	RSASHA256    Algorithm = "rsa-sha256"
	RSASHA384    Algorithm = "rsa-sha384"
	RSASHA512    Algorithm = "rsa-sha512"
)

// minRSABits is the shortest RSA modulus that still proves something, maxRSABits the
// longest that is worked with: a stranger's certificate has room for one that takes
// seconds.
const (
	minRSABits = 2048
	maxRSABits = 16384
)

var (
	errAlgorithm = errors.New("algorithm not supported")
	errWeak      = errors.New("algorithm too weak")
	errSignature = errors.New("signature does not match")
)

// digestAlgorithm is a hash function under its object identifier.
type digestAlgorithm struct {
	oid  string
	name string
	hash crypto.Hash // for RSA; zero for GOST
	new  func() hash.Hash
}

func (d *digestAlgorithm) sum(data []byte) []byte {
	h := d.new()
	h.Write(data)
	return h.Sum(nil)
}

var (
	digestSHA256      = &digestAlgorithm{oidSHA256, "SHA-256", crypto.SHA256, sha256.New}
	digestSHA384      = &digestAlgorithm{oidSHA384, "SHA-384", crypto.SHA384, sha512.New384}
	digestSHA512      = &digestAlgorithm{oidSHA512, "SHA-512", crypto.SHA512, sha512.New}
	digestGOST341195  = &digestAlgorithm{oid: oidGOST341195, name: "GOST 34.311-95", new: gost.NewGOST341195}
	digestStreebog256 = &digestAlgorithm{oid: oidStreebog256, name: "Streebog-256", new: gost.NewStreebog256}
	digestStreebog512 = &digestAlgorithm{oid: oidStreebog512, name: "Streebog-512", new: gost.NewStreebog512}
)

// digestSHA1 serves only to see what old timestamps are over; nothing is proved by it.
var digestSHA1 = &digestAlgorithm{oidSHA1, "SHA-1", crypto.SHA1, sha1.New}

var digests = map[string]*digestAlgorithm{
	oidSHA256:           digestSHA256,
	oidSHA384:           digestSHA384,
	oidSHA512:           digestSHA512,
	oidGOST341195:       digestGOST341195,
	oidGOST341195Params: digestGOST341195,
	oidStreebog256:      digestStreebog256,
	oidStreebog512:      digestStreebog512,
}

// findDigest returns the hash function of an object identifier.
func findDigest(oid string) (*digestAlgorithm, error) {
	if d := digests[oid]; d != nil {
		return d, nil
	}
	if oid == oidMD5 || oid == oidSHA1 {
		return nil, fmt.Errorf("%w: hash function %s", errWeak, oid)
	}
	return nil, fmt.Errorf("%w: hash function %s", errAlgorithm, oid)
}

// digestName is a hash function's name, or its object identifier.
func digestName(oid string) string {
	switch d := digests[oid]; {
	case d != nil:
		return d.name
	case oid == oidSHA1:
		return digestSHA1.name
	}
	return oid
}

// gostProfile is one of the three kinds of GOST key.
type gostProfile struct {
	algorithm         Algorithm
	key, params       string // object identifiers in SubjectPublicKeyInfo
	signature         string // and of the signature with its hash
	digest            *digestAlgorithm
	curve             func() *gost.Curve
	digestInKeyParams string
}

var gostProfiles = []*gostProfile{
	{GOST2015x512, oidGOST2015x512, oidGOST2015x512Params, oidGOST2015x512Signature, digestStreebog512, gost.TC26512A, oidStreebog512},
	{GOST2015x256, oidGOST2015x256, oidGOST2015x256Params, oidGOST2015x256Signature, digestStreebog256, gost.TC26256A, oidStreebog256},
	{GOST2004, oidGOST2004, oidGOST2004Params, oidGOST2004Signature, digestGOST341195, gost.CryptoProA, oidGOST341195Params},
}

// profileOf returns the profile a GOST key belongs to, nil for other keys.
func profileOf(key crypto.PublicKey) *gostProfile {
	k, ok := key.(*gost.PublicKey)
	if !ok {
		return nil
	}
	for _, p := range gostProfiles {
		if p.curve() == k.Curve() {
			return p
		}
	}
	return nil
}

// rsaSignatures maps the signature identifiers of RSA to their hash; the bare key
// identifier leaves the hash to the digest algorithm.
var rsaSignatures = map[string]string{
	oidRSA:           "",
	oidMD5WithRSA:    oidMD5,
	oidSHA1WithRSA:   oidSHA1,
	oidSHA256WithRSA: oidSHA256,
	oidSHA384WithRSA: oidSHA384,
	oidSHA512WithRSA: oidSHA512,
}

var rsaAlgorithms = map[string]Algorithm{
	oidSHA256: RSASHA256, oidSHA384: RSASHA384, oidSHA512: RSASHA512,
}

// A scheme is a signature algorithm that fits a key, ready to check or to make.
type scheme struct {
	algorithm Algorithm
	digest    *digestAlgorithm
	oid       string
}

// findScheme decides what signature algorithm and hash mean for the key. An empty hash
// identifier means that the signature identifier alone tells, as in certificates. The
// key's own identifier is taken for the signature's, as old signing software writes.
func findScheme(key crypto.PublicKey, signatureOID, digestOID string) (*scheme, error) {
	if p := profileOf(key); p != nil {
		if signatureOID != p.signature && signatureOID != p.key {
			return nil, fmt.Errorf("%w: signature %s by a %s key", errAlgorithm, signatureOID, p.algorithm)
		}
		if digestOID != "" && digests[digestOID] != p.digest {
			return nil, fmt.Errorf("%w: hash function %s with a %s key", errAlgorithm, digestOID, p.algorithm)
		}
		return &scheme{p.algorithm, p.digest, p.signature}, nil
	}
	k, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%w: key of type %T", errAlgorithm, key)
	}
	if k.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("%w: RSA key of %d bits", errWeak, k.N.BitLen())
	}
	if k.N.BitLen() > maxRSABits {
		return nil, fmt.Errorf("%w: RSA key of %d bits", errAlgorithm, k.N.BitLen())
	}
	implied, ok := rsaSignatures[signatureOID]
	if !ok {
		return nil, fmt.Errorf("%w: signature %s by an RSA key", errAlgorithm, signatureOID)
	}
	if digestOID == "" {
		digestOID = implied
	} else if implied != "" && implied != digestOID {
		return nil, fmt.Errorf("%w: signature %s over hash %s", errAlgorithm, signatureOID, digestOID)
	}
	d, err := findDigest(digestOID)
	if err != nil {
		return nil, err
	}
	if d.hash == 0 {
		return nil, fmt.Errorf("%w: hash function %s with an RSA key", errAlgorithm, digestOID)
	}
	return &scheme{rsaAlgorithms[digestOID], d, signatureOID}, nil
}

// verify checks signature over message.
func (s *scheme) verify(key crypto.PublicKey, message, signature []byte) error {
	return s.verifyDigest(key, s.digest.sum(message), signature)
}

// verifyDigest checks signature over the digest of a message, unless it was found
// good before.
func (s *scheme) verifyDigest(key crypto.PublicKey, digest, signature []byte) error {
	sum, known := s.sumOf(key, digest, signature)
	if known && proved.has(sum) {
		return nil
	}
	if err := s.compute(key, digest, signature); err != nil {
		return err
	}
	if known {
		proved.add(sum)
	}
	return nil
}

// compute does the arithmetic of verifyDigest. The RSA padding is PKCS #1 v1.5.
func (s *scheme) compute(key crypto.PublicKey, digest, signature []byte) error {
	switch k := key.(type) {
	case *gost.PublicKey:
		if k.Verify(digest, signature) {
			return nil
		}
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(k, s.digest.hash, digest, signature) == nil {
			return nil
		}
	}
	return errSignature
}

// impliedDigest is the hash function that a signature identifier stands for by itself.
func impliedDigest(signatureOID string) (*digestAlgorithm, error) {
	for _, p := range gostProfiles {
		if signatureOID == p.signature || signatureOID == p.key {
			return p.digest, nil
		}
	}
	if oid := rsaSignatures[signatureOID]; oid != "" {
		return findDigest(oid)
	}
	return nil, fmt.Errorf("%w: signature %s", errAlgorithm, signatureOID)
}

// algorithmID is an AlgorithmIdentifier. Every algorithm here has no parameters, so
// they may be absent or NULL; old signing software also writes those of the GOST key
// with its signatures, and the S-boxes with GOST 34.311-95. There is one value of each,
// and nothing else is accepted.
type algorithmID struct {
	oid  string
	full []byte
}

func readAlgorithm(r *der.Reader) algorithmID {
	v := r.Expect(der.TagSequence)
	inner := der.Read(v.Body)
	a := algorithmID{oid: inner.OID(), full: v.Full}
	if inner.More() {
		if params := inner.Next().Full; !bytes.Equal(params, der.Null()) && !isKeyParams(a.oid, params) && !isHashParams(a.oid, params) {
			inner.Fail("parameters of algorithm %s", a.oid)
		}
	}
	if err := inner.Done(); err != nil {
		r.Fail("%v", err)
	}
	return a
}

// isHashParams reports whether the parameters are the S-boxes of GOST 34.311-95.
func isHashParams(oid string, params []byte) bool {
	return oid == oidGOST341195 && bytes.Equal(params, der.OID(oidGOST341195Params))
}

// isKeyParams reports whether the parameters are those of the GOST keys that the
// identifier belongs to, as their own or their signatures'.
func isKeyParams(oid string, params []byte) bool {
	return slices.ContainsFunc(gostProfiles, func(p *gostProfile) bool {
		return (p.key == oid || p.signature == oid) && (bytes.Equal(params, der.Sequence(der.OID(p.params))) ||
			bytes.Equal(params, der.Sequence(der.OID(p.params), der.OID(p.digestInKeyParams))))
	})
}

// writeAlgorithm encodes an AlgorithmIdentifier with the NULL that Kazakh software and
// RSA (RFC 4055) both write.
func writeAlgorithm(oid string) []byte { return der.Sequence(der.OID(oid), der.Null()) }

// parsePublicKey reads a SubjectPublicKeyInfo with a GOST key. For other keys it
// returns nil and no error: they are the standard library's.
func parsePublicKey(spki []byte) (*gost.PublicKey, error) {
	outer := der.Read(spki)
	r := outer.Enter(der.TagSequence)
	alg := r.Enter(der.TagSequence)
	oid := alg.OID()
	var profile *gostProfile
	for _, p := range gostProfiles {
		if p.key == oid {
			profile = p
		}
	}
	if profile == nil {
		return nil, outer.Err()
	}
	params := alg.Enter(der.TagSequence)
	set, digest := params.OID(), ""
	if params.More() {
		digest = params.OID()
	}
	wrapped := der.Read(r.BitString())
	point := wrapped.OctetString()
	if err := der.First(params.Done(), alg.Done(), wrapped.Done(), r.Done(), outer.Done()); err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	if set != profile.params || digest != "" && digests[digest] != profile.digest {
		return nil, fmt.Errorf("public key: %w: parameters %s %s", errAlgorithm, set, digest)
	}
	return gost.ParsePublicKey(profile.curve(), point)
}

// writeGOSTKey encodes a SubjectPublicKeyInfo; parsePublicKey is its inverse.
func writeGOSTKey(key *gost.PublicKey) []byte {
	p := profileOf(key)
	return der.Sequence(
		der.Sequence(der.OID(p.key), der.Sequence(der.OID(p.params), der.OID(p.digestInKeyParams))),
		der.BitString(der.OctetString(key.Bytes())))
}
