package papers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"
)

// The markers of JPEG (ISO/IEC 10918-1, table B.1) that are looked at.
const (
	markEOI  = 0xd9
	markSOS  = 0xda
	markAPP0 = 0xe0
	markAPP1 = 0xe1
	markAPPE = 0xee // Adobe: says how the colours are meant
	markAPPF = 0xef
	markCOM  = 0xfe
)

// cleanJPEG copies the picture without the segments that speak of its maker:
// EXIF with its place and preview, XMP, IPTC, colour profile, comments, and
// whatever follows the end. Of EXIF only the orientation stays, in a segment of
// our own. The picture itself is not touched: nothing of the paper is lost.
func cleanJPEG(b []byte, l Limits) ([]byte, *unfit) {
	if fault := fits(l)(jpeg.DecodeConfig(bytes.NewReader(b))); fault != nil {
		return nil, fault
	}
	clean, fault := stripJPEG(b)
	if fault != nil {
		return nil, fault
	}
	if _, err := jpeg.Decode(bytes.NewReader(clean)); err != nil {
		return nil, unreadable(err)
	}
	return clean, nil
}

// fits checks the size that an image says it has, before it is unpacked.
func fits(l Limits) func(image.Config, error) *unfit {
	return func(c image.Config, err error) *unfit {
		switch {
		case err != nil:
			return unreadable(err)
		case c.Width <= 0 || c.Height <= 0:
			return damaged
		case c.Width > l.Pixels || c.Height > l.Pixels/c.Width:
			return tooManyPixels(l)
		}
		return nil
	}
}

func unreadable(err error) *unfit {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return truncated
	}
	return damaged
}

func stripJPEG(b []byte) ([]byte, *unfit) {
	out := bytes.NewBuffer(make([]byte, 0, len(b)))
	out.Write(b[:2])
	orientation := 0
	for at := 2; ; {
		mark, segment, next, fault := segmentAt(b, at)
		if fault != nil {
			return nil, fault
		}
		switch {
		case mark == markEOI:
			out.Write(b[at:next])
			return out.Bytes(), nil
		case mark == markAPP1:
			if n := orientationOf(segment[4:]); n > 1 && orientation == 0 {
				orientation = n
				out.Write(orientationSegment(n))
			}
		case mark == markAPPE && bytes.HasPrefix(segment[4:], []byte("Adobe")):
			out.Write(segment)
		case mark == markAPP0 && bytes.HasPrefix(segment[4:], []byte("JFIF\x00")) && len(segment) >= 18:
			// Only the head: a preview may follow it.
			out.Write([]byte{0xff, markAPP0, 0, 16})
			out.Write(segment[4:16])
			out.Write([]byte{0, 0})
		case mark >= markAPP0 && mark <= markAPPF, mark == markCOM:
		default:
			out.Write(b[at:next])
		}
		if mark == markSOS {
			end := endOfScan(b, next)
			out.Write(b[next:end])
			next = end
		}
		at = next
	}
}

// segmentAt is the marker at an offset and the segment with its marker and
// length; next is where the one after it begins.
func segmentAt(b []byte, at int) (mark byte, segment []byte, next int, fault *unfit) {
	for at+1 < len(b) && b[at] == 0xff && b[at+1] == 0xff { // fill bytes
		at++
	}
	switch {
	case at+2 > len(b):
		return 0, nil, 0, truncated
	case b[at] != 0xff:
		return 0, nil, 0, damaged
	}
	mark = b[at+1]
	if mark == markEOI || mark == 0x01 || mark >= 0xd0 && mark <= 0xd8 {
		return mark, b[at : at+2], at + 2, nil
	}
	if at+4 > len(b) {
		return 0, nil, 0, truncated
	}
	size := int(binary.BigEndian.Uint16(b[at+2:]))
	switch {
	case size < 2:
		return 0, nil, 0, damaged
	case at+2+size > len(b):
		return 0, nil, 0, truncated
	}
	return mark, b[at : at+2+size], at + 2 + size, nil
}

// endOfScan is where the coded picture ends: at a marker that is neither a
// stuffed byte nor a restart.
func endOfScan(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xff && b[at+1] != 0 && b[at+1] != 0xff && (b[at+1] < 0xd0 || b[at+1] > 0xd7) {
			return at
		}
	}
	return len(b)
}

// orientationOf reads tag 0x0112 of the first directory of EXIF; 0 when there is
// none.
func orientationOf(app1 []byte) int {
	tiff, ok := bytes.CutPrefix(app1, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := int(order.Uint16(tiff[at:]))
	for i := range entries {
		e := at + 2 + int64(i)*12
		if e+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if n := int(order.Uint16(tiff[e+8:])); n >= 1 && n <= 8 {
				return n
			}
			return 0
		}
	}
	return 0
}

// orientationSegment is an EXIF segment that says how to turn the picture and
// nothing else.
func orientationSegment(n int) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(n), 0, 0, 0, 0, 0, 0}
	segment := append([]byte{0xff, markAPP1, 0, byte(2 + 6 + len(tiff))}, "Exif\x00\x00"...)
	return append(segment, tiff...)
}
