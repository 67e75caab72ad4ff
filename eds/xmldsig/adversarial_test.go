package xmldsig

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
)

// patience is far more than any of the documents takes, also on a machine with other
// work; without the limits some would take minutes.
const patience = time.Minute

func TestDocumentsMadeToTakeLongDoNot(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes megabytes of XML long by itself: measured without it")
	}
	signed := sign(t, key(t, pki.Options{}), statement, SignOptions{})
	signature := between(t, signed, "<ds:Signature ", "</ds:Signature>")
	reference := between(t, signed, "<ds:Reference ", "</ds:Reference>")
	certificate := between(t, signed, "<ds:X509Certificate>", "</ds:X509Certificate>")
	many := strings.Repeat(strings.Replace(signature, reference, strings.Repeat(reference, maxReferences), 1), maxSignatures)
	exclusive := strings.Replace(signature, `<ds:Transform Algorithm="`+uriC14N+`#WithComments">`, `<ds:Transform Algorithm="`+uriExcC14N+`">`, 1)
	var spaces, attributes strings.Builder
	for i := range 250 {
		fmt.Fprintf(&spaces, " xmlns:p%d='urn:%d'", i, i)
		fmt.Fprintf(&attributes, " a%d='%s'", i, strings.Repeat("&#10;", 20))
	}
	nested := func(inner string) string {
		return strings.Repeat("<b"+spaces.String()+">", 190) + inner + strings.Repeat("</b>", 190)
	}
	for name, c := range map[string]struct {
		content string
		reason  eds.Reason
	}{
		"every signature over 15 MB":                  {strings.Repeat("x", 15<<20) + many, ReasonLimits},
		"every signature over 100,000 elements":       {strings.Repeat("<b/>", 60_000) + many, eds.ReasonDigest},
		"too many signatures":                         {strings.Repeat(signature, 5000), ReasonLimits},
		"too many certificates":                       {strings.Replace(signature, certificate, strings.Repeat(certificate, 5000), 1), ReasonLimits},
		"too deep":                                    {strings.Repeat("<a>", 100_000), ReasonLimits},
		"too many attributes":                         {"<b" + attributes.String() + strings.Replace(attributes.String(), "a", "b", -1) + "/>", ReasonLimits},
		"250 namespaces on each of 3,000":             {strings.Repeat("<b"+spaces.String()+"/>", 3000) + signature, eds.ReasonDigest},
		"250 namespaces on 190 levels, inclusive":     {nested(strings.Repeat("<p1:c p2:x='1'/>", 90_000)) + signature, eds.ReasonDigest},
		"250 namespaces on 190 levels, exclusive":     {nested(strings.Repeat("<p1:c p2:x='1'/>", 90_000)) + exclusive, eds.ReasonDigest},
		"a namespace of a megabyte in every element":  {"<b xmlns:p='urn:" + strings.Repeat("n", 1<<20) + "'>" + strings.Repeat("<p:c/>", 90_000) + "</b>" + exclusive, ReasonLimits},
		"line ends in attributes":                     {strings.Repeat("<b"+attributes.String()+"/>", 400) + signature, eds.ReasonDigest},
		"one Id in every element":                     {strings.Repeat("<b Id='x'/>", 90_000) + strings.ReplaceAll(many, `URI=""`, `URI="#x"`), ReasonDuplicateID},
		"tags that never end":                         {strings.Repeat("<b ", 3<<20), eds.ReasonMalformed},
		"a relative namespace that is quoted in logs": {"<b xmlns='" + strings.Repeat("n", 1<<20) + "'/>", eds.ReasonMalformed},
	} {
		start := time.Now()
		r := verify(t, "<a>"+c.content+"</a>", Options{})
		wantRefused(t, name, r, c.reason)
		if took := time.Since(start); took > patience {
			t.Errorf("%s took %v", name, took)
		}
		for _, detail := range r.Details {
			if len(detail) > 1000 {
				t.Errorf("%s: a sentence of %d bytes", name, len(detail))
			}
		}
	}
}
