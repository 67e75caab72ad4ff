package main

import (
	"fmt"
	"io"

	"mekenjai/internal/papers"
)

// paperSecretCommand makes a secret for scans of papers. To change secrets, put the
// new line first and keep the old ones: they open what was kept under them.
type paperSecretCommand struct {
	Name string `arg:"" help:"Name of the secret, such as 2026: it stands beside each paper."`
}

func (c *paperSecretCommand) Run(stdout io.Writer) error {
	_, err := fmt.Fprint(stdout, papers.NewSecret(c.Name))
	return err
}
