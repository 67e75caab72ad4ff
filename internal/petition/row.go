package petition

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mekenjai"
)

// reader reads the people of one spreadsheet.
type reader struct {
	columns map[Column]int
	today   mekenjai.Date
	first   map[mekenjai.IIN]int // line in which a number stands first
	sheet   Sheet
}

func read(columns map[Column]int, body []line, o Options) Sheet {
	r := &reader{columns: columns, today: o.Today, first: map[mekenjai.IIN]int{}}
	for _, l := range body {
		r.person(l)
	}
	return r.sheet
}

// cell is the text of a column, without the spaces around it.
func (r *reader) cell(l line, c Column) string {
	at, ok := r.columns[c]
	if !ok || at >= len(l.cells) {
		return ""
	}
	return strings.TrimSpace(l.cells[at])
}

func (r *reader) fail(l line, c Column, key string, args map[string]any) {
	r.sheet.Faults = append(r.sheet.Faults, Fault{Line: l.number, Column: c, Value: cut(r.cell(l, c)), Key: "petition.row." + key, Args: args})
}

// cut keeps a cell from filling the report.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:59]) + "…"
}

func (r *reader) person(l line) {
	faults := len(r.sheet.Faults)
	p := mekenjai.Stay{Line: l.number}
	r.iin(l, &p)
	written := r.name(l, &p)
	r.months(l, &p)
	r.arrival(l, &p)
	r.purpose(l, &p)
	r.room(l, &p)
	iin := cut(r.cell(l, ColumnIIN))
	if p.IIN != "" {
		iin = string(p.IIN)
	}
	r.sheet.Lines = append(r.sheet.Lines, Line{Number: l.number, IIN: iin, Name: cut(written)})
	if len(r.sheet.Faults) == faults {
		r.sheet.Rows = append(r.sheet.Rows, p)
	}
}

func (r *reader) iin(l line, p *mekenjai.Stay) {
	text := r.cell(l, ColumnIIN)
	iin, err := mekenjai.ParseIIN(wholeNumber(text, 12))
	switch {
	case text == "":
		r.fail(l, ColumnIIN, "iin_empty", nil)
	case err != nil && strings.ContainsAny(text, "eEеЕ"):
		r.fail(l, ColumnIIN, "iin_rounded", nil) // 7,91E+11: the spreadsheet threw digits away
	case err != nil:
		r.fail(l, ColumnIIN, "iin", nil)
	case r.first[iin] != 0:
		r.fail(l, ColumnIIN, "iin_twice", map[string]any{"line": r.first[iin]})
	default:
		r.first[iin] = l.number
		p.IIN = iin
	}
}

// wholeNumber is a number as a spreadsheet may have stored it, with the zeros that
// it swallowed at the beginning: a code is no quantity.
func wholeNumber(s string, digits int) string {
	s = strings.TrimPrefix(s, "'")
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.ContainsAny(s, ".eE") && f == math.Trunc(f) && f > 0 && f < 1e15 {
		s = strconv.FormatInt(int64(f), 10)
	}
	if n := len(s); n < digits && n >= digits-4 && strings.Trim(s, "0123456789") == "" {
		s = strings.Repeat("0", digits-n) + s
	}
	return s
}

func (r *reader) name(l line, p *mekenjai.Stay) (written string) {
	column := ColumnName
	if _, ok := r.columns[ColumnName]; ok {
		parts := strings.Fields(r.cell(l, ColumnName))
		switch len(parts) {
		case 0:
		case 1:
			p.Name.Surname = parts[0]
		default:
			p.Name = mekenjai.Name{Surname: parts[0], Given: parts[1], Patronymic: strings.Join(parts[2:], " ")}
		}
	}
	if _, ok := r.columns[ColumnSurname]; ok && p.Name.IsZero() {
		column = ColumnSurname
		p.Name = mekenjai.Name{Surname: r.cell(l, ColumnSurname), Given: r.cell(l, ColumnGiven), Patronymic: r.cell(l, ColumnPatronymic)}
		if p.Name.Surname != "" && p.Name.Given == "" {
			column = ColumnGiven
		}
	}
	switch {
	case p.Name.IsZero():
		r.fail(l, column, "name_empty", nil)
	case p.Name.Surname == "" || p.Name.Given == "":
		r.fail(l, column, "name_part", nil)
	case !isName(p.Name.String()):
		r.fail(l, column, "name", nil)
	}
	return p.Name.String()
}

// isName: letters, and what stands between the parts of a name.
func isName(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !strings.ContainsRune(" -'’ʼ.", r):
			return false
		}
	}
	return letters >= 2 && utf8.RuneCountInString(s) <= 150
}

func (r *reader) months(l line, p *mekenjai.Stay) {
	text := r.cell(l, ColumnMonths)
	for _, unit := range []string{"ай", "месяцев", "месяца", "месяц", "мес.", "мес", "months", "month"} {
		if n, ok := strings.CutSuffix(strings.ToLower(text), unit); ok {
			text = n
			break
		}
	}
	months, err := mekenjai.ParseMonths(wholeNumber(strings.TrimSpace(text), 0))
	switch {
	case text == "":
		r.fail(l, ColumnMonths, "months_empty", nil)
	case err != nil:
		r.fail(l, ColumnMonths, "months", nil)
	}
	p.Months = months
}

// oldest arrival that is no slip of the pen.
const oldestYears = 10

func (r *reader) arrival(l line, p *mekenjai.Stay) {
	text := r.cell(l, ColumnArrival)
	date, ok := parseDate(text)
	switch {
	case text == "":
		r.fail(l, ColumnArrival, "arrival_empty", nil)
	case !ok:
		r.fail(l, ColumnArrival, "arrival", nil)
	case date.After(r.today):
		r.fail(l, ColumnArrival, "arrival_future", nil)
	case date.Before(r.today.AddMonths(-12 * oldestYears)):
		r.fail(l, ColumnArrival, "arrival_old", map[string]any{"years": oldestYears})
	}
	p.Arrival = date
}

// parseDate reads 24.11.2026, 24/11/2026, 2026-11-24 (also with a time behind it)
// and the number of days since 30.12.1899 by which spreadsheets count.
func parseDate(s string) (mekenjai.Date, bool) {
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		if serial < 20_000 || serial > 80_000 { // 1954 to 2119
			return mekenjai.Date{}, false
		}
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial))
		return mekenjai.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}, true
	}
	s, _, _ = strings.Cut(s, " ")
	s, _, _ = strings.Cut(s, "T")
	parts := strings.FieldsFunc(strings.TrimSuffix(s, "."), func(r rune) bool { return r == '.' || r == '/' || r == '-' })
	if len(parts) != 3 {
		return mekenjai.Date{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[2]) != 4 {
		return mekenjai.Date{}, false // two digits of a year tell no century
	}
	var n [3]int
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || len(part) > 4 {
			return mekenjai.Date{}, false
		}
	}
	d, err := mekenjai.NewDate(n[2], n[1], n[0])
	return d, err == nil
}

// purposes are the words for each purpose, in small letters.
var purposes = map[string]mekenjai.Purpose{
	"work": mekenjai.PurposeWork, "жұмыс": mekenjai.PurposeWork, "работа": mekenjai.PurposeWork,
	"study": mekenjai.PurposeStudy, "оқу": mekenjai.PurposeStudy, "учёба": mekenjai.PurposeStudy, "учеба": mekenjai.PurposeStudy, "обучение": mekenjai.PurposeStudy,
	"treatment": mekenjai.PurposeTreatment, "емделу": mekenjai.PurposeTreatment, "ем": mekenjai.PurposeTreatment, "лечение": mekenjai.PurposeTreatment,
	"family": mekenjai.PurposeFamily, "отбасы": mekenjai.PurposeFamily, "отбасылық жағдай": mekenjai.PurposeFamily, "семья": mekenjai.PurposeFamily, "семейные обстоятельства": mekenjai.PurposeFamily,
	"other": mekenjai.PurposeOther, "басқа": mekenjai.PurposeOther, "өзге": mekenjai.PurposeOther, "другое": mekenjai.PurposeOther, "иное": mekenjai.PurposeOther,
}

func (r *reader) purpose(l line, p *mekenjai.Stay) {
	text := r.cell(l, ColumnPurpose)
	purpose, ok := purposes[strings.ToLower(text)]
	switch {
	case text == "":
		r.fail(l, ColumnPurpose, "purpose_empty", nil)
	case !ok:
		r.fail(l, ColumnPurpose, "purpose", nil)
	}
	p.Purpose = purpose
}

// room takes a code of the address register or the building's own number of a
// room; whether the code lies in the building the register of addresses says.
func (r *reader) room(l line, p *mekenjai.Stay) {
	text := r.cell(l, ColumnRoom)
	if text == "" {
		return
	}
	if arc, err := mekenjai.ParseARC(text); err == nil {
		p.ARC = arc
		return
	}
	number := wholeNumber(text, 0)
	switch {
	case strings.ContainsAny(text, "eE") && strings.ContainsAny(text, "+"):
		r.fail(l, ColumnRoom, "arc_rounded", nil)
	case utf8.RuneCountInString(number) > 10:
		r.fail(l, ColumnRoom, "room", nil)
	default:
		p.Room = number
	}
}
