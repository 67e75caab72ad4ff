package rules

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", name, diff)
	}
}

func pretty(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each testdata/*.json is a facts file written by hand; beside it stands its
// verdict, or why it is refused.
func TestExampleFilesHaveTheirVerdicts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var out []byte
			f, err := ParseFacts(data)
			if err != nil {
				out = pretty(t, err)
			} else {
				v := evaluate(t, f)
				out = pretty(t, v)
				// The first word of the name is the outcome.
				first, _, _ := strings.Cut(filepath.Base(name), "_")
				if want := map[string]Outcome{"pass": OK}[first]; want == "" && v.Outcome != Outcome(strings.ToUpper(first)) || want != "" && v.Outcome != want {
					t.Errorf("is %s", v.Outcome)
				}
			}
			if bad := strings.HasPrefix(filepath.Base(name), "bad_"); bad != (err != nil) {
				t.Errorf("got %v", err)
			}
			golden(t, strings.TrimSuffix(name, ".json")+".golden", out)
		})
	}
}

const docs = "../../docs/"

func TestSchemaIsTheOneInTheDocs(t *testing.T) {
	golden(t, docs+"facts.schema.json", Schema())
	golden(t, docs+"life.schema.json", LifeSchema())
}

// The tables of docs/facts.md are made from the types, between two marks.
func TestEveryFieldStandsInTheDocs(t *testing.T) {
	const end = "<!-- end of fields -->\n"
	for begin, schema := range map[string][]byte{
		"<!-- fields: made by the tests of internal/rules, -update writes them -->\n":      Schema(),
		"<!-- life fields: made by the tests of internal/rules, -update writes them -->\n": LifeSchema(),
	} {
		page, err := os.ReadFile(docs + "facts.md")
		if err != nil {
			t.Fatal(err)
		}
		before, rest, ok := strings.Cut(string(page), begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatal("docs/facts.md has lost its marks")
		}
		golden(t, docs+"facts.md", []byte(before+begin+"\n"+fieldTables(t, schema)+"\n"+end+after))
	}
}

type schemaNode struct {
	Type        any                    `json:"type"`
	Description string                 `json:"description"`
	Enum        []string               `json:"enum"`
	Ref         string                 `json:"$ref"`
	Format      string                 `json:"format"`
	Pattern     string                 `json:"pattern"`
	Items       *schemaNode            `json:"items"`
	Properties  map[string]*schemaNode `json:"properties"`
	Required    []string               `json:"required"`
	AllOf       []struct {
		Then struct {
			Required []string `json:"required"`
		} `json:"then"`
	} `json:"allOf"`
	Defs map[string]*schemaNode `json:"$defs"`
}

// alike are the types that both kinds of files know; the second table leaves them
// to the first.
func alike(t *testing.T, schema []byte) map[string]bool {
	out := map[string]bool{}
	if bytes.Equal(schema, Schema()) {
		return out
	}
	var first schemaNode
	if err := json.Unmarshal(Schema(), &first); err != nil {
		t.Fatal(err)
	}
	for name := range first.Defs {
		out[name] = true
	}
	return out
}

func fieldTables(t *testing.T, schema []byte) string {
	t.Helper()
	var root schemaNode
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	told := alike(t, schema)
	title := "The file"
	if len(told) > 0 {
		title = "The file about an entry"
	}
	b.WriteString(fieldTable(title, &root))
	// In the order in which they are met.
	seen := []string{}
	var visit func(n *schemaNode)
	visit = func(n *schemaNode) {
		var names []string
		for _, name := range fieldOrder(n) {
			p := n.Properties[name]
			if p.Items != nil {
				p = p.Items
			}
			if def := strings.TrimPrefix(p.Ref, "#/$defs/"); def != "" && !told[def] && !slices.Contains(seen, def) {
				seen = append(seen, def)
				names = append(names, def)
			}
		}
		for _, def := range names {
			b.WriteString("\n" + fieldTable(def, root.Defs[def]))
			visit(root.Defs[def])
		}
	}
	visit(&root)
	return b.String()
}

func fieldOrder(n *schemaNode) []string {
	var out []string
	for name := range n.Properties {
		out = append(out, name)
	}
	slices.Sort(out)
	// Required first, then by name: maps of JSON have no order.
	slices.SortStableFunc(out, func(a, b string) int {
		ra, rb := slices.Contains(n.Required, a), slices.Contains(n.Required, b)
		switch {
		case ra == rb:
			return 0
		case ra:
			return -1
		}
		return 1
	})
	return out
}

func fieldTable(title string, n *schemaNode) string {
	var b strings.Builder
	b.WriteString("### " + title + "\n\n| field | value | needed | meaning |\n|---|---|---|---|\n")
	var whenAnswered []string
	for _, a := range n.AllOf {
		whenAnswered = append(whenAnswered, a.Then.Required...)
	}
	for _, name := range fieldOrder(n) {
		p := n.Properties[name]
		needed := ""
		switch {
		case slices.Contains(n.Required, name):
			needed = "yes"
		case slices.Contains(whenAnswered, name):
			needed = "if answered"
		}
		b.WriteString("| `" + name + "` | " + valueOf(p) + " | " + needed + " | " + p.Description + " |\n")
	}
	return b.String()
}

func valueOf(p *schemaNode) string {
	switch {
	case p.Ref != "":
		def := strings.TrimPrefix(p.Ref, "#/$defs/")
		return "[" + def + "](#" + strings.ToLower(def) + ")"
	case p.Items != nil:
		return "list of " + valueOf(p.Items)
	case p.Enum != nil:
		return "`" + strings.Join(p.Enum, "` `") + "`"
	case p.Format == "date-time":
		return "instant"
	case p.Format == "date":
		return "date"
	case p.Pattern != "":
		return "text `" + strings.ReplaceAll(p.Pattern, "|", "\\|") + "`"
	}
	switch kind := p.Type.(type) {
	case string:
		return map[string]string{"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}[kind]
	}
	return "number or text"
}

func TestTheFileShownInTheDocsPasses(t *testing.T) {
	page, err := os.ReadFile(docs + "facts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	f, err := ParseFacts([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if v := evaluate(t, f); !v.Passes() {
		t.Error(codesOf(v))
	}
}
