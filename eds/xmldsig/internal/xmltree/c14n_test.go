package xmltree

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var testLimits = Limits{Bytes: 1 << 20, Depth: 50, Nodes: 10_000, Attributes: 64}

func mustParse(t testing.TB, doc string) *Document {
	t.Helper()
	d, err := Parse([]byte(doc), testLimits)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return d
}

func canonical(t testing.TB, d *Document, apex *Node, m Method) string {
	t.Helper()
	out, err := d.Canonical(apex, m, nil, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func named(t testing.TB, d *Document, local string) *Node {
	t.Helper()
	var found *Node
	d.Root.Walk(func(n *Node) bool {
		if n.Local == local {
			found = n
		}
		return found == nil
	})
	if found == nil {
		t.Fatalf("no element %s", local)
	}
	return found
}

// Each document shows the rules of one of the examples in Canonical XML 1.0, section 3.
func TestCanonicalXML(t *testing.T) {
	for name, c := range map[string]struct{ in, with, without string }{
		"3.1 what stands beside the root": {
			"<?xml version=\"1.0\"?>\n\n<?style   href=\"a.xsl\"\n  kind='x'   ?>\n\n<үй>Мекенжай<!-- ішкі --></үй>\n\n<?end?>\n<!-- бір -->\n\n<!-- екі -->\n",
			"<?style href=\"a.xsl\"\n  kind='x'   ?>\n<үй>Мекенжай<!-- ішкі --></үй>\n<?end?>\n<!-- бір -->\n<!-- екі -->",
			"<?style href=\"a.xsl\"\n  kind='x'   ?>\n<үй>Мекенжай</үй>\n<?end?>",
		},
		"3.2 white space in content stays": {
			"<a>\r\n  <b>  1\t</b>\r<c> </c>\n</a>",
			"<a>\n  <b>  1\t</b>\n<c> </c>\n</a>", "<a>\n  <b>  1\t</b>\n<c> </c>\n</a>",
		},
		"3.3 tags": {
			`<r xmlns:z="urn:z"><e1   /><e2   ></e2><e3  name="n"   id='i' /><e4 b:a="1" a:b='2' xmlns:b="urn:1" xmlns:a="urn:2" c="3" z:q="4"/>` +
				`<e5 xmlns="" xmlns:z="urn:z"><e6 xmlns="urn:6"><e7 xmlns=""><e8 xmlns=""/></e7></e6></e5></r>`,
			`<r xmlns:z="urn:z"><e1></e1><e2></e2><e3 id="i" name="n"></e3><e4 xmlns:a="urn:2" xmlns:b="urn:1" c="3" b:a="1" a:b="2" z:q="4"></e4>` +
				`<e5><e6 xmlns="urn:6"><e7 xmlns=""><e8></e8></e7></e6></e5></r>`, "",
		},
		"3.4 characters and references": {
			"<d><t>one&#x0d;\r\ntwo</t><v>&#x32;</v><c><![CDATA[v>\"0\" && v<\"10\"]]> ?</c><e x='v>\"0\" &amp;&amp; v&lt;\"10\" ?\"a\":\"&apos;\"'>&gt;]]&gt;</e>" +
				"<n a='  &#x20;&#13;&#xa;&#9;  &apos; \r\n\tb'/></d>",
			"<d><t>one&#xD;\ntwo</t><v>2</v><c>v&gt;\"0\" &amp;&amp; v&lt;\"10\" ?</c><e x=\"v>&quot;0&quot; &amp;&amp; v&lt;&quot;10&quot; ?&quot;a&quot;:&quot;'&quot;\">&gt;]]&gt;</e>" +
				"<n a=\"   &#xD;&#xA;&#x9;  '   b\"></n></d>", "",
		},
		"3.6 UTF-8":                    {"\ufeff<?xml version='1.0' encoding='utf-8' standalone='no' ?><d>&#169;&#x1F3E0;қ</d>", "<d>©🏠қ</d>", ""},
		"xml is never declared":        {`<d xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:space="preserve" b="1"/>`, `<d b="1" xml:space="preserve"></d>`, ""},
		"CDATA is text like any other": {"<d>a<![CDATA[]]><![CDATA[&amp;]]>]]<![CDATA[>]]></d>", "<d>a&amp;amp;]]&gt;</d>", ""},
		"same name in two namespaces":  {`<d xmlns:b="urn:a" xmlns:a="urn:b" a:x="1" b:x="2" x="3"/>`, `<d xmlns:a="urn:b" xmlns:b="urn:a" x="3" b:x="2" a:x="1"></d>`, ""},
	} {
		d := mustParse(t, c.in)
		if got := canonical(t, d, nil, Method{Comments: true}); got != c.with {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.with)
		}
		if got := canonical(t, d, nil, Method{}); c.without != "" && got != c.without {
			t.Errorf("%s, without comments:\n%s\nwant\n%s", name, got, c.without)
		}
	}
}

// An element alone: Canonical XML 1.0, section 2.4, and Exclusive C14N, section 2.
func TestCanonicalFormOfAnElement(t *testing.T) {
	const doc = `<n0:pdu xmlns:n0="urn:a" xmlns="urn:d" xml:lang="kk" xml:space="default">` +
		`<m xmlns:n1="urn:b" xmlns:un="urn:unused" xml:lang="ru"><n1:e xmlns:n3="urn:e" xmlns:n0="urn:a"><n3:s xmlns:n3="urn:e" n0:x="1" y="2"/><bare xmlns=""/></n1:e></m></n0:pdu>`
	for name, c := range map[string]struct {
		element string
		method  Method
		want    string
	}{
		"inclusive: everything in scope, xml: attributes inherited": {"e", Method{},
			`<n1:e xmlns="urn:d" xmlns:n0="urn:a" xmlns:n1="urn:b" xmlns:n3="urn:e" xmlns:un="urn:unused" xml:lang="ru" xml:space="default">` +
				`<n3:s y="2" n0:x="1"></n3:s><bare xmlns=""></bare></n1:e>`},
		"exclusive: what is used": {"e", Method{Exclusive: true},
			`<n1:e xmlns:n1="urn:b"><n3:s xmlns:n0="urn:a" xmlns:n3="urn:e" y="2" n0:x="1"></n3:s><bare></bare></n1:e>`},
		"exclusive with a list": {"e", Method{Exclusive: true, Prefixes: []string{"un", "", "n0", "nobody"}},
			`<n1:e xmlns="urn:d" xmlns:n0="urn:a" xmlns:n1="urn:b" xmlns:un="urn:unused"><n3:s xmlns:n3="urn:e" y="2" n0:x="1"></n3:s><bare xmlns=""></bare></n1:e>`},
		"exclusive, default namespace": {"m", Method{Exclusive: true},
			`<m xmlns="urn:d" xml:lang="ru"><n1:e xmlns:n1="urn:b"><n3:s xmlns:n0="urn:a" xmlns:n3="urn:e" y="2" n0:x="1"></n3:s><bare xmlns=""></bare></n1:e></m>`},
	} {
		d := mustParse(t, doc)
		if got := canonical(t, d, named(t, d, c.element), c.method); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestSkippedSubtreesLeaveTheRestAsItIs(t *testing.T) {
	d := mustParse(t, `<a xmlns:p="urn:p"> <p:b/> <p:c><p:b/></p:c></a>`)
	out, err := d.Canonical(nil, Method{Exclusive: true}, map[*Node]bool{named(t, d, "b"): true}, 1000)
	if want := `<a>  <p:c xmlns:p="urn:p"><p:b></p:b></p:c></a>`; err != nil || string(out) != want {
		t.Errorf("%s, %v", out, err)
	}
}

// A canonical form is its own canonical form.
func checkIdempotent(t *testing.T, d *Document, source string) {
	t.Helper()
	for _, m := range []Method{{}, {Comments: true}, {Exclusive: true}, {Exclusive: true, Comments: true}} {
		first, err := d.Canonical(nil, m, nil, 1<<22)
		if err != nil {
			return // beyond the limit
		}
		again, err := Parse(first, Limits{Bytes: 1 << 22, Depth: 50, Nodes: 20_000, Attributes: 200})
		if err != nil {
			t.Fatalf("%q: canonical form %q: %v", source, first, err)
		}
		second, err := again.Canonical(nil, m, nil, 1<<22)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%q: %q, then %q, %v", source, first, second, err)
		}
	}
}

var corners = []string{
	`<a/>`, "<a>\r\n\r</a>", `<a b="&#10;&#13;&#9; &lt;>"/>`, `<a xmlns="urn:a"><b xmlns=""><c xmlns="urn:a"/></b></a>`,
	`<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1" p:d="1"/></p:b></p:a>`,
	"<?pi  data ?><!--c--><a><?pi?><!-- d --></a><!--e--><?pi x?>", "<a>x<![CDATA[<&>]]>y&amp;&#xD;</a>",
	`<a xml:lang="kk" xmlns:b="urn:b" b:c="1" c="2"/>`, "<Қ.ала-1 ә=\"і\">ғ</Қ.ала-1>", `<a b='"' c="'">"'</a>`,
	`<a xmlns:z="urn:z" xmlns:y="urn:y"><y:b z:c="1" y:c="2"/><z:b/></a>`,
}

// libxml2 writes the same canonical forms.
func TestCanonicalFormsAgreeWithXmllint(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint (libxml2-utils) is not installed")
	}
	for i, doc := range corners {
		file := filepath.Join(t.TempDir(), "in.xml")
		if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		for option, m := range map[string]Method{"--c14n": {Comments: true}, "--exc-c14n": {Exclusive: true, Comments: true}} {
			want, err := exec.Command(xmllint, option, file).Output()
			if err != nil {
				t.Fatalf("%d %s: %v", i, option, err)
			}
			if got := canonical(t, mustParse(t, doc), nil, m); got != string(want) {
				t.Errorf("%s %s:\n%q\nxmllint\n%q", option, doc, got, want)
			}
		}
	}
}

func TestCanonicalFormIsBounded(t *testing.T) {
	d := mustParse(t, `<a xmlns:p="urn:`+strings.Repeat("x", 10_000)+`">`+strings.Repeat("<p:b/>", 5000)+"</a>")
	if out, err := d.Canonical(nil, Method{Exclusive: true}, nil, 1<<20); !errors.Is(err, ErrLimit) {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if _, err := d.Canonical(nil, Method{}, nil, 1<<20); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range corners {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if d, err := Parse(in, testLimits); err == nil {
			checkIdempotent(t, d, string(in))
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(`<r xmlns="urn:r" xmlns:p="urn:p">`)
	for range 1000 {
		doc.WriteString(`<p:person iin="900101400123" p:kind="1"><name>Серікова Айгүл &amp; Ко</name></p:person>`)
	}
	doc.WriteString(`</r>`)
	source := []byte(doc.String())
	for _, exclusive := range []bool{false, true} {
		name := map[bool]string{false: "inclusive", true: "exclusive"}[exclusive]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				d, err := Parse(source, testLimits)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := d.Canonical(nil, Method{Exclusive: exclusive}, nil, 1<<20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
