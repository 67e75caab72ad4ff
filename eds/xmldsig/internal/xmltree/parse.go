package xmltree

import (
	"fmt"
	"strings"
)

// Limits bound the work that a document may cause.
type Limits struct {
	Bytes      int // of the source
	Depth      int // of elements in each other
	Nodes      int // of all kinds
	Attributes int // of one element, with namespace declarations
}

// parser reads one document from front to back. Namespace declarations in scope are
// kept as a stack for each prefix, so that a look-up does not depend on their number.
type parser struct {
	s      string
	i      int
	limits Limits
	nodes  int
	depth  int
	doc    *Document
	open   *Node // the innermost element that is not closed
	scope  map[string][]string
}

// Parse reads a document in UTF-8, with or without a byte order mark.
func Parse(source []byte, l Limits) (*Document, error) {
	if len(source) > l.Bytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrLimit, len(source))
	}
	p := &parser{s: string(source), limits: l, doc: &Document{}, scope: map[string][]string{}}
	if i := badByte(p.s); i >= 0 {
		p.i = i
		return nil, p.fail("not a character in UTF-8")
	}
	if strings.HasPrefix(p.s, "\ufeff") {
		p.i = len("\ufeff")
	}
	if err := p.declaration(); err != nil {
		return nil, err
	}
	for p.i < len(p.s) {
		if err := p.item(); err != nil {
			return nil, err
		}
	}
	if p.open != nil || p.doc.Root == nil {
		return nil, p.fail("the document ends early")
	}
	return p.doc, nil
}

func (p *parser) fail(format string, args ...any) error {
	return fmt.Errorf("%w: byte %d: %s", ErrSyntax, p.i, fmt.Sprintf(format, args...))
}

func (p *parser) has(prefix string) bool { return strings.HasPrefix(p.s[p.i:], prefix) }

// accept steps over the prefix if it is there.
func (p *parser) accept(prefix string) bool {
	if !p.has(prefix) {
		return false
	}
	p.i += len(prefix)
	return true
}

// space steps over white space and reports whether there was any.
func (p *parser) space() bool {
	from := p.i
	for p.i < len(p.s) && isSpace(p.s[p.i]) {
		p.i++
	}
	return p.i > from
}

// until returns what stands before the mark and steps over both.
func (p *parser) until(mark string) (string, error) {
	n := strings.Index(p.s[p.i:], mark)
	if n < 0 {
		return "", p.fail("no %s", mark)
	}
	text := p.s[p.i : p.i+n]
	p.i += n + len(mark)
	return text, nil
}

// item reads the next thing of the document's or of an element's content.
func (p *parser) item() error {
	switch {
	case p.s[p.i] != '<':
		return p.text()
	case p.accept("<!--"):
		return p.comment()
	case p.has("<![CDATA["):
		return p.cdata()
	case p.has("<!DOCTYPE"):
		return fmt.Errorf("%w: byte %d", ErrDTD, p.i)
	case p.accept("<?"):
		return p.instruction()
	case p.accept("</"):
		return p.endTag()
	}
	return p.startTag()
}

// add hangs a node under the open element, or beside the root.
func (p *parser) add(n *Node) error {
	if p.nodes++; p.nodes > p.limits.Nodes {
		return fmt.Errorf("%w: more than %d nodes", ErrLimit, p.limits.Nodes)
	}
	if n.Parent = p.open; p.open != nil {
		p.open.Children = append(p.open.Children, n)
		return nil
	}
	if n.Kind == Element {
		if p.doc.Root != nil {
			return p.fail("a second root")
		}
		p.doc.Root = n
	}
	p.doc.Nodes = append(p.doc.Nodes, n)
	return nil
}

// declaration reads the XML declaration, if there is one (production 23).
func (p *parser) declaration() error {
	if !p.has("<?xml") || len(p.s) == p.i+5 || !isSpace(p.s[p.i+5]) {
		return nil
	}
	p.i += len("<?xml")
	wanted := []string{"version", "encoding", "standalone"}
	for n := 0; ; n++ {
		gap := p.space()
		if p.accept("?>") {
			if n == 0 {
				return p.fail("a declaration without a version")
			}
			return nil
		}
		name := p.s[p.i : p.i+scanNCName(p.s[p.i:])]
		p.i += len(name)
		for len(wanted) > 0 && n > 0 && wanted[0] != name {
			wanted = wanted[1:]
		}
		if !gap || len(wanted) == 0 || wanted[0] != name {
			return p.fail("in the declaration")
		}
		wanted = wanted[1:]
		value, err := p.quoted()
		if err != nil {
			return err
		}
		if !declared(name, value) {
			return p.fail("%s %q", name, value)
		}
	}
}

func declared(name, value string) bool {
	switch name {
	case "version":
		return value == "1.0"
	case "encoding":
		return value == "UTF-8" || value == "utf-8" // nobody signs this, so as few forms as there are in use
	}
	return value == "yes" || value == "no"
}

// quoted reads = and a quoted literal.
func (p *parser) quoted() (string, error) {
	p.space()
	if !p.accept("=") {
		return "", p.fail("no =")
	}
	p.space()
	if p.accept(`"`) {
		return p.until(`"`)
	}
	if p.accept(`'`) {
		return p.until(`'`)
	}
	return "", p.fail("no quotation mark")
}

func (p *parser) comment() error {
	text, err := p.until("--")
	if err != nil {
		return err
	}
	if !p.accept(">") {
		return p.fail("-- in a comment")
	}
	return p.add(&Node{Kind: Comment, Text: lineEnds(text)})
}

// instruction reads a processing instruction; its target may not be xml in any case
// (production 17).
func (p *parser) instruction() error {
	target := p.s[p.i : p.i+scanNCName(p.s[p.i:])]
	p.i += len(target)
	if target == "" || strings.EqualFold(target, "xml") {
		return p.fail("target of an instruction")
	}
	gap := p.space()
	text, err := p.until("?>")
	if err != nil {
		return err
	}
	if text != "" && !gap {
		return p.fail("target of an instruction")
	}
	return p.add(&Node{Kind: Instruction, Name: Name{Local: target}, Text: lineEnds(text)})
}

func (p *parser) cdata() error {
	if p.open == nil {
		return p.fail("text beside the root")
	}
	p.i += len("<![CDATA[")
	text, err := p.until("]]>")
	if err != nil || text == "" {
		return err
	}
	return p.add(&Node{Kind: Text, Text: lineEnds(text)})
}

// text reads up to the next tag.
func (p *parser) text() error {
	raw := p.s[p.i:]
	if n := strings.IndexByte(raw, '<'); n >= 0 {
		raw = raw[:n]
	}
	if p.open == nil {
		if strings.Trim(raw, " \t\r\n") != "" {
			return p.fail("text beside the root")
		}
		p.i += len(raw)
		return nil
	}
	if strings.Contains(raw, "]]>") {
		return p.fail("]]> in text")
	}
	text, err := p.expand(lineEnds(raw))
	if err != nil {
		return err
	}
	p.i += len(raw)
	return p.add(&Node{Kind: Text, Text: text})
}
