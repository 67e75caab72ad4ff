package shep

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"mekenjai"
)

// writer writes the parts of a message in the order of its schema. encoding/xml is
// not used: its default namespaces leak onto children, which must have none.
type writer struct{ strings.Builder }

func (w *writer) open(name string)  { w.WriteString("<" + name + ">") }
func (w *writer) close(name string) { w.WriteString("</" + name + ">") }

// must writes an element that the schema demands, may one that it allows.
func (w *writer) must(name, text string) {
	w.open(name)
	w.WriteString(escape(text))
	w.close(name)
}

func (w *writer) may(name, text string) {
	if text != "" {
		w.must(name, text)
	}
}

func (w *writer) number(name string, n int) { w.must(name, strconv.Itoa(n)) }

func (w *writer) instant(name string, t time.Time) { w.must(name, instant(t)) }

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder does not fail
	return b.String()
}

// instant is xs:dateTime in Almaty's zone, to the millisecond.
func instant(t time.Time) string {
	return t.In(mekenjai.Almaty).Format("2006-01-02T15:04:05.000Z07:00")
}

// envelope puts one operation into a SOAP envelope.
func envelope(space, operation, inside string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="` + soapEnvelope + `"><soap:Body><t:` +
		operation + ` xmlns:t="` + space + `">` + inside + `</t:` + operation + `></soap:Body></soap:Envelope>`)
}

// Data is the element data for a document of the variants Typed and Plain, standing
// alone. For Typed kind is the type in the namespace space; for Plain it is "".
// children is XML.
func Data(space, kind string, children []byte) []byte {
	start := `<data xmlns:p="` + escape(space) + `">`
	if kind != "" {
		start = `<data xmlns:p="` + escape(space) + `" xmlns:xsi="` + instanceSpace + `" xsi:type="p:` + escape(kind) + `">`
	}
	return []byte(start + string(children) + `</data>`)
}

// dataOf is what stands in requestData and responseData for a document.
func dataOf(v Variant, doc []byte) (string, error) {
	if len(doc) == 0 {
		return "", nil
	}
	if v == Text {
		return `<data xmlns:xs="` + schemaSpace + `" xmlns:xsi="` + instanceSpace + `" xsi:type="xs:string">` + escape(string(doc)) + `</data>`, nil
	}
	root, err := parse(doc)
	if err != nil {
		return "", err
	}
	if root.name.Local != "data" || root.name.Space != "" {
		return "", malformed("a document of the variant %s is the element data, not %s", v, root.name.Local)
	}
	return string(doc[root.start:root.end]), nil // without an XML declaration, which may only begin a message
}
