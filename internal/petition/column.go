package petition

import (
	"strings"
	"unicode"
)

// Column is what a column of the spreadsheet holds.
type Column string

// The columns. A name stands in one column or in three.
const (
	ColumnIIN        Column = "iin"
	ColumnName       Column = "name"
	ColumnSurname    Column = "surname"
	ColumnGiven      Column = "given"
	ColumnPatronymic Column = "patronymic"
	ColumnMonths     Column = "months"
	ColumnArrival    Column = "arrival"
	ColumnPurpose    Column = "purpose"
	ColumnRoom       Column = "room"
)

// headings are the words by which a column is known, folded as fold does.
var headings = map[string]Column{}

func init() {
	for c, words := range map[Column]string{
		ColumnIIN:        "жсн|иин|iin|жеке сәйкестендіру нөмірі|индивидуальный идентификационный номер|individual identification number",
		ColumnName:       "аты жөні|тегі аты әкесінің аты|таә|фио|фамилия имя отчество|full name|name",
		ColumnSurname:    "тегі|фамилия|surname|last name|family name",
		ColumnGiven:      "аты|имя|given name|given names|first name",
		ColumnPatronymic: "әкесінің аты|отчество|отчество при наличии|patronymic|middle name",
		ColumnMonths:     "ай|айлар|айлар саны|мерзім|мерзімі|мерзімі ай|тіркеу мерзімі|месяцев|месяцы|кол во месяцев|количество месяцев|срок|срок месяцев|срок мес|срок регистрации|months|month|period|number of months",
		ColumnArrival:    "келген күні|келу күні|дата прибытия|прибытие|дата заезда|arrival|arrival date|date of arrival",
		ColumnPurpose:    "мақсаты|келу мақсаты|келген мақсаты|цель|цель прибытия|цель приезда|purpose|purpose of arrival|purpose of stay",
		ColumnRoom:       "бөлме|бөлме нөмірі|бөлме мтк|пәтер|мтк|комната|номер комнаты|комната рка|помещение|квартира|рка|room|room number|flat|arc|room arc",
	} {
		for _, w := range strings.Split(words, "|") {
			headings[w] = c
		}
	}
}

// fold leaves small letters and single spaces of a heading.
func fold(s string) string {
	s = strings.ReplaceAll(s, ".", "") // Ф.И.О.
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// columnOf knows a heading, also with an explanation in brackets behind it, and one
// in two languages: "ЖСН / ИИН".
func columnOf(heading string) (Column, bool) {
	if c, ok := headings[fold(heading)]; ok {
		return c, true
	}
	for _, part := range strings.FieldsFunc(heading, func(r rune) bool { return r == '/' || r == '\n' }) {
		before, _, _ := strings.Cut(part, "(")
		if c, ok := headings[fold(before)]; ok {
			return c, true
		}
	}
	return "", false
}

// headLines are how many lines may stand above the headings: a title, a date.
const headLines = 20

// head finds the headings: the line with most of them. Missing are the columns
// without which no person can be registered, in the order of the form.
func head(table []line) (columns map[Column]int, body []line, missing []Column) {
	best := -1
	for i, l := range table[:min(len(table), headLines)] {
		found := map[Column]int{}
		for at, cell := range l.cells {
			if c, ok := columnOf(cell); ok {
				if _, twice := found[c]; !twice {
					found[c] = at
				}
			}
		}
		if len(found) > len(columns) {
			columns, best = found, i
		}
	}
	for _, l := range table[best+1:] {
		if !l.isEmpty() {
			body = append(body, l)
		}
	}
	for _, c := range []Column{ColumnIIN, ColumnName, ColumnMonths, ColumnArrival, ColumnPurpose} {
		_, ok := columns[c]
		if c == ColumnName && !ok {
			_, surname := columns[ColumnSurname]
			_, given := columns[ColumnGiven]
			ok = surname && given
		}
		if !ok {
			missing = append(missing, c)
		}
	}
	return columns, body, missing
}
