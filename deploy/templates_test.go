package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the example lacks is missed on the day of the installation, so it must fill
// every template; and a template must not be filled by halves.
func TestTheExampleFillsEveryTemplate(t *testing.T) {
	folder := t.TempDir()
	example, err := os.ReadFile("country.values")
	if err != nil {
		t.Fatal(err)
	}
	values := regexp.MustCompile(`(?m)^([A-Z_]+_PASSWORD)_FILE=.*$`).ReplaceAllString(string(example), "${1}_FILE="+folder+"/secret")
	sizes, err := exec.Command("./sizes", "65536", "16", "2000", "256").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"secret": "open sesame\n", "values": values, "sizes": string(sizes),
		"short": strings.Replace(values, "\nADDRESS=", "\nHIDDEN=", 1)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	templates, err := filepath.Glob("templates/*")
	if err != nil || len(templates) < 7 {
		t.Fatalf("templates: %v %v", templates, err)
	}
	for _, template := range templates {
		out, err := exec.Command("./render", template, filepath.Join(folder, "values"), filepath.Join(folder, "sizes")).CombinedOutput()
		if err != nil || regexp.MustCompile(`@[A-Z_]+@`).Match(out) {
			t.Errorf("%s: %v: %s", template, err, out)
		}
	}
	out, err := exec.Command("./render", "templates/etcd.env", filepath.Join(folder, "short")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "needs a value for ADDRESS") {
		t.Errorf("without a value: %v: %s", err, out)
	}
}
