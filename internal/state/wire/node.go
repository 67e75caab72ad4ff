package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrDocument is wrapped by whatever is wrong with a message. What it says names
// elements, never what stands in them: those are persons.
var ErrDocument = errors.New("not a message of the schema")

// Limits of one message. The longest are files in base64.
const (
	maxDocument = 48 << 20
	maxElements = 100_000
	maxDepth    = 24
	maxAttrs    = 32 // of one element
)

const (
	xsiSpace  = "http://www.w3.org/2001/XMLSchema-instance"
	dsigSpace = "http://www.w3.org/2000/09/xmldsig#"
)

// node is one element of a message that was read.
type node struct {
	name     xml.Name
	kind     xml.Name // of xsi:type, resolved; only of the root
	isNil    bool     // xsi:nil
	parent   *node
	children []*node
	text     string
}

// path names the element for messages.
func (n *node) path() string {
	if n.parent == nil {
		return short(n.name.Local)
	}
	return n.parent.path() + "/" + short(n.name.Local)
}

// short keeps a name that a stranger chose out of the way.
func short(name string) string {
	if len(name) > 40 {
		return name[:40] + "…"
	}
	return name
}

// parse reads a whole document into its tree. Elements that are named in ignore, as
// parent/child, are left out of it.
func parse(raw []byte, ignore []string) (*node, error) {
	if len(raw) > maxDocument {
		return nil, fmt.Errorf("%w: %d bytes", ErrDocument, len(raw))
	}
	p := parser{decoder: xml.NewDecoder(bytes.NewReader(raw)), ignore: ignore}
	for p.root == nil || p.at != nil {
		token, err := p.decoder.Token()
		if err == io.EOF {
			return nil, fmt.Errorf("%w: the document ends early", ErrDocument)
		}
		if err == nil {
			err = p.token(token)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDocument, err)
		}
	}
	return p.root, p.rest()
}

type parser struct {
	decoder  *xml.Decoder
	ignore   []string
	root, at *node
	text     []*bytes.Buffer // of the open elements
	elements int
}

func (p *parser) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end()
	case xml.CharData:
		if p.at != nil {
			p.text[len(p.text)-1].Write(t)
		} else if len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text before the root")
		}
	case xml.ProcInst:
		if t.Target != "xml" || p.root != nil {
			return errors.New("a processing instruction")
		}
	case xml.Directive:
		return errors.New("a document type declaration")
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	if p.elements++; p.elements > maxElements || len(p.text) >= maxDepth {
		return errors.New("too many elements, or too deep")
	}
	n := &node{name: t.Name, parent: p.at}
	if err := n.attributes(t.Attr); err != nil {
		return err
	}
	if p.at == nil {
		p.root = n
	} else if name := p.at.name.Local + "/" + n.name.Local; n.name.Space != p.at.name.Space || !slices.Contains(p.ignore, name) {
		p.at.children = append(p.at.children, n)
	}
	p.at, p.text = n, append(p.text, new(bytes.Buffer))
	return nil
}

func (p *parser) end() error {
	n, text := p.at, p.text[len(p.text)-1]
	if len(n.children) > 0 && len(bytes.TrimSpace(text.Bytes())) > 0 {
		return fmt.Errorf("text between the elements of %s", n.path())
	}
	n.text = text.String()
	p.at, p.text = n.parent, p.text[:len(p.text)-1]
	return nil
}

// rest is an error when anything but space and comments follows the root.
func (p *parser) rest() error {
	for {
		token, err := p.decoder.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDocument, err)
		}
		switch t := token.(type) {
		case xml.Comment:
			continue
		case xml.CharData:
			if len(bytes.TrimSpace(t)) == 0 {
				continue
			}
		}
		return fmt.Errorf("%w: something follows the root", ErrDocument)
	}
}

// attributes reads the few attributes that a message may have: declarations of
// namespaces, those of XML Schema, and an Id on the root, which signatures refer to.
// The signature itself has its own, which are the bus's business.
func (n *node) attributes(list []xml.Attr) error {
	if n.inSignature() {
		return nil
	}
	if len(list) > maxAttrs {
		return fmt.Errorf("%s has %d attributes", n.path(), len(list))
	}
	declared := map[string]string{}
	for i, a := range list {
		if slices.ContainsFunc(list[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return fmt.Errorf("%s has an attribute twice", n.path())
		}
		switch {
		case a.Name.Space == "xmlns":
			declared[a.Name.Local] = a.Value
		case a.Name == xml.Name{Local: "xmlns"}:
			declared[""] = a.Value
		}
	}
	for _, a := range list {
		switch {
		case a.Name.Space == "xmlns", a.Name == xml.Name{Local: "xmlns"}, a.Name == xml.Name{Space: xsiSpace, Local: "schemaLocation"}:
		case a.Name == xml.Name{Space: xsiSpace, Local: "nil"}:
			n.isNil = a.Value == "true" || a.Value == "1"
		case a.Name == xml.Name{Space: xsiSpace, Local: "type"}:
			if n.parent == nil {
				prefix, local, found := strings.Cut(strings.TrimSpace(a.Value), ":")
				if !found {
					prefix, local = "", prefix
				}
				n.kind = xml.Name{Space: declared[prefix], Local: local}
			}
		case n.parent == nil && a.Name.Space == "" && strings.EqualFold(a.Name.Local, "id"):
		default:
			return fmt.Errorf("attribute %s of %s", short(a.Name.Local), n.path())
		}
	}
	return nil
}

// inSignature says whether the element belongs to an XML signature.
func (n *node) inSignature() bool {
	for ; n != nil; n = n.parent {
		if n.name.Space == dsigSpace {
			return true
		}
	}
	return false
}
