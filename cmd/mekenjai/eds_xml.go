package main

import (
	"bytes"
	"context"
	"encoding/xml"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
)

// verifyAny verifies a CMS, or a signed XML when the file looks like one: the first
// character that is no space is "<", which neither DER nor PEM nor base64 has there.
// The report is the one of its package.
func verifyAny(ctx context.Context, v *eds.Verifier, data, content []byte, o eds.Options) (any, eds.Status, error) {
	start := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\uFEFF")))
	if !bytes.HasPrefix(start, []byte("<")) {
		report, err := v.VerifyCMS(ctx, data, content, o)
		if err != nil {
			return nil, "", err
		}
		return report, report.Status, nil
	}
	verify := func() (*xmldsig.Report, error) { return xmldsig.Verify(ctx, v, data, xmldsig.Options{Options: o}) }
	if isEnvelope(data) {
		verify = func() (*xmldsig.Report, error) { return xmldsig.VerifyEnvelope(ctx, v, data, o) }
	}
	report, err := verify()
	if err != nil {
		return nil, "", err
	}
	// A signed XML has its content inside: another file may only be the same.
	if content != nil && !bytes.Equal(content, report.Content) {
		report.Add(eds.ReasonContentMismatch, "the XML is not a signature over this content")
	}
	return report, report.Status, nil
}

// isEnvelope reports whether the document is a SOAP message with a Security header: a
// message of the state bus, of which the Body is signed and not the whole. Who makes a
// document look like one gains nothing, as then its Body must be signed.
func isEnvelope(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	for depth := 0; ; {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 1 && t.Name.Local != "Envelope" || depth == 2 && t.Name.Local != "Header" {
				return false
			}
			if depth == 3 && t.Name.Local == "Security" {
				return true
			}
		case xml.EndElement:
			depth--
		}
	}
}
