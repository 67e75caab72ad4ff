package rules

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mekenjai"
)

// one is a parameter file in which only min_age is written anew.
func one(t *testing.T, values string) []byte {
	t.Helper()
	s := string(parametersFile)
	start := strings.Index(s, `[`+"\n"+`     {"value": 14`)
	end := strings.Index(s[start:], "]}") + start
	if start < 0 || end < start {
		t.Fatal("min_age is not where it was")
	}
	return []byte(s[:start] + "[" + values + s[end:])
}

func value(v, from, until string) string {
	if until != "" {
		until = `"until": "` + until + `", `
	}
	return fmt.Sprintf(`{"value": %s, "from": "%s", %s"tag": "V", "source": "a law"}`, v, from, until)
}

func TestParametersChangeOnTheirDay(t *testing.T) {
	b, err := ReadBook(one(t, value("14", "2020-02-04", "")+","+value("0", "2027-01-01", "")))
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]int{"2026-12-31": 14, "2027-01-01": 0} {
		if p, err := b.At(day(on)); err != nil || p.MinAge != want {
			t.Errorf("%s: %d, %v", on, p.MinAge, err)
		}
	}
	if _, err := b.At(day("2020-01-01")); err == nil {
		t.Error("there are parameters before the first law")
	}
}

func TestParameterFilesWithFaultsAreRefused(t *testing.T) {
	file := string(parametersFile)
	for name, c := range map[string]struct{ data, says string }{
		"overlap":      {string(one(t, value("14", "2020-02-04", "2026-01-01")+","+value("0", "2026-01-01", ""))), "overlap"},
		"same day":     {string(one(t, value("14", "2020-02-04", "")+","+value("0", "2020-02-04", ""))), "overlap"},
		"out of order": {string(one(t, value("14", "2026-02-04", "")+","+value("0", "2020-02-04", ""))), "overlap"},
		"backwards":    {string(one(t, value("14", "2020-02-04", "2019-01-01"))), "ends before"},
		"no value":     {string(one(t, "")), "no value"},
		"a text":       {string(one(t, value(`"14"`, "2020-02-04", ""))), "whole number"},
		"a half":       {string(one(t, value(`14.5`, "2020-02-04", ""))), "whole number"},
		"null":         {string(one(t, value(`null`, "2020-02-04", ""))), "whole number"},
		"negative":     {string(one(t, value(`-1`, "2020-02-04", ""))), "negative"},
		"no day":       {string(one(t, value(`14`, "", ""))), "first day"},
		"no source":    {strings.Replace(file, `"tag": "V2"`, `"tag": "X"`, 1), "no source"},
		"unknown":      {strings.Replace(file, `"min_age"`, `"max_age"`, 1), "no rule knows it"},
		"twice":        {strings.Replace(file, `"self_filing_age"`, `"min_age"`, 1), "twice"},
		"reading":      {strings.Replace(file, `"value": "warn"`, `"value": "perhaps"`, 1), "none of"},
		"object kind":  {strings.Replace(file, `"dacha"`, `"castle"`, 1), "unknown"},
		"extra field":  {strings.Replace(file, `"about"`, `"abuot"`, 1), "abuot"},
		"missing":      {`{"parameters": []}`, "missing"},
		"no JSON":      {"{", "parameters"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadBook([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want a word about %q", err, c.says)
			}
		})
	}
}

// Every parameter is read by the code of a rule, is named by the rows that say
// they read it, and names those rows itself.
func TestEveryParameterIsReadBySomeRule(t *testing.T) {
	read := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "parameters_") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				read[s.Sel.Name] = true
			}
			return true
		})
	}
	byRow := map[string][]string{}
	for _, r := range Table() {
		for _, p := range r.Parameters {
			byRow[p] = append(byRow[p], r.ID)
		}
	}
	b, err := EmbeddedBook()
	if err != nil {
		t.Fatal(err)
	}
	for f := range reflect.TypeFor[Parameters]().Fields() {
		name := f.Tag.Get("param")
		if !read[f.Name] {
			t.Errorf("no rule reads %s", f.Name)
		}
		i := slices.IndexFunc(b.Parameters, func(p Parameter) bool { return p.Name == name })
		says := slices.Sorted(slices.Values(b.Parameters[i].Rules))
		if !slices.Equal(says, byRow[name]) {
			t.Errorf("%s says it is read by %v, the table by %v", name, says, byRow[name])
		}
		delete(byRow, name)
	}
	for name := range byRow {
		t.Errorf("a row reads %s, which is no parameter", name)
	}
}

func TestParametersOfADayAreThoseOfTheBook(t *testing.T) {
	b, err := EmbeddedBook()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * maxDays {
		day := mekenjai.Date{Year: 2026, Month: 3, Day: 1}.AddDays(i % (maxDays + 5))
		want, err := b.At(day)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParametersAt(day)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("on %v: %v, want %v (%v)", day, got, want, err)
		}
	}
	if len(days.read) > maxDays {
		t.Errorf("%d days are kept", len(days.read))
	}
}
