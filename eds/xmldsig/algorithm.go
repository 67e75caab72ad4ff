package xmldsig

import (
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strings"

	"mekenjai/eds"
	"mekenjai/eds/gost"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// Namespaces.
const (
	spaceDS   = "http://www.w3.org/2000/09/xmldsig#"
	spaceDS11 = "http://www.w3.org/2009/xmldsig11#"
	spaceExc  = "http://www.w3.org/2001/10/xml-exc-c14n#"
	spaceWSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	spaceWSU  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	spaceS11  = "http://schemas.xmlsoap.org/soap/envelope/"
	spaceS12  = "http://www.w3.org/2003/05/soap-envelope"
)

// Algorithm identifiers of transforms and canonicalization.
const (
	uriEnveloped    = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	uriC14N         = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	uriExcC14N      = "http://www.w3.org/2001/10/xml-exc-c14n#"
	suffixCommented = "WithComments"
)

const (
	prefixKZ   = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
	prefixMore = "http://www.w3.org/2001/04/xmldsig-more#"
	prefixEnc  = "http://www.w3.org/2001/04/xmlenc#"
)

// signatureMethods are the algorithms of signatures: the national ones, those of the
// national library for keys of 2004, and RFC 9231 for RSA. HMAC has no place here: a
// verifier that takes it may be led to use a public key as the secret.
var signatureMethods = map[string]eds.Algorithm{
	prefixKZ + "gostr34102015-gostr34112015-512": eds.GOST2015x512,
	prefixKZ + "gostr34102015-gostr34112015-256": eds.GOST2015x256,
	prefixMore + "gost34310-gost34311":           eds.GOST2004,
	prefixMore + "rsa-sha256":                    eds.RSASHA256,
	prefixMore + "rsa-sha384":                    eds.RSASHA384,
	prefixMore + "rsa-sha512":                    eds.RSASHA512,
}

// A digestMethod is a hash function with its identifier.
type digestMethod struct {
	uri string
	new func() hash.Hash
}

// digestMethods are the hash functions of references. A signature and its references
// may use different ones.
var digestMethods = []digestMethod{
	{prefixKZ + "gostr34112015-512", gost.NewStreebog512},
	{prefixKZ + "gostr34112015-256", gost.NewStreebog256},
	{prefixMore + "gost34311", gost.NewGOST341195},
	{prefixEnc + "sha256", sha256.New},
	{prefixMore + "sha384", sha512.New384},
	{prefixEnc + "sha512", sha512.New},
}

func (d digestMethod) sum(data []byte) []byte {
	h := d.new()
	h.Write(data)
	return h.Sum(nil)
}

// signingMethods are the identifiers to sign with.
var signingMethods = map[eds.Algorithm]struct {
	uri    string
	digest digestMethod
}{
	eds.GOST2015x512: {prefixKZ + "gostr34102015-gostr34112015-512", digestMethods[0]},
	eds.GOST2015x256: {prefixKZ + "gostr34102015-gostr34112015-256", digestMethods[1]},
	eds.GOST2004:     {prefixMore + "gost34310-gost34311", digestMethods[2]},
	eds.RSASHA256:    {prefixMore + "rsa-sha256", digestMethods[3]},
}

// weakMethod says of an identifier that is not accepted whether it is known for weak.
func weakMethod(uri string) string {
	if _, name, ok := strings.Cut(uri, "#"); ok {
		switch {
		case strings.HasPrefix(name, "hmac-"):
			return "an HMAC proves nothing about a certificate: "
		case strings.HasSuffix(name, "sha1"), strings.HasSuffix(name, "md5"):
			return "too weak: "
		}
	}
	return "unknown: "
}

func findDigestMethod(uri string) (digestMethod, error) {
	for _, d := range digestMethods {
		if d.uri == uri {
			return d, nil
		}
	}
	return digestMethod{}, refuse(eds.ReasonAlgorithm, "DigestMethod %s%q", weakMethod(uri), uri)
}

// canonicalization reads the algorithm of a CanonicalizationMethod or a Transform,
// and its InclusiveNamespaces (Exclusive C14N, section 3).
func canonicalization(n *xmltree.Node) (xmltree.Method, bool, error) {
	uri, _ := n.Find("", "Algorithm")
	var m xmltree.Method
	switch uri {
	case uriC14N:
	case uriC14N + "#" + suffixCommented:
		m.Comments = true
	case uriExcC14N:
		m.Exclusive = true
	case uriExcC14N + suffixCommented:
		m.Exclusive, m.Comments = true, true
	default:
		return m, false, nil
	}
	children, ok := n.Elements()
	if !ok || len(children) > 1 || len(children) == 1 && (!m.Exclusive || !children[0].Is(spaceExc, "InclusiveNamespaces")) {
		return m, false, refuse(eds.ReasonMalformed, "parameters of %s", uri)
	}
	if len(children) == 1 {
		list, ok := children[0].Find("", "PrefixList")
		if !ok || len(children[0].Attr) != 1 || len(children[0].Children) > 0 {
			return m, false, refuse(eds.ReasonMalformed, "InclusiveNamespaces without a PrefixList alone")
		}
		for _, prefix := range strings.Fields(list) {
			if prefix == "#default" {
				prefix = ""
			}
			m.Prefixes = append(m.Prefixes, prefix)
		}
		if len(m.Prefixes) > maxPrefixes {
			return m, false, refuse(ReasonLimits, "%d prefixes in InclusiveNamespaces", len(m.Prefixes))
		}
	}
	return m, true, nil
}
