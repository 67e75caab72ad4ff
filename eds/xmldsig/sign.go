package xmldsig

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// SignOptions are the choices of a signer.
type SignOptions struct {
	// ID signs the element whose attribute Id has this value instead of the whole
	// document. Verify takes it for the whole only when it is the root's.
	ID string
}

// Sign signs a document in UTF-8 as NCALayer does: an enveloped signature is put in
// as the last child of the root, everything else keeps its bytes. Earlier signatures
// stay good and are covered by the new one. The signature is without line breaks.
func Sign(k *eds.Key, source []byte, o SignOptions) ([]byte, error) {
	d, err := parse(source)
	if err != nil {
		return nil, fmt.Errorf("xmldsig: sign: %w", err)
	}
	t := template{key: k, canonical: uriC14N, transforms: []string{uriEnveloped, uriC14N + "#" + suffixCommented}}
	var apex *xmltree.Node
	if o.ID != "" {
		if apex, err = d.find(o.ID); err != nil {
			return nil, fmt.Errorf("xmldsig: sign: %w", err)
		}
		t.uri, t.canonical = "#"+o.ID, uriExcC14N
		if apex != d.Root {
			t.transforms = t.transforms[1:]
		}
	}
	// References "" and "#id" never have comments, whatever the transform is called.
	if t.content, err = d.canonical(apex, xmltree.Method{}, nil); err != nil {
		return nil, fmt.Errorf("xmldsig: sign: %w", err)
	}
	t.keyInfo = x509Data(k)
	out, err := t.finish(insert(source, d.Root, t.String()))
	if err != nil {
		return nil, fmt.Errorf("xmldsig: sign: %w", err)
	}
	return out, nil
}

func x509Data(k *eds.Key) string {
	var b strings.Builder
	b.WriteString("<ds:X509Data>")
	for _, c := range append([]*eds.Certificate{k.Certificate}, k.Chain...) {
		b.WriteString("<ds:X509Certificate>" + encode(c.Raw()) + "</ds:X509Certificate>")
	}
	b.WriteString("</ds:X509Data>")
	return b.String()
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// insert puts text in as the last of an element's content, and tells where it stands.
func insert(source []byte, n *xmltree.Node, text string) ([]byte, int) {
	if string(source[n.Close:n.Close+2]) == "/>" {
		return slices.Concat(source[:n.Close], []byte(">"+text+"</"+n.Qualified()+">"), source[n.End:]), n.Close + 1
	}
	return slices.Concat(source[:n.Close], []byte(text), source[n.Close:]), n.Close
}

// A template is a Signature that lacks its value.
type template struct {
	key        *eds.Key
	uri        string
	canonical  string // of the SignedInfo
	transforms []string
	content    []byte // what the reference covers
	keyInfo    string
}

var attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// String writes the Signature.
func (t template) String() string {
	method := signingMethods[t.key.Algorithm()]
	var b strings.Builder
	b.WriteString(`<ds:Signature xmlns:ds="` + spaceDS + `"><ds:SignedInfo>`)
	b.WriteString(`<ds:CanonicalizationMethod Algorithm="` + t.canonical + `"></ds:CanonicalizationMethod>`)
	b.WriteString(`<ds:SignatureMethod Algorithm="` + method.uri + `"></ds:SignatureMethod>`)
	b.WriteString(`<ds:Reference URI="` + attributeEscapes.Replace(t.uri) + `"><ds:Transforms>`)
	for _, uri := range t.transforms {
		b.WriteString(`<ds:Transform Algorithm="` + uri + `"></ds:Transform>`)
	}
	b.WriteString(`</ds:Transforms><ds:DigestMethod Algorithm="` + method.digest.uri + `"></ds:DigestMethod>`)
	b.WriteString(`<ds:DigestValue>` + encode(method.digest.sum(t.content)) + `</ds:DigestValue></ds:Reference>`)
	b.WriteString(`</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue>`)
	b.WriteString(`<ds:KeyInfo>` + t.keyInfo + `</ds:KeyInfo></ds:Signature>`)
	return b.String()
}

// finish signs the SignedInfo of the Signature that starts at an offset, in its place,
// where its namespaces are known, and fills in the value.
func (t template) finish(source []byte, at int) ([]byte, error) {
	d, err := parse(source)
	if err != nil {
		return nil, err
	}
	var parts []*xmltree.Node
	d.Root.Walk(func(n *xmltree.Node) bool {
		if n.Start == at {
			parts, _ = n.Elements()
		}
		return parts == nil
	})
	if len(parts) < 2 {
		return nil, errors.New("no place for a signature")
	}
	info, value := parts[0], parts[1]
	message, err := d.canonical(info, xmltree.Method{Exclusive: t.canonical == uriExcC14N}, nil)
	if err != nil {
		return nil, err
	}
	_, signature, err := eds.SignBytes(rand.Reader, t.key.Signer(), message)
	if err != nil {
		return nil, err
	}
	out := slices.Concat(source[:value.Inner], []byte(encode(signature)), source[value.Inner:])
	if len(out) > maxDocument {
		return nil, fmt.Errorf("%w: %d bytes", xmltree.ErrLimit, len(out))
	}
	return out, nil
}
