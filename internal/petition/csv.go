package petition

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readCSV reads a text with commas, semicolons or tabs between its cells.
func readCSV(b []byte, o Options) ([]line, string) {
	text, ok := decode(b)
	if !ok {
		return nil, "petition.error.type"
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = r.Comma != '\t'
	var table []line
	for {
		record, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return table, ""
		case err != nil:
			return nil, "petition.error.type"
		}
		number, _ := r.FieldPos(0)
		l := line{number, record}
		if l.isEmpty() {
			continue
		}
		if len(table) > o.Rows+headLines {
			return nil, "petition.error.rows"
		}
		table = append(table, l)
	}
}

// decode reads UTF-8 and UTF-16 by their marks or their zeros, and what is neither
// as Windows-1251 in the way in which it is used in Kazakhstan.
func decode(b []byte) (string, bool) {
	var err error
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")), isWide(b, 1), isWide(b, 0):
		order := unicode.LittleEndian
		if isWide(b, 0) && !bytes.HasPrefix(b, []byte("\xff\xfe")) {
			order = unicode.BigEndian
		}
		if b, err = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b); err != nil {
			return "", false
		}
	case !utf8.Valid(b):
		b = kz1048(b)
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	for _, r := range text[:min(len(text), 4096)] {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return "", false // no text at all
		}
	}
	return text, true
}

// isWide says whether nearly every second byte at the beginning is the upper half
// of a Latin or Cyrillic letter.
func isWide(b []byte, upper int) bool {
	n, letters := min(len(b)&^1, 200), 0
	for i := upper; i < n; i += 2 {
		if b[i] == 0 || b[i] == 4 {
			letters++
		}
	}
	return n >= 4 && letters*2 >= n*9/10
}

// kazakh are the places of Windows-1251 at which the Kazakh code table KZ-1048
// (ST RK 1048-2002) has other letters. A file does not say which of the two it
// is; the letters that give way are Ukrainian, Serbian and Belarusian ones.
var kazakh = map[byte]rune{
	0x8d: 'Қ', 0x8e: 'Һ', 0x9d: 'қ', 0x9e: 'һ', 0xa1: 'Ұ', 0xa2: 'ұ', 0xa3: 'Ә', 0xa5: 'Ө', 0xaa: 'Ғ', 0xaf: 'Ү',
	0xb2: 'І', 0xb3: 'і', 0xb4: 'ө', 0xba: 'ғ', 0xbc: 'ә', 0xbd: 'Ң', 0xbe: 'ң', 0xbf: 'ү',
}

func kz1048(b []byte) []byte {
	var out bytes.Buffer
	for _, c := range b {
		r, ok := kazakh[c]
		if !ok {
			r = charmap.Windows1251.DecodeByte(c)
		}
		out.WriteRune(r)
	}
	return out.Bytes()
}

// separator is what stands most often between the cells of the first lines,
// outside quotation marks.
func separator(text string) rune {
	count := map[rune]int{}
	lines, quoted := 0, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == ',' || r == ';' || r == '\t':
			count[r]++
		case r == '\n':
			lines++
		}
		if lines > headLines {
			break
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}
