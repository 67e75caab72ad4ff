package xmldsig

import (
	"encoding/base64"
	"slices"
	"strings"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// A signature is a ds:Signature, read by the letter of XMLDSig, section 4. What is not
// understood is refused and not passed over: nothing signs the Signature itself.
type signature struct {
	node       *xmltree.Node
	info       *xmltree.Node // SignedInfo
	method     xmltree.Method
	algorithm  eds.Algorithm
	references []reference
	value      []byte
	keyInfo    *xmltree.Node // nil when absent
	objects    []*xmltree.Node
}

// A reference is a ds:Reference.
type reference struct {
	uri        string
	transforms []*xmltree.Node
	digest     digestMethod
	value      []byte
}

// readSignature reads a Signature element.
func readSignature(n *xmltree.Node) (*signature, error) {
	s := &signature{node: n}
	children, err := shape(n, []string{"Id"}, "SignedInfo", "SignatureValue", "KeyInfo?", "Object*")
	if err != nil {
		return s, err
	}
	s.info = children[0]
	for _, c := range children[2:] {
		if c.Local == "KeyInfo" {
			s.keyInfo = c
		} else {
			s.objects = append(s.objects, c)
		}
	}
	if s.value, err = octets(children[1], "Id"); err != nil {
		return s, err
	}
	return s, s.readInfo()
}

// readInfo reads the SignedInfo.
func (s *signature) readInfo() error {
	children, err := shape(s.info, []string{"Id"}, "CanonicalizationMethod", "SignatureMethod", "Reference+")
	if err != nil {
		return err
	}
	if len(children)-2 > maxReferences {
		return refuse(ReasonLimits, "%d references", len(children)-2)
	}
	method, known, err := canonicalization(children[0])
	switch uri, _ := children[0].Find("", "Algorithm"); {
	case err != nil:
		return err
	case !known:
		return refuse(eds.ReasonAlgorithm, "CanonicalizationMethod %q", uri)
	}
	s.method = method
	// A SignatureMethod has parameters only for HMAC, whose HMACOutputLength of zero
	// made every signature good (CVE-2009-0217).
	if _, err := shape(children[1], []string{"Algorithm"}); err != nil {
		return err
	}
	uri, _ := children[1].Find("", "Algorithm")
	if s.algorithm = signatureMethods[uri]; s.algorithm == "" {
		return refuse(eds.ReasonAlgorithm, "SignatureMethod %s%q", weakMethod(uri), uri)
	}
	for _, n := range children[2:] {
		r, err := readReference(n)
		if err != nil {
			return err
		}
		s.references = append(s.references, r)
	}
	return nil
}

func readReference(n *xmltree.Node) (r reference, err error) {
	children, err := shape(n, []string{"Id", "URI", "Type"}, "Transforms?", "DigestMethod", "DigestValue")
	if err != nil {
		return r, err
	}
	uri, ok := n.Find("", "URI")
	if !ok {
		return r, refuse(ReasonReference, "a Reference without URI")
	}
	r.uri = uri
	if children[0].Local == "Transforms" {
		if r.transforms, err = shape(children[0], nil, "Transform+"); err != nil {
			return r, err
		}
		children = children[1:]
	}
	if _, err := shape(children[0], []string{"Algorithm"}); err != nil {
		return r, err
	}
	uri, _ = children[0].Find("", "Algorithm")
	if r.digest, err = findDigestMethod(uri); err != nil {
		return r, err
	}
	r.value, err = octets(children[1])
	return r, err
}

// only refuses an element of XMLDSig with other attributes than these.
func only(n *xmltree.Node, attributes ...string) error {
	for i := range n.Attr {
		if a := &n.Attr[i]; a.Space != "" || !slices.Contains(attributes, a.Local) {
			return refuse(eds.ReasonMalformed, "attribute %s of %s", a.Qualified(), n.Local)
		}
	}
	return nil
}

// shape returns the child elements of an element of XMLDSig that has just these, in
// this order, and no attributes but these. A name ends in ? when it may be absent, in
// * or + when it may be repeated.
func shape(n *xmltree.Node, attributes []string, names ...string) ([]*xmltree.Node, error) {
	if err := only(n, attributes...); err != nil {
		return nil, err
	}
	children, ok := n.Elements()
	if !ok {
		return nil, refuse(eds.ReasonMalformed, "%s has more than elements", n.Local)
	}
	rest := children
	for _, name := range names {
		local := strings.TrimRight(name, "?*+")
		count := 0
		for count < len(rest) && rest[count].Is(spaceDS, local) {
			count++
		}
		suffix := name[len(local):]
		if count == 0 && (suffix == "" || suffix == "+") {
			return nil, refuse(eds.ReasonMalformed, "%s without %s in its place", n.Local, local)
		}
		if count > 1 && (suffix == "" || suffix == "?") {
			return nil, refuse(eds.ReasonMalformed, "%s has %d times %s", n.Local, count, local)
		}
		rest = rest[count:]
	}
	if len(rest) > 0 {
		return nil, refuse(eds.ReasonMalformed, "%s has %s out of place", n.Local, rest[0].Qualified())
	}
	return children, nil
}

// octets decodes the base64 of an element. The lines end as Java likes, in \r\n; what
// is no white space must be the one encoding of the octets (RFC 4648, section 3.5), so
// that no bit of it can be changed without notice.
func octets(n *xmltree.Node, attributes ...string) ([]byte, error) {
	if err := only(n, attributes...); err != nil {
		return nil, err
	}
	return base64Text(n)
}

func base64Text(n *xmltree.Node) ([]byte, error) {
	text, ok := n.Content()
	if !ok {
		return nil, refuse(eds.ReasonMalformed, "%s has more than text", n.Local)
	}
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, text)
	out, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(out) == 0 {
		return nil, refuse(eds.ReasonMalformed, "base64 of %s", n.Local)
	}
	return out, nil
}
