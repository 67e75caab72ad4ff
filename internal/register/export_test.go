package register

import "context"

// Inquire runs the job of asking the registers, for tests that choose the moment.
func (r *Register) Inquire(ctx context.Context, application string) error {
	return r.inquire(ctx, application)
}

// SendMessages runs the jobs of the notices that were not sent yet.
func (r *Register) SendMessage(ctx context.Context, notice string) error {
	return r.sendMessage(ctx, notice)
}
