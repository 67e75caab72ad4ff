package main

import (
	"context"

	"mekenjai/eds"
)

// verifyAny verifies a CMS, or a signed XML when the file looks like one.
func verifyAny(ctx context.Context, v *eds.Verifier, data, content []byte, o eds.Options) (*eds.Report, error) {
	return v.VerifyCMS(ctx, data, content, o)
}
