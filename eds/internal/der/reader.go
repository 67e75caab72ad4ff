// Package der reads and writes the DER encoding of ASN.1 (X.690) strictly: every byte
// belongs to an element that the caller asked for, lengths are minimal, nothing is
// skipped. encoding/asn1 ignores what follows the known fields of a structure, and in
// a signature container what is ignored is where attacks hide. The package also turns
// BER, which some signing software emits, into DER.
package der

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrSyntax is wrapped by every complaint about the encoding.
var ErrSyntax = errors.New("malformed DER")

// Identifier octets of the universal types used here. Context-specific ones are
// written as numbers: 0xA0 is [0] constructed, 0x80 is [0] primitive.
const (
	TagBoolean         = 0x01
	TagInteger         = 0x02
	TagBitString       = 0x03
	TagOctetString     = 0x04
	TagNull            = 0x05
	TagOID             = 0x06
	TagEnumerated      = 0x0A
	TagUTF8String      = 0x0C
	TagPrintableString = 0x13
	TagT61String       = 0x14
	TagIA5String       = 0x16
	TagUTCTime         = 0x17
	TagGeneralizedTime = 0x18
	TagBMPString       = 0x1E
	TagSequence        = 0x30
	TagSet             = 0x31
)

// A Value is one element: its identifier octet, its contents, and all its bytes.
type Value struct {
	Tag  byte
	Body []byte
	Full []byte
}

// A Reader takes elements off a byte string one after the other. The first error
// stays: after it every method returns zero values, and Done returns it.
type Reader struct {
	rest []byte
	err  error
}

// Read starts reading the elements of b.
func Read(b []byte) *Reader { return &Reader{rest: b} }

// Fail records an error of the caller's, if there was none yet.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: "+format, append([]any{ErrSyntax}, args...)...)
	}
}

// More reports whether there is another element and no error.
func (r *Reader) More() bool { return r.err == nil && len(r.rest) > 0 }

// Peek returns the identifier of the next element, zero at the end.
func (r *Reader) Peek() byte {
	if !r.More() {
		return 0
	}
	return r.rest[0]
}

// Err returns the first error.
func (r *Reader) Err() error { return r.err }

// Done returns the first error, or one when bytes are left.
func (r *Reader) Done() error {
	if r.More() {
		r.Fail("%d bytes too many", len(r.rest))
	}
	return r.err
}

// First returns the first error that is not nil. Where structures are nested the outer
// readers only repeat what an inner one complains about.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Next takes the next element, whatever it is.
func (r *Reader) Next() Value {
	if r.err != nil {
		return Value{}
	}
	h, err := parseHeader(r.rest)
	if err != nil {
		r.err = err
		return Value{}
	}
	if h.indefinite || !h.minimal {
		r.Fail("length not in DER form")
		return Value{}
	}
	if h.length > len(r.rest)-h.size {
		r.Fail("element of %d bytes is cut short", h.length)
		return Value{}
	}
	end := h.size + h.length
	v := Value{Tag: r.rest[0], Body: r.rest[h.size:end:end], Full: r.rest[:end:end]}
	r.rest = r.rest[end:]
	return v
}

// Expect takes the next element, which must have the identifier.
func (r *Reader) Expect(tag byte) Value {
	if r.err == nil && r.Peek() != tag {
		r.Fail("identifier %#02x where %#02x is expected", r.Peek(), tag)
	}
	return r.Next()
}

// Optional takes the next element if it has the identifier.
func (r *Reader) Optional(tag byte) (Value, bool) {
	if r.Peek() != tag {
		return Value{}, false
	}
	v := r.Next()
	return v, r.err == nil
}

// Enter takes a constructed element and returns a reader of what is in it. Errors
// inside do not travel out: ask the inner reader.
func (r *Reader) Enter(tag byte) *Reader {
	v := r.Expect(tag)
	return &Reader{rest: v.Body, err: r.err}
}

// OID takes an object identifier in dotted form.
func (r *Reader) OID() string {
	v := r.Expect(TagOID)
	if r.err != nil {
		return ""
	}
	s, ok := dotted(v.Body)
	if !ok {
		r.Fail("object identifier")
	}
	return s
}

// dotted decodes an object identifier; arcs beyond 63 bits are refused.
func dotted(b []byte) (string, bool) {
	if len(b) == 0 || b[len(b)-1]&0x80 != 0 {
		return "", false
	}
	var out []byte
	var arc uint64
	start := true // of an arc, which must not begin with a zero digit
	for _, c := range b {
		if start && c == 0x80 || arc >= 1<<56 {
			return "", false
		}
		arc = arc<<7 | uint64(c&0x7F)
		start = c&0x80 == 0
		if c&0x80 != 0 {
			continue
		}
		if len(out) == 0 {
			first := min(arc/40, 2)
			out = strconv.AppendUint(out, first, 10)
			arc -= 40 * first
		}
		out = append(out, '.')
		out = strconv.AppendUint(out, arc, 10)
		arc = 0
	}
	return string(out), true
}

// Integer takes an INTEGER.
func (r *Reader) Integer() *big.Int {
	v := r.Expect(TagInteger)
	if r.err != nil {
		return new(big.Int)
	}
	n, ok := v.Integer()
	if !ok {
		r.Fail("integer")
	}
	return n
}

// maxInteger bounds an INTEGER in bytes: the numbers read here are of certificates,
// lists and nonces, and to write a large one in decimal takes time.
const maxInteger = 256

// Integer decodes the contents as a two's complement number in minimal form.
func (v Value) Integer() (*big.Int, bool) {
	b := v.Body
	n := new(big.Int)
	if len(b) == 0 || len(b) > maxInteger || len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xFF && b[1] >= 0x80) {
		return n, false
	}
	n.SetBytes(b)
	if b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n, true
}

// Int takes a small non-negative INTEGER.
func (r *Reader) Int() int {
	n := r.Integer()
	if r.err == nil && (n.Sign() < 0 || n.BitLen() > 31) {
		r.Fail("integer out of range")
		return 0
	}
	return int(n.Int64())
}

// OctetString takes an OCTET STRING.
func (r *Reader) OctetString() []byte { return r.Expect(TagOctetString).Body }

// BitString takes a BIT STRING of whole bytes.
func (r *Reader) BitString() []byte {
	v := r.Expect(TagBitString)
	if r.err != nil {
		return nil
	}
	if len(v.Body) == 0 || v.Body[0] != 0 {
		r.Fail("bit string with unused bits")
		return nil
	}
	return v.Body[1:]
}

// Time takes a UTCTime or GeneralizedTime in the forms of RFC 5280 and RFC 3161:
// with seconds, in UTC, fractions without trailing zeros.
func (r *Reader) Time() time.Time {
	v := r.Next()
	if r.err != nil {
		return time.Time{}
	}
	t, ok := v.Time()
	if !ok {
		r.Fail("time %.40q", v.Body)
	}
	return t
}

// Time decodes the contents as Reader.Time does.
func (v Value) Time() (time.Time, bool) {
	s := string(v.Body)
	if !strings.HasSuffix(s, "Z") {
		return time.Time{}, false
	}
	switch v.Tag {
	case TagUTCTime:
		t, err := time.Parse("060102150405Z", s)
		if err != nil || len(s) != 13 {
			return time.Time{}, false
		}
		if t.Year() >= 2050 { // RFC 5280, section 4.1.2.5.1
			t = t.AddDate(-100, 0, 0)
		}
		return t, true
	case TagGeneralizedTime:
		body, fraction, hasFraction := strings.Cut(strings.TrimSuffix(s, "Z"), ".")
		if len(body) != 14 || hasFraction && (fraction == "" || strings.HasSuffix(fraction, "0")) {
			return time.Time{}, false
		}
		t, err := time.Parse("20060102150405", strings.TrimSuffix(s, "Z"))
		return t, err == nil
	}
	return time.Time{}, false
}

// Text decodes a character string of any of the types found in names; T61 strings are
// taken as Latin-1, as everybody writes them.
func (v Value) Text() (string, bool) {
	switch v.Tag {
	case TagUTF8String, TagPrintableString, TagIA5String, 0x12:
		return string(v.Body), utf8.Valid(v.Body)
	case TagT61String:
		r := make([]rune, len(v.Body))
		for i, c := range v.Body {
			r[i] = rune(c)
		}
		return string(r), true
	case TagBMPString:
		if len(v.Body)%2 != 0 {
			return "", false
		}
		units := make([]uint16, len(v.Body)/2)
		for i := range units {
			units[i] = uint16(v.Body[2*i])<<8 | uint16(v.Body[2*i+1])
		}
		return string(utf16.Decode(units)), true
	}
	return "", false
}
