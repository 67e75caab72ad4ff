package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mekenjai"
	"mekenjai/eds"
)

// edsEvidence is for the administrator of an installation, on its own machine, when a
// court or a commission asks who signed. Each use is audited.
type edsEvidence struct {
	config
	Out     string `required:"" help:"Where to write the CAdES-LT." placeholder:"FILE"`
	Content string `help:"Where to write the text that was signed; mekenjai eds verify wants it for a detached signature." placeholder:"FILE"`
	ID      string `arg:"" help:"Id of the application, consent, signed text or session, as the audit names it."`
}

// handedOut is what the command prints.
type handedOut struct {
	Of          string           `json:"of"`
	ID          string           `json:"id"`
	Certificate string           `json:"certificate,omitempty"` // of a sign-in
	SignedAt    *time.Time       `json:"signedAt,omitempty"`
	KeptUntil   *time.Time       `json:"keptUntil,omitempty"`
	Revocation  []eds.Revocation `json:"revocation,omitempty"` // what was known at the door
}

// Run writes the files and prints what they are.
func (c *edsEvidence) Run(ctx context.Context, stdout io.Writer) error {
	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	return errors.Join(c.handOut(ctx, p, stdout), p.close())
}

func (c *edsEvidence) handOut(ctx context.Context, p *program, stdout io.Writer) error {
	out := handedOut{ID: c.ID}
	e, err := p.register.EvidenceOf(ctx, c.ID)
	if errors.Is(err, mekenjai.ErrNotFound) {
		proof, failed := p.access.ProofOf(ctx, c.ID)
		if err = failed; err == nil {
			e.Of, e.Archive = "session", proof.Evidence
			out.Certificate, out.SignedAt, out.KeptUntil, out.Revocation = proof.Certificate, &proof.SignedAt, &proof.Ends, proof.Revocation
		}
	}
	switch {
	case errors.Is(err, mekenjai.ErrNotFound):
		return fmt.Errorf("nothing with the id %q was signed with a key here, or it is not kept any more", c.ID)
	case err != nil:
		return err
	case e.Archive == nil:
		return errors.New("the evidence is still being gathered: try again when the authorities answer")
	}
	out.Of = e.Of
	if err := os.WriteFile(c.Out, e.Archive, 0o600); err != nil {
		return err
	}
	if c.Content != "" && e.Text != nil {
		if err := os.WriteFile(c.Content, e.Text, 0o600); err != nil {
			return err
		}
	}
	return printJSON(stdout, out)
}
