// Package xmltree reads XML documents strictly and writes them canonically.
//
// It knows XML 1.0 (fifth edition) without document types, Namespaces in XML 1.0, and
// Canonical XML 1.0, inclusive and exclusive. A signature is over what canonical XML
// says a document means; two readers that disagree about it are how signatures get
// forged. So nothing is repaired or passed over here, and there are no entities to
// expand, no external things to fetch, no defaults to add.
package xmltree

import (
	"errors"
	"strings"
)

// What Parse and Canonical complain about.
var (
	ErrSyntax = errors.New("not well-formed XML")
	ErrDTD    = errors.New("XML with a document type")
	ErrLimit  = errors.New("XML beyond the limits")
)

// SpaceXML is the namespace that the prefix xml always stands for.
const (
	SpaceXML   = "http://www.w3.org/XML/1998/namespace"
	spaceXMLNS = "http://www.w3.org/2000/xmlns/"
)

// A Kind tells nodes apart.
type Kind uint8

// The kinds of nodes. CDATA sections are text.
const (
	Element Kind = iota
	Text
	Comment
	Instruction
)

// A Name is a qualified name with what its prefix stands for.
type Name struct {
	Prefix, Local, Space string
}

// Qualified is the name as it stands in the source.
func (n Name) Qualified() string {
	if n.Prefix == "" {
		return n.Local
	}
	return n.Prefix + ":" + n.Local
}

// Is reports whether the name is this one, whatever its prefix.
func (n Name) Is(space, local string) bool { return n.Local == local && n.Space == space }

// An Attr is an attribute with its normalised value.
type Attr struct {
	Name
	Value string
}

// A Binding is a namespace declaration; the empty URI takes the default namespace
// back.
type Binding struct {
	Prefix, URI string
}

// A Node is an element, a run of text, a comment or a processing instruction, whose
// target is in Local.
type Node struct {
	Kind Kind
	Name
	Text     string // of everything but elements; line ends are \n
	Attr     []Attr
	Bindings []Binding // the declarations of this element
	Children []*Node
	Parent   *Node // nil for what stands beside the root

	// Where an element stands in the source: its start tag, its content, the end of
	// its end tag. An empty-element tag has Inner == Close at its "/>".
	Start, Inner, Close, End int
}

// A Document is a parsed document.
type Document struct {
	Nodes []*Node // the root with the comments and instructions around it
	Root  *Node
}

// Find returns the value of an attribute.
func (n *Node) Find(space, local string) (string, bool) {
	for i := range n.Attr {
		if n.Attr[i].Is(space, local) {
			return n.Attr[i].Value, true
		}
	}
	return "", false
}

// Namespace is what a prefix stands for in an element, and whether it stands for
// anything.
func (n *Node) Namespace(prefix string) (string, bool) {
	for ; n != nil; n = n.Parent {
		for _, b := range n.Bindings {
			if b.Prefix == prefix {
				return b.URI, true
			}
		}
	}
	return "", false
}

// Content joins the text of a node that has nothing but text.
func (n *Node) Content() (string, bool) {
	if len(n.Children) == 1 && n.Children[0].Kind == Text {
		return n.Children[0].Text, true
	}
	var b strings.Builder
	for _, c := range n.Children {
		if c.Kind != Text {
			return "", false
		}
		b.WriteString(c.Text)
	}
	return b.String(), true
}

// Elements returns the children of a node that has only elements and white space
// between them.
func (n *Node) Elements() ([]*Node, bool) {
	var out []*Node
	for _, c := range n.Children {
		switch {
		case c.Kind == Element:
			out = append(out, c)
		case c.Kind != Text || strings.Trim(c.Text, " \t\r\n") != "":
			return nil, false
		}
	}
	return out, true
}

// Contains reports whether o is the node or below it.
func (n *Node) Contains(o *Node) bool {
	for ; o != nil; o = o.Parent {
		if o == n {
			return true
		}
	}
	return false
}

// Walk visits the elements from n on in document order, and passes over what is below
// an element for which visit returns false.
func (n *Node) Walk(visit func(*Node) bool) {
	if n.Kind != Element || !visit(n) {
		return
	}
	for _, c := range n.Children {
		c.Walk(visit)
	}
}
