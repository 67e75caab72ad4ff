package mapped

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mekenjai/internal/state/shep"
)

// ErrDocument is wrapped by whatever is wrong with a message. What it says names
// elements, never what stands in them: those are persons.
var ErrDocument = errors.New("not a message of the mapping")

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDocument, fmt.Sprintf(format, args...))
}

// Head is what a message says of itself.
type Head struct {
	ID     string // of the question; its answer repeats it
	Now    time.Time
	Sender string
}

// Refusal is what the peer itself says instead of an answer, in a message that came
// in good order.
type Refusal struct {
	Code, Words string // in words: personal data may stand in them
	Class       shep.Class
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("the register refuses with code %q (class %s)", r.Code, r.Class)
}

// EncodeQuestion writes a question: the document that the bus carries.
func (m *Mapping) EncodeQuestion(h Head, question any) ([]byte, error) {
	return m.encode(&m.question, h, "", "", question)
}

// DecodeQuestion reads a question, as the peer does.
func DecodeQuestion[Q any](m *Mapping, doc []byte) (q Q, h Head, err error) {
	root, err := m.root(&m.question, doc)
	if err != nil {
		return q, h, err
	}
	raw, err := m.question.take(root, &h)
	if err != nil {
		return q, h, err
	}
	return q, h, into(raw, &q)
}

// EncodeAnswer writes an answer; nil is "not found".
func (m *Mapping) EncodeAnswer(h Head, answer any) ([]byte, error) {
	class := shep.OK
	if answer == nil {
		class = shep.NotFound
	}
	code := m.answer.codeOf(class)
	if code == "" {
		code = m.answer.codeOf(shep.OK) // "not found" is then an absent element
	}
	return m.encode(&m.answer, h, code, "", answer)
}

// EncodeRefusal writes a refusal of the peer.
func (m *Mapping) EncodeRefusal(h Head, code, words string) ([]byte, error) {
	return m.encode(&m.answer, h, code, words, nil)
}

// Decode reads an answer to the question with the id; "" does not insist on it. A
// *Refusal says that the peer answered with a code that is no answer.
func Decode[A any](m *Mapping, id string, doc []byte) (a A, found bool, err error) {
	root, err := m.root(&m.answer, doc)
	if err != nil {
		return a, false, err
	}
	if found, err = m.answer.verdict(root); err != nil || !found {
		return a, false, err
	}
	var h Head
	raw, err := m.answer.take(root, &h)
	switch {
	case err != nil:
		return a, false, err
	case m.answer.has(headID) && id != "" && h.ID != id:
		return a, false, wrong("it answers another question")
	}
	return a, true, into(raw, &a)
}

// codeOf is the first code of a class.
func (s *side) codeOf(class shep.Class) string {
	for _, code := range slices.Sorted(maps.Keys(s.results)) {
		if s.results[code] == class {
			return code
		}
	}
	return ""
}

func (s *side) has(field string) bool {
	return slices.ContainsFunc(s.plans, func(p *plan) bool { return p.field == field })
}

// Tells says whether an answer has a place for the field.
func (m *Mapping) Tells(field string) bool { return m.answer.has(field) }

// verdict reads the result code: whether there is an answer at all.
func (s *side) verdict(root *node) (found bool, err error) {
	if s.code != nil {
		code, err := s.code.text(root)
		if err != nil {
			return false, err
		}
		class, known := s.results[code]
		switch {
		case !known:
			class = shep.Unknown
		case class == shep.OK:
			return s.found == nil || len(root.find(s.found)) > 0, nil
		case class == shep.NotFound:
			return false, nil
		}
		r := &Refusal{Code: code, Class: class}
		if s.words != nil {
			r.Words, _ = s.words.text(root) // a refusal without words is one
		}
		return false, r
	}
	return s.found == nil || len(root.find(s.found)) > 0, nil
}

// root parses a document and finds the element of the message in it.
func (m *Mapping) root(s *side, doc []byte) (*node, error) {
	n, err := parse(doc)
	if err != nil {
		return nil, wrong("%v", err)
	}
	switch m.Service.Variant {
	case shep.Text:
	case shep.Typed:
		if n.local != "data" || n.kind != s.root {
			return nil, wrong("the root is not data of the type %s", s.root.local)
		}
		return n, nil
	default:
		if n.local != "data" || len(n.children) == 0 {
			return nil, wrong("the root is not data with one element")
		}
		n = n.children[0]
	}
	if n.name != s.root {
		return nil, wrong("the root is not %s", s.root.local)
	}
	return n, nil
}

// into reads the JSON form of a value.
func into(fields map[string]any, v any) error {
	raw, err := json.Marshal(fields)
	if err != nil {
		return wrong("%v", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return wrong("a value that the program cannot hold")
	}
	return nil
}

// take reads the fields of a message in their JSON form.
func (s *side) take(root *node, h *Head) (map[string]any, error) {
	fields, err := readFields(root, s.plans)
	if err != nil {
		return nil, err
	}
	if v, ok := fields[headID].(string); ok {
		h.ID = v
	}
	if v, ok := fields[headNow].(time.Time); ok {
		h.Now = v
	}
	if v, ok := fields[headSender].(string); ok {
		h.Sender = v
	}
	for _, name := range []string{headID, headNow, headSender} {
		delete(fields, name)
	}
	return fields, nil
}

// readFields reads the fields of one object.
func readFields(n *node, plans []*plan) (map[string]any, error) {
	fields := map[string]any{}
	for _, p := range plans {
		v, err := p.from(n)
		if err != nil {
			return nil, err
		}
		if v == nil {
			if p.required {
				return nil, wrong("%s is missing or empty", p.place)
			}
			continue
		}
		if p.field != "" {
			fields[p.field] = v
		}
	}
	return fields, nil
}

// from reads one field; nil: it is absent.
func (p *plan) from(n *node) (any, error) {
	switch {
	case p.kind == kindObject && p.path == nil:
		fields, err := readFields(n, p.fields)
		if err != nil || len(fields) == 0 {
			return nil, err
		}
		return fields, nil
	case p.list:
		return p.listFrom(n)
	case p.kind == kindObject:
		found := n.find(p.path)
		if len(found) == 0 {
			return nil, nil
		}
		if len(found) > 1 {
			return nil, wrong("%s stands %d times", p.place, len(found))
		}
		return p.object(found[0])
	}
	text, err := p.text(n)
	if err != nil || text == "" {
		return nil, err
	}
	if p.constant != nil {
		if text != *p.constant {
			return nil, wrong("%s is not what always stands there", p.place)
		}
		return text, nil
	}
	return p.value(text)
}

func (p *plan) object(n *node) (any, error) {
	if len(n.children) == 0 && len(n.attributes) == 0 {
		return nil, nil // an empty element says nothing
	}
	return readFields(n, p.fields)
}

func (p *plan) listFrom(n *node) (any, error) {
	if p.required && len(n.find(p.path[:len(p.path)-1])) == 0 {
		return nil, nil
	}
	list := []any{}
	for _, e := range n.find(p.path) {
		var v any
		var err error
		if p.kind == kindObject {
			v, err = p.object(e)
		} else if e.text != "" {
			v, err = p.value(e.text)
		}
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, wrong("%s is empty", p.place)
		}
		list = append(list, v)
	}
	return list, nil
}

func (p *plan) value(text string) (any, error) {
	v, err := p.read(text)
	if err != nil {
		return nil, wrong("%s %v", p.place, err)
	}
	return v, nil
}

// text is the one value at the place; "" when there is none. Standing twice it must
// be the same.
func (p *plan) text(n *node) (string, error) {
	text, seen := "", false
	for _, e := range n.find(p.path) {
		if p.attribute == nil && len(e.children) > 0 {
			return "", wrong("%s has elements where a value belongs", p.place)
		}
		t := e.text
		if p.attribute != nil {
			t, _ = e.attribute(*p.attribute)
			t = strings.TrimSpace(t)
		}
		if seen && t != text {
			return "", wrong("%s stands twice and differs", p.place)
		}
		text, seen = t, true
	}
	return text, nil
}

// encode writes one side.
func (m *Mapping) encode(s *side, h Head, code, words string, value any) ([]byte, error) {
	root := &node{name: s.root}
	if s.code != nil && code != "" {
		s.code.set(root, code)
		if s.words != nil && words != "" {
			s.words.set(root, words)
		}
	}
	fields := map[string]any{}
	if value != nil {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&fields); err != nil {
			return nil, err
		}
	}
	fields[headID], fields[headNow], fields[headSender] = h.ID, h.Now.UTC().Format(time.RFC3339Nano), h.Sender
	plans := s.plans
	if value == nil { // of an answer without one the head alone
		plans = slices.DeleteFunc(slices.Clone(plans), func(p *plan) bool { return !strings.HasPrefix(p.field, "$") && p.constant == nil })
	}
	if err := writeFields(root, plans, fields); err != nil {
		return nil, fmt.Errorf("%s of %s: %w", m.Name, m.Service.ID, err)
	}
	return m.document(root), nil
}

// document is the root as the bus carries it.
func (m *Mapping) document(root *node) []byte {
	var b strings.Builder
	switch m.Service.Variant {
	case shep.Text:
		root.write(&b, m.prefix, m.declare)
	case shep.Typed:
		kind := qualified(root.name, m.prefix)
		root.name = name{local: "data"}
		root.attributes = append(root.attributes, xml.Attr{Name: xml.Name{Space: xsi, Local: "type"}, Value: kind})
		root.write(&b, m.prefix, m.declare+` xmlns:xsi="`+xsi+`"`)
	default:
		(&node{name: name{local: "data"}, children: []*node{root}}).write(&b, m.prefix, m.declare)
	}
	return []byte(b.String())
}

// writeFields writes the fields of one object.
func writeFields(n *node, plans []*plan, fields map[string]any) error {
	for _, p := range plans {
		if err := p.to(n, fields[p.field]); err != nil {
			return err
		}
	}
	return nil
}

// to writes one field.
func (p *plan) to(n *node, v any) error {
	if p.constant != nil {
		p.set(n, *p.constant)
		return nil
	}
	if p.list {
		list, _ := v.([]any)
		if p.required {
			n.at(p.path[:len(p.path)-1], false)
		}
		for _, x := range list {
			if p.kind == kindObject {
				fields, _ := x.(map[string]any)
				if err := writeFields(n.at(p.path, true), p.fields, fields); err != nil {
					return err
				}
				continue
			}
			text, err := p.write(x)
			if err != nil {
				return wrong("%s %v", p.place, err)
			}
			n.at(p.path, true).text = text
		}
		return nil
	}
	if p.kind == kindObject {
		fields, ok := v.(map[string]any)
		if !ok {
			if p.required {
				return wrong("%s is missing", p.place)
			}
			return nil
		}
		if p.path != nil {
			n = n.at(p.path, false)
		}
		return writeFields(n, p.fields, fields)
	}
	text, err := p.write(v)
	switch {
	case errors.Is(err, errAbsent) || err == nil && text == "":
		if p.required {
			return wrong("%s is missing", p.place)
		}
		return nil
	case err != nil:
		return wrong("%s %v", p.place, err)
	}
	p.set(n, text)
	return nil
}

// set puts a text in its place.
func (p *plan) set(n *node, text string) {
	n = n.at(p.path, false)
	if p.attribute == nil {
		n.text = text
		return
	}
	n.attributes = append(n.attributes, xml.Attr{Name: xml.Name{Space: p.attribute.space, Local: p.attribute.local}, Value: text})
}
