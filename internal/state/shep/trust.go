package shep

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/xmldsig"
)

// trust is whose signatures count.
type trust struct {
	verifier *eds.Verifier
	pinned   []*eds.Certificate // empty: anybody whom the verifier trusts
}

// envelope judges the transport signature and returns who made it. A message without
// one, or with one that cannot be checked now, is not trusted.
func (t trust) envelope(ctx context.Context, raw []byte, at time.Time) (*eds.Certificate, error) {
	if t.verifier == nil {
		return nil, fmt.Errorf("%w: there is nothing to judge it by", ErrUntrusted)
	}
	report, err := xmldsig.VerifyEnvelope(ctx, t.verifier, raw, eds.Options{At: at})
	if err != nil {
		return nil, err
	}
	return t.signer(&report.Report)
}

// document judges the enveloped signature of a business document.
func (t trust) document(ctx context.Context, doc []byte, at time.Time) (*eds.Certificate, error) {
	if t.verifier == nil {
		return nil, fmt.Errorf("%w: there is nothing to judge it by", ErrUntrusted)
	}
	report, err := xmldsig.Verify(ctx, t.verifier, doc, xmldsig.Options{Options: eds.Options{At: at}})
	if err != nil {
		return nil, err
	}
	return t.signer(&report.Report)
}

// signer is the one signer of a message. Nobody else's word is needed, and a second
// one would be somebody whom nobody asked.
func (t trust) signer(r *eds.Report) (*eds.Certificate, error) {
	if !r.Valid() || len(r.Signers) != 1 || r.Signers[0].Certificate == nil {
		return nil, fmt.Errorf("%w: %v", ErrUntrusted, r.Reasons)
	}
	c := r.Signers[0].Certificate
	if len(t.pinned) > 0 && !slices.ContainsFunc(t.pinned, func(p *eds.Certificate) bool { return bytes.Equal(p.Raw(), c.Raw()) }) {
		return nil, fmt.Errorf("%w: by a certificate that is not among those expected", ErrUntrusted)
	}
	return c, nil
}

// VerifyDocument judges the enveloped signature of a document that came over the
// asynchronous channel: good, and by one of the signers, or, where none are named, by
// anybody whom the verifier trusts. ErrUndecided says that this can be told later.
func VerifyDocument(ctx context.Context, v *eds.Verifier, signers []*eds.Certificate, doc []byte, at time.Time) error {
	report, err := xmldsig.Verify(ctx, v, doc, xmldsig.Options{Options: eds.Options{At: at}})
	if err != nil {
		return err
	}
	if report.Status == eds.StatusIndeterminate {
		return fmt.Errorf("%w: %v", ErrUndecided, report.Reasons)
	}
	_, err = trust{v, signers}.signer(&report.Report)
	return err
}
