package xmldsig

import (
	"context"
	"slices"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// An envelope is a SOAP envelope in the form that the state bus uses.
type envelope struct {
	*document
	header   *xmltree.Node // nil when absent
	body     *xmltree.Node
	security []*xmltree.Node // the Security headers
}

// parseEnvelope reads a SOAP 1.1 (or 1.2) envelope: a Header at most and one Body. An
// envelope with two bodies is how a signed one is kept in the message while another is
// read.
func parseEnvelope(source []byte) (*envelope, error) {
	d, err := parse(source)
	if err != nil {
		return nil, err
	}
	root := d.Root
	if root.Local != "Envelope" || root.Space != spaceS11 && root.Space != spaceS12 {
		return nil, refuse(eds.ReasonMalformed, "%s is no SOAP envelope", root.Qualified())
	}
	e := &envelope{document: d}
	parts, ok := root.Elements()
	if !ok {
		return nil, refuse(eds.ReasonMalformed, "the envelope has more than elements")
	}
	if len(parts) > 0 && parts[0].Is(root.Space, "Header") {
		e.header, parts = parts[0], parts[1:]
	}
	if len(parts) != 1 || !parts[0].Is(root.Space, "Body") {
		return nil, refuse(ReasonWrapping, "the envelope has other parts than a Header and one Body")
	}
	e.body = parts[0]
	if e.header != nil {
		for _, n := range e.header.Children {
			if n.Kind == xmltree.Element && n.Is(spaceWSSE, "Security") {
				e.security = append(e.security, n)
			}
		}
	}
	return e, nil
}

// signatures lists the Signature elements of the Security headers. One anywhere else
// outside of the Body is refused: nobody would judge it. Those in the Body belong to
// the business and are signed content here.
func (e *envelope) signatures() ([]*xmltree.Node, error) {
	var out []*xmltree.Node
	stray := false
	e.Root.Walk(func(n *xmltree.Node) bool {
		if n == e.body {
			return false
		}
		if !n.Is(spaceDS, "Signature") {
			return true
		}
		if slices.Contains(e.security, n.Parent) {
			out = append(out, n)
		} else {
			stray = true
		}
		return false
	})
	if stray {
		return out, refuse(ReasonWrapping, "a Signature outside of the Security header")
	}
	return out, nil
}

// VerifyEnvelope judges the WS-Security signature of a message of the state bus: every
// Signature in the Security header must cover the Body of this envelope. Content is
// the Body as it was signed, nil unless the signature matches. Signatures inside the
// Body are content: take the inner document out and Verify it. Whether the message is
// fresh, or has come before, is for its messageId and messageDate to tell, which are in
// the Body; the profile has no Timestamp.
func VerifyEnvelope(ctx context.Context, v *eds.Verifier, source []byte, o eds.Options) (*Report, error) {
	report := newReport()
	e, err := parseEnvelope(source)
	if err != nil {
		record(&report.Verdict, err)
		return report, ctx.Err()
	}
	found, err := e.signatures()
	if err != nil {
		record(&report.Verdict, err)
	}
	judge := &judge{v: v, d: e.document, o: o, report: report}
	judge.all(ctx, found, e.demand)
	return report, ctx.Err()
}

// demand wants a reference to the Body, and none to anything but the Body and parts of
// the Header. The element is compared, not its name or place: a Body moved elsewhere
// with its Id is still a Body, but not the one that is read.
func (e *envelope) demand(_ *signature, targets []target) error {
	covered := false
	for _, t := range targets {
		switch {
		case t.apex == e.body:
			covered = true
		case t.apex == nil || e.header == nil || t.apex == e.header || !e.header.Contains(t.apex):
			return refuse(ReasonWrapping, "a Reference to something that is neither the Body nor in the Header")
		}
	}
	if !covered {
		return refuse(ReasonWrapping, "the signature does not cover the Body of this envelope")
	}
	return nil
}
