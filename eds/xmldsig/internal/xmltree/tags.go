package xmltree

import (
	"fmt"
	"strconv"
	"strings"
)

// startTag reads a start tag or an empty-element tag and opens the element.
func (p *parser) startTag() error {
	n := &Node{Kind: Element, Start: p.i}
	p.i++
	var err error
	if n.Name, err = p.name(); err != nil {
		return err
	}
	if err := p.attributes(n); err != nil {
		return err
	}
	if err := p.resolve(n); err != nil {
		return err
	}
	if err := p.add(n); err != nil {
		return err
	}
	if p.depth++; p.depth > p.limits.Depth {
		return fmt.Errorf("%w: more than %d elements in each other", ErrLimit, p.limits.Depth)
	}
	p.open = n
	n.Inner, n.Close = p.i, p.i
	if p.accept("/>") {
		p.close(n)
		return nil
	}
	p.i++ // the > that attributes stopped at
	n.Inner = p.i
	return nil
}

func (p *parser) endTag() error {
	at := p.i - len("</")
	name, err := p.name()
	if err != nil {
		return err
	}
	p.space()
	n := p.open
	if n == nil || name.Prefix != n.Prefix || name.Local != n.Local || !p.accept(">") {
		return p.fail("end tag of %s", name.Qualified())
	}
	n.Close = at
	p.close(n)
	return nil
}

// close leaves the element and its declarations.
func (p *parser) close(n *Node) {
	n.End = p.i
	p.open = n.Parent
	p.depth--
	for _, b := range n.Bindings {
		p.scope[b.Prefix] = p.scope[b.Prefix][:len(p.scope[b.Prefix])-1]
	}
}

// name reads a qualified name; what its prefix stands for is not known yet.
func (p *parser) name() (Name, error) {
	n := scanNCName(p.s[p.i:])
	out := Name{Local: p.s[p.i : p.i+n]}
	p.i += n
	if n > 0 && p.accept(":") {
		n = scanNCName(p.s[p.i:])
		out = Name{Prefix: out.Local, Local: p.s[p.i : p.i+n]}
		p.i += n
	}
	if n == 0 {
		return out, p.fail("no name")
	}
	return out, nil
}

// attributes reads attributes and declarations up to the end of the tag, which stays.
func (p *parser) attributes(n *Node) error {
	for count := 0; ; count++ {
		gap := p.space()
		if p.has(">") || p.has("/>") {
			return nil
		}
		if !gap {
			return p.fail("in a tag")
		}
		if count == p.limits.Attributes {
			return fmt.Errorf("%w: more than %d attributes", ErrLimit, count)
		}
		name, err := p.name()
		if err != nil {
			return err
		}
		raw, err := p.quoted()
		if err != nil {
			return err
		}
		value, err := p.attributeValue(raw)
		if err != nil {
			return err
		}
		switch {
		case name.Prefix == "xmlns":
			err = p.declare(n, Binding{name.Local, value})
		case name.Prefix == "" && name.Local == "xmlns":
			err = p.declare(n, Binding{"", value})
		default:
			n.Attr = append(n.Attr, Attr{name, value})
		}
		if err != nil {
			return err
		}
	}
}

// attributeValue normalises a value (XML 1.0, section 3.3.3): without a document type
// every attribute is CDATA, so white space becomes spaces and that is all.
func (p *parser) attributeValue(raw string) (string, error) {
	if strings.IndexByte(raw, '<') >= 0 {
		return "", p.fail("< in an attribute")
	}
	if strings.ContainsAny(raw, "\t\n\r") {
		raw = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ").Replace(raw)
	}
	return p.expand(raw)
}

// declare takes up a namespace declaration (Namespaces in XML 1.0, sections 2.2 and
// 3). A relative name of a namespace has no canonical form (Canonical XML 1.0,
// section 1.3).
func (p *parser) declare(n *Node, b Binding) error {
	switch {
	case b.Prefix == "xml" && b.URI == SpaceXML:
		return nil
	case b.Prefix == "xml", b.Prefix == "xmlns", b.URI == SpaceXML, b.URI == spaceXMLNS,
		b.Prefix != "" && b.URI == "":
		return p.fail("namespace %s for the prefix %q", b.URI, b.Prefix)
	case b.URI != "" && strings.IndexByte(b.URI, ':') < 1:
		return p.fail("relative namespace %q", b.URI)
	}
	n.Bindings = append(n.Bindings, b)
	return nil
}

// resolve brings the element's declarations into scope and finds the namespaces of
// its names. No attribute and no declaration may be repeated: a reader that takes the
// first and one that takes the last would see different documents.
func (p *parser) resolve(n *Node) error {
	declared := make(map[string]bool, len(n.Bindings))
	for _, b := range n.Bindings {
		if declared[b.Prefix] {
			return p.fail("two namespaces for the prefix %q", b.Prefix)
		}
		declared[b.Prefix] = true
		p.scope[b.Prefix] = append(p.scope[b.Prefix], b.URI)
	}
	var ok bool
	if n.Space, ok = p.namespace(n.Prefix); !ok {
		return p.fail("unknown prefix %s", n.Prefix)
	}
	seen := make(map[Name]bool, len(n.Attr))
	for i := range n.Attr {
		a := &n.Attr[i]
		if a.Prefix != "" {
			if a.Space, ok = p.namespace(a.Prefix); !ok {
				return p.fail("unknown prefix %s", a.Prefix)
			}
		}
		key := Name{Local: a.Local, Space: a.Space}
		if seen[key] {
			return p.fail("attribute %s is repeated", a.Qualified())
		}
		seen[key] = true
	}
	return nil
}

// namespace is what a prefix stands for here.
func (p *parser) namespace(prefix string) (string, bool) {
	if prefix == "xml" {
		return SpaceXML, true
	}
	stack := p.scope[prefix]
	if len(stack) == 0 {
		return "", prefix == ""
	}
	return stack[len(stack)-1], true
}

// expand replaces character references and the five entities of XML; there are no
// others without a document type.
func (p *parser) expand(s string) (string, error) {
	next := strings.IndexByte(s, '&')
	if next < 0 {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for next >= 0 {
		b.WriteString(s[:next])
		s = s[next+1:]
		end := strings.IndexByte(s, ';')
		if end < 0 {
			return "", p.fail("no ; after &")
		}
		r, ok := reference(s[:end])
		if !ok {
			return "", p.fail("reference &%.20s;", s[:end])
		}
		b.WriteRune(r)
		s = s[end+1:]
		next = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String(), nil
}

// reference is the character that &name; stands for.
func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	base, digits := 10, strings.TrimPrefix(name, "#")
	if strings.HasPrefix(digits, "x") {
		base, digits = 16, digits[1:]
	}
	// ParseUint takes signs and underscores in no base but zero.
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !strings.HasPrefix(name, "#") || n > 0x10FFFF || !isChar(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
