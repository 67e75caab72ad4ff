package connect

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The words of the bus file in the documentation are those that the program reads.
func TestExampleOfTheDocumentationIsABusFile(t *testing.T) {
	text, err := os.ReadFile("../../../docs/integrations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```json\n")
	example, _, _ = strings.Cut(example, "```")
	var f file
	d := json.NewDecoder(strings.NewReader(example))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	if f.URL == "" || f.Persons == nil || len(f.Modelled) == 0 {
		t.Errorf("the example is not the bus file: %+v", f)
	}
}
