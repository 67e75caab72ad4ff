package demo

import (
	"fmt"
	"net/http"
	"strings"

	"mekenjai"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// counter shows what an operator needs who tries the counter: who comes and what
// is typed, the documents that people would lay before him, powers of attorney.
func (f face) counter(w http.ResponseWriter, r *http.Request) error {
	return f.show(w, r, counterPage(f.page(r, "demo.counter.title").AsWide(), f, deed(r)))
}

// nameOf is somebody's name with his number.
func (f face) named(iin mekenjai.IIN) string {
	return f.Country.Name(mekenjai.PartyID(iin)) + " · " + string(iin)
}

// come are who comes, each with the document that he shows.
func (f face) come(l locale.Lang, v country.Visit) string {
	var list []string
	for _, iin := range v.Come {
		line := f.named(iin)
		if p, ok := f.Country.PaperOf(iin); ok {
			line += " · " + l.T("demo.document."+string(p.Kind)) + " " + p.Number
		}
		list = append(list, line)
	}
	return strings.Join(list, "\n")
}

func (f face) visitRows(l locale.Lang, v country.Visit) []web.Row {
	rows := []web.Row{
		{Key: l.T("demo.counter.operator"), Value: f.Country.Name(mekenjai.PartyID(v.Operator.IIN)) + " · " + v.Operator.Office.Name.In(string(l))},
		{Key: l.T("demo.counter.registrant"), Value: f.named(v.Registrant)},
	}
	add := func(key, value string) { rows = append(rows, web.Row{Key: l.T(key), Value: value}) }
	if v.Filer != "" {
		filer := l.T("demo.role."+string(v.Role)) + ": " + f.named(v.Filer)
		if v.Number != "" {
			filer += " · " + l.T("demo.counter.power", "number", v.Number)
		}
		add("demo.counter.filer", filer)
	}
	add("demo.counter.dwelling", v.Address.In(string(l))+" · "+string(v.ARC))
	add("demo.counter.owner", f.Country.Name(v.Owner)+" · "+string(v.Owner))
	for _, p := range v.Powers {
		add("demo.counter.owners_power", f.named(p.Attorney)+" · "+l.T("demo.counter.power", "number", p.Number))
	}
	for _, p := range v.Remote {
		add("demo.counter.remote", f.Country.Name(p)+" · "+string(p))
	}
	add("demo.counter.come", f.come(l, v))
	end := l.T("demo.counter.end.registered")
	if v.Rule != "" {
		end = l.T("demo.counter.end.refused", "rule", v.Rule)
	}
	add("demo.counter.end", end)
	return rows
}

// petitionCSV is the list of the university's students as a spreadsheet, with two
// rows that nobody can register.
func (f face) petitionCSV(w http.ResponseWriter, _ *http.Request) error {
	day := mekenjai.DateOf(f.Clock.Now()).AddDays(-3)
	arrival := fmt.Sprintf("%02d.%02d.%d", day.Day, day.Month, day.Year)
	var b strings.Builder
	b.WriteString("\ufeffЖСН / ИИН;Аты-жөні / ФИО;Мерзімі (ай) / Срок;Келген күні / Дата прибытия;Мақсаты / Цель\r\n")
	row := func(cells ...string) { b.WriteString(strings.Join(cells, ";") + "\r\n") }
	for _, s := range f.Country.Students() {
		row(string(s.IIN), s.Name.String(), "10", arrival, "оқу")
	}
	row("123456789012", "Қате Нөмір", "10", arrival, "оқу")
	row(string(f.Country.Students()[0].IIN), f.Country.Students()[0].Name.String(), "13", arrival, "оқу")
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="students.csv"`)
	_, err := w.Write([]byte(b.String()))
	return err
}
