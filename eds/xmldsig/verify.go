package xmldsig

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig/internal/xmltree"
)

// Options are the demands on one verification.
type Options struct {
	eds.Options
	// Partial takes signatures over an element (Reference URI="#id") anywhere in the
	// document. Only the Content of Report.Signed was signed then; what stands around
	// it, and where it stands, was not.
	Partial bool
}

// Verify judges every signature of a document in UTF-8. A bad signature is an answer,
// not an error; the error is the context's.
func Verify(ctx context.Context, v *eds.Verifier, source []byte, o Options) (*Report, error) {
	report := newReport()
	d, err := parse(source)
	if err != nil {
		record(&report.Verdict, err)
		return report, ctx.Err()
	}
	var found []*xmltree.Node
	d.Root.Walk(func(n *xmltree.Node) bool {
		if !n.Is(spaceDS, "Signature") {
			return true
		}
		found = append(found, n)
		return false // what a signature has inside is its own affair
	})
	judge := &judge{v: v, d: d, o: o.Options, report: report}
	judge.all(ctx, found, func(s *signature, targets []target) error {
		switch {
		case o.Partial, whole(targets): // wherever the signature stands: all else is signed
			return nil
		case s.node.Parent != d.Root:
			return refuse(ReasonWrapping, "a Signature that is not directly under the root")
		case !d.covered(targets):
			return refuse(ReasonPartial, "the signature does not cover the whole document")
		}
		return nil
	})
	return report, ctx.Err()
}

func newReport() *Report {
	return &Report{Report: eds.Report{Verdict: eds.NewVerdict(), Signers: []eds.Signer{}}, Signed: []Signed{}}
}

// A judge fills a report.
type judge struct {
	v      *eds.Verifier
	d      *document
	o      eds.Options
	report *Report
}

// all judges signatures, each of which must satisfy the demand about its place and
// what it covers.
func (j *judge) all(ctx context.Context, found []*xmltree.Node, demand func(*signature, []target) error) {
	r := j.report
	if j.o.At.IsZero() {
		j.o.At = time.Now()
	}
	if len(found) == 0 {
		r.Add(eds.ReasonNoSigners, "the document has no signatures")
	}
	if len(found) > maxSignatures {
		r.Add(ReasonLimits, "%d signatures", len(found))
		found = nil
	}
	for i, n := range found {
		signer := j.one(ctx, n, following(n, found[i+1:]), demand)
		r.Merge(fmt.Sprintf("signer %d: ", i+1), signer.Verdict)
		r.Signers = append(r.Signers, signer)
	}
	r.Content = r.common()
}

// following are the signatures that were added after n: later children of its parent.
func following(n *xmltree.Node, rest []*xmltree.Node) []*xmltree.Node {
	var out []*xmltree.Node
	for _, o := range rest {
		if o.Parent == n.Parent && n.Parent != nil {
			out = append(out, o)
		}
	}
	return out
}

// one judges a signature: whether it is one and of what, then whether the key may be
// trusted.
func (j *judge) one(ctx context.Context, n *xmltree.Node, later []*xmltree.Node, demand func(*signature, []target) error) eds.Signer {
	out := eds.Signer{Verdict: eds.NewVerdict(), JudgedAt: j.o.At, Usage: []eds.Usage{}, Roles: []eds.Role{}}
	s, err := readSignature(n)
	if err != nil {
		record(&out.Verdict, err)
		return out
	}
	targets, err := j.d.cover(s, later)
	if err == nil {
		err = demand(s, targets)
	}
	if err != nil {
		record(&out.Verdict, err)
	}
	c, rest, err := j.signedBy(s)
	if err != nil {
		record(&out.Verdict, err)
	}
	sound := out.Valid()
	if c != nil {
		integrity := out.Verdict
		out = j.v.Judge(ctx, c, rest, j.o)
		trust := out.Verdict
		out.Verdict = integrity
		out.Merge("", trust)
	}
	out.Algorithm = s.algorithm
	for i, t := range targets {
		if sound {
			j.report.Signed = append(j.report.Signed, Signed{len(j.report.Signers), s.references[i].uri, t.whole, t.bytes, t.comments})
		}
	}
	return out
}

// signedBy finds the certificate whose key made the signature, and the others. When
// it is none of them the first is the one to report.
func (j *judge) signedBy(s *signature) (*eds.Certificate, []*eds.Certificate, error) {
	certificates, err := j.d.certificates(s)
	if err != nil {
		return nil, nil, err
	}
	message, err := j.d.canonical(s.info, s.method, nil)
	if err != nil {
		return nil, nil, err
	}
	var first error
	for i, c := range certificates {
		reason, err := c.VerifySignature(s.algorithm, message, s.value)
		if err == nil {
			return c, slices.Delete(certificates, i, i+1), nil
		}
		if first == nil || reason == eds.ReasonSignature {
			first = refuse(reason, "%s: %v", s.algorithm, err)
		}
	}
	return certificates[0], certificates[1:], first
}

// common is what all signers signed. Where one signature was added after another each
// later one covers what the first does and more, so that the first's content is
// everybody's.
func (r *Report) common() []byte {
	if len(r.Signers) == 0 {
		return nil
	}
	first := make([]*Signed, len(r.Signers))
	for i := range r.Signed {
		if s := &r.Signed[i]; first[s.Signer] == nil || s.Whole && !first[s.Signer].Whole {
			first[s.Signer] = s
		}
	}
	if first[0] == nil {
		return nil
	}
	for _, s := range first[1:] {
		if s == nil {
			return nil
		}
		added := s.Whole && first[0].Whole && s.comments == first[0].comments
		if !added && !bytes.Equal(s.Content, first[0].Content) {
			return nil
		}
	}
	return first[0].Content
}
