package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each testdata/life/*.json is a facts file about the life of an entry; beside it
// stands its verdict, or why it is refused. The first word of the name is the
// outcome.
func TestLifeExamplesHaveTheirVerdicts(t *testing.T) {
	files, err := filepath.Glob("testdata/life/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !IsLife(data) {
				t.Error("is taken for the facts of an application")
			}
			first, _, _ := strings.Cut(filepath.Base(name), "_")
			var out []byte
			f, err := ParseLife(data)
			if err != nil {
				out = pretty(t, err)
			} else {
				v := lived(t, f)
				out = pretty(t, v)
				if v.Outcome != Outcome(strings.ToUpper(first)) {
					t.Errorf("is %s", v.Outcome)
				}
			}
			if (first == "bad") != (err != nil) {
				t.Errorf("got %v", err)
			}
			golden(t, strings.TrimSuffix(name, ".json")+".golden", out)
		})
	}
	if data, err := os.ReadFile("testdata/pass_sole_owner.json"); err != nil || IsLife(data) {
		t.Error("the facts of an application are taken for those of an entry")
	}
}
