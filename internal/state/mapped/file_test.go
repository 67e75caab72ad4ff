package mapped

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mekenjai"
	"mekenjai/internal/state"
	"mekenjai/internal/state/shep"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// passport is a file as an administrator writes it: other names, another namespace,
// other dates and codes than our contract has.
const passport = `{
  "contract": "Passport of the service No 1", "peer": "housing", "variant": "text", "signs": true, "signed": true,
  "namespaces": {"h": "http://housing.example/v1"},
  "messages": {"tenancy": {
    "service": "HOUSING_BY_RCA", "route": "R1",
    "question": {"root": "h:Ask", "fields": [
      {"field": "$id", "path": "h:Head/@id"}, {"field": "$now", "path": "h:Head/@at"}, {"field": "$sender", "path": "h:Head/h:From"},
      {"constant": "1", "path": "h:Version"}, {"field": "arc", "path": "h:RCA", "required": true}]},
    "answer": {"root": "h:Told", "code": "h:Status/h:Code", "words": "h:Status/h:Text", "results": {"0": "ok", "404": "not_found", "500": "retry"}, "found": "h:Contract",
      "fields": [
        {"field": "$id", "path": "h:Head/@id"},
        {"field": "arc", "path": "h:Contract/h:RCA", "required": true}, {"field": "contract", "path": "h:Contract/@number", "required": true},
        {"field": "landlord", "path": "h:Contract/h:Lets", "required": true}, {"field": "tenant", "path": "h:Contract/h:Tenant/@iin", "required": true},
        {"field": "named", "path": "h:Contract/h:Lives"},
        {"field": "begin", "path": "h:Contract/h:From", "formats": ["DD.MM.YYYY", "YYYY-MM-DD"], "required": true},
        {"field": "end", "path": "h:Contract/h:Until", "formats": ["DD.MM.YYYY"]},
        {"field": "leasedByState", "path": "h:Contract/h:Kind", "values": {"7": "true", "1": "false"}, "otherwise": "false"}],
      "unsent": ["tenantName"]}}}}`

func opened(t *testing.T, text string) (*Set, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "housing.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(path, state.Housing)
}

func tenancy(t *testing.T) *Mapping {
	t.Helper()
	s, err := opened(t, passport)
	if err != nil {
		t.Fatal(err)
	}
	return s.Message(Tenancy)
}

var (
	head = Head{ID: "q-1", Now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), Sender: "mekenjai"}
	flat = state.Tenancy{ARC: "0201500000000001", Contract: "7/ЖАЛ", Landlord: "150540009992", Tenant: "900101400122",
		Named: []mekenjai.IIN{"900101400122", "850505300458"}, Begin: mekenjai.Date{Year: 2020, Month: 2, Day: 29}, LeasedByState: true}
)

func TestPassportIsWiredWithoutCompiling(t *testing.T) {
	m := tenancy(t)
	if diff := cmp.Diff(shep.Service{ID: "HOUSING_BY_RCA", Route: "R1", Variant: shep.Text, Signs: true, Signed: true}, m.Service); diff != "" {
		t.Error(diff)
	}
	question, err := m.EncodeQuestion(head, ByDwelling{ARC: flat.ARC})
	if err != nil {
		t.Fatal(err)
	}
	if want := `<h:Ask xmlns:h="http://housing.example/v1"><h:Head id="q-1" at="2026-11-25T`; !strings.HasPrefix(string(question), want) || !strings.Contains(string(question), "<h:Version>1</h:Version><h:RCA>0201500000000001</h:RCA>") {
		t.Errorf("question %s", question)
	}
	asked, h, err := DecodeQuestion[ByDwelling](m, question)
	if err != nil || asked.ARC != flat.ARC || h.ID != head.ID || !h.Now.Equal(head.Now) || h.Sender != head.Sender {
		t.Errorf("%+v, %+v, %v", asked, h, err)
	}
	answer, err := m.EncodeAnswer(head, &flat)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(answer), "<h:From>29.02.2020</h:From>") || !strings.Contains(string(answer), "<h:Kind>7</h:Kind>") {
		t.Errorf("answer %s", answer)
	}
	got, found, err := Decode[state.Tenancy](m, head.ID, answer)
	if err != nil || !found {
		t.Fatalf("%v, %v", found, err)
	}
	if diff := cmp.Diff(flat, got); diff != "" {
		t.Error(diff)
	}
	none, err := m.EncodeAnswer(head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, found, err := Decode[state.Tenancy](m, head.ID, none); err != nil || found {
		t.Errorf("not found: %v, %v", found, err)
	}
	refused, err := m.EncodeRefusal(head, "500", "кейін")
	if err != nil {
		t.Fatal(err)
	}
	var no *Refusal
	if _, _, err := Decode[state.Tenancy](m, head.ID, refused); !errors.As(err, &no) || no.Class != shep.Retry || no.Words != "кейін" {
		t.Errorf("refused: %v", err)
	}
}

// Whatever is not the agreed message is no answer, and never "not found".
func TestAnswerOfAnotherShapeIsNone(t *testing.T) {
	m := tenancy(t)
	good, err := m.EncodeAnswer(head, &flat)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"other root":      {"h:Told", "h:Said"},
		"other namespace": {"http://housing.example/v1", "http://housing.example/v2"},
		"missing":         {"<h:RCA>0201500000000001</h:RCA>", ""},
		"twice":           {"<h:RCA>0201500000000001</h:RCA>", "<h:RCA>0201500000000001</h:RCA><h:RCA>0201500000000002</h:RCA>"},
		"date":            {"29.02.2020", "30.02.2020"},
		"unknown code":    {"<h:Code>0</h:Code>", "<h:Code>1</h:Code>"},
		"no code":         {"<h:Code>0</h:Code>", ""},
		"other question":  {`id="q-1"`, `id="q-2"`},
		"entity":          {"<h:Told", `<!DOCTYPE x [<!ENTITY y "z">]><h:Told`},
		"empty list":      {"<h:Lives>850505300458</h:Lives>", "<h:Lives></h:Lives>"},
	} {
		bad := strings.ReplaceAll(string(good), change[0], change[1])
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed in %s", name, good)
		}
		_, found, err := Decode[state.Tenancy](m, head.ID, []byte(bad))
		if err == nil || found {
			t.Errorf("%s: found %v", name, found)
		} else if strings.Contains(err.Error(), "900101400122") {
			t.Errorf("%s: the error tells of whom: %v", name, err)
		}
	}
}

// Documents that would take minutes: one text in a million pieces, declarations without
// end, a maze.
func TestDocumentsThatAreTooMuchAreRefusedOrReadAtOnce(t *testing.T) {
	m := tenancy(t)
	start := time.Now()
	for name, doc := range map[string]string{
		"pieces":       "<h:Told xmlns:h=\"http://housing.example/v1\">" + strings.Repeat("x<!---->", 500_000) + "</h:Told>",
		"declarations": "<h:Told" + strings.Repeat(" xmlns:h=\"a\"", 200_000) + "/>",
		"depth":        strings.Repeat("<a>", 100_000),
		"width":        "<a>" + strings.Repeat("<b/>", maxNodes+1) + "</a>",
	} {
		if _, _, err := Decode[state.Tenancy](m, "", []byte(doc)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzDecode(f *testing.F) {
	property, err := BuiltIn(state.Properties)
	if err != nil {
		f.Fatal(err)
	}
	entries, err := BuiltIn(state.Entries)
	if err != nil {
		f.Fatal(err)
	}
	for _, answer := range []any{nil, &state.Property{ARC: flat.ARC}} {
		raw, err := property.Message(Property).EncodeAnswer(head, answer)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	raw, err := entries.Message(List).EncodeAnswer(head, &state.Page{Entries: []state.Kept{{FixedAt: head.Now, Entry: state.Entry{Number: "1", Person: flat.Tenant,
		Name: mekenjai.Name{Surname: "ҮЛГІЕВА", Given: "АЙГҮЛ"}, Dwelling: mekenjai.Dwelling{ARC: flat.ARC, Kind: mekenjai.KindRoom, KATO: "710000000", Address: mekenjai.Text{KK: "Ү", RU: "Ү"}}, Period: mekenjai.NewPeriod(flat.Begin, 6, false)}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, in []byte) {
		if p, found, err := Decode[state.Property](property.Message(Property), "", in); err == nil && found {
			written, err := property.Message(Property).EncodeAnswer(head, &p)
			if err != nil {
				return // what the mapping cannot write again was empty where ours must not be
			}
			again, _, err := Decode[state.Property](property.Message(Property), "", written)
			if diff := cmp.Diff(p, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Fatalf("%v (-read +read again):\n%s", err, diff)
			}
		}
		_, _, _ = Decode[state.Page](entries.Message(List), "", in)
	})
}

func TestWrongFilesAreToldOfWithPlaceAndReason(t *testing.T) {
	for name, c := range map[string][3]string{
		"unknown word":         {`"peer"`, `"pier"`, "pier"},
		"unknown peer":         {`"peer": "housing"`, `"peer": "weather"`, "no peer with a mapping file"},
		"peer of another":      {`"peer": "housing"`, `"peer": "education"`, "messages"},
		"variant":              {`"variant": "text"`, `"variant": "json"`, "variant"},
		"no contract":          {"Passport of the service No 1", "", "contract"},
		"namespace":            {"http://housing.example/v1", "housing", "namespaces"},
		"prefix":               {`"path": "h:RCA"`, `"path": "x:RCA"`, "prefix"},
		"path":                 {`"path": "h:RCA"`, `"path": "h:RCA//x"`, "path"},
		"no service":           {"HOUSING_BY_RCA", "", "service"},
		"unknown field":        {`"field": "landlord"`, `"field": "lord"`, "no such field"},
		"vital field":          {`{"field": "tenant", "path": "h:Contract/h:Tenant/@iin", "required": true},`, ``, "tenant"},
		"forgotten field":      {`"unsent": ["tenantName"]`, `"unsent": []`, "tenantName"},
		"format":               {`["DD.MM.YYYY", "YYYY-MM-DD"]`, `["day"]`, "format"},
		"value":                {`"7": "true"`, `"7": "yes"`, "values"},
		"class":                {`"500": "retry"`, `"500": "later"`, "class"},
		"nothing is good":      {`"0": "ok"`, `"0": "retry"`, "ok"},
		"asked for too little": {`, {"field": "arc", "path": "h:RCA", "required": true}]}`, `]}`, "arc"},
	} {
		text := strings.Replace(passport, c[0], c[1], 1)
		if text == passport {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := opened(t, text)
		var wrong *Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c[2]) || !strings.Contains(err.Error(), "housing.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := opened(t, passport+"{}"); err == nil {
		t.Error("something after the file's end was passed over")
	}
}
