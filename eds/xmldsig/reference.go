package xmldsig

import (
	"bytes"
	"slices"
	"strings"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// A document is a parsed document with an index of its identifiers.
type document struct {
	*xmltree.Document
	ids    map[string][]identifier
	budget int // octets of canonical forms that may still be written
}

// An identifier is an attribute that some reader of XML takes for one.
type identifier struct {
	node *xmltree.Node
	name xmltree.Name
}

// usable reports whether the identifier is one here: Id without a prefix, as XMLDSig
// and Kalkan have it, or wsu:Id.
func (i identifier) usable() bool { return i.name.Is("", "Id") || i.name.Is(spaceWSU, "Id") }

func parse(source []byte) (*document, error) {
	tree, err := xmltree.Parse(source, limits)
	if err != nil {
		return nil, err
	}
	d := &document{Document: tree, ids: map[string][]identifier{}, budget: maxCanonical}
	tree.Root.Walk(func(n *xmltree.Node) bool {
		for _, a := range n.Attr {
			if strings.EqualFold(a.Local, "id") && (a.Space == "" || a.Space == spaceWSU || a.Space == xmltree.SpaceXML) {
				d.ids[a.Value] = append(d.ids[a.Value], identifier{n, a.Name})
			}
		}
		return true
	})
	return d, nil
}

// find returns the element with the identifier. When any other attribute that might
// pass for an identifier has the value, two programs could find two elements, which is
// what an attacker wants.
func (d *document) find(id string) (*xmltree.Node, error) {
	found := d.ids[id]
	switch {
	case len(found) == 0 || len(found) == 1 && !found[0].usable():
		return nil, refuse(ReasonReference, "no element has the Id %q", id)
	case len(found) > 1 && slices.ContainsFunc(found, func(i identifier) bool { return i.node != found[0].node }):
		return nil, refuse(ReasonDuplicateID, "the identifier %q occurs %d times", id, len(found))
	case !slices.ContainsFunc(found, identifier.usable):
		return nil, refuse(ReasonReference, "no element has the Id %q", id)
	}
	return found[0].node, nil
}

// resolve finds what a Reference means (XMLDSig, section 4.4.3.3): the apex, nil for
// the document with what stands beside its root, and whether comments belong to it.
// Nothing outside of the document is ever fetched.
func (d *document) resolve(uri string) (apex *xmltree.Node, comments bool, err error) {
	switch {
	case uri == "":
		return nil, false, nil
	case uri == "#xpointer(/)":
		return nil, true, nil
	case strings.HasPrefix(uri, "#xpointer(id('") && strings.HasSuffix(uri, "'))"):
		apex, err = d.find(uri[len("#xpointer(id('") : len(uri)-len("'))")])
		return apex, true, err
	case strings.HasPrefix(uri, "#") && !strings.HasPrefix(uri, "#xpointer("):
		apex, err = d.find(uri[1:])
		return apex, false, err
	}
	return nil, false, refuse(ReasonReference, "URI %q does not lead into the document", uri)
}

// A target is what a reference covers.
type target struct {
	apex     *xmltree.Node // nil: the document
	whole    bool
	comments bool // are signed as well
	bytes    []byte
}

// check computes what the reference covers and compares its digest. Later signatures
// are left out where the reference is enveloped, see cover.
func (d *document) check(s *signature, r reference, later []*xmltree.Node) (target, error) {
	apex, comments, err := d.resolve(r.uri)
	if err != nil {
		return target{}, err
	}
	t := target{apex: apex, whole: apex == nil || apex == d.Root}
	enveloped, method, err := transforms(r)
	if err != nil {
		return t, err
	}
	wanted := method.Comments
	method.Comments = wanted && comments
	skip := map[*xmltree.Node]bool{}
	if enveloped {
		if apex != nil && !apex.Contains(s.node) {
			return t, refuse(ReasonTransform, "enveloped-signature for an element that does not contain the signature")
		}
		skip[s.node] = true
		for _, n := range later {
			skip[n] = true
		}
	}
	fits := func() (bool, error) {
		t.comments = method.Comments
		if t.bytes, err = d.canonical(apex, method, skip); err != nil {
			return false, err
		}
		return bytes.Equal(r.digest.sum(t.bytes), r.value), nil
	}
	ok, err := fits()
	// Some software takes the name of the transform at its word and signs the comments
	// of the document too. That is more than the standard signs, and no less.
	if !ok && err == nil && wanted && !comments {
		method.Comments = true
		ok, err = fits()
	}
	if err == nil && !ok {
		err = refuse(eds.ReasonDigest, "what %q refers to is not what was signed", r.uri)
	}
	return t, err
}

func (d *document) canonical(apex *xmltree.Node, m xmltree.Method, skip map[*xmltree.Node]bool) ([]byte, error) {
	b, err := d.Canonical(apex, m, skip, d.budget)
	d.budget -= len(b)
	return b, err
}

// transforms reads the chain of transforms: enveloped-signature, then one
// canonicalization; the inclusive one without comments is meant where there is none
// (XMLDSig, section 4.4.3.2). XPath and XSLT could choose or make anything, another
// canonicalization of the result would be of something parsed again: all refused.
func transforms(r reference) (enveloped bool, m xmltree.Method, err error) {
	done := false
	for _, n := range r.transforms {
		if err := only(n, "Algorithm"); err != nil {
			return false, m, err
		}
		uri, _ := n.Find("", "Algorithm")
		if uri == uriEnveloped && !enveloped && !done && len(n.Children) == 0 {
			enveloped = true
			continue
		}
		method, known, err := canonicalization(n)
		if err != nil {
			return false, m, err
		}
		if !known || done {
			return false, m, refuse(ReasonTransform, "Transform %q is not understood in its place", uri)
		}
		m, done = method, true
	}
	return enveloped, m, nil
}

// cover checks all references of a signature.
//
// Kazakh software puts a further signature of the whole document after the others,
// and verifies by taking the last off, then the one before. An enveloped signature by
// the letter of XMLDSig leaves out itself alone, which makes every signature but the
// last invalid. So a signature is tried by the letter first and then without the later
// ones, which are judged in their own right; all other content is covered either way.
func (d *document) cover(s *signature, later []*xmltree.Node) ([]target, error) {
	targets, err := d.checkAll(s, nil)
	if err != nil && len(later) > 0 {
		if without, again := d.checkAll(s, later); again == nil {
			return without, nil
		}
	}
	return targets, err
}

// whole reports whether a reference is to the document itself or to its root.
func whole(targets []target) bool {
	return slices.ContainsFunc(targets, func(t target) bool { return t.whole })
}

// covered reports whether every element under the root is signed, but for the
// signatures, and the root is no more than what holds them together. That is how
// signatures by Id look: the signed element and the signature side by side. The name of
// the root is then the only thing that is not signed, so nothing may stand in it, at it
// or beside it.
func (d *document) covered(targets []target) bool {
	parts, ok := d.Root.Elements()
	if !ok || len(d.Root.Attr) > 0 || len(d.Nodes) > 1 {
		return false
	}
	for _, n := range parts {
		signed := slices.ContainsFunc(targets, func(t target) bool { return t.apex == n })
		if !signed && !n.Is(spaceDS, "Signature") {
			return false
		}
	}
	return true
}

func (d *document) checkAll(s *signature, later []*xmltree.Node) ([]target, error) {
	var out []target
	for _, r := range s.references {
		t, err := d.check(s, r, later)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	// An Object that nothing refers to would be the one place of a signed document
	// where anybody may write anything.
	for _, o := range s.objects {
		if !slices.ContainsFunc(out, func(t target) bool { return t.apex != nil && o.Contains(t.apex) }) {
			return nil, refuse(eds.ReasonMalformed, "an Object in the Signature that is not signed")
		}
	}
	return out, nil
}
