package xmldsig

import (
	"regexp"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// message is a request in the synchronous channel of the state bus.
const message = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>` +
	`<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>1</messageId></requestInfo>` +
	`<requestData><data xmlns:p="urn:p" xsi:type="p:Request"><iin>900101400123</iin></data></requestData></request></t:SendMessage></soap:Body></soap:Envelope>`

func TestEnvelopesAreSignedByTheProfile(t *testing.T) {
	for _, a := range []eds.Algorithm{eds.GOST2015x512, eds.GOST2004, eds.RSASHA256} {
		k := key(t, pki.Options{Algorithm: a})
		for name, doc := range map[string]string{
			"no header": message, "empty header": strings.Replace(message, "<soap:Body>", "<soap:Header/><soap:Body>", 1),
			"other header":      strings.Replace(message, "<soap:Body>", "<soap:Header><x/></soap:Header><soap:Body>", 1),
			"default namespace": `<?xml version="1.0"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/">` + "\n<Body/>\n</Envelope>",
			"prefix is taken":   strings.Replace(message, "<soap:Envelope ", `<soap:Envelope xmlns:wsu="urn:x" `, 1),
			"prefix is there":   strings.Replace(message, "<soap:Envelope ", `<soap:Envelope xmlns:wsu="`+spaceWSU+`" `, 1),
			"own Id":            strings.Replace(message, "<soap:Body>", `<soap:Body xmlns:u="`+spaceWSU+`" u:Id="own">`, 1),
			"SOAP 1.2":          strings.Replace(message, spaceS11, spaceS12, 1),
		} {
			signed := signSOAP(t, k, doc)
			r := verifyEnvelope(t, signed)
			if !r.Valid() || len(r.Signers) != 1 || r.Signers[0].Algorithm != a {
				t.Errorf("%s %s: %v %q\n%s", a, name, r.Reasons, r.Details, signed)
				continue
			}
			if !regexp.MustCompile(`^<(soap:)?Body [^>]*:Id="(id-[0-9a-f-]{36}|own)"`).Match(r.Content) {
				t.Errorf("%s %s: content %s", a, name, r.Content)
			}
			for _, want := range []string{`soap:mustUnderstand="1"`, `<wsse:KeyIdentifier EncodingType="` + typeBase64 + `" ValueType="` + typeX509v3 + `">`} {
				if !strings.Contains(signed, want) {
					t.Errorf("%s %s: no %s in %s", a, name, want, signed)
				}
			}
		}
	}
	for name, doc := range map[string]string{
		"signed already": signSOAP(t, key(t, pki.Options{}), message), "no envelope": statement,
		"Id of another": strings.Replace(strings.Replace(message, "<soap:Body>", `<soap:Body xmlns:u="`+spaceWSU+`" u:Id="own">`, 1), "<iin>", `<iin Id="own">`, 1),
	} {
		if out, err := SignEnvelope(key(t, pki.Options{}), []byte(doc)); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// Other software puts the certificate elsewhere and calls the Id otherwise.
func TestOtherFormsOfEnvelopesAreRead(t *testing.T) {
	k := key(t, pki.Options{})
	signed := signSOAP(t, k, message)
	certificate := encode(k.Certificate.Raw())
	reference := between(t, signed, "<wsse:SecurityTokenReference>", "</wsse:SecurityTokenReference>")
	data := "<ds:X509Data><ds:X509Certificate>" + certificate + "</ds:X509Certificate></ds:X509Data>"
	token := change(t, signed, reference, `<wsse:SecurityTokenReference><wsse:Reference URI="#token" ValueType="`+typeX509v3+`"/></wsse:SecurityTokenReference>`)
	token = change(t, token, "<ds:Signature ", `<wsse:BinarySecurityToken xmlns:u="`+spaceWSU+`" u:Id="token" ValueType="`+typeX509v3+`" EncodingType="`+typeBase64+`">`+certificate+`</wsse:BinarySecurityToken><ds:Signature `)
	for name, doc := range map[string]string{
		"X509Data": change(t, signed, reference, data), "X509Data in the reference": change(t, signed, reference, "<wsse:SecurityTokenReference>"+data+"</wsse:SecurityTokenReference>"),
		"BinarySecurityToken": token, "white space": strings.Replace(signed, "<soap:Header>", "\n<soap:Header>\n", 1),
		"plain Id": signedWithPlainID(t, k),
	} {
		if r := verifyEnvelope(t, doc); !r.Valid() {
			t.Errorf("%s: %v %q", name, r.Reasons, r.Details)
		}
	}
	for name, doc := range map[string]string{
		"token that is nowhere":     change(t, token, `URI="#token"`, `URI="#nobody"`),
		"token in a file":           change(t, token, `URI="#token"`, `URI="file:///token"`),
		"token that is no token":    strings.ReplaceAll(token, "wsse:BinarySecurityToken", "wsse:Other"),
		"two tokens of one Id":      change(t, token, "<iin>", `<iin Id="token">`),
		"key identifier":            change(t, signed, typeX509v3, "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"),
		"token of another encoding": change(t, signed, typeBase64, "urn:hex"),
		"two in one reference":      change(t, signed, "</wsse:SecurityTokenReference>", data+"</wsse:SecurityTokenReference>"),
		"user name and password":    change(t, signed, reference, "<wsse:SecurityTokenReference><wsse:Embedded/></wsse:SecurityTokenReference>"),
	} {
		if r := verifyEnvelope(t, doc); r.Valid() || r.Content != nil {
			t.Errorf("%s: valid", name)
		}
	}
}

// signedWithPlainID signs as KalkanCrypt for COM does: the Body has Id without prefix.
func signedWithPlainID(t *testing.T, k *eds.Key) string {
	t.Helper()
	e, err := parseEnvelope([]byte(strings.Replace(message, "<soap:Body>", `<soap:Body Id="body">`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	source := strings.Replace(message, "<soap:Body>", `<soap:Body Id="body">`, 1)
	s := template{key: k, uri: "#body", canonical: uriExcC14N, transforms: []string{uriExcC14N}, keyInfo: x509Data(k)}
	if s.content, err = e.canonical(e.body, xmltree.Method{Exclusive: true}, nil); err != nil {
		t.Fatal(err)
	}
	out, err := s.finish(e.addSecurity([]byte(source), s.String()))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// resign makes the signature of an envelope good again after a change.
func resign(t *testing.T, k *eds.Key, doc string) string {
	t.Helper()
	read := func() (*envelope, *signature) {
		e, err := parseEnvelope([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		found, err := e.signatures()
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		s, err := readSignature(found[0])
		if err != nil {
			t.Fatal(err)
		}
		return e, s
	}
	e, s := read()
	_, method, err := transforms(s.references[0])
	if err != nil {
		t.Fatal(err)
	}
	content, err := e.canonical(e.body, method, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc = change(t, doc, encode(s.references[0].value), encode(s.references[0].digest.sum(content)))
	e, s = read()
	info, err := e.canonical(s.info, s.method, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, value, err := eds.SignBytes(nil, k.Signer(), info)
	if err != nil {
		t.Fatal(err)
	}
	return change(t, doc, encode(s.value), encode(value))
}

// withPrefixes is how Apache WSS4J writes a signature: it lists the namespaces that
// are declared above, here with the one that only a value uses.
func withPrefixes(t *testing.T, k *eds.Key, doc string) string {
	t.Helper()
	list := func(prefixes string) string {
		return `<ec:InclusiveNamespaces xmlns:ec="` + spaceExc + `" PrefixList="` + prefixes + `"/>`
	}
	doc = strings.Replace(doc, "</ds:CanonicalizationMethod>", list("soap xsi")+"</ds:CanonicalizationMethod>", 1)
	return resign(t, k, strings.Replace(doc, "</ds:Transform>", list("xsi p #default")+"</ds:Transform>", 1))
}

func TestListedPrefixesAreSigned(t *testing.T) {
	k := key(t, pki.Options{})
	signed := withPrefixes(t, k, signSOAP(t, k, message))
	r := verifyEnvelope(t, signed)
	if !r.Valid() || !strings.Contains(string(r.Content), `xmlns:p="urn:p"`) {
		t.Errorf("%v %q %s", r.Reasons, r.Details, r.Content)
	}
	wantRefused(t, "what a value's prefix means is changed", verifyEnvelope(t, change(t, signed, `xmlns:p="urn:p"`, `xmlns:p="urn:q"`)), eds.ReasonDigest)
	wantRefused(t, "the list is changed", verifyEnvelope(t, change(t, signed, `"xsi p #default"`, `"xsi #default"`)), eds.ReasonDigest)
}

// The Body that is read must be the one that is signed (WS-Security 1.1, section 8.4).
func TestEnvelopeWrappingIsRefused(t *testing.T) {
	k := key(t, pki.Options{})
	signed := signSOAP(t, k, message)
	body := between(t, signed, "<soap:Body ", "</soap:Body>")
	id := regexp.MustCompile(`wsu:Id="[^"]+"`).FindString(body)
	forged := strings.Replace(strings.Replace(body, "900101400123", "111111111111", 1), id, `wsu:Id="other"`, 1)
	sameID := strings.Replace(body, "900101400123", "111111111111", 1)
	security := between(t, signed, "<wsse:Security ", "</wsse:Security>")
	signature := between(t, signed, "<ds:Signature ", "</ds:Signature>")
	header := func(more string) string { return change(t, signed, "</soap:Header>", more+"</soap:Header>") }
	for name, c := range map[string]struct {
		doc    string
		reason eds.Reason
	}{
		"unsigned":                         {message, eds.ReasonNoSigners},
		"signed Body moved to the Header":  {strings.Replace(header(body), "</soap:Header>"+body, "</soap:Header>"+forged, 1), ReasonWrapping},
		"the same in a wrapper":            {strings.Replace(header("<w>"+body+"</w>"), "</soap:Header>"+body, "</soap:Header>"+forged, 1), ReasonWrapping},
		"signed Body moved to Security":    {strings.Replace(change(t, signed, "</wsse:Security>", body+"</wsse:Security>"), "</soap:Header>"+body, "</soap:Header>"+forged, 1), ReasonWrapping},
		"signed Body in the forged one":    {change(t, signed, body, strings.Replace(forged, "</soap:Body>", body+"</soap:Body>", 1)), ReasonWrapping},
		"two Bodies":                       {change(t, signed, body, body+forged), ReasonWrapping},
		"two Bodies, forged first":         {change(t, signed, body, forged+body), ReasonWrapping},
		"two Bodies of one Id":             {change(t, signed, body, sameID+body), ReasonWrapping},
		"forged Body, Id twice":            {strings.Replace(header("<w>"+body+"</w>"), "</soap:Header>"+body, "</soap:Header>"+sameID, 1), ReasonDuplicateID},
		"two Headers":                      {change(t, signed, "<soap:Body ", "<soap:Header/><soap:Body "), ReasonWrapping},
		"no Body":                          {change(t, signed, body, ""), ReasonWrapping},
		"signature beside Security":        {change(t, signed, security, strings.Replace(signature, "<ds:Signature ", `<ds:Signature xmlns:wsse="`+spaceWSSE+`" `, 1)), ReasonWrapping},
		"signature deep in Security":       {change(t, signed, signature, "<w>"+signature+"</w>"), ReasonWrapping},
		"Security in a wrapper":            {change(t, signed, security, "<w>"+security+"</w>"), ReasonWrapping},
		"another root":                     {"<w>" + signed + "</w>", eds.ReasonMalformed},
		"another Envelope":                 {strings.Replace(signed, spaceS11, "urn:x", 1), eds.ReasonMalformed},
		"text in the envelope":             {change(t, signed, "<soap:Header>", "x<soap:Header>"), eds.ReasonMalformed},
		"Body changed":                     {change(t, signed, "900101400123", "900101400124"), eds.ReasonDigest},
		"attribute added to the Body":      {change(t, signed, "<soap:Body ", `<soap:Body x="" `), eds.ReasonDigest},
		"whole document instead":           {sign(t, k, message, SignOptions{}), ReasonWrapping},
		"business signature alone":         {change(t, message, "<iin>900101400123</iin>", sign(t, k, "<iin>900101400123</iin>", SignOptions{})), eds.ReasonNoSigners},
		"good signature and a broken one":  {change(t, signed, signature, signature+strings.Replace(signature, "<ds:DigestValue>", "<ds:DigestValue>AAAA", 1)), eds.ReasonDigest},
		"document type":                    {"<!DOCTYPE x>" + signed, ReasonDTD},
		"not XML":                          {"", eds.ReasonMalformed},
		"transform that is not understood": {change(t, signed, `<ds:Transform Algorithm="`+uriExcC14N+`">`, `<ds:Transform Algorithm="urn:x">`), ReasonTransform},
	} {
		wantRefused(t, name, verifyEnvelope(t, c.doc), c.reason)
	}
	inner := sign(t, k, strings.Replace(message, "<iin>", `<iin Id="iin">`, 1), SignOptions{ID: "iin"})
	moved := between(t, inner, "<ds:Signature ", "</ds:Signature>")
	wantRefused(t, "signature of an inner element", verifyEnvelope(t, strings.Replace(strings.Replace(inner, moved, "", 1), "<soap:Body>",
		`<soap:Header><wsse:Security xmlns:wsse="`+spaceWSSE+`">`+moved+"</wsse:Security></soap:Header><soap:Body>", 1)), ReasonWrapping)
	twice := change(t, signed, security, security+strings.Replace(security, "<wsse:Security ", `<wsse:Security xmlns:x="urn:x" `, 1))
	if r := verifyEnvelope(t, twice); !r.Valid() || len(r.Signers) != 2 {
		t.Errorf("two Security headers, both good: %v %q", r.Reasons, r.Details)
	}
}

func BenchmarkVerifyEnvelope(b *testing.B) {
	for _, a := range []eds.Algorithm{eds.GOST2015x512, eds.RSASHA256} {
		b.Run(string(a), func(b *testing.B) {
			out, err := SignEnvelope(key(b, pki.Options{Algorithm: a}), []byte(message))
			if err != nil {
				b.Fatal(err)
			}
			v := &eds.Verifier{Anchors: authority().Anchors(), NoRevocation: true}
			b.ReportAllocs()
			for b.Loop() {
				if r, err := VerifyEnvelope(ctx, v, out, eds.Options{At: moment}); err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
			}
		})
	}
}
