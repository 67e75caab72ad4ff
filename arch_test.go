package mekenjai_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type goPackage struct {
	ImportPath string
	Doc        string
	Name       string
	Standard   bool
	Imports    []string
}

// packages lists the module's own packages with the imports of their shipped
// code, tests left out.
func packages(t *testing.T) map[string]goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Doc,Name,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	list := map[string]goPackage{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list[strings.TrimPrefix(p.ImportPath, "mekenjai/")] = p
	}
}

func ours(path string) (string, bool) {
	if path == "mekenjai" {
		return ".", true
	}
	return strings.CutPrefix(path, "mekenjai/")
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	_, our := ours(path)
	return !our && !strings.Contains(first, ".")
}

var faces = []string{"internal/portal", "internal/office", "internal/desk", "internal/api", "internal/demo"}

func within(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// The dependency rule of ARCHITECTURE.md.
func TestDependencyRule(t *testing.T) {
	drivers := []string{"github.com/jackc/pgx", "modernc.org/sqlite", "github.com/riverqueue/river/riverdriver"}
	for name, p := range packages(t) {
		for _, path := range p.Imports {
			dependency, our := ours(path)
			refuse := func(rule string) { t.Errorf("%s imports %s: %s", name, path, rule) }
			if name == "mekenjai" && !isStandard(path) {
				refuse("the root imports the standard library alone")
			}
			if within(name, "eds") && !isStandard(path) && !within(dependency, "eds") {
				refuse("eds stands alone")
			}
			if within(name, "internal/rules") && our && dependency != "." && !within(dependency, "internal/rules") {
				refuse("the decision table is pure")
			}
			if within(name, "internal/database") && dependency == "." {
				refuse("the database knows nothing of the field")
			}
			if !within(name, "internal/database") && slices.ContainsFunc(drivers, func(d string) bool { return strings.HasPrefix(path, d) }) {
				refuse("only the database imports a driver")
			}
			if !within(name, "cmd") && within(dependency, "cmd") {
				refuse("nobody imports a command")
			}
			if slices.Contains(faces, name) && slices.Contains(faces, dependency) {
				refuse("a face does not import another")
			}
			if slices.Contains(faces, name) && within(dependency, "internal/database") {
				refuse("a face knows no database")
			}
			if our && !within(name, "cmd") && !within(name, "internal/fake") && name != "internal/demo" && name != "internal/faults" && name != "internal/bench" && within(dependency, "internal/fake") {
				refuse("fakes belong to the demo, the faults, to measurements and to tests")
			}
			if within(dependency, "eds/pki") && !within(name, "cmd") && !within(name, "internal/fake") && !within(name, "internal/demo") && name != "internal/faults" && name != "internal/bench" {
				refuse("the test authority belongs to the demo, the faults, to measurements and to tests")
			}
			if within(dependency, "internal/faults") && name != "cmd/faults" {
				refuse("the faults have a command of their own")
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for name, p := range packages(t) {
		if p.Name != "" && p.Doc == "" && !strings.Contains(name, "testdata") {
			t.Errorf("%s has no package comment", name)
		}
	}
}
