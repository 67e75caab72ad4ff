package xmldsig

import (
	"fmt"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

const (
	statement = `<өтініш xmlns="urn:mekenjai:statement" Id="all"><иин>900101400123</иин><мекенжай Id="address" қала="Астана">Абай 1</мекенжай><!-- түсініктеме --></өтініш>`
	uriSHA1   = "http://www.w3.org/2000/09/xmldsig#sha1"
)

// Signature wrapping: everything that was signed is still there, under its Id, and
// the signature verifies; what a program would read is something else. See Somorovsky
// and others, On Breaking SAML: Be Whoever You Want to Be (2012), for the names.
func TestSignatureWrappingIsRefused(t *testing.T) {
	k := key(t, pki.Options{})
	whole := sign(t, k, statement, SignOptions{})
	byRoot := sign(t, k, statement, SignOptions{ID: "all"})
	part := sign(t, k, statement, SignOptions{ID: "address"})
	signature := func(doc string) string { return between(t, doc, "<ds:Signature ", "</ds:Signature>") }
	bare := func(doc string) string { return strings.Replace(doc, signature(doc), "", 1) }
	forged := strings.Replace(strings.Replace(statement, "Абай 1", "Абай 2", 1), ` Id="all"`, ` Id="other"`, 1)
	inForged := func(more string) string {
		return strings.Replace(forged, "</өтініш>", more+"</өтініш>", 1)
	}
	for name, c := range map[string]struct {
		doc    string
		reason eds.Reason
	}{
		"unsigned":                                     {statement, eds.ReasonNoSigners},
		"part of the document":                         {part, ReasonPartial},
		"XSW1: signed document in the signature":       {inForged(strings.Replace(signature(byRoot), "</ds:Signature>", "<ds:Object>"+bare(byRoot)+"</ds:Object></ds:Signature>", 1)), ReasonTransform},
		"XSW2: signed document beside the signature":   {inForged(bare(byRoot) + signature(byRoot)), ReasonTransform},
		"XSW3: signed document inside of a forged one": {inForged(byRoot), ReasonWrapping},
		"XSW4: forged document around, same Id":        {strings.Replace(inForged(bare(byRoot)+signature(byRoot)), `Id="other"`, `Id="all"`, 1), ReasonDuplicateID},
		"XSW5: signature moved to a wrapper":           {change(t, whole, signature(whole), "<w>"+signature(whole)+"</w>"), eds.ReasonDigest},
		"XSW6: signed document in a new root":          {"<w>" + byRoot + "</w>", ReasonWrapping},
		"the same with an empty reference":             {"<w>" + whole + "</w>", eds.ReasonDigest},
		"XSW7: signature is the root":                  {strings.Replace(signature(byRoot), "</ds:Signature>", "<ds:Object>"+bare(byRoot)+"</ds:Object></ds:Signature>", 1), ReasonTransform},
		"same Id as ID":                                {change(t, byRoot, "<иин>", `<иин ID="all">`), ReasonDuplicateID},
		"same Id as xml:id":                            {change(t, byRoot, "<иин>", `<иин xml:id="all">`), ReasonDuplicateID},
		"same Id as wsu:Id":                            {change(t, byRoot, "<иин>", `<иин xmlns:u="`+spaceWSU+`" u:Id="all">`), ReasonDuplicateID},
		"Id that is called ID":                         {change(t, byRoot, ` Id="all"`, ` ID="all"`), ReasonReference},
		"Id that is called id":                         {change(t, byRoot, ` Id="all"`, ` id="all"`), ReasonReference},
		"Id removed":                                   {change(t, byRoot, ` Id="all"`, ``), ReasonReference},
		"Id moved to another element":                  {change(t, change(t, byRoot, ` Id="all"`, ``), "<иин>", `<иин Id="all">`), ReasonTransform},
		"text after the signature":                     {change(t, whole, "</ds:Signature>", "</ds:Signature>қосымша"), eds.ReasonDigest},
		"element before the root's content":            {change(t, whole, "<иин>", "<иин>0</иин><иин>"), eds.ReasonDigest},
		"Object that nobody signed":                    {change(t, whole, "</ds:Signature>", "<ds:Object>900101400123</ds:Object></ds:Signature>"), eds.ReasonMalformed},
		"element of another kind in the signature":     {change(t, whole, "</ds:Signature>", "<иин>1</иин></ds:Signature>"), eds.ReasonMalformed},
		"text in the signature":                        {change(t, whole, "<ds:KeyInfo>", "x<ds:KeyInfo>"), eds.ReasonMalformed},
		"comment in the signature":                     {change(t, whole, "<ds:KeyInfo>", "<!-- --><ds:KeyInfo>"), eds.ReasonMalformed},
		"comment that splits the digest":               {change(t, whole, "<ds:DigestValue>", "<ds:DigestValue><!---->"), eds.ReasonMalformed},
		"second SignedInfo":                            {change(t, whole, "</ds:SignedInfo>", "</ds:SignedInfo>"+between(t, whole, "<ds:SignedInfo>", "</ds:SignedInfo>")), eds.ReasonMalformed},
		"instruction beside the root":                  {"<?xml-stylesheet href='x'?>" + whole, eds.ReasonDigest},
	} {
		wantRefused(t, name, verify(t, c.doc, Options{}), c.reason)
	}
}

// What the Signature may say is a short list; see XMLDSig, section 4.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	k := key(t, pki.Options{})
	whole := sign(t, k, statement, SignOptions{})
	c14n := `<ds:Transform Algorithm="` + uriC14N + `#WithComments"></ds:Transform>`
	enveloped := `<ds:Transform Algorithm="` + uriEnveloped + `"></ds:Transform>`
	transform := func(uri, inner string) string {
		return change(t, whole, c14n, `<ds:Transform Algorithm="`+uri+`">`+inner+`</ds:Transform>`+c14n)
	}
	method := func(uri string) string {
		old := signingMethods[eds.GOST2015x512].uri
		return change(t, whole, `SignatureMethod Algorithm="`+old+`"`, `SignatureMethod Algorithm="`+uri+`"`)
	}
	reference := between(t, whole, "<ds:Reference ", "</ds:Reference>")
	certificate := between(t, whole, "<ds:X509Certificate>", "</ds:X509Certificate>")
	for name, c := range map[string]struct {
		doc    string
		reason eds.Reason
	}{
		"XPath":                          {transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>not(self::иин)</ds:XPath>"), ReasonTransform},
		"XPath filter":                   {transform("http://www.w3.org/2002/06/xmldsig-filter2", ""), ReasonTransform},
		"XSLT":                           {transform("http://www.w3.org/TR/1999/REC-xslt-19991116", ""), ReasonTransform},
		"base64":                         {transform("http://www.w3.org/2000/09/xmldsig#base64", ""), ReasonTransform},
		"STR-Transform":                  {transform("http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform", ""), ReasonTransform},
		"C14N 1.1":                       {transform("http://www.w3.org/2006/12/xml-c14n11", ""), ReasonTransform},
		"enveloped twice":                {transform(uriEnveloped, ""), ReasonTransform},
		"canonical form twice":           {transform(uriC14N, ""), ReasonTransform},
		"enveloped after c14n":           {change(t, whole, enveloped+c14n, c14n+enveloped), ReasonTransform},
		"no enveloped":                   {change(t, whole, enveloped, ""), eds.ReasonDigest},
		"parameters of c14n":             {change(t, whole, c14n, strings.Replace(c14n, "></", `><e:InclusiveNamespaces xmlns:e="`+spaceExc+`" PrefixList="a"/></`, 1)), eds.ReasonMalformed},
		"HMAC":                           {method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"), eds.ReasonAlgorithm},
		"HMAC-SHA256":                    {method(prefixMore + "hmac-sha256"), eds.ReasonAlgorithm},
		"RSA-SHA1":                       {method("http://www.w3.org/2000/09/xmldsig#rsa-sha1"), eds.ReasonAlgorithm},
		"RSA-SHA1 under another name":    {method(prefixMore + "rsa-sha1"), eds.ReasonAlgorithm},
		"RSA by a GOST key":              {method(prefixMore + "rsa-sha256"), eds.ReasonAlgorithm},
		"GOST-2004 by a GOST-2015 key":   {method(prefixMore + "gost34310-gost34311"), eds.ReasonAlgorithm},
		"256 by a 512 key":               {method(prefixKZ + "gostr34102015-gostr34112015-256"), eds.ReasonAlgorithm},
		"no method":                      {method(""), eds.ReasonAlgorithm},
		"HMACOutputLength":               {change(t, whole, "</ds:SignatureMethod>", "<ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>"), eds.ReasonMalformed},
		"SHA-1 digest":                   {change(t, whole, `DigestMethod Algorithm="`+digestMethods[0].uri+`"`, `DigestMethod Algorithm="`+uriSHA1+`"`), eds.ReasonAlgorithm},
		"unknown canonicalization":       {change(t, whole, `CanonicalizationMethod Algorithm="`+uriC14N+`"`, `CanonicalizationMethod Algorithm="urn:x"`), eds.ReasonAlgorithm},
		"empty SignedInfo":               {change(t, whole, between(t, whole, "<ds:SignedInfo>", "</ds:SignedInfo>"), "<ds:SignedInfo/>"), eds.ReasonMalformed},
		"no Reference":                   {change(t, whole, reference, ""), eds.ReasonMalformed},
		"Reference without URI":          {change(t, whole, ` URI=""`, ""), ReasonReference},
		"Reference to a file":            {change(t, whole, ` URI=""`, ` URI="file:///etc/passwd"`), ReasonReference},
		"Reference to a site":            {change(t, whole, ` URI=""`, ` URI="http://127.0.0.1/x"`), ReasonReference},
		"Reference to an XPointer":       {change(t, whole, ` URI=""`, ` URI="#xpointer(/a/b)"`), ReasonReference},
		"second Reference that is wrong": {change(t, whole, reference, reference+strings.Replace(reference, ` URI=""`, ` URI="#address"`, 1)), ReasonTransform},
		"second Reference to nothing":    {change(t, whole, reference, reference+strings.Replace(reference, ` URI=""`, ` URI="#nobody"`, 1)), ReasonReference},
		"too many References":            {change(t, whole, reference, strings.Repeat(reference, maxReferences+1)), ReasonLimits},
		"attribute of Reference":         {change(t, whole, ` URI=""`, ` URI="" x="y"`), eds.ReasonMalformed},
		"no KeyInfo":                     {change(t, whole, between(t, whole, "<ds:KeyInfo>", "</ds:KeyInfo>"), ""), eds.ReasonNoCertificate},
		"KeyInfo without certificate":    {change(t, whole, between(t, whole, "<ds:X509Data>", "</ds:X509Data>"), "<ds:KeyName>900101400123</ds:KeyName>"), eds.ReasonNoCertificate},
		"KeyInfo with a statement":       {change(t, whole, "<ds:KeyInfo>", "<ds:KeyInfo><иин>1</иин>"), eds.ReasonMalformed},
		"certificate that is none":       {change(t, whole, certificate, "<ds:X509Certificate>AAAA</ds:X509Certificate>"), eds.ReasonMalformed},
		"too many certificates":          {change(t, whole, certificate, strings.Repeat(certificate, maxCerts+1)), ReasonLimits},
		"empty SignatureValue":           {change(t, whole, between(t, whole, "<ds:SignatureValue>", "</ds:SignatureValue>"), "<ds:SignatureValue/>"), eds.ReasonMalformed},
		"loose base64":                   {change(t, whole, "</ds:SignatureValue>", "=</ds:SignatureValue>"), eds.ReasonMalformed},
		"too many signatures":            {"<a>" + strings.Repeat(between(t, whole, "<ds:Signature ", "</ds:Signature>"), maxSignatures+1) + "</a>", ReasonLimits},
		"document type":                  {"<!DOCTYPE x>" + whole, ReasonDTD},
		"entities":                       {`<!DOCTYPE x [<!ENTITY a "b">]>` + change(t, whole, "Абай 1", "&a;"), ReasonDTD},
		"too deep":                       {strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), ReasonLimits},
		"too many elements":              {"<a>" + strings.Repeat("<b/>", maxNodes) + "</a>", ReasonLimits},
		"canonical form without end": {`<a xmlns:p="urn:` + strings.Repeat("x", 1<<20) + `">` + strings.Repeat("<p:b/>", 1000) +
			strings.ReplaceAll(between(t, whole, "<ds:Signature ", "</ds:Signature>"), uriC14N+"#WithComments", uriExcC14N) + "</a>", ReasonLimits},
		"too large": {"<a>" + strings.Repeat(" ", maxDocument) + "</a>", ReasonLimits},
		"not XML":   {"{}", eds.ReasonMalformed},
		"nothing":   {"", eds.ReasonMalformed},
	} {
		wantRefused(t, name, verify(t, c.doc, Options{}), c.reason)
	}
}

// Whatever is changed in what was signed, the signature no longer is valid.
func TestEveryTextAndAttributeIsCovered(t *testing.T) {
	k := key(t, pki.Options{})
	for name, doc := range map[string]string{
		"whole": sign(t, k, statement, SignOptions{}), "by Id": sign(t, k, statement, SignOptions{ID: "all"}),
	} {
		for _, c := range [][2]string{
			{"900101400123</иин>", "900101400124</иин>"}, {"Астана", "Алматы"}, {"Абай 1", "Абай&#32; 1"}, {"<иин>", "<иин >\n"}, {"қала=", "кала="},
			{"urn:mekenjai:statement", "urn:mekenjai:other"}, {"<иин>", "<иин xml:lang='kk'>"}, {"<иин>", "<иин xmlns:a='urn:a'>"}, {"</иин>", "</иин><?pi?>"},
			{`CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"`, `CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"`},
			{"<ds:DigestValue>", "<ds:DigestValue> "}, {"#gostr34112015-512", "#gostr34112015-256"},
		} {
			if !strings.Contains(doc, c[0]) {
				continue
			}
			if r := verify(t, strings.Replace(doc, c[0], c[1], 1), Options{}); r.Valid() || r.Content != nil {
				t.Errorf("%s: %q in place of %q is valid", name, c[1], c[0])
			}
		}
	}
}

// The certificate is judged as it is for a CMS signature.
func TestTheSignersCertificateIsJudged(t *testing.T) {
	for kind, reason := range map[pki.Kind]eds.Reason{
		pki.Expired: eds.ReasonExpired, pki.NotYetValid: eds.ReasonNotYetValid, pki.WrongAuthority: eds.ReasonUntrusted,
		pki.Revoked: eds.ReasonRevoked, pki.OnHold: eds.ReasonRevoked,
	} {
		r := verify(t, sign(t, key(t, pki.Options{Kind: kind}), statement, SignOptions{}), Options{})
		if r.Status != eds.StatusInvalid || fmt.Sprint(r.Reasons) != fmt.Sprint([]eds.Reason{reason}) {
			t.Errorf("%s: %s %v %q", kind, r.Status, r.Reasons, r.Details)
		}
		if r.Content == nil || r.Signers[0].Subject.IIN != "900101400123" {
			t.Errorf("%s: who signed what is not told", kind)
		}
	}
	doc := sign(t, key(t, pki.Options{Kind: pki.LoginOnly}), statement, SignOptions{})
	for usage, status := range map[eds.Usage]eds.Status{eds.UsageAny: eds.StatusValid, eds.UsageLogin: eds.StatusValid, eds.UsageSign: eds.StatusInvalid} {
		if r := verify(t, doc, Options{Options: eds.Options{Usage: usage}}); r.Status != status {
			t.Errorf("%s: %s %v", usage, r.Status, r.Reasons)
		}
	}
	authority().Silence(true)
	defer authority().Silence(false)
	if r := verify(t, sign(t, key(t, pki.Options{}), statement, SignOptions{}), Options{}); r.Status != eds.StatusIndeterminate {
		t.Errorf("%s %v", r.Status, r.Reasons)
	}
}
