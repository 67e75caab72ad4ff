package papers_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// picture is a small sheet with something on it.
func picture() image.Image {
	m := image.NewGray(image.Rect(0, 0, 60, 80))
	for y := range 80 {
		for x := range 60 {
			m.Set(x, y, color.Gray{Y: uint8(3*x + y)})
		}
	}
	return m
}

func jpegFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is a segment of JPEG.
func segment(marker byte, content string) string {
	return string([]byte{0xff, marker, byte((len(content) + 2) >> 8), byte(len(content) + 2)}) + content
}

// exif is a telephone's EXIF: how it was held, and where.
func exif(orientation byte, words string) string {
	return segment(0xe1, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x02"+
		"\x01\x0f\x00\x02\x00\x00\x00\x04ACME"+
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00"+string([]byte{orientation})+"\x00\x00\x00\x00\x00\x00"+words)
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(file []byte, segments ...string) []byte {
	return []byte(string(file[:2]) + strings.Join(segments, "") + string(file[2:]))
}

// chunk is a chunk of PNG.
func chunk(name, content string) string {
	var b bytes.Buffer
	binary.Write(&b, binary.BigEndian, uint32(len(content)))
	b.WriteString(name + content)
	binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE([]byte(name+content)))
	return b.String()
}

// withChunk puts a chunk behind the head of a PNG.
func withChunk(file []byte, c string) []byte {
	const head = 8 + 25
	return []byte(string(file[:head]) + c + string(file[head:]))
}

// pdf is a document of numbered objects from 1; the first is its root.
func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}

func stream(dict, content string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(content), dict, content)
}

// sheets is a document of empty pages; root is added to its root, more are
// further objects, from number 4.
func sheets(pages int, root, page, trailer string, more ...string) []byte {
	kids := strings.Repeat("3 0 R ", 1)
	objects := []string{"<< /Type /Catalog /Pages 2 0 R " + root + " >>", "", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + " >>"}
	objects = append(objects, more...)
	for range pages - 1 {
		objects = append(objects, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
		kids += fmt.Sprintf("%d 0 R ", len(objects))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", pages, kids)
	return pdf(trailer, objects...)
}

// scanned is a document of one page with a photograph on it.
func scanned(photo []byte) []byte {
	return sheets(1, "", "/Resources << /XObject << /Im0 4 0 R >> >> /Contents 5 0 R", "",
		stream("/Type /XObject /Subtype /Image /Width 60 /Height 80 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", string(photo)),
		stream("", "q 595 0 0 842 0 0 cm /Im0 Do Q"))
}

func deflated(content []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(content)
	z.Close()
	return b.String()
}
