package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"

	"mekenjai/internal/state"
)

// The names in dictionary values, by peer.
var (
	dirOfPersons  = [3]string{"code", "nameRu", "nameKz"}
	dirOfEntities = [3]string{"Code", "NameRu", "NameKz"}
)

// busSpace is the namespace in which one client of the bus was seen to send data;
// it is accepted and never written.
const busSpace = "http://bip.bee.kz/SyncChannel/v10/Interfaces"

// shape is how a message stands in the document that the bus carries.
type shape struct {
	space     string // the namespace of the schema
	kind      string // the type of the message in it
	typed     bool   // root is data with xsi:type (variant A, and KDP); else the root has a name of its own
	qualified bool   // children are in the namespace
	prefix    string
	roots     []xml.Name // untyped: the roots that are read; the first is written
	dir       [3]string
}

// write encodes a message; inside names its elements in order.
func (s shape) write(inside func(*coder)) ([]byte, error) {
	m := &message{out: new(bytes.Buffer), dir: s.dir}
	if s.qualified {
		m.prefix, m.space = s.prefix+":", s.space
	}
	c := &coder{message: m}
	root := "data"
	switch {
	case s.typed:
		fmt.Fprintf(m.out, `<data xmlns:%[1]s="%[2]s" xmlns:xsi="%[3]s" xsi:type="%[1]s:%[4]s">`, s.prefix, s.space, xsiSpace, s.kind)
	case s.roots[0].Space == "":
		fmt.Fprintf(m.out, `<data xmlns:%s="%s">`, s.prefix, s.space)
	default:
		root = s.prefix + ":" + s.roots[0].Local
		fmt.Fprintf(m.out, `<%s xmlns:%s="%s">`, root, s.prefix, s.roots[0].Space)
	}
	inside(c)
	fmt.Fprintf(m.out, "</%s>", root)
	if c.err != nil {
		return nil, c.err
	}
	return m.out.Bytes(), nil
}

// read decodes a document; inside is the same as for write.
func (s shape) read(raw []byte, ignore []string, inside func(*coder)) error {
	root, err := parse(raw, ignore)
	if err != nil {
		return err
	}
	if !s.is(root) {
		return fmt.Errorf("%w: %s is not the message %s", ErrDocument, root.path(), s.kind)
	}
	m := &message{dir: s.dir}
	if s.qualified {
		m.space = s.space
	}
	c := &coder{message: m, node: root}
	if len(root.children) == 0 && len(bytes.TrimSpace([]byte(root.text))) > 0 {
		c.fail("%s has text where elements belong", root.path())
	}
	inside(c)
	c.signature()
	c.end()
	return c.err
}

func (s shape) is(root *node) bool {
	if s.typed {
		return root.name.Local == "data" && (root.name.Space == "" || root.name.Space == busSpace) &&
			root.kind == xml.Name{Space: s.space, Local: s.kind}
	}
	return slices.Contains(s.roots, root.name)
}

// BusinessError is a peer's own refusal inside a message that the bus delivered in
// good order: the third of the bus's planes of error.
type BusinessError struct {
	Code string
	Text state.Term
}

func (e *BusinessError) Error() string {
	return fmt.Sprintf("the peer refuses with code %q: %s", short(e.Code), e.Text.NameRU)
}
