package petition_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/petition"
)

var today = mekenjai.Date{Year: 2026, Month: 11, Day: 24}

var options = petition.Options{Today: today}

// number is a valid IIN made of a serial number.
func number(serial int) string {
	base := fmt.Sprintf("0403155%04d", serial)
	for check := range 10 {
		if n, err := mekenjai.ParseIIN(fmt.Sprintf("%s%d", base, check)); err == nil {
			return string(n)
		}
	}
	return number(serial + 5000) // both weights give ten: never issued
}

func read(t *testing.T, file []byte) petition.Sheet {
	t.Helper()
	s, err := petition.Read(bytes.NewReader(file), "list", options)
	if err != nil {
		t.Fatalf("the file is refused: %v", err)
	}
	for _, f := range s.Faults {
		for _, l := range locale.Langs {
			if text := f.In(l); strings.Contains(text, "{") {
				t.Errorf("%s is not filled in: %s", f.Key, text)
			}
		}
	}
	return s
}

func refused(t *testing.T, file io.Reader, o petition.Options) string {
	t.Helper()
	_, err := petition.Read(file, "list", o)
	var fault *mekenjai.FieldError
	if !errors.As(err, &fault) || fault.Field != "list" {
		t.Fatalf("want a refusal at the field, got %v", err)
	}
	for _, l := range locale.Langs {
		if text := l.T(fault.Key, locale.Pairs(fault.Args)...); strings.Contains(text, "{") {
			t.Errorf("%s is not filled in: %s", fault.Key, text)
		}
	}
	return fault.Key
}

// faults are the keys by line.
func faults(s petition.Sheet) map[int]string {
	found := map[int]string{}
	for _, f := range s.Faults {
		found[f.Line] += strings.TrimPrefix(f.Key, "petition.row.") + " "
	}
	return found
}

const heading = "ИИН;ФИО;Срок (месяцев);Дата прибытия;Цель прибытия;Комната\n"

func TestPeopleAreReadInEveryUsualEncoding(t *testing.T) {
	text := "№;ЖСН;Тегі;Аты;Әкесінің аты;Мерзімі;Келген күні;Келу мақсаты;Бөлме\r\n" +
		"1;" + number(1) + ";Әлімқұлова;Гүлнұр;Сәбитқызы;6;20.11.2026;оқу;214\r\n"
	wide := func(e unicode.Endianness, b unicode.BOMPolicy) []byte {
		out, err := unicode.UTF16(e, b).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, file := range map[string][]byte{
		"UTF-8":                 []byte(text),
		"UTF-8 with a mark":     []byte("\ufeff" + text),
		"UTF-16 little":         wide(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16 big":            wide(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 without a mark": wide(unicode.LittleEndian, unicode.IgnoreBOM),
		"Kazakh Windows-1251":   kz1048(t, text),
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, file)
			want := mekenjai.Stay{Line: 2, IIN: mekenjai.IIN(number(1)), Name: mekenjai.Name{Surname: "Әлімқұлова", Given: "Гүлнұр", Patronymic: "Сәбитқызы"},
				Months: 6, Arrival: mekenjai.Date{Year: 2026, Month: 11, Day: 20}, Purpose: mekenjai.PurposeStudy, Room: "214"}
			if len(s.Rows) != 1 || s.Rows[0] != want {
				t.Errorf("got %+v %+v", s.Rows, s.Faults)
			}
		})
	}
}

// kz1048 writes a text in the code table of ST RK 1048-2002.
func kz1048(t *testing.T, text string) []byte {
	t.Helper()
	letters := map[rune]byte{'Ә': 0xa3, 'ү': 0xbf, 'ұ': 0xa2, 'қ': 0x9d, 'і': 0xb3, 'ө': 0xb4, 'ә': 0xbc, 'ң': 0xbe}
	var out []byte
	for _, r := range text {
		b, ok := letters[r]
		if !ok {
			if b, ok = charmap.Windows1251.EncodeRune(r); !ok {
				t.Fatalf("no place for %q", r)
			}
		}
		out = append(out, b)
	}
	return out
}

func TestRussianWindows1251IsRead(t *testing.T) {
	file, err := charmap.Windows1251.NewEncoder().Bytes([]byte(heading + number(1) + ";Щёголев Пётр;3;01.11.2026;учёба;7\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s := read(t, file); len(s.Rows) != 1 || s.Rows[0].Name.Surname != "Щёголев" {
		t.Errorf("%+v %+v", s.Rows, s.Faults)
	}
}

func TestSeparatorsAndLanguagesOfHeadings(t *testing.T) {
	for _, file := range []string{
		"IIN,Full name,Months,Date of arrival,Purpose\n" + number(1) + ",\"Ivanov, Ivan\",3,2026-11-01,work\n",
		"ЖСН / ИИН;Аты-жөні / ФИО;Мерзімі (ай) / Срок;Келген күні / Дата прибытия;Мақсаты / Цель\n" + number(1) + ";Иванов Иван;3;1.11.2026;работа\n",
		"ИИН\tФ.И.О.\tСрок\tДата прибытия\tЦель\n" + number(1) + "\tИванов Иван\t3\t1.11.2026\tРабота\n",
		"Список проживающих;;;;\n\nЖСН;Аты-жөні;Мерзімі (ай);Келген күні;Мақсаты\n" + number(1) + ";Иванов Иван;3 ай;01/11/2026;жұмыс\n",
	} {
		s := read(t, []byte(strings.ReplaceAll(file, "Ivanov, Ivan", "Ivanov Ivan")))
		if len(s.Rows) != 1 || s.Rows[0].Purpose != mekenjai.PurposeWork || s.Rows[0].Arrival.Day != 1 {
			t.Errorf("%q: %+v %+v", file[:20], s.Rows, s.Faults)
		}
	}
}

func TestEachFaultIsNamedWithItsLine(t *testing.T) {
	good := ";Иванов Иван;3;01.11.2026;учёба;"
	rows := []string{
		number(1) + good, // line 2
		"123456789012" + good,
		good,
		number(1) + good,
		"7,91028E+11" + good,
		number(3) + ";Иванов;3;01.11.2026;учёба;",
		number(4) + ";Иванов 007;3;01.11.2026;учёба;",
		number(5) + ";Иванов Иван;13;01.11.2026;учёба;",
		number(6) + ";Иванов Иван;;01.11.2026;учёба;",
		number(7) + ";Иванов Иван;3;31.02.2026;учёба;",
		number(8) + ";Иванов Иван;3;25.11.2026;учёба;",
		number(9) + ";Иванов Иван;3;01.11.1926;учёба;",
		number(10) + ";Иванов Иван;3;01.11.26;учёба;",
		number(11) + ";Иванов Иван;3;01.11.2026;отдых;",
		number(12) + ";Иванов Иван;3;01.11.2026;учёба;12345678901234567",
		number(13) + ";Иванов Иван;3;01.11.2026;учёба;1,00000E+15",
		"x;;0;;;",
	}
	got := faults(read(t, []byte(heading+strings.Join(rows, "\n"))))
	want := map[int]string{3: "iin ", 4: "iin_empty ", 5: "iin_twice ", 6: "iin_rounded ", 7: "name_part ", 8: "name ", 9: "months ",
		10: "months_empty ", 11: "arrival ", 12: "arrival_future ", 13: "arrival_old ", 14: "arrival ", 15: "purpose ", 16: "room ",
		17: "arc_rounded ", 18: "iin name_empty months arrival_empty purpose_empty "}
	for line := 2; line <= 18; line++ {
		if got[line] != want[line] {
			t.Errorf("line %d: %q, want %q", line, got[line], want[line])
		}
	}
}

// workbook makes an XLSX of rows.
func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var wideHeading = []any{"ИИН", "ФИО", "Срок", "Дата прибытия", "Цель", "РКА"}

func TestWorkbookOfNumbersAndDatesIsRead(t *testing.T) {
	file := workbook(t, []any{"Тізім"}, wideHeading,
		[]any{number(1), "Иванов Иван", 3, 46328, "учёба", "0201300098765432"}, // days since 30.12.1899
		nil,
		[]any{40315500028, "Иванова Мария", 12.0, "2026-11-02", "work"}, // a number without its zero
		[]any{number(3), "=1+1", 3, "02.11.2026", "study"},
	)
	s := read(t, file)
	if len(s.Lines) != 3 || len(s.Rows) == 0 {
		t.Fatalf("%+v", s)
	}
	first := s.Rows[0]
	if first.Line != 3 || first.Arrival != (mekenjai.Date{Year: 2026, Month: 11, Day: 2}) || first.ARC != "0201300098765432" || first.Months != 3 {
		t.Errorf("%+v", first)
	}
	if s.Lines[1].Number != 5 || !strings.HasPrefix(s.Lines[1].IIN, "0403155") && faults(s)[5] != "iin " {
		t.Errorf("the zero that the workbook swallowed is not put back: %+v", s.Lines[1])
	}
	if faults(s)[6] != "name_part " && faults(s)[6] != "name " {
		t.Errorf("a formula is taken for a name: %+v", s.Faults)
	}
}

func TestZeroThatTheWorkbookSwallowedIsPutBack(t *testing.T) {
	iin := number(20)
	n, err := strconv.ParseInt(iin, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{
		workbook(t, wideHeading, []any{n, "Иванов Иван", 3, "01.11.2026", "учёба"}),
		[]byte(heading + fmt.Sprint(n) + ";Иванов Иван;3;01.11.2026;учёба;\n"),
	} {
		if s := read(t, file); len(s.Rows) != 1 || string(s.Rows[0].IIN) != iin {
			t.Errorf("%+v %+v", s.Rows, s.Faults)
		}
	}
}

// The acceptance of the issue: 5,000 rows of which 37 are wrong.
func TestFiveThousandRowsOfWhich37AreWrong(t *testing.T) {
	wrong := map[int]bool{}
	for i := range 37 {
		wrong[2+i*135] = true
	}
	rows := [][]any{wideHeading}
	var text strings.Builder
	text.WriteString(heading)
	seen := map[string]bool{}
	serial := 0
	for line := 2; line <= 5001; line++ {
		iin := number(serial)
		for ; seen[iin]; iin = number(serial) {
			serial++
		}
		seen[iin] = true
		months := any(6)
		if wrong[line] {
			months = "alty"
		}
		rows = append(rows, []any{iin, "Иванов Иван", months, "01.11.2026", "учёба", "101"})
		fmt.Fprintf(&text, "%s;Иванов Иван;%v;01.11.2026;учёба;101\n", iin, months)
	}
	for name, file := range map[string][]byte{"CSV": []byte(text.String()), "XLSX": workbook(t, rows...)} {
		t.Run(name, func(t *testing.T) {
			s := read(t, file)
			if len(s.Lines) != 5000 || len(s.Wrong()) != 37 || len(s.Faults) != 37 {
				t.Fatalf("%d people, %d wrong, %d faults", len(s.Lines), len(s.Wrong()), len(s.Faults))
			}
			for _, f := range s.Faults {
				if !wrong[f.Line] || f.Column != petition.ColumnMonths || f.Value != "alty" {
					t.Errorf("%+v", f)
				}
			}
		})
	}
	text.WriteString(number(9000) + ";Иванов Иван;6;01.11.2026;учёба;101\n")
	if key := refused(t, strings.NewReader(text.String()), options); key != "petition.error.rows" {
		t.Errorf("5,001 people: %s", key)
	}
}

func TestFileThatIsNoListIsRefused(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, _ := z.Create("xl/workbook.xml")
	w.Write(make([]byte, 80<<20))
	z.Close()
	head, _, _ := strings.Cut(heading, "\n")
	for want, file := range map[string]string{
		"petition.error.empty":           "",
		"petition.error.nobody":          heading,
		"petition.error.old":             "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
		"petition.error.missing.iin":     "Город;Дом\nАлматы;1\n",
		"petition.error.missing.name":    "ИИН;Фамилия;Срок;Дата прибытия;Цель\n",
		"petition.error.missing.months":  "ИИН;ФИО\n",
		"petition.error.missing.arrival": "ИИН;ФИО;Срок;Цель\n",
		"petition.error.missing.purpose": strings.ReplaceAll(head, "Цель прибытия", "x"),
		"petition.error.type":            "%PDF-1.7",
	} {
		if key := refused(t, strings.NewReader(file), options); key != want {
			t.Errorf("%s, want %s", key, want)
		}
	}
	for _, file := range []string{"\x00\x01\x02\x03 no text", "PK\x03\x04 no workbook", bomb.String()} {
		if key := refused(t, strings.NewReader(file), options); key != "petition.error.type" {
			t.Errorf("%q: %s", file[:4], key)
		}
	}
	if key := refused(t, endless{}, options); key != "petition.error.size" {
		t.Error(key)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, "ИИН;"), nil }

func TestReportNeverBecomesAFormula(t *testing.T) {
	file := heading + number(1) + ";=HYPERLINK(\"http://x\") Иван;3;01.11.2026;учёба;\n+7;@cmd|x;3;01.11.2026;учёба;\n" + number(2) + ";Иванов Иван;3;01.11.2026;учёба;\n"
	s := read(t, []byte(file))
	list := s.Verdicts(locale.RU)
	if len(list) != 3 || list[0].Good || list[1].Good || !list[2].Good {
		t.Fatalf("%+v", list)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(petition.CSV(locale.RU, list)), "\ufeff")))
	r.Comma = ';'
	table, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	wide, err := petition.XLSX(locale.RU, list)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(wide))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range [][][]string{table, rows} {
		if len(table) != 4 || table[1][0] != "2" || !strings.Contains(table[1][4], "ФИО") {
			t.Fatalf("%q", table)
		}
		for _, row := range table {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("%q would be computed", cell)
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(heading + number(1) + ";Иванов Иван;3;01.11.2026;учёба;12\n"))
	f.Add([]byte("IIN,Full name,Months,Date of arrival,Purpose\n" + number(1) + ",\"a\"\"b c\",3,2026-11-01,work\n"))
	f.Add([]byte("\xff\xfe\x18\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := petition.Read(bytes.NewReader(file), "list", petition.Options{Today: today, Bytes: 1 << 16, Rows: 50})
		var fault *mekenjai.FieldError
		if err != nil && !errors.As(err, &fault) {
			t.Fatal(err)
		}
		for _, r := range s.Rows {
			if r.IIN == "" || r.Months < 1 || r.Months > 12 || r.Arrival.After(today) || r.Purpose == "" || r.Name.Surname == "" {
				t.Fatalf("a wrong row passes: %+v", r)
			}
		}
		petition.CSV(locale.KK, s.Verdicts(locale.KK))
	})
}
