package shep

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrMalformed is a message that the schema of the channel does not allow, or that
// is no XML as it is read here.
var ErrMalformed = errors.New("the message is malformed")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// element is one element of a message, with the place where it stands: what is
// signed for itself must be taken out byte for byte.
type element struct {
	name       xml.Name
	attrs      []xml.Attr // names resolved, declarations of namespaces left out
	children   []*element
	text       string            // of its own, without that of children
	start, end int               // the whole element in the source
	scope      map[string]string // prefix → namespace, here
	declared   map[string]string // by this very element
	prefixes   []string          // that it uses itself
}

// parse reads a document in UTF-8 without document type, entities of its own and
// processing instructions. encoding/xml resolves no undeclared prefix and compares no
// end tags when it reads raw; both are done here, because a prefix that means nothing
// must not pass for a namespace.
func parse(source []byte) (*element, error) {
	if !utf8.Valid(source) {
		return nil, malformed("it is not UTF-8")
	}
	p := &parser{source: source, decoder: xml.NewDecoder(bytes.NewReader(source))}
	for {
		from := int(p.decoder.InputOffset())
		token, err := p.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed("%v", err)
		}
		if err := p.take(token, from); err != nil {
			return nil, err
		}
	}
	if p.root == nil || len(p.open) > 0 {
		return nil, malformed("it ends too early")
	}
	return p.root, nil
}

type parser struct {
	source  []byte
	decoder *xml.Decoder
	root    *element
	open    []*element
	raw     []string // the names of the open elements as written
	count   int
}

func (p *parser) take(token xml.Token, from int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.begin(t, from)
	case xml.EndElement:
		last := len(p.open) - 1
		if last < 0 || p.raw[last] != written(t.Name) {
			return malformed("an end tag of %q that nothing began", t.Name.Local)
		}
		p.open[last].end = int(p.decoder.InputOffset())
		p.open, p.raw = p.open[:last], p.raw[:last]
	case xml.CharData:
		if len(p.open) == 0 {
			if len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\ufeff")))) > 0 {
				return malformed("text outside of the root")
			}
			return nil
		}
		p.open[len(p.open)-1].text += string(t)
	case xml.Directive:
		return malformed("a document type")
	case xml.ProcInst:
		if t.Target != "xml" || from > len("\ufeff") || len(p.open) > 0 || p.root != nil {
			return malformed("a processing instruction")
		}
	}
	return nil
}

func written(n xml.Name) string { return n.Space + ":" + n.Local }

func (p *parser) begin(t xml.StartElement, from int) error {
	if p.count++; p.count > mostElements || len(p.open) >= deepest {
		return malformed("more or deeper elements than any message has")
	}
	e := &element{start: from}
	var above map[string]string
	if n := len(p.open); n > 0 {
		above = p.open[n-1].scope
		p.open[n-1].children = append(p.open[n-1].children, e)
	} else if p.root != nil {
		return malformed("a second root")
	} else {
		p.root = e
	}
	if err := e.named(t, above); err != nil {
		return err
	}
	p.open, p.raw = append(p.open, e), append(p.raw, written(t.Name))
	return nil
}

// named resolves the names of an element and its attributes.
func (e *element) named(t xml.StartElement, above map[string]string) error {
	e.scope, e.declared = above, map[string]string{}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns":
			if a.Value == "" {
				return malformed("the prefix %q is taken back", a.Name.Local)
			}
			e.declared[a.Name.Local] = a.Value
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			e.declared[""] = a.Value
		}
	}
	if len(e.declared) > 0 {
		e.scope = maps.Clone(above)
		if e.scope == nil {
			e.scope = map[string]string{}
		}
		maps.Copy(e.scope, e.declared)
	}
	var err error
	if e.name, err = e.resolve(t.Name, true); err != nil {
		return err
	}
	e.prefixes = append(e.prefixes, t.Name.Space)
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name, err := e.resolve(a.Name, false)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(e.attrs, func(b xml.Attr) bool { return b.Name == name }) {
			return malformed("the attribute %q twice", name.Local)
		}
		e.attrs = append(e.attrs, xml.Attr{Name: name, Value: a.Value})
		if a.Name.Space != "" {
			e.prefixes = append(e.prefixes, a.Name.Space)
		}
		if prefix, _, qualified := strings.Cut(strings.TrimSpace(a.Value), ":"); qualified && name == typeAttribute {
			e.prefixes = append(e.prefixes, prefix)
		}
	}
	return nil
}

var typeAttribute = xml.Name{Space: instanceSpace, Local: "type"}

func (e *element) resolve(n xml.Name, element bool) (xml.Name, error) {
	switch {
	case n.Space == "" && !element:
		return n, nil
	case n.Space == "xml":
		return xml.Name{Space: xmlSpace, Local: n.Local}, nil
	}
	space, found := e.scope[n.Space]
	if !found && n.Space != "" {
		return n, malformed("the prefix %q is not declared", n.Space)
	}
	return xml.Name{Space: space, Local: n.Local}, nil
}

// attr is the value of an attribute.
func (e *element) attr(space, local string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name == (xml.Name{Space: space, Local: local}) {
			return a.Value, true
		}
	}
	return "", false
}

// kind is what xsi:type says, resolved; empty when it says nothing.
func (e *element) kind() (xml.Name, error) {
	v, found := e.attr(instanceSpace, "type")
	if !found {
		return xml.Name{}, nil
	}
	prefix, local, qualified := strings.Cut(strings.TrimSpace(v), ":")
	if !qualified {
		prefix, local = "", prefix
	}
	return e.resolve(xml.Name{Space: prefix, Local: local}, true)
}

func (e *element) nothing() bool { return strings.TrimSpace(e.text) == "" }

// alone is the element standing for itself: its bytes as they were, with the
// declarations that it uses and only had from above. Those go first into its start
// tag, so that nothing else moves; a document that was signed before it was put into
// the message declares all it uses and comes back as it was.
func (e *element) alone(source []byte) []byte {
	raw := source[e.start:e.end]
	inherited := map[string]string{}
	e.lacks(nil, inherited)
	if len(inherited) == 0 {
		return bytes.Clone(raw)
	}
	at := 1 + bytes.IndexAny(raw[1:], " \t\r\n/>")
	var declarations strings.Builder
	for _, prefix := range slices.Sorted(maps.Keys(inherited)) {
		name := "xmlns"
		if prefix != "" {
			name += ":" + prefix
		}
		declarations.WriteString(" " + name + `="` + escape(inherited[prefix]) + `"`)
	}
	return slices.Concat(raw[:at], []byte(declarations.String()), raw[at:])
}

// lacks collects the prefixes that are used within and declared above, with what they
// mean.
func (e *element) lacks(within []*element, found map[string]string) {
	within = append(within, e)
	for _, prefix := range e.prefixes {
		space := e.scope[prefix]
		own := slices.ContainsFunc(within, func(w *element) bool { _, ok := w.declared[prefix]; return ok })
		if space != "" && !own {
			found[prefix] = space
		}
	}
	for _, c := range e.children {
		c.lacks(within, found)
	}
}
