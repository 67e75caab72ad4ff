package xmldsig

import (
	"strings"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// Value types of the X.509 Certificate Token Profile 1.1 and of WS-Security 1.1.
const (
	typeX509v3   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	typeBase64   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
	tokenElement = "BinarySecurityToken"
)

// certificates lists the certificates of a KeyInfo: those of X509Data, and those of a
// SecurityTokenReference, which holds one or leads to a BinarySecurityToken. Names and
// bare keys (KeyName, KeyValue, X509SubjectName…) are passed over: they prove nothing,
// and the certificate is judged for itself.
func (d *document) certificates(s *signature) ([]*eds.Certificate, error) {
	if s.keyInfo == nil {
		return nil, refuse(eds.ReasonNoCertificate, "the signature has no KeyInfo")
	}
	parts, ok := s.keyInfo.Elements()
	if !ok || !keysAlone(s.keyInfo) {
		return nil, refuse(eds.ReasonMalformed, "KeyInfo has more than keys")
	}
	var encoded []*xmltree.Node
	for _, n := range parts {
		found, err := d.certificateElements(n)
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, found...)
	}
	if len(encoded) > maxCerts {
		return nil, refuse(ReasonLimits, "%d certificates in KeyInfo", len(encoded))
	}
	var out []*eds.Certificate
	for _, n := range encoded {
		raw, err := base64Text(n)
		if err != nil {
			return nil, err
		}
		c, err := eds.ParseCertificate(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, refuse(eds.ReasonNoCertificate, "KeyInfo has no certificate")
	}
	return out, nil
}

// keysAlone reports whether a KeyInfo has only elements about keys in it. It is not
// signed: a statement hidden there could be found by a program that looks for
// statements anywhere.
func keysAlone(keyInfo *xmltree.Node) bool {
	alone := true
	keyInfo.Walk(func(n *xmltree.Node) bool {
		alone = alone && (n.Space == spaceDS || n.Space == spaceDS11 || n.Space == spaceWSSE)
		return alone
	})
	return alone
}

// certificateElements returns the elements with a certificate in base64.
func (d *document) certificateElements(n *xmltree.Node) ([]*xmltree.Node, error) {
	switch {
	case n.Is(spaceDS, "X509Data"):
		parts, ok := n.Elements()
		if !ok {
			return nil, refuse(eds.ReasonMalformed, "X509Data has more than elements")
		}
		var out []*xmltree.Node
		for _, c := range parts {
			if c.Is(spaceDS, "X509Certificate") {
				out = append(out, c)
			}
		}
		return out, nil
	case n.Is(spaceWSSE, "SecurityTokenReference"):
		parts, ok := n.Elements()
		if !ok || len(parts) != 1 {
			return nil, refuse(eds.ReasonMalformed, "SecurityTokenReference with %d elements", len(parts))
		}
		return d.securityToken(parts[0])
	}
	return nil, nil
}

// securityToken reads the element in a SecurityTokenReference.
func (d *document) securityToken(n *xmltree.Node) ([]*xmltree.Node, error) {
	switch {
	case n.Is(spaceDS, "X509Data"):
		return d.certificateElements(n)
	case n.Is(spaceWSSE, "KeyIdentifier"):
		return encodedToken(n)
	case n.Is(spaceWSSE, "Reference"):
		uri, _ := n.Find("", "URI")
		if !strings.HasPrefix(uri, "#") {
			return nil, refuse(ReasonReference, "token %q is not in the document", uri)
		}
		token, err := d.find(uri[1:])
		if err != nil {
			return nil, err
		}
		if !token.Is(spaceWSSE, tokenElement) || token.Parent == nil || !token.Parent.Is(spaceWSSE, "Security") {
			return nil, refuse(ReasonWrapping, "token %q is no %s of a Security header", uri, tokenElement)
		}
		return encodedToken(token)
	}
	return nil, refuse(eds.ReasonNoCertificate, "SecurityTokenReference with %s", n.Qualified())
}

// encodedToken checks that an element holds a whole certificate: other key identifiers
// (X509SubjectKeyIdentifier, ThumbprintSHA1) only point to one.
func encodedToken(n *xmltree.Node) ([]*xmltree.Node, error) {
	if value, _ := n.Find("", "ValueType"); value != typeX509v3 {
		return nil, refuse(eds.ReasonNoCertificate, "%s of type %q", n.Local, value)
	}
	if encoding, ok := n.Find("", "EncodingType"); ok && encoding != typeBase64 {
		return nil, refuse(eds.ReasonMalformed, "%s in encoding %q", n.Local, encoding)
	}
	return []*xmltree.Node{n}, nil
}
