package mapped

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	xsi = "http://www.w3.org/2001/XMLSchema-instance"

	// Bounds of a document, far above what a peer has to say.
	maxDepth      = 40
	maxNodes      = 200_000
	maxAttributes = 64 // of one element
)

// name is that of an element or attribute.
type name struct{ space, local string }

// node is an element of a document.
type node struct {
	name
	attributes []xml.Attr
	kind       name // xsi:type, resolved
	isNil      bool
	text       string
	raw        []byte // of text, while it is read
	children   []*node
}

// parse reads a document. It refuses what a business document has no use for and an
// attack may: document types, entities, processing instructions, repeated
// attributes, text beside elements.
func parse(doc []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	r := reader{scopes: []map[string]string{{}}}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.New("not well-formed XML")
		}
		if err := r.take(token); err != nil {
			return nil, err
		}
	}
	if r.root == nil {
		return nil, errors.New("no element")
	}
	return r.root, nil
}

type reader struct {
	root   *node
	open   []*node
	scopes []map[string]string // prefixes, innermost last
	count  int
}

func (r *reader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		n := r.open[len(r.open)-1]
		r.open, r.scopes = r.open[:len(r.open)-1], r.scopes[:len(r.scopes)-1]
		n.text, n.raw = strings.TrimSpace(string(n.raw)), nil
		if n.text != "" && len(n.children) > 0 {
			return fmt.Errorf("text beside elements in %s", n.local)
		}
	case xml.CharData:
		if len(r.open) > 0 {
			n := r.open[len(r.open)-1]
			n.raw = append(n.raw, t...)
		} else if len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text outside of the document")
		}
	case xml.ProcInst:
		if t.Target != "xml" || r.root != nil {
			return errors.New("a processing instruction")
		}
	case xml.Directive:
		return errors.New("a document type")
	}
	return nil
}

func (r *reader) start(t xml.StartElement) error {
	if r.count++; r.count > maxNodes || len(r.open) >= maxDepth || len(t.Attr) > maxAttributes {
		return errors.New("too many elements or attributes, or too deep")
	}
	scope := r.scopes[len(r.scopes)-1]
	n := &node{name: name{t.Name.Space, t.Name.Local}}
	seen := map[xml.Name]bool{}
	for _, a := range t.Attr {
		if seen[a.Name] {
			return fmt.Errorf("an attribute of %s twice", n.local)
		}
		seen[a.Name] = true
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			scope = with(scope, a)
			continue
		}
		n.attributes = append(n.attributes, a)
	}
	for _, a := range n.attributes {
		if a.Name.Space != xsi {
			continue
		}
		switch a.Name.Local {
		case "type":
			prefix, local, ok := strings.Cut(strings.TrimSpace(a.Value), ":")
			if !ok {
				prefix, local = "", prefix
			}
			n.kind = name{scope[prefix], local}
		case "nil":
			n.isNil = a.Value == "true" || a.Value == "1"
		}
	}
	r.scopes = append(r.scopes, scope)
	switch {
	case len(r.open) > 0:
		parent := r.open[len(r.open)-1]
		parent.children = append(parent.children, n)
	case r.root != nil:
		return errors.New("two documents")
	default:
		r.root = n
	}
	r.open = append(r.open, n)
	return nil
}

// with is the scope and one declaration more.
func with(scope map[string]string, a xml.Attr) map[string]string {
	more := make(map[string]string, len(scope)+1)
	for k, v := range scope {
		more[k] = v
	}
	prefix := a.Name.Local
	if a.Name.Space == "" {
		prefix = ""
	}
	more[prefix] = a.Value
	return more
}

// find are the elements at the path, in the order of the document. Those that are
// nil (xsi:nil) are absent.
func (n *node) find(path []name) []*node {
	found := []*node{n}
	for _, step := range path {
		var next []*node
		for _, parent := range found {
			for _, c := range parent.children {
				if c.name == step && !c.isNil {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

// at is the element at the path, made where it is missing; the last step is always
// made anew when fresh.
func (n *node) at(path []name, fresh bool) *node {
	for i, step := range path {
		var next *node
		if !fresh || i < len(path)-1 {
			for _, c := range n.children {
				if c.name == step {
					next = c
				}
			}
		}
		if next == nil {
			next = &node{name: step}
			n.children = append(n.children, next)
		}
		n = next
	}
	return n
}

func (n *node) attribute(a name) (string, bool) {
	for _, x := range n.attributes {
		if x.Name.Space == a.space && x.Name.Local == a.local {
			return x.Value, true
		}
	}
	return "", false
}

// write writes the element; prefix names the namespaces, "" is none.
func (n *node) write(b *strings.Builder, prefix map[string]string, declare string) {
	tag := qualified(n.name, prefix)
	b.WriteString("<" + tag + declare)
	for _, a := range n.attributes {
		b.WriteString(" " + qualified(name{a.Name.Space, a.Name.Local}, prefix) + `="` + escaped(a.Value) + `"`)
	}
	if n.text == "" && len(n.children) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">" + escaped(n.text))
	for _, c := range n.children {
		c.write(b, prefix, "")
	}
	b.WriteString("</" + tag + ">")
}

func qualified(n name, prefix map[string]string) string {
	if n.space == "" {
		return n.local
	}
	return prefix[n.space] + ":" + n.local
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}
