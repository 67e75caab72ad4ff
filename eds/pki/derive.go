package pki

import (
	"bytes"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/binary"
	"io"
	"math/big"
	"slices"
	"strings"
	"sync"

	"mekenjai/eds/gost"
)

// stream is an endless stream of bytes that follows from the seed and a label.
type stream struct {
	seed    []byte
	label   string
	counter uint64
	rest    []byte
}

func (a *Authority) stream(label ...string) io.Reader {
	return &stream{seed: a.seed, label: strings.Join(label, "\x00")}
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		h := hmac.New(sha512.New, s.seed)
		h.Write(binary.BigEndian.AppendUint64(nil, s.counter))
		io.WriteString(h, s.label)
		s.counter++
		s.rest = h.Sum(nil)
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// serial derives a serial number and key identifier.
func (a *Authority) serial(label ...string) (serial [20]byte) {
	io.ReadFull(a.stream(append([]string{"serial"}, label...)...), serial[:])
	return serial
}

// markedSerial derives a serial number whose last bytes are a mark: by it an authority
// of the same seed in another process knows what it issued, and how.
func (a *Authority) markedSerial(tierName string, k Kind, label ...string) [20]byte {
	serial := a.serial(label...)
	serial[0] &= 0x7F // positive
	serial[markedBytes-1] = byte(slices.Index(markedKinds, k) + 1)
	io.ReadFull(a.stream("mark", tierName, string(serial[:markedBytes])), serial[markedBytes:])
	return serial
}

// markedBytes are those before the mark; the last of them says which of markedKinds.
const markedBytes = 12

var markedKinds = []Kind{Revoked, OnHold}

// recognise tells under which tier and as what kind a serial number was issued, in this
// process or another. The tier is empty for a number of nobody's.
func (a *Authority) recognise(serial *big.Int) (tierName string, k Kind) {
	if serial.Sign() < 0 || serial.BitLen() > 160 {
		return "", Valid
	}
	var n, mark [20]byte
	serial.FillBytes(n[:])
	if i := int(n[markedBytes-1]) - 1; i >= 0 && i < len(markedKinds) {
		k = markedKinds[i]
	}
	for _, name := range []string{tierGOST, tierRSA} {
		io.ReadFull(a.stream("mark", name, string(n[:markedBytes])), mark[markedBytes:])
		if bytes.Equal(mark[markedBytes:], n[markedBytes:]) {
			return name, k
		}
	}
	return "", Valid
}

func (a *Authority) gostKey(c *gost.Curve, label ...string) (*gost.PrivateKey, error) {
	return gost.GenerateKey(c, a.stream(append([]string{"gost"}, label...)...))
}

// rsaKeys remembers derived RSA keys for the whole process: each takes a tenth of a
// second, and tests make many authorities of one seed.
var rsaKeys sync.Map

// rsaKey derives an RSA key of 2048 bits. The standard library makes only random
// ones, and a demo country needs the same at every start.
func (a *Authority) rsaKey(label ...string) (*rsa.PrivateKey, error) {
	name := string(a.seed) + "\x00" + strings.Join(label, "\x00")
	if k, ok := rsaKeys.Load(name); ok {
		return k.(*rsa.PrivateKey), nil
	}
	k, err := deriveRSA(a.stream(append([]string{"rsa"}, label...)...))
	if err == nil {
		rsaKeys.Store(name, k)
	}
	return k, err
}

func deriveRSA(r io.Reader) (*rsa.PrivateKey, error) {
	one := big.NewInt(1)
	e := big.NewInt(65537)
	for {
		p, q := prime1024(r), prime1024(r)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		k := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
			D:         d, Primes: []*big.Int{p, q},
		}
		k.Precompute()
		return k, k.Validate()
	}
}

// prime1024 draws until a prime of 1024 bits comes whose two top bits are set, so that
// a product of two has 2048 bits.
func prime1024(r io.Reader) *big.Int {
	var b [128]byte
	for {
		io.ReadFull(r, b[:])
		b[0] |= 0xC0
		b[127] |= 1
		p := new(big.Int).SetBytes(b[:])
		// The numbers come from a hash, not from an adversary: one round weeds out
		// nearly all composites, the rest is for certainty.
		if p.ProbablyPrime(0) && p.ProbablyPrime(10) {
			return p
		}
	}
}
