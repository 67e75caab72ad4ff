package xmltree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Method is a way of writing XML canonically.
type Method struct {
	// Exclusive is Exclusive XML Canonicalization 1.0: an element declares the
	// namespaces that its own names use. Else it is Canonical XML 1.0: all that are
	// in scope.
	Exclusive bool
	// Comments keeps comments.
	Comments bool
	// Prefixes are treated inclusively by the exclusive method ("" for the default
	// namespace).
	Prefixes []string
}

// writer writes one canonical form. An element's declarations are compared with what
// its ancestors in the output have declared, kept as a stack for each prefix.
type writer struct {
	Method
	out      []byte
	limit    int
	skip     map[*Node]bool
	rendered map[string][]string
}

// Canonical writes a node with everything below it, or the whole document when the
// node is nil, without the subtrees of skip. A result beyond the limit is ErrLimit: a
// long namespace name in scope makes an exclusive form of any size.
func (d *Document) Canonical(apex *Node, m Method, skip map[*Node]bool, limit int) ([]byte, error) {
	w := &writer{Method: m, limit: limit, skip: skip, rendered: map[string][]string{}}
	if apex != nil {
		err := w.element(apex, true)
		return w.out, err
	}
	before := true
	for _, n := range d.Nodes {
		if n.Kind == Element {
			before = false
			if err := w.element(n, true); err != nil {
				return nil, err
			}
			continue
		}
		if n.Kind == Comment && !w.Comments {
			continue
		}
		// Canonical XML 1.0, section 2.3: what stands beside the root is on a line of
		// its own.
		if !before {
			w.out = append(w.out, '\n')
		}
		w.leaf(n)
		if before {
			w.out = append(w.out, '\n')
		}
	}
	return w.out, w.check()
}

func (w *writer) check() error {
	if len(w.out) > w.limit {
		return fmt.Errorf("%w: canonical form of more than %d bytes", ErrLimit, w.limit)
	}
	return nil
}

// element writes an element; the apex has ancestors that are not in the output.
func (w *writer) element(n *Node, apex bool) error {
	w.out = append(w.out, '<')
	w.name(n.Name)
	declared := w.declarations(n, apex)
	for _, b := range declared {
		w.out = append(w.out, " xmlns"...)
		if b.Prefix != "" {
			w.out = append(w.out, ':')
			w.out = append(w.out, b.Prefix...)
		}
		w.out = append(w.out, `="`...)
		w.attribute(b.URI)
		w.out = append(w.out, '"')
		w.rendered[b.Prefix] = append(w.rendered[b.Prefix], b.URI)
	}
	for _, a := range w.attributes(n, apex) {
		w.out = append(w.out, ' ')
		w.name(a.Name)
		w.out = append(w.out, `="`...)
		w.attribute(a.Value)
		w.out = append(w.out, '"')
	}
	w.out = append(w.out, '>')
	if err := w.check(); err != nil {
		return err
	}
	for _, c := range n.Children {
		if c.Kind != Element {
			w.leaf(c)
		} else if !w.skip[c] {
			if err := w.element(c, false); err != nil {
				return err
			}
		}
	}
	w.out = append(w.out, "</"...)
	w.name(n.Name)
	w.out = append(w.out, '>')
	for _, b := range declared {
		w.rendered[b.Prefix] = w.rendered[b.Prefix][:len(w.rendered[b.Prefix])-1]
	}
	return w.check()
}

func (w *writer) name(n Name) {
	if n.Prefix != "" {
		w.out = append(w.out, n.Prefix...)
		w.out = append(w.out, ':')
	}
	w.out = append(w.out, n.Local...)
}

// declarations chooses what the element declares, in the order of prefixes: of the
// namespaces that count, those that the output does not have yet. An empty default
// namespace is declared only to take back another.
func (w *writer) declarations(n *Node, apex bool) []Binding {
	var out []Binding
	consider := func(b Binding) {
		stack := w.rendered[b.Prefix]
		current := ""
		if len(stack) > 0 {
			current = stack[len(stack)-1]
		}
		if b.Prefix != "xml" && b.URI != current {
			out = append(out, b)
		}
	}
	if w.Exclusive {
		// Exclusive C14N, section 1.1: the element's own prefix and its attributes'
		// are visibly utilised. A bare attribute has no namespace.
		consider(Binding{n.Prefix, n.Space})
		for i := range n.Attr {
			if a := &n.Attr[i]; a.Prefix != "" {
				consider(Binding{a.Prefix, a.Space})
			}
		}
	}
	inclusive := func(b Binding) bool { return !w.Exclusive || slices.Contains(w.Prefixes, b.Prefix) }
	for _, b := range n.Bindings {
		if inclusive(b) {
			consider(b)
		}
	}
	if apex { // whose parent, else, has declared the rest
		for _, b := range n.inherited() {
			if inclusive(b) {
				consider(b)
			}
		}
	}
	slices.SortFunc(out, func(a, b Binding) int { return strings.Compare(a.Prefix, b.Prefix) })
	return slices.Compact(out)
}

// inherited lists the declarations of the ancestors that hold in the node and that it
// does not repeat.
func (n *Node) inherited() []Binding {
	seen := map[string]bool{}
	for _, b := range n.Bindings {
		seen[b.Prefix] = true
	}
	var out []Binding
	for from := n.Parent; from != nil; from = from.Parent {
		for _, b := range from.Bindings {
			if !seen[b.Prefix] {
				seen[b.Prefix] = true
				out = append(out, b)
			}
		}
	}
	return out
}

// attributes sorts by namespace and local name. By Canonical XML 1.0, section 2.4, an
// apex inherits the xml: attributes of its ancestors; the exclusive method has no such
// rule.
func (w *writer) attributes(n *Node, apex bool) []Attr {
	attrs := n.Attr
	if apex && !w.Exclusive {
		attrs = slices.Clone(attrs)
		for from := n.Parent; from != nil; from = from.Parent {
			for _, a := range from.Attr {
				have := func(o Attr) bool { return o.Is(a.Space, a.Local) }
				if a.Space == SpaceXML && !slices.ContainsFunc(attrs, have) {
					attrs = append(attrs, a)
				}
			}
		}
	}
	byName := func(a, b Attr) int {
		return cmp.Or(strings.Compare(a.Space, b.Space), strings.Compare(a.Local, b.Local))
	}
	if len(attrs) > 1 && !slices.IsSortedFunc(attrs, byName) {
		attrs = slices.SortedFunc(slices.Values(attrs), byName)
	}
	return attrs
}

// leaf writes text, a comment or an instruction.
func (w *writer) leaf(n *Node) {
	switch n.Kind {
	case Text:
		w.text(n.Text)
	case Comment:
		if w.Comments {
			w.out = append(append(append(w.out, "<!--"...), n.Text...), "-->"...)
		}
	case Instruction:
		w.out = append(append(w.out, "<?"...), n.Local...)
		if n.Text != "" {
			w.out = append(append(w.out, ' '), n.Text...)
		}
		w.out = append(w.out, "?>"...)
	}
}

func (w *writer) text(s string) {
	for from := 0; ; {
		n := strings.IndexAny(s[from:], "&<>\r")
		if n < 0 {
			w.out = append(w.out, s[from:]...)
			return
		}
		w.out = append(append(w.out, s[from:from+n]...), escapes[s[from+n]]...)
		from += n + 1
	}
}

func (w *writer) attribute(s string) {
	for from := 0; ; {
		n := strings.IndexAny(s[from:], "&<\"\t\n\r")
		if n < 0 {
			w.out = append(w.out, s[from:]...)
			return
		}
		w.out = append(append(w.out, s[from:from+n]...), escapes[s[from+n]]...)
		from += n + 1
	}
}

// escapes are those of Canonical XML 1.0, section 2.3.
var escapes = [128]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;",
}
