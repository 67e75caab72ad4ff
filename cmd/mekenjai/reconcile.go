package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"mekenjai"
	"mekenjai/internal/register"
)

type reconcileCommand struct {
	config
	AtMost int `help:"Things that may be sent again or differ before it stops: a listing that is wrong must not let a country be sent again." default:"1000" placeholder:"N"`
}

// Run compares the two registers beside the nodes that serve; those deliver what was
// found missing. An embedded database is open in one process alone: there the desk's
// page of the state's register begins a comparison.
func (c *reconcileCommand) Run(ctx context.Context, out io.Writer) error {
	if !c.several() {
		return errors.New("mekenjai reconcile needs PostgreSQL: with an embedded database a chief begins the comparison at the desk, under the state's register")
	}
	if c.AtMost < 1 {
		return errors.New("--at-most is a number of things, such as 1000")
	}
	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	defer p.close()
	if !p.register.HasKeeper() {
		return errors.New("the state's register of registrations is not connected: ours is the register, and there is nothing to compare it with")
	}
	x, err := p.register.Reconcile(ctx, c.AtMost)
	if errors.Is(err, mekenjai.ErrUnavailable) {
		return fmt.Errorf("the comparison goes on by itself when the state's register answers: %w", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Compared %d entries: %d sent again, %d new differences for an officer.\n", x.Compared, x.Sent, x.Differences)
	if x.State == register.ReconciliationStopped {
		return &exitCode{1, errors.New("the comparison stopped: too much differs, so the listing of the state's register is probably wrong; --at-most lets it go further")}
	}
	return nil
}
