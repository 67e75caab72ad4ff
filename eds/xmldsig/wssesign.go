package xmldsig

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// SignEnvelope signs the Body of a SOAP envelope as the state bus wants it: a Security
// header with mustUnderstand and one Signature, whose one Reference leads to the wsu:Id
// of the Body (made here when it has none), everything in exclusive canonical form,
// the certificate in a KeyIdentifier. Everything else keeps its bytes. An envelope
// that has a Security header is refused: there is to be one signature.
func SignEnvelope(k *eds.Key, source []byte) ([]byte, error) {
	out, err := signEnvelope(k, source)
	if err != nil {
		return nil, fmt.Errorf("xmldsig: sign envelope: %w", err)
	}
	return out, nil
}

func signEnvelope(k *eds.Key, source []byte) ([]byte, error) {
	e, err := parseEnvelope(source)
	if err != nil {
		return nil, err
	}
	if len(e.security) > 0 {
		return nil, refuse(eds.ReasonMalformed, "the envelope has a Security header")
	}
	id, ok := e.body.Find(spaceWSU, "Id")
	if !ok {
		id = "id-" + uuid()
		at := e.body.Start + len("<") + len(e.body.Qualified())
		source = slices.Concat(source[:at], []byte(bodyID(e.body, id)), source[at:])
		if e, err = parseEnvelope(source); err != nil {
			return nil, err
		}
	}
	if found, err := e.find(id); err != nil || found != e.body {
		return nil, refuse(ReasonDuplicateID, "the wsu:Id %q of the Body is not its own", id)
	}
	t := template{key: k, uri: "#" + id, canonical: uriExcC14N, transforms: []string{uriExcC14N}}
	if t.content, err = e.canonical(e.body, xmltree.Method{Exclusive: true}, nil); err != nil {
		return nil, err
	}
	t.keyInfo = `<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="` + typeBase64 + `" ValueType="` + typeX509v3 + `">` +
		encode(k.Certificate.Raw()) + `</wsse:KeyIdentifier></wsse:SecurityTokenReference>`
	return t.finish(e.addSecurity(source, t.String()))
}

// addSecurity puts the Security header in. It declares its namespaces itself, so that
// it does not matter how the envelope calls them.
func (e *envelope) addSecurity(source []byte, signature string) (out []byte, at int) {
	security := `<wsse:Security xmlns:wsse="` + spaceWSSE + `" xmlns:soap="` + e.Root.Space + `" soap:mustUnderstand="1">`
	inner := len(security)
	security += signature + `</wsse:Security>`
	if e.header != nil {
		out, at := insert(source, e.header, security)
		return out, at + inner
	}
	name := xmltree.Name{Prefix: e.Root.Prefix, Local: "Header"}.Qualified()
	header := "<" + name + ">" + security + "</" + name + ">"
	at = e.body.Start + len("<") + len(name) + len(">") + inner
	return slices.Concat(source[:e.body.Start], []byte(header), source[e.body.Start:]), at
}

// bodyID writes the attribute wsu:Id under a prefix that means nothing else in the
// Body.
func bodyID(body *xmltree.Node, id string) string {
	for n := 0; ; n++ {
		prefix := "wsu"
		if n > 0 {
			prefix += strconv.Itoa(n)
		}
		attribute := " " + prefix + `:Id="` + id + `"`
		switch uri, bound := body.Namespace(prefix); {
		case !bound:
			return " xmlns:" + prefix + `="` + spaceWSU + `"` + attribute
		case uri == spaceWSU:
			return attribute
		}
	}
}

// uuid makes a random UUID of version 4 (RFC 9562, section 5.4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, crypto/rand says
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
