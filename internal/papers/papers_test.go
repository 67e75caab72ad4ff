package papers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
)

const author = "Aigerim-41.3N-69.2E"

func accept(t *testing.T, file []byte) papers.Scan {
	t.Helper()
	s, err := papers.Accept(bytes.NewReader(file), "scan", papers.Limits{})
	if err != nil {
		t.Fatalf("an honest paper is refused: %v", err)
	}
	return s
}

// refused is the key with which a file is refused; the message must exist in
// every language.
func refused(t *testing.T, file io.Reader, l papers.Limits) string {
	t.Helper()
	_, err := papers.Accept(file, "scan", l)
	var fault *mekenjai.FieldError
	if !errors.As(err, &fault) {
		t.Fatalf("want a refusal at the field, got %v", err)
	}
	if fault.Field != "scan" {
		t.Errorf("the refusal stands at %q", fault.Field)
	}
	for _, lang := range locale.Langs {
		if text := lang.T(fault.Key, locale.Pairs(fault.Args)...); strings.Contains(text, "{") {
			t.Errorf("%s of %s is not filled in: %s", lang, fault.Key, text)
		}
	}
	return fault.Key
}

func TestTypeIsToldByContent(t *testing.T) {
	for want, file := range map[papers.Type][]byte{papers.JPEG: jpegFile(t), papers.PNG: pngFile(t), papers.PDF: sheets(1, "", "", "")} {
		s := accept(t, file)
		if s.Type != want || s.Pages != 1 {
			t.Errorf("a %s of one page is taken for %s of %d", want, s.Type, s.Pages)
		}
		if s.Original != sha256.Sum256(file) || s.Hash != sha256.Sum256(s.Bytes) {
			t.Errorf("%s: the hashes are not those of what was sent and of what is kept", want)
		}
		if again := accept(t, s.Bytes); want != papers.PDF && again.Hash != s.Hash {
			t.Errorf("%s: what was cleaned once changes when it is cleaned again", want)
		}
	}
	for _, other := range []string{"GIF89a", "PK\x03\x04 a spreadsheet", "<svg xmlns='http://www.w3.org/2000/svg'/>", "MZ", " %PDF-1.4"} {
		if key := refused(t, strings.NewReader(other), papers.Limits{}); key != "paper.error.type" {
			t.Errorf("%q is refused with %s", other, key)
		}
	}
	if key := refused(t, strings.NewReader(""), papers.Limits{}); key != "paper.error.empty" {
		t.Error(key)
	}
}

func TestPhotographLosesItsPlaceAndKeepsItsOrientation(t *testing.T) {
	file := withSegments(jpegFile(t), exif(6, author), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+author),
		segment(0xed, "Photoshop 3.0\x00"+author), segment(0xfe, author), segment(0xe2, "ICC_PROFILE\x00"+author))
	file = append(file, "trailer of a telephone: "+author...)
	s := accept(t, file)
	if bytes.Contains(s.Bytes, []byte(author)) || bytes.Contains(s.Bytes, []byte("ACME")) {
		t.Error("words of the maker stayed in the picture")
	}
	at := bytes.Index(s.Bytes, []byte("Exif\x00\x00"))
	if at < 0 || !bytes.Contains(s.Bytes[at:at+40], []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6}) {
		t.Error("the orientation is lost: the paper would lie on its side")
	}
	same(t, file, s.Bytes, jpeg.Decode)
}

func TestPictureWithTextsLosesThem(t *testing.T) {
	file := pngFile(t)
	for _, name := range []string{"tEXt", "zTXt", "iTXt", "eXIf", "tIME", "prVt"} {
		file = withChunk(file, chunk(name, author))
	}
	file = append(file, author...)
	s := accept(t, file)
	if bytes.Contains(s.Bytes, []byte(author)) {
		t.Error("words of the maker stayed in the picture")
	}
	same(t, pngFile(t), s.Bytes, png.Decode)
}

func same(t *testing.T, a, b []byte, decode func(io.Reader) (image.Image, error)) {
	t.Helper()
	x, err1 := decode(bytes.NewReader(a))
	y, err2 := decode(bytes.NewReader(b))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for at := range x.Bounds().Dx() * x.Bounds().Dy() {
		p := image.Pt(at%x.Bounds().Dx(), at/x.Bounds().Dx())
		if x.At(p.X, p.Y) != y.At(p.X, p.Y) {
			t.Fatalf("the picture itself was changed at %v", p)
		}
	}
}

func TestDocumentLosesItsMaker(t *testing.T) {
	meta := stream("/Type /Metadata /Subtype /XML", "<x:xmpmeta>"+author+"</x:xmpmeta>")
	file := sheets(1, "/Metadata 4 0 R", "", "/Info 5 0 R", meta, "<< /Author ("+author+") /Producer (ACME) >>")
	s := accept(t, file)
	if bytes.Contains(s.Bytes, []byte(author)) || bytes.Contains(s.Bytes, []byte("ACME")) || bytes.Contains(s.Bytes, []byte("xmpmeta")) {
		t.Error("words of the maker stayed in the document")
	}
	photo := withSegments(jpegFile(t), exif(1, author))
	s = accept(t, scanned(photo))
	if bytes.Contains(s.Bytes, []byte(author)) {
		t.Error("the place stayed in the photograph inside the document")
	}
	if !bytes.Contains(s.Bytes, photo[len(photo)-200:]) {
		t.Error("the photograph itself is lost")
	}
}

func TestEarlierVersionsOfADocumentDoNotComeAlong(t *testing.T) {
	file := sheets(1, "", "", "", "("+author+")")
	if s := accept(t, file); bytes.Contains(s.Bytes, []byte(author)) {
		t.Error("an object that no page refers to stayed")
	}
}

func TestLargeFileIsRefusedWithoutReadingIt(t *testing.T) {
	file := &counted{r: io.MultiReader(strings.NewReader("%PDF-1.7"), zeros{})}
	if key := refused(t, io.LimitReader(file, 200<<20), papers.Limits{}); key != "paper.error.size" {
		t.Error(key)
	}
	if file.n > 11<<20 {
		t.Errorf("%d bytes were read to refuse it", file.n)
	}
	body := http.MaxBytesReader(nil, io.NopCloser(zeros{}), 1<<20)
	if key := refused(t, body, papers.Limits{}); key != "paper.error.size" {
		t.Errorf("a request that is too large: %s", key)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) { n, err := c.r.Read(b); c.n += n; return n, err }

func TestTruncatedFileIsRefused(t *testing.T) {
	for _, file := range [][]byte{jpegFile(t), pngFile(t), sheets(1, "", "", "")} {
		for _, part := range []int{len(file) / 2, len(file) - 8} {
			if key := refused(t, bytes.NewReader(file[:part]), papers.Limits{}); key != "paper.error.truncated" && key != "paper.error.damaged" {
				t.Errorf("%d of %d bytes of %q: %s", part, len(file), file[:4], key)
			}
		}
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	spoilt := bytes.Clone(pngFile(t))
	spoilt[len(spoilt)-20] ^= 1
	unknown := withChunk(pngFile(t), chunk("ABCD", "a chunk that must be understood"))
	for _, file := range [][]byte{spoilt, unknown, []byte("%PDF-1.7\nnothing\n%%EOF"), []byte("\xff\xd8\xff\xe0\x00\x01")} {
		if key := refused(t, bytes.NewReader(file), papers.Limits{}); key != "paper.error.damaged" && key != "paper.error.truncated" {
			t.Errorf("%q: %s", file[:8], key)
		}
	}
}

func TestDecompressionBombIsRefused(t *testing.T) {
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, 50_000)
	binary.BigEndian.PutUint32(head[4:], 50_000)
	copy(head[8:], []byte{8, 0, 0, 0, 0})
	huge := []byte("\x89PNG\r\n\x1a\n" + chunk("IHDR", string(head)) + chunk("IDAT", deflated(make([]byte, 1<<20))) + chunk("IEND", ""))
	if key := refused(t, bytes.NewReader(huge), papers.Limits{}); key != "paper.error.pixels" {
		t.Errorf("an image of 2,500 megapixels: %s", key)
	}
	packed := stream("/Filter /FlateDecode", deflated(make([]byte, 4<<20)))
	if key := refused(t, bytes.NewReader(sheets(1, "", "/Contents 4 0 R", "", packed)), papers.Limits{Unpacked: 2 << 20}); key != "paper.error.bomb" {
		t.Errorf("a document that unpacks beyond the limit: %s", key)
	}
	image := stream("/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceGray /BitsPerComponent 8", "x")
	file := sheets(1, "", "/Resources << /XObject << /Im0 4 0 R >> >>", "", image)
	if key := refused(t, bytes.NewReader(file), papers.Limits{}); key != "paper.error.pixels" {
		t.Errorf("a document with an image of 10,000 megapixels: %s", key)
	}
}

func TestTooManyPagesAreRefused(t *testing.T) {
	if s := accept(t, sheets(50, "", "", "")); s.Pages != 50 {
		t.Errorf("%d pages", s.Pages)
	}
	if key := refused(t, bytes.NewReader(sheets(51, "", "", "")), papers.Limits{}); key != "paper.error.pages" {
		t.Error(key)
	}
}

func TestDocumentThatActsIsRefused(t *testing.T) {
	for name, file := range map[string][]byte{
		"script at opening": sheets(1, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", "", ""),
		"script by name":    sheets(1, "/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", "", "", "<< /S /JavaScript /JS (1) >>"),
		"script of a page":  sheets(1, "", "/AA << /O << /S /JavaScript /JS (1) >> >>", ""),
		"launch":            sheets(1, "", "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (cmd.exe) >> >>]", ""),
		"embedded file": sheets(1, "/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>", "", "",
			"<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>", stream("/Type /EmbeddedFile", "MZ")),
		"form that is a program": sheets(1, "/AcroForm << /Fields [] /XFA (x) >>", "", ""),
	} {
		t.Run(name, func(t *testing.T) {
			if key := refused(t, bytes.NewReader(file), papers.Limits{}); key != "paper.error.active" {
				t.Error(key)
			}
		})
	}
}

func TestDocumentWithAnEmptyListOfAttachmentsIsTaken(t *testing.T) {
	s := accept(t, sheets(1, "/Names << /EmbeddedFiles << /Names [ ] >> >>", "", ""))
	if bytes.Contains(s.Bytes, []byte("EmbeddedFiles")) {
		t.Error("the empty list stayed")
	}
}

func TestEncryptedDocumentIsRefused(t *testing.T) {
	file := sheets(1, "", "", "/Encrypt 4 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]",
		"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <"+strings.Repeat("0a", 32)+"> /U <"+strings.Repeat("0b", 32)+"> >>")
	if key := refused(t, bytes.NewReader(file), papers.Limits{}); key != "paper.error.encrypted" {
		t.Error(key)
	}
}

func TestTwoFilesInOneAreRefused(t *testing.T) {
	archive := "PK\x05\x06" + strings.Repeat("\x00", 18)
	for name, file := range map[string][]byte{
		"an archive behind a photograph": append(jpegFile(t), archive...),
		"an archive behind an image":     append(pngFile(t), archive...),
		"an archive behind a document":   append(sheets(1, "", "", ""), archive...),
		"a document in a photograph":     withSegments(jpegFile(t), segment(0xfe, "%PDF-1.4")),
		"a page in an image":             withChunk(pngFile(t), chunk("tEXt", "<script>alert(1)</script>")),
	} {
		if key := refused(t, bytes.NewReader(file), papers.Limits{}); key != "paper.error.polyglot" {
			t.Errorf("%s: %s", name, key)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add(jpegFile(f))
	f.Add(withSegments(jpegFile(f), exif(6, author)))
	f.Add(pngFile(f))
	f.Add(sheets(2, "", "", ""))
	f.Add(scanned(jpegFile(f)))
	f.Fuzz(func(t *testing.T, file []byte) {
		small := papers.Limits{Bytes: 1 << 16, Pages: 5, Pixels: 1 << 20, Unpacked: 4 << 20}
		s, err := papers.Accept(bytes.NewReader(file), "scan", small)
		var fault *mekenjai.FieldError
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatal(err)
			}
			return
		}
		if s.Type != papers.PDF {
			again, err := papers.Accept(bytes.NewReader(s.Bytes), "scan", small)
			if err != nil || again.Hash != s.Hash {
				t.Fatalf("what was taken is not taken as it is: %v", err)
			}
		}
	})
}
