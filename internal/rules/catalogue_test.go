package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "locale", "catalog", "rules."+lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryAnswerIsExplainedInThreeLanguages(t *testing.T) {
	want := map[string]bool{}
	for _, r := range Table() {
		want[r.TitleKey()], want[r.NormKey()] = true, true
		for _, a := range r.Answers {
			want[Finding{Rule: r.ID, Code: a.Code}.Key()] = true
		}
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		texts := catalogue(t, lang)
		for key := range want {
			if strings.TrimSpace(texts[key]) == "" {
				t.Errorf("%s: no text for %s", lang, key)
			}
		}
		for key := range texts {
			if !want[key] && regexp.MustCompile(`^rules\.R\d\d\.`).MatchString(key) {
				t.Errorf("%s: %s explains what no rule answers", lang, key)
			}
		}
	}
}

// placeholder is what an explanation expects among the arguments of a finding.
var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func TestTableIsWhole(t *testing.T) {
	var ids []string
	for _, r := range Table() {
		ids = append(ids, r.ID)
		if r.Norm == "" || len(r.Answers) == 0 || len(r.Reads) == 0 || (r.judge == nil) == (r.live == nil) || (r.live == nil) != (len(r.Events) == 0) {
			t.Errorf("%s is not filled in", r.ID)
		}
		if !slices.Contains([]string{"V", "V2", "I"}, r.Tag) {
			t.Errorf("%s has the tag %q", r.ID, r.Tag)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) || len(ids) != 70 || ids[0] != "R01" || ids[69] != "R70" {
		t.Errorf("the table is not R01…R70 in order: %v", ids)
	}
}

func TestEveryRuleHasATestNamedAfterIt(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	for _, r := range Table() {
		if !regexp.MustCompile(`(?m)^func Test` + r.ID + `[A-Z]\w+\(`).Match(all) {
			t.Errorf("no test says what %s does", r.ID)
		}
	}
}
