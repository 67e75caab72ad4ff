package papers

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/png"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// kept are the chunks that a picture needs to look as it does. The others carry
// words, times, places, profiles and films.
var kept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true,
	"tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "pHYs": true}

// cleanPNG copies the picture without the chunks that do not belong to it and
// without whatever follows its end.
func cleanPNG(b []byte, l Limits) ([]byte, *unfit) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if fault := fits(l)(c, err); fault != nil {
		return nil, fault
	}
	if samples := int64(c.Width) * int64(c.Height) * 8; samples > l.Unpacked && len(b) > 24 && b[24] == 16 {
		return nil, bomb // sixteen bits a colour: nobody scans so
	}
	clean, fault := stripPNG(b)
	if fault != nil {
		return nil, fault
	}
	if _, err := png.Decode(bytes.NewReader(clean)); err != nil {
		return nil, unreadable(err)
	}
	return clean, nil
}

func stripPNG(b []byte) ([]byte, *unfit) {
	out := bytes.NewBuffer(make([]byte, 0, len(b)))
	out.WriteString(pngSignature)
	for at := len(pngSignature); ; {
		if at+12 > len(b) {
			return nil, truncated
		}
		size := int64(binary.BigEndian.Uint32(b[at:]))
		if int64(at)+12+size > int64(len(b)) {
			return nil, truncated
		}
		next := at + 12 + int(size)
		name := string(b[at+4 : at+8])
		if crc32.ChecksumIEEE(b[at+4:next-4]) != binary.BigEndian.Uint32(b[next-4:]) {
			return nil, damaged
		}
		isCritical := name[0]&0x20 == 0
		switch {
		case kept[name]:
			out.Write(b[at:next])
		case isCritical:
			return nil, damaged // a picture that nobody knows how to show
		}
		if name == "IEND" {
			return out.Bytes(), nil
		}
		at = next
	}
}
