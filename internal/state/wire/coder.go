package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"mekenjai/internal/state"
)

// message is one document on its way out or in.
type message struct {
	out    *bytes.Buffer // nil: it is read
	prefix string        // before the names of children as they are written, with its colon
	space  string        // the namespace of children; "" when they are unqualified
	dir    [3]string     // the names in a dictionary value: code, name in Russian, in Kazakh
	err    error         // the first thing that was wrong
}

// coder walks through one element of a message in the order of the schema. Its
// methods write a value when the message is written and set it when it is read.
type coder struct {
	*message
	node *node
	next int // child to be read
}

func (c *coder) reading() bool { return c.out == nil }

func (c *coder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: "+format, append([]any{ErrDocument}, args...)...)
	}
}

// take returns the next child if it is the element of the name.
func (c *coder) take(name string, must bool) *node {
	if c.err != nil {
		return nil
	}
	if c.next < len(c.node.children) {
		n := c.node.children[c.next]
		if n.name == (xml.Name{Space: c.space, Local: name}) {
			c.next++
			return n
		}
		if n.name.Local == name {
			c.fail("%s is in the wrong namespace", n.path())
			return nil
		}
	}
	switch {
	case must && c.next < len(c.node.children):
		c.fail("%s stands where %s belongs", c.node.children[c.next].path(), name)
	case must:
		c.fail("%s lacks %s", c.node.path(), name)
	}
	return nil
}

// end refuses children that nobody asked for.
func (c *coder) end() {
	if c.err == nil && c.next < len(c.node.children) {
		c.fail("%s is unknown, or at the wrong place", c.node.children[c.next].path())
	}
}

// value is an element with text. get gives "" for no value; set says whether the
// text is one.
func (c *coder) value(name string, must bool, get func() string, set func(string) bool) {
	if c.err != nil {
		return
	}
	if c.reading() {
		n := c.take(name, must)
		switch {
		case n == nil:
		case n.isNil || len(n.children) > 0:
			c.fail("%s is no value", n.path())
		case !set(n.text):
			c.fail("%s is not what it should be", n.path())
		}
		return
	}
	s := get()
	if s == "" && !must {
		return
	}
	if !isText(s) {
		c.fail("%s has a character that XML has not", name)
		return
	}
	c.open(name)
	xml.EscapeText(c.out, []byte(s))
	c.close(name)
}

func (c *coder) open(name string)  { fmt.Fprintf(c.out, "<%s%s>", c.prefix, name) }
func (c *coder) close(name string) { fmt.Fprintf(c.out, "</%s%s>", c.prefix, name) }

// isText says whether XML 1.0 can carry the string as it is.
func isText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

// text is a mandatory string, which may be empty; maybe one that may be absent,
// which is the same as empty.
func (c *coder) text(name string, v *string)  { c.str(name, true, v) }
func (c *coder) maybe(name string, v *string) { c.str(name, false, v) }

func (c *coder) str(name string, must bool, v *string) {
	c.value(name, must, func() string { return *v }, func(s string) bool { *v = s; return true })
}

// sure is a mandatory string that says something.
func (c *coder) sure(name string, v *string) {
	if !c.reading() && strings.TrimSpace(*v) == "" {
		c.fail("no %s", name)
	}
	c.value(name, true, func() string { return *v }, func(s string) bool { *v = strings.TrimSpace(s); return *v != "" })
}

// group is an element with elements. What is absent when reading leaves inside
// uncalled.
func (c *coder) group(name string, must, present bool, inside func(*coder)) (was bool) {
	if c.err != nil {
		return false
	}
	if !c.reading() {
		if !present && !must {
			return false
		}
		c.open(name)
		inside(c)
		c.close(name)
		return true
	}
	n := c.take(name, must)
	if n == nil {
		return false
	}
	if n.isNil || len(n.children) == 0 && strings.TrimSpace(n.text) != "" {
		c.fail("%s has text where elements belong", n.path())
		return false
	}
	sub := &coder{message: c.message, node: n}
	inside(sub)
	sub.end()
	return true
}

// optional is a group behind a pointer.
func optional[T any](c *coder, name string, v **T, inside func(*coder, *T)) {
	if c.reading() {
		var read T
		if c.group(name, false, false, func(c *coder) { inside(c, &read) }) {
			*v = &read
		}
		return
	}
	c.group(name, false, *v != nil, func(c *coder) { inside(c, *v) })
}

// list is a group that may be repeated, at least so often.
func list[T any](c *coder, name string, least int, v *[]T, inside func(*coder, *T)) {
	if !c.reading() {
		if len(*v) < least {
			c.fail("no %s", name)
		}
		for i := range *v {
			c.group(name, true, true, func(c *coder) { inside(c, &(*v)[i]) })
		}
		return
	}
	for {
		var read T
		if !c.group(name, len(*v) < least, false, func(c *coder) { inside(c, &read) }) {
			return
		}
		*v = append(*v, read)
	}
}

// term is a dictionary value; what is absent and what is empty are the same.
func (c *coder) term(name string, must bool, t *state.Term) {
	c.group(name, must, !t.IsZero(), func(c *coder) {
		c.text(c.dir[0], &t.Code)
		c.text(c.dir[1], &t.NameRU)
		c.text(c.dir[2], &t.NameKK)
		if c.dir == dirOfPersons {
			c.changed(&t.Changed)
		}
	})
}

// pass reads over elements whose content decides nothing here, however often they
// stand; they are not written.
func (c *coder) pass(names ...string) {
	for _, name := range names {
		for c.reading() && c.take(name, false) != nil {
		}
	}
}

// signature reads over an enveloped signature at the end of the document.
func (c *coder) signature() {
	if c.reading() && c.next == len(c.node.children)-1 && c.node.children[c.next].name == (xml.Name{Space: dsigSpace, Local: "Signature"}) {
		c.next++
	}
}
