package xmldsig

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

func TestEveryAlgorithmSignsAndVerifies(t *testing.T) {
	for _, a := range []eds.Algorithm{eds.GOST2015x512, eds.GOST2015x256, eds.GOST2004, eds.RSASHA256} {
		k := key(t, pki.Options{Algorithm: a})
		for name, o := range map[string]SignOptions{"whole": {}, "root": {ID: "all"}} {
			r := verify(t, sign(t, k, statement, o), Options{Options: eds.Options{Usage: eds.UsageSign}})
			if !r.Valid() || r.Signers[0].Algorithm != a || !r.Signed[0].Whole {
				t.Errorf("%s %s: %s %v %q", a, name, r.Status, r.Reasons, r.Details)
			}
		}
	}
}

// Signing changes nothing but to add the signature, whatever the document looks like.
func TestSigningKeepsEveryByteOfTheDocument(t *testing.T) {
	k := key(t, pki.Options{})
	for _, doc := range []string{
		"<a/>", "<a />", "<a></a>", "\ufeff<?xml version='1.0'?>\r\n<!-- a --><p:a xmlns:p='urn:p' b=\"1\"\n/>\n<!-- b -->\r\n", "<a>\r\n\t<![CDATA[<x>]]>&#13;&amp;</a>",
		`<a xmlns="urn:a" xmlns:ds="urn:other"><ds:Signature/></a>`, "<a><!-- түсініктеме --><b c='&#10;&#9;'/><?pi x?></a>", `<Қазақ.тілі ә="і"/>`,
	} {
		signed := sign(t, k, doc, SignOptions{})
		signature := between(t, signed, `<ds:Signature xmlns`, "</ds:Signature>")
		rest := strings.Replace(signed, signature, "", 1)
		if strings.Contains(doc, "/>") && !strings.Contains(doc, "</") {
			// An empty-element tag had to be opened.
			rest, doc = string(canonicalOf([]byte(rest))), string(canonicalOf([]byte(doc)))
		}
		if rest != doc {
			t.Errorf("%q became %q", doc, rest)
		}
		if r := verify(t, signed, Options{}); !r.Valid() {
			t.Errorf("%q: %v %q", doc, r.Reasons, r.Details)
		}
	}
	for _, doc := range []string{"", "text", "<a>", "<!DOCTYPE a><a/>"} {
		if out, err := Sign(k, []byte(doc), SignOptions{}); err == nil {
			t.Errorf("%q: %s", doc, out)
		}
	}
	for _, id := range []string{"nobody", "x"} {
		if out, err := Sign(k, []byte(`<a><b Id="x"/><c Id="x"/></a>`), SignOptions{ID: id}); err == nil {
			t.Errorf("%q: %s", id, out)
		}
	}
}

// Signed elements and signatures side by side under a root that says nothing itself: so
// look signatures by Id. Whatever else stands there is not signed, and refused.
func TestSignatureByIdCoversADocumentThatHasNothingElse(t *testing.T) {
	k := key(t, pki.Options{})
	doc := sign(t, k, "<a xmlns:q='urn:q'>\n<q:b Id='b' c='1'>мәтін</q:b>\n</a>", SignOptions{ID: "b"})
	r := verify(t, doc, Options{})
	if want := `<q:b xmlns:q="urn:q" Id="b" c="1">мәтін</q:b>`; !r.Valid() || string(r.Content) != want {
		t.Fatalf("%v %q %s", r.Reasons, r.Details, r.Content)
	}
	second := sign(t, k, doc, SignOptions{ID: "b"})
	if r := verify(t, second, Options{}); !r.Valid() || len(r.Signers) != 2 {
		t.Errorf("two signatures: %v %q", r.Reasons, r.Details)
	}
	for name, forged := range map[string]string{
		"element":      change(t, doc, "<q:b", "<q:b>басқа</q:b><q:b"),
		"text":         change(t, doc, "</a>", "басқа</a>"),
		"comment":      change(t, doc, "</a>", "<!--басқа--></a>"),
		"instruction":  change(t, doc, "</a>", "<?pi басқа?></a>"),
		"attribute":    change(t, doc, "<a ", "<a d='басқа' "),
		"prolog":       "<!--басқа-->" + doc,
		"moved deeper": change(t, change(t, doc, "<q:b", "<q:c><q:b"), "</q:b>", "</q:b></q:c>"),
	} {
		wantRefused(t, name, verify(t, forged, Options{}), ReasonPartial)
	}
	wantRefused(t, "other signature that covers less", verify(t, sign(t, k, change(t, doc, "</q:b>", "<q:e Id='e'/></q:b>"), SignOptions{ID: "e"}), Options{}), ReasonPartial)
}

// xml-crypto and others sign comments where the standard leaves them out: then no
// comment may change.
func TestCommentsMayBeSignedToo(t *testing.T) {
	k := key(t, pki.Options{})
	doc := "<a><!-- түсініктеме --><b>x</b></a>"
	d, err := parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{uriC14N + "#" + suffixCommented, uriC14N} {
		s := template{key: k, canonical: uriC14N, transforms: []string{uriEnveloped, method}, keyInfo: x509Data(k)}
		if s.content, err = d.canonical(nil, xmltree.Method{Comments: true}, nil); err != nil {
			t.Fatal(err)
		}
		out, err := s.finish(insert([]byte(doc), d.Root, s.String()))
		if err != nil {
			t.Fatal(err)
		}
		r := verify(t, string(out), Options{})
		if method == uriC14N { // without comments means without
			wantRefused(t, method, r, eds.ReasonDigest)
			continue
		}
		if !r.Valid() || !strings.Contains(string(r.Content), "түсініктеме") {
			t.Errorf("%v %q %s", r.Reasons, r.Details, r.Content)
		}
		wantRefused(t, "another comment", verify(t, strings.Replace(string(out), "түсініктеме", "басқа", 1), Options{}), eds.ReasonDigest)
	}
}

// Where a signature of the whole document stands does not matter.
func TestEnvelopedSignatureMayStandAnywhere(t *testing.T) {
	k := key(t, pki.Options{})
	for name, doc := range map[string]string{"first": "<a><s/><b>x</b></a>", "deeper": "<a><b>x</b><c><s/></c></a>"} {
		d, err := parse([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		var place *xmltree.Node
		d.Root.Walk(func(n *xmltree.Node) bool {
			if n.Local == "s" {
				place = n
			}
			return true
		})
		s := template{key: k, canonical: uriC14N, transforms: []string{uriEnveloped, uriC14N}, keyInfo: x509Data(k)}
		if s.content, err = d.canonical(nil, xmltree.Method{}, map[*xmltree.Node]bool{place: true}); err != nil {
			t.Fatal(err)
		}
		source := strings.Replace(doc, "<s/>", s.String(), 1)
		out, err := s.finish([]byte(source), strings.Index(source, "<ds:Signature "))
		if err != nil {
			t.Fatal(err)
		}
		if r := verify(t, string(out), Options{}); !r.Valid() {
			t.Errorf("%s: %v %q", name, r.Reasons, r.Details)
		}
		wantRefused(t, name, verify(t, strings.Replace(string(out), ">x<", ">y<", 1), Options{}), eds.ReasonDigest)
	}
}

// Only the signed element is to be read, and it is what Decode reads.
func TestContentIsWhatWasSignedAndNothingElse(t *testing.T) {
	k := key(t, pki.Options{})
	doc := change(t, sign(t, k, statement, SignOptions{ID: "address"}), "900101400123</иин>", "111111111111</иин>")
	r := verify(t, doc, Options{Partial: true})
	want := `<мекенжай xmlns="urn:mekenjai:statement" Id="address" қала="Астана">Абай 1</мекенжай>`
	if !r.Valid() || string(r.Content) != want || r.Signed[0].Whole || r.Signed[0].URI != "#address" {
		t.Fatalf("%s %v %+v", r.Content, r.Reasons, r.Signed)
	}
	var address struct {
		XMLName xml.Name `xml:"urn:mekenjai:statement мекенжай"`
		City    string   `xml:"қала,attr"`
		Text    string   `xml:",chardata"`
	}
	if err := r.Signed[0].Decode(&address); err != nil || address.City != "Астана" || address.Text != "Абай 1" {
		t.Errorf("%+v, %v", address, err)
	}
	if err := (Signed{}).Decode(&address); err == nil {
		t.Error("nothing was decoded")
	}
	whole := verify(t, sign(t, k, statement, SignOptions{}), Options{})
	if strings.Contains(string(whole.Content), "түсініктеме") {
		t.Errorf("comments are not signed by a Reference without an XPointer: %s", whole.Content)
	}
}

// Owners sign one after another, as Kazakh software does it.
func TestSignaturesAddedOneAfterAnother(t *testing.T) {
	other, err := authority().Person(pki.Person{IIN: "850505300456", Surname: "ОМАРОВ", Given: "БОЛАТ"}, pki.Options{Algorithm: eds.RSASHA256})
	if err != nil {
		t.Fatal(err)
	}
	first := sign(t, key(t, pki.Options{}), statement, SignOptions{})
	both := sign(t, other, first, SignOptions{})
	three := sign(t, key(t, pki.Options{Algorithm: eds.GOST2004}), both, SignOptions{})
	r := verify(t, three, Options{})
	if !r.Valid() || len(r.Signers) != 3 || len(r.Signed) != 3 {
		t.Fatalf("%v %q", r.Reasons, r.Details)
	}
	if r.Signers[1].Subject.IIN != "850505300456" || r.Signed[1].Signer != 1 {
		t.Errorf("%+v", r.Signers[1].Subject)
	}
	if alone := verify(t, first, Options{}); string(r.Content) != string(alone.Content) {
		t.Errorf("content %s", r.Content)
	}
	second := between(t, both[strings.Index(both, "</ds:Signature>")+1:], "<ds:Signature ", "</ds:Signature>")
	for name, doc := range map[string]string{
		"content changed":          strings.Replace(three, "Абай 1", "Абай 2", 1),
		"first signature removed":  strings.Replace(both, between(t, both, "<ds:Signature ", "</ds:Signature>"), "", 1),
		"order changed":            strings.Replace(strings.Replace(both, second, "", 1), "<ds:Signature ", second+"<ds:Signature ", 1),
		"text between":             strings.Replace(both, "</ds:Signature>", "</ds:Signature>x", 1),
		"second signature changed": strings.Replace(both, second, strings.Replace(second, `URI=""`, `URI="#all"`, 1), 1),
	} {
		if r := verify(t, doc, Options{}); r.Valid() {
			t.Errorf("%s: valid", name)
		}
	}
	parts := sign(t, other, sign(t, key(t, pki.Options{}), `<a><b Id="b"/><c Id="c"/></a>`, SignOptions{ID: "b"}), SignOptions{ID: "c"})
	if r := verify(t, parts, Options{Partial: true}); !r.Valid() || r.Content != nil || len(r.Signed) != 2 || string(r.Signed[1].Content) != `<c Id="c"></c>` {
		t.Errorf("different elements: %v %s %+v", r.Reasons, r.Content, r.Signed)
	}
}

// The signer's certificate need not be the first, and its chain may stand beside it.
func TestTheCertificateThatMatchesIsFound(t *testing.T) {
	k := key(t, pki.Options{})
	chained := *k
	chained.Chain = authority().Anchors().Certificates()
	doc := sign(t, &chained, statement, SignOptions{})
	own := between(t, doc, "<ds:X509Certificate>", "</ds:X509Certificate>")
	last := change(t, change(t, doc, own, ""), "</ds:X509Data>", own+"</ds:X509Data>")
	wrapped := strings.ReplaceAll(last, "MII", "&#13;\nMII")
	for name, doc := range map[string]string{"first": doc, "last": last, "with line breaks": wrapped} {
		r := verify(t, doc, Options{})
		if !r.Valid() || !r.Signers[0].Certificate.Equal(k.Certificate) {
			t.Errorf("%s: %v %q", name, r.Reasons, r.Details)
		}
	}
	authority := chained.Chain[0].Raw()
	broken := bytes.Clone(authority)
	broken[len(broken)-1] ^= 1 // in its signature
	doc = change(t, doc, encode(authority), encode(broken))
	if r := verify(t, doc, Options{}); r.Valid() {
		t.Error("a changed certificate beside the signer's was passed over")
	}
}
