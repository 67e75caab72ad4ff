package office

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mekenjai"
	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// petition takes a list and gives the path of its petition.
func (b *browser) petition(list io.Reader) reply {
	b.Helper()
	key := b.get("/office/petitions").page(200).hidden("key")
	return b.upload("/office/petitions", "list", list, "key", key, "bin", string(b.land.BIN("university")), "head", string(b.land.IIN("saule")),
		"arc", string(b.land.Dwelling("dorm", 0)), "language", "kk")
}

func TestPetitionBecomesApplicationsRowByRow(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.petition(w.list("123;Біреу;10;01.03.2026;оқу\n", "askhat", "botagoz")).to()
	b.get(path).page(200).says("office.petition.wrong", "n", 1, "all", 3).says("petition.row.iin").says("office.petition.missing.bearer")
	b.get(path + "/lodge").to() // nothing is signed yet: back to the petition
	kind, number := w.tail("saule")
	b.post(path+"/bearer", "iin", string(w.land.IIN("saule")), "document", kind, "number", number).to()
	page := b.get(path).page(200)
	b.post(path+"/key", "signature", w.sign("saule", pki.Options{}, page.content(), false)).page(422).says("access.signature.role")
	head := pki.Options{BIN: string(w.land.BIN("university")), Organization: "University", Roles: []eds.Role{eds.RoleHead}}
	b.post(path+"/key", "signature", w.sign("saule", head, page.content(), false)).to()
	if paper := b.get(path + "/petition.pdf").page(200); !strings.HasPrefix(paper.body, "%PDF") {
		t.Error("the petition is not printed")
	}
	lodge := b.get(path + "/lodge").page(200)
	b.post(path+"/lodge", "text", lodge.hidden("text"), "signature", w.sign("ainur", w.atWork("ainur"), lodge.content(), false)).to()
	for range 3 {
		if _, err := w.register.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.get(path+"?only=filed").page(200).says("office.petition.filed", "filed", 2, "all", 2).shows(w.land.Resident("askhat").Name.String())
}

func TestReportOfAPetitionIsGivenBackHarmless(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	path := b.petition(w.list("=1+1;=HYPERLINK(\"http://x\") Біреу;10;01.03.2026;оқу\n", "askhat")).to()
	text := b.get(path + "/report.csv").page(200)
	if !strings.Contains(text.header.Get("Content-Disposition"), "attachment") || strings.Contains(text.body, ";=") || !strings.Contains(text.body, "'=HYPERLINK") {
		t.Errorf("%v %q", text.header, text.body)
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.get(path + "/report.xlsx").page(200).body)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Sheet1")
	if err != nil || len(rows) != 3 || rows[1][0] != "2" || !strings.Contains(rows[2][4], "IIN") {
		t.Errorf("%q %v", rows, err)
	}
}

// The acceptance of the issue, through HTTP.
func TestPetitionOfFiveThousandRowsOfWhich37AreWrong(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	var list strings.Builder
	arrival := typed(mekenjai.DateOf(w.clock.Now()))
	for i := range 5000 {
		months := "6"
		if i%136 == 0 && i < 37*136 {
			months = "13"
		}
		fmt.Fprintf(&list, "%s;Адам Мысал;%s;%s;оқу\n", iin(i), months, arrival)
	}
	path := b.petition(w.list(list.String())).to()
	b.get(path).page(200).says("office.petition.wrong", "n", 37, "all", 5000).says("office.petition.good", "n", 4963).says("petition.row.months")
	report := b.get(path + "/report.csv").page(200)
	if got := strings.Count(report.body, "\r\n"); got != 5001 {
		t.Errorf("the report has %d lines", got)
	}
}

// iin is a number of an invented person.
func iin(serial int) string {
	year, month, day := 1980+serial/2000, 1+serial/160%12, 1+serial%28
	for n := serial; ; n += 5000 {
		for check := range 10 {
			if x, err := mekenjai.ParseIIN(fmt.Sprintf("%02d%02d%02d3%04d%d", year%100, month, day, n%10000, check)); err == nil {
				return string(x)
			}
		}
	}
}

func TestUnusablePetitionIsRefusedAtItsField(t *testing.T) {
	w := open(t)
	b := w.as("ainur")
	b.petition(strings.NewReader("a;b\n1;2\n")).page(422).says("petition.error.missing.iin")
	b.petition(strings.NewReader("%PDF-1.7")).page(422).says("petition.error.type")
	key := b.get("/office/petitions").page(200).hidden("key")
	page := b.upload("/office/petitions", "list", w.list("", "askhat"), "key", key, "bin", "123", "head", string(w.land.IIN("saule")), "arc", string(w.land.Dwelling("dorm", 0)))
	page.page(422).says("counter.error.bin")
	if !strings.Contains(page.body, `value="123"`) {
		t.Error("what was typed is lost")
	}
	w.as("dias").petition(w.list("", "askhat")).page(403).says("office.error.territory_building")
	path := b.petition(w.list("", "botagoz")).to()
	w.as("dias").get(path).page(403)
	b.post(path + "/drop").to()
	b.get(path).page(200).says("office.petition.state.dropped")
}
