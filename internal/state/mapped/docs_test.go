package mapped

import (
	"os"
	"strings"
	"testing"

	"mekenjai/internal/state"
)

// An administrator begins with the example of the documentation, so it is whole.
func TestExampleOfTheDocumentationIsAMappingFile(t *testing.T) {
	text, err := os.ReadFile("../../../docs/integrations.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, block := range strings.Split(string(text), "```json\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if !strings.Contains(example, `"namespaces"`) {
			continue
		}
		found++
		if s, err := read("docs/integrations.md", []byte(example)); err != nil {
			t.Error(err)
		} else if s.Peer != state.Housing {
			t.Errorf("of %s", s.Peer)
		}
	}
	if found != 1 {
		t.Errorf("%d examples", found)
	}
}
