package register

import "context"

// Inquire runs the job of asking the registers, for tests that choose the moment.
func (r *Register) Inquire(ctx context.Context, application string) error {
	return r.inquire(ctx, application)
}
