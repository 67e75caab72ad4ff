package mapped

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mekenjai/internal/state/shep"
)

var update = flag.Bool("update", false, "write the schemas anew")

// contractsBuiltIn are the sets that are built in, by the names of their files.
func contractsBuiltIn(t *testing.T) map[string]*Set {
	t.Helper()
	files, err := fs.Glob(builtIn, "mappings/*.json")
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]*Set{}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".json")
		if sets[name], err = builtInAs(name); err != nil {
			t.Fatal(err)
		}
	}
	return sets
}

// The schemas that are committed are those of the mapping files.
func TestSchemasAreThoseOfTheMappings(t *testing.T) {
	want := map[string]string{}
	for name, set := range contractsBuiltIn(t) {
		for message, m := range set.messages {
			as := name
			if len(set.messages) > 1 {
				as += "-" + string(message)
			}
			made, err := (&scribe{mapping: m}).files(as, set.Contract)
			if err != nil {
				t.Fatalf("%s: %v", as, err)
			}
			maps.Copy(want, made)
		}
	}
	if *update {
		old, err := filepath.Glob("schemas/*.xsd")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range old {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join("schemas", name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	have, err := fs.Glob(Schemas, "schemas/*.xsd")
	if err != nil || len(have) != len(want) {
		t.Errorf("%d schemas are committed and the mappings make %d: run the test with -update", len(have), len(want))
	}
	for name, text := range want {
		if raw, err := fs.ReadFile(Schemas, "schemas/"+name); err != nil || string(raw) != text {
			t.Errorf("%s is not what its mapping makes: run the test with -update and read what changed", name)
		}
	}
}

// scribe writes the schema of one message.
type scribe struct {
	mapping *Mapping
	space   string
	used    map[string]bool // simple types
	wrong   error
}

// branch is an element of the schema.
type branch struct {
	name
	children []*branch
	value    string // of a leaf: a type, or the facets of one
	always   bool
	many     bool
	head     bool // stands in an answer that has nothing to say, too
}

// files are the schemas of a message by name.
func (s *scribe) files(name, contract string) (map[string]string, error) {
	m := s.mapping
	if s.space, s.used = m.question.root.space, map[string]bool{}; s.space == "" || m.answer.root.space != s.space {
		return nil, fmt.Errorf("question and answer are not of one namespace")
	}
	var body bytes.Buffer
	s.root(&body, &m.question, m.Service.Signs, false)
	s.root(&body, &m.answer, m.Service.Signed, true)
	if s.wrong != nil {
		return nil, s.wrong
	}
	files := map[string]string{}
	main := name + ".xsd"
	if m.Service.Variant != shep.Text {
		main = name + "-types.xsd"
		content := ` type="xs:anyType"/>`
		if m.Service.Variant == shep.Plain {
			content = "><xs:complexType><xs:sequence><xs:any namespace=\"" + s.space + "\" processContents=\"strict\"/></xs:sequence></xs:complexType></xs:element>"
		}
		files[name+".xsd"] = prolog(contract, m) + fmt.Sprintf("<xs:schema xmlns:xs=\"%s\">\n  <xs:import namespace=\"%s\" schemaLocation=\"%s\"/>\n  <xs:element name=\"data\"%s\n</xs:schema>\n", xs, s.space, main, content)
	}
	text := prolog(contract, m) + fmt.Sprintf("<xs:schema xmlns:xs=\"%s\" xmlns:m=\"%s\" targetNamespace=\"%s\">\n", xs, s.space, s.space)
	text += body.String()
	for _, t := range slices.Sorted(maps.Keys(s.used)) {
		text += "  <xs:simpleType name=\"" + t + "\"><xs:restriction " + simple[t] + "</xs:restriction></xs:simpleType>\n"
	}
	files[main] = text + "</xs:schema>\n"
	return files, nil
}

const xs = "http://www.w3.org/2001/XMLSchema"

func prolog(contract string, m *Mapping) string {
	return fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- %s. Message %s, service %s, data is %s. Made from the mapping file by a test with -update: do not edit. -->\n",
		strings.ReplaceAll(contract, "--", "–"), m.Name, m.Service.ID, m.Service.Variant)
}

// simple are the types of values. What a control digit proves they cannot say.
var simple = map[string]string{
	"text-value":  `base="xs:token"><xs:minLength value="1"/>`,
	"iin-value":   `base="xs:token"><xs:pattern value="[0-9]{12}"/>`,
	"arc-value":   `base="xs:token"><xs:pattern value="[0-9]{16}"/>`,
	"phone-value": `base="xs:token"><xs:pattern value="\+?[78][0-9]{10}"/>`,
	"area-value":  `base="xs:decimal"><xs:pattern value="[0-9]{1,12}(\.[0-9]*)?"/>`,
}

var typeOf = map[kind]string{kindText: "text-value", kindIIN: "iin-value", kindBIN: "iin-value", kindParty: "iin-value", kindARC: "arc-value",
	kindPhone: "phone-value", kindArea: "area-value", kindDate: "xs:date", kindTime: "xs:dateTime", kindBool: "xs:boolean", kindInt: "xs:nonNegativeInteger"}

// root writes a question or an answer: the type that data has, or the element in it.
func (s *scribe) root(b *bytes.Buffer, side *side, signed, answer bool) {
	root := &branch{name: side.root, always: true}
	if side.code != nil {
		s.value(root, side.code, enumerated(slices.Sorted(maps.Keys(side.results))), true)
	}
	if side.words != nil {
		words := *side.words
		words.required = false
		s.value(root, &words, s.named(kindText), true)
	}
	for _, p := range side.plans {
		s.add(root, p, p.constant != nil || strings.HasPrefix(p.field, "$"))
	}
	void := 0 // children from here on may be absent together
	if answer && (side.code != nil || side.found != nil) {
		void = s.relax(root)
	}
	typed := s.mapping.Service.Variant == shep.Typed
	indent := "  "
	if !typed {
		b.WriteString("  <xs:element name=\"" + root.local + "\">\n")
		indent += "  "
	}
	head := "<xs:complexType>"
	if typed {
		head = `<xs:complexType name="` + root.local + `">`
	}
	b.WriteString(indent + head + "\n")
	s.content(b, root, indent, void, signed)
	b.WriteString(indent + "</xs:complexType>\n")
	if !typed {
		b.WriteString("  </xs:element>\n")
	}
}

// relax lets an answer that says no more than its code have no other fields. It returns
// the number of children before those that come all together or not at all.
func (s *scribe) relax(root *branch) int {
	heads := 0
	for i, c := range root.children {
		if c.head {
			if heads++; heads != i+1 {
				s.fail("a field stands before the head of the answer")
			}
			loosen(c)
		}
	}
	return heads
}

func loosen(b *branch) {
	for _, c := range b.children {
		if !c.head {
			c.always = false
		}
		loosen(c)
	}
}

// add puts a field into its place.
func (s *scribe) add(at *branch, p *plan, head bool) {
	switch {
	case p.kind == kindObject && p.path == nil:
		for _, f := range p.fields {
			s.add(at, f, head)
		}
	case p.list:
		last := p.path[len(p.path)-1]
		at = s.way(at, p.path[:len(p.path)-1], p.required, head)
		if slices.ContainsFunc(at.children, func(c *branch) bool { return c.name == last }) {
			s.fail("a list beside a field of its name")
		}
		item := &branch{name: last, many: true, head: head}
		at.children = append(at.children, item)
		s.fill(item, p, head)
	case p.kind == kindObject:
		s.fill(s.way(at, p.path, p.required, head), p, head)
	default:
		s.value(at, p, s.typeOf(p), head)
	}
}

// fill puts in what an element of a field holds.
func (s *scribe) fill(b *branch, p *plan, head bool) {
	if p.kind != kindObject {
		b.value = s.typeOf(p)
	}
	for _, f := range p.fields {
		s.add(b, f, head)
	}
}

func (s *scribe) value(at *branch, p *plan, value string, head bool) {
	if p.attribute != nil {
		s.fail("an attribute, which no contract of ours has")
		return
	}
	s.way(at, p.path, p.required, head).value = value
}

// way is the element at a path. One that other elements follow must be there already:
// else what is absent would decide about the order.
func (s *scribe) way(at *branch, path []name, always, head bool) *branch {
	for _, step := range path {
		i := slices.IndexFunc(at.children, func(c *branch) bool { return c.name == step })
		if i < 0 {
			i = len(at.children)
			at.children = append(at.children, &branch{name: step})
		}
		if c := at.children[i]; i < len(at.children)-1 && !c.always {
			s.fail("the order of " + step.local + " and what follows is open")
		}
		at = at.children[i]
		at.always, at.head = at.always || always, at.head || head
	}
	return at
}

// content writes what an element holds; the children from void on come all together or
// not at all.
func (s *scribe) content(b *bytes.Buffer, e *branch, indent string, void int, signed bool) {
	in := indent + "  "
	b.WriteString(in + "<xs:sequence>\n")
	for i, c := range e.children {
		if void > 0 && i == void {
			in += "  "
			b.WriteString(in + "<xs:sequence minOccurs=\"0\">\n")
		}
		s.element(b, c, in+"  ")
	}
	if void > 0 && void < len(e.children) {
		b.WriteString(in + "</xs:sequence>\n")
		in = in[2:]
	}
	if signed {
		b.WriteString(in + "  <xs:any namespace=\"http://www.w3.org/2000/09/xmldsig#\" processContents=\"skip\"/>\n")
	}
	b.WriteString(in + "</xs:sequence>\n")
}

func (s *scribe) element(b *bytes.Buffer, e *branch, indent string) {
	b.WriteString(indent + `<xs:element name="` + e.local + `"` + s.form(e.name))
	if !e.always {
		b.WriteString(` minOccurs="0"`)
	}
	if e.many {
		b.WriteString(` maxOccurs="unbounded"`)
	}
	switch {
	case e.value != "" && len(e.children) > 0:
		s.fail("a value beside elements in " + e.local)
	case strings.HasPrefix(e.value, "<"):
		b.WriteString("><xs:simpleType>" + e.value + "</xs:simpleType></xs:element>\n")
	case e.value != "":
		b.WriteString(` type="` + e.value + "\"/>\n")
	default:
		b.WriteString(">\n" + indent + "  <xs:complexType>\n")
		s.content(b, e, indent+"  ", 0, false)
		b.WriteString(indent + "  </xs:complexType>\n" + indent + "</xs:element>\n")
	}
}

func (s *scribe) form(n name) string {
	switch n.space {
	case "":
		return ""
	case s.space:
		return ` form="qualified"`
	}
	s.fail(n.local + " is of another namespace")
	return ""
}

func (s *scribe) fail(reason string) {
	if s.wrong == nil {
		s.wrong = fmt.Errorf("cannot be said in a schema: %s", reason)
	}
}

func (s *scribe) named(k kind) string {
	t := typeOf[k]
	if strings.HasPrefix(t, "xs:") {
		return t
	}
	s.used[t] = true
	return "m:" + t
}

// typeOf is the type of a field's value.
func (s *scribe) typeOf(p *plan) string {
	switch {
	case p.constant != nil:
		return enumerated([]string{*p.constant})
	case p.otherwise != "":
		return s.named(kindText)
	case p.values != nil:
		return enumerated(slices.Sorted(maps.Keys(p.values)))
	case p.formats != nil:
		s.fail("the format of a date: " + p.place)
	}
	return s.named(p.kind)
}

func enumerated(values []string) string {
	text := `<xs:restriction base="xs:token">`
	for _, v := range values {
		text += `<xs:enumeration value="` + escaped(v) + `"/>`
	}
	return text + "</xs:restriction>"
}
