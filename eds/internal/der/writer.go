package der

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// appendHeader appends an identifier and a minimal length.
func appendHeader(b []byte, tag byte, length int) []byte {
	b = append(b, tag)
	switch {
	case length < 0x80:
		return append(b, byte(length))
	case length < 1<<8:
		return append(b, 0x81, byte(length))
	case length < 1<<16:
		return append(b, 0x82, byte(length>>8), byte(length))
	case length < 1<<24:
		return append(b, 0x83, byte(length>>16), byte(length>>8), byte(length))
	}
	return append(b, 0x84, byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
}

// Element encodes the parts, joined, under the identifier.
func Element(tag byte, parts ...[]byte) []byte {
	length := 0
	for _, p := range parts {
		length += len(p)
	}
	b := appendHeader(make([]byte, 0, length+6), tag, length)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// Sequence encodes a SEQUENCE of encoded elements.
func Sequence(parts ...[]byte) []byte { return Element(TagSequence, parts...) }

// SetOf encodes a SET OF in the order that DER demands (X.690, section 11.6).
func SetOf(parts ...[]byte) []byte { return Element(TagSet, Sorted(parts)...) }

// Sorted returns the encoded elements in the order of a SET OF.
func Sorted(parts [][]byte) [][]byte {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, bytes.Compare)
	return parts
}

// Explicit wraps the parts in the context-specific tag [n].
func Explicit(n byte, parts ...[]byte) []byte { return Element(0xA0|n, parts...) }

// Null is the NULL element.
func Null() []byte { return []byte{TagNull, 0} }

// True is the BOOLEAN true; DEFAULT FALSE is left out in DER.
func True() []byte { return []byte{TagBoolean, 1, 0xFF} }

// OctetString encodes an OCTET STRING with the joined parts as contents.
func OctetString(parts ...[]byte) []byte { return Element(TagOctetString, parts...) }

// BitString encodes whole bytes as a BIT STRING.
func BitString(b []byte) []byte { return Element(TagBitString, []byte{0}, b) }

// UTF8 encodes a UTF8String.
func UTF8(s string) []byte { return Element(TagUTF8String, []byte(s)) }

// Printable encodes a PrintableString; the caller keeps to its alphabet.
func Printable(s string) []byte { return Element(TagPrintableString, []byte(s)) }

// Int encodes a small INTEGER.
func Int(n int64) []byte { return Integer(big.NewInt(n)) }

// Integer encodes a non-negative INTEGER.
func Integer(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return Element(TagInteger, b)
}

// OID encodes an object identifier given in dotted form; a malformed one is a mistake
// of the programmer and panics.
func OID(dotted string) []byte {
	var arcs []uint64
	for s := range strings.SplitSeq(dotted, ".") {
		arc, err := strconv.ParseUint(s, 10, 63)
		if err != nil {
			panic("der: object identifier " + dotted)
		}
		arcs = append(arcs, arc)
	}
	if len(arcs) < 2 {
		panic("der: object identifier " + dotted)
	}
	body := base128(nil, arcs[0]*40+arcs[1])
	for _, arc := range arcs[2:] {
		body = base128(body, arc)
	}
	return Element(TagOID, body)
}

func base128(b []byte, n uint64) []byte {
	shift := 0
	for n>>shift >= 0x80 {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		b = append(b, byte(n>>shift)|0x80)
	}
	return append(b, byte(n)&0x7F)
}

// Time encodes a time to the second as RFC 5280 demands: UTCTime until 2049,
// GeneralizedTime after.
func Time(t time.Time) []byte {
	t = t.UTC()
	if t.Year() >= 1950 && t.Year() < 2050 {
		return Element(TagUTCTime, []byte(t.Format("060102150405Z")))
	}
	return Element(TagGeneralizedTime, []byte(t.Format("20060102150405Z")))
}
