package petition

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mekenjai/internal/locale"
)

// Verdict is what became of a person of the file.
type Verdict struct {
	Line      int
	IIN, Name string
	Good      bool
	Reasons   []string // in the reader's language
}

// Verdicts tell what was read of each person: the wrong ones with the column and
// the reason.
func (s Sheet) Verdicts(l locale.Lang) []Verdict {
	reasons := map[int][]string{}
	for _, f := range s.Faults {
		reasons[f.Line] = append(reasons[f.Line], f.In(l))
	}
	list := make([]Verdict, len(s.Lines))
	for i, p := range s.Lines {
		list[i] = Verdict{Line: p.Number, IIN: p.IIN, Name: p.Name, Good: reasons[p.Number] == nil, Reasons: reasons[p.Number]}
	}
	return list
}

// In is a fault in the reader's language, with its column before it.
func (f Fault) In(l locale.Lang) string {
	return f.Column.In(l) + ": " + l.T(f.Key, locale.Pairs(f.Args)...)
}

// In is the name of a column.
func (c Column) In(l locale.Lang) string { return l.T("petition.column." + string(c)) }

func header(l locale.Lang) []string {
	return []string{l.T("petition.report.line"), l.T("petition.column.iin"), l.T("petition.column.name"),
		l.T("petition.report.result"), l.T("petition.report.reasons")}
}

func (v Verdict) cells(l locale.Lang) []string {
	result := l.T("petition.report.wrong")
	if v.Good {
		result = l.T("petition.report.good")
	}
	return []string{strconv.Itoa(v.Line), v.IIN, v.Name, result, strings.Join(v.Reasons, "; ")}
}

// harmless keeps a spreadsheet from taking a text for a formula: what a stranger
// wrote into the file would be computed on the clerk's machine.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// CSV is the report as a text that a spreadsheet opens rightly: UTF-8 with its
// mark, semicolons as in Kazakhstan.
func CSV(l locale.Lang, list []Verdict) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma = ';'
	w.UseCRLF = true
	w.Write(header(l)) // a buffer takes everything
	for _, v := range list {
		cells := v.cells(l)
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		w.Write(cells)
	}
	w.Flush()
	return b.Bytes()
}

// XLSX is the report as a workbook. Its cells are texts, never formulas.
func XLSX(l locale.Lang, list []Verdict) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	sheet := book.GetSheetName(0)
	w, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, fmt.Errorf("report of a petition: %w", err)
	}
	for i, width := range []float64{8, 16, 40, 16, 90} {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, fmt.Errorf("report of a petition: %w", err)
		}
	}
	write := func(number int, cells []string) error {
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = harmless(c)
		}
		return w.SetRow("A"+strconv.Itoa(number), row)
	}
	if err := write(1, header(l)); err != nil {
		return nil, fmt.Errorf("report of a petition: %w", err)
	}
	for i, v := range list {
		if err := write(i+2, v.cells(l)); err != nil {
			return nil, fmt.Errorf("report of a petition: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("report of a petition: %w", err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return nil, fmt.Errorf("report of a petition: %w", err)
	}
	return b.Bytes(), nil
}
