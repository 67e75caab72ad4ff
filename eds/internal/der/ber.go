package der

import "fmt"

// Limits of BER input. Depth and count bound the work before any signature is checked.
const (
	maxDepth    = 64
	maxElements = 1 << 20
)

// header is what precedes the contents of an element.
type header struct {
	tag        byte
	size       int // of the header itself
	length     int // of the contents, when definite
	indefinite bool
	minimal    bool // the length is in its shortest form
}

// parseHeader reads identifier and length; identifiers of several octets are not used
// by any format here and are refused.
func parseHeader(b []byte) (header, error) {
	if len(b) < 2 {
		return header{}, fmt.Errorf("%w: element is cut short", ErrSyntax)
	}
	h := header{tag: b[0], size: 2, minimal: true}
	if h.tag&0x1F == 0x1F {
		return h, fmt.Errorf("%w: long identifier", ErrSyntax)
	}
	first := b[1]
	switch {
	case first < 0x80:
		h.length = int(first)
	case first == 0x80:
		h.indefinite = true
	default:
		n := int(first & 0x7F)
		if n > 4 || len(b) < 2+n {
			return h, fmt.Errorf("%w: length of %d bytes", ErrSyntax, n)
		}
		length := uint64(0)
		for _, c := range b[2 : 2+n] {
			length = length<<8 | uint64(c)
		}
		if length > 1<<31-1 {
			return h, fmt.Errorf("%w: element of %d bytes", ErrSyntax, length)
		}
		h.length, h.size = int(length), 2+n
		h.minimal = b[2] != 0 && length >= 0x80
	}
	return h, nil
}

// FromBER returns the one element of b in DER as far as lengths and strings go:
// indefinite and overlong lengths become minimal, strings in pieces become one. Sets
// are not sorted, as only the reader of a set knows whether it is a SET OF. What is in
// DER already comes out byte for byte, so signed parts keep their signatures.
func FromBER(b []byte) ([]byte, error) {
	c := converter{out: make([]byte, 0, len(b))}
	rest, err := c.element(b, 0)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes too many", ErrSyntax, len(rest))
	}
	return c.out, err
}

type converter struct {
	out      []byte
	elements int
}

// element appends one element in DER and returns what follows it.
func (c *converter) element(b []byte, depth int) (rest []byte, err error) {
	if c.elements++; c.elements > maxElements || depth > maxDepth {
		return nil, fmt.Errorf("%w: too deep or too many elements", ErrSyntax)
	}
	h, err := parseHeader(b)
	if err != nil {
		return nil, err
	}
	constructed := h.tag&0x20 != 0
	if h.indefinite && !constructed {
		return nil, fmt.Errorf("%w: primitive element without a length", ErrSyntax)
	}
	if !h.indefinite && h.length > len(b)-h.size {
		return nil, fmt.Errorf("%w: element of %d bytes is cut short", ErrSyntax, h.length)
	}
	body := b[h.size:]
	if !constructed {
		c.out = appendHeader(c.out, h.tag, h.length)
		c.out = append(c.out, body[:h.length]...)
		return body[h.length:], nil
	}
	start := len(c.out)
	tag, pieces := h.tag, stringType(h.tag)
	if pieces {
		tag &^= 0x20
	}
	if h.indefinite {
		rest, err = c.untilEnd(body, depth, pieces)
	} else {
		err = c.contents(body[:h.length], depth, pieces)
		rest = body[h.length:]
	}
	if err != nil {
		return nil, err
	}
	c.wrap(start, tag)
	return rest, nil
}

// untilEnd converts elements up to the end-of-contents octets.
func (c *converter) untilEnd(b []byte, depth int, pieces bool) (rest []byte, err error) {
	for {
		if len(b) < 2 {
			return nil, fmt.Errorf("%w: no end of contents", ErrSyntax)
		}
		if b[0] == 0 && b[1] == 0 {
			return b[2:], nil
		}
		if b, err = c.child(b, depth, pieces); err != nil {
			return nil, err
		}
	}
}

func (c *converter) contents(b []byte, depth int, pieces bool) (err error) {
	for len(b) > 0 {
		if b, err = c.child(b, depth, pieces); err != nil {
			return err
		}
	}
	return nil
}

// child converts one element; as a piece of a string it leaves only its contents.
func (c *converter) child(b []byte, depth int, piece bool) (rest []byte, err error) {
	start := len(c.out)
	rest, err = c.element(b, depth+1)
	if err != nil || !piece {
		return rest, err
	}
	if b[0]&^0x20 != TagOctetString {
		return nil, fmt.Errorf("%w: a string in pieces of another type", ErrSyntax)
	}
	h, err := parseHeader(c.out[start:])
	if err != nil {
		return nil, err
	}
	c.out = append(c.out[:start], c.out[start+h.size:]...)
	return rest, nil
}

// wrap puts a header before what was appended since start.
func (c *converter) wrap(start int, tag byte) {
	var room [6]byte
	head := appendHeader(room[:0], tag, len(c.out)-start)
	c.out = append(c.out, head...)
	copy(c.out[start+len(head):], c.out[start:])
	copy(c.out[start:], head)
}

// stringType reports whether the identifier is a constructed OCTET STRING, the only
// string that signing software cuts in pieces.
func stringType(tag byte) bool { return tag == TagOctetString|0x20 }
