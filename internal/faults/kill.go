package faults

import (
	"context"
	"time"
)

// Kill ends a node as a power cut would, at a random moment after it began to
// answer, and starts it again. Of several nodes one is killed at a time, and the
// people go on with the others.
func Kill() Fault {
	return Fault{
		Name: "kill",
		Says: "A node that is killed at any moment loses and doubles nothing.",
		Strike: func(ctx context.Context, s *Site) error {
			n := s.Nodes[s.Random.IntN(len(s.Nodes))]
			if err := pause(ctx, time.Duration(20+s.Random.IntN(700))*time.Millisecond); err != nil {
				return err
			}
			n.Kill()
			if err := n.Start(); err != nil {
				return err
			}
			return n.Await(ctx)
		},
	}
}
