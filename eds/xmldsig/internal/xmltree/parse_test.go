package xmltree

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What is not well-formed, or not understood alike by all readers, is refused.
func TestMalformedDocumentsAreRefused(t *testing.T) {
	for _, doc := range []string{
		"", " ", "text", "<a>", "<a", "<", "</a>", "<a/><b/>", "<a/>x", "x<a/>", "<a></b>", "<a><b></a></b>", "<a/>&#32;", "<![CDATA[ ]]><a/>",
		"<1a/>", "<a:/>", "<:a/>", "<a:b:c xmlns:a='urn:a'/>", "<-a/>", "< a/>", "<a / >", "<a/ >", "</ a>", "<×/>",
		`<a b/>`, `<a b=1/>`, `<a b="1"c="2"/>`, `<a b="1/>`, `<a b="<"/>`, `<a b="1" b="2"/>`, `<a b='&amp'/>`, `<a "b"="c"/>`,
		`<a xmlns:p="urn:1" xmlns:q="urn:1" p:b="1" q:b="2"/>`, `<a xmlns:p="urn:1" xmlns:p="urn:1"/>`, `<a xmlns="urn:1" xmlns="urn:2"/>`,
		`<p:a/>`, `<a p:b="1"/>`, `<a><b xmlns:p="urn:p"/><p:c/></a>`, `<a xmlns:p=""/>`, `<a xmlns:xml="urn:x"/>`, `<a xmlns:xmlns="urn:x"/>`,
		`<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`, `<a xmlns="http://www.w3.org/2000/xmlns/"/>`, `<a xmlns="relative"/>`, `<a xmlns=":x"/>`, `<xmlns:a/>`,
		`<a>&nbsp;</a>`, `<a>&</a>`, `<a>&#;</a>`, `<a>&#x;</a>`, `<a>&#0;</a>`, `<a>&#8;</a>`, `<a>&#xD800;</a>`, `<a>&#xFFFE;</a>`, `<a>&#x110000;</a>`,
		`<a>&#X41;</a>`, `<a>&#+65;</a>`, `<a>&#6_5;</a>`, `<a>&#99999999999;</a>`, `<a>&x41;</a>`, `<a>&lt</a>`, `<a>&amp ;</a>`, `<a>]]></a>`, "<a>\x00</a>", "<a>\x0B</a>", "<a>\xFF</a>",
		"<a>\xED\xA0\x80</a>", "<a>\xEF\xBF\xBF</a>", "<a>\xC0\xBC</a>",
		`<!-- -- --><a/>`, `<!-- --->`, `<a><!-- </a>`, `<a><![CDATA[</a>`, `<![CDATA[x]]>`, `<a><!ELEMENT a></a>`,
		`<?xml?><a/>`, `<?xml version="1.1"?><a/>`, `<?xml version="1.0" encoding="utf-16"?><a/>`, `<?xml version="1.0" encoding="windows-1251"?><a/>`,
		`<?xml encoding="utf-8"?><a/>`, `<?xml version="1.0" standalone="maybe"?><a/>`, `<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>`,
		`<?xml version="1.0" version="1.0"?><a/>`, `<?xml version="1.0"encoding="utf-8"?><a/>`, ` <?xml version="1.0"?><a/>`, `<a><?xml version="1.0"?></a>`,
		`<?XML x?><a/>`, `<?a:b x?><a/>`, `<? a?><a/>`, `<?a<?><a/>`, `<?a`,
	} {
		if d, err := Parse([]byte(doc), testLimits); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %v, %v", doc, d, err)
		}
	}
}

// Entities expand to anything, and default attributes come out of nowhere.
func TestDocumentTypesAreRefused(t *testing.T) {
	for _, doc := range []string{
		`<!DOCTYPE a><a/>`, `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
		`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, `<a><!DOCTYPE a></a>`,
	} {
		if _, err := Parse([]byte(doc), testLimits); !errors.Is(err, ErrDTD) {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

func TestLimitsHold(t *testing.T) {
	attributes := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` a%d=""`, i)
		}
		return "<a" + b.String() + "/>"
	}
	for name, c := range map[string]struct{ good, bad string }{
		"size":       {"<a>" + strings.Repeat("x", 1000) + "</a>", "<a>" + strings.Repeat("x", 1<<20) + "</a>"},
		"depth":      {strings.Repeat("<a>", 50) + strings.Repeat("</a>", 50), strings.Repeat("<a>", 51) + strings.Repeat("</a>", 51)},
		"nodes":      {"<a>" + strings.Repeat("<b/>", 9_999) + "</a>", "<a>" + strings.Repeat("<b/>", 10_000) + "</a>"},
		"attributes": {attributes(64), attributes(65)},
	} {
		if _, err := Parse([]byte(c.good), testLimits); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Parse([]byte(c.bad), testLimits); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Inputs that make naive readers quadratic take about as long as any others.
func TestTimeIsLinearInTheInput(t *testing.T) {
	const size = 1 << 20
	wide := Limits{Bytes: size + 1000, Depth: 200, Nodes: 1 << 21, Attributes: 1 << 20}
	took := func(doc string) time.Duration {
		from := time.Now()
		if d, err := Parse([]byte(doc), wide); err == nil {
			_, _ = d.Canonical(nil, Method{}, nil, 1<<26)
			_, _ = d.Canonical(nil, Method{Exclusive: true}, nil, 1<<26)
		}
		return time.Since(from)
	}
	fill := func(before, unit, after string) string {
		return before + strings.Repeat(unit, size/len(unit)) + after
	}
	list := func(format string, size int) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	ordinary := took(fill("<a>", "<b/>", "</a>"))
	for name, doc := range map[string]string{
		"CDATA": fill("<a>", "<![CDATA[x]]>", "</a>"), "references": fill("<a>", "&amp;", "</a>"), "line ends": fill("<a>", "\r", "</a>"),
		"open references": fill("<a>", "&", "</a>"), "open comments": fill("<a>", "<!--", "</a>"), "open CDATA": fill("<a>", "<![CDATA[", "</a>"),
		"open instructions": fill("<a>", "<?a ", "</a>"), "open quotes": fill("<a ", `b="`, ""), "end tags": fill("<a>", "</a>", ""),
		"attributes": "<a" + list(` a%d=""`, size) + "/>",
		"namespaces": "<a" + list(` xmlns:a%d="urn:a"`, size/2) + ">" + strings.Repeat("<a0:b/>", size/14) + "</a>",
	} {
		if d := took(doc); d > 20*ordinary+200*time.Millisecond {
			t.Errorf("%s: %v, ordinary %v", name, d, ordinary)
		}
	}
}
