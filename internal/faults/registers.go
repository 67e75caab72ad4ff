package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/state"
)

// Registers lets every second register of the state be dead, and the others so slow
// that each question runs into its limit, for so long; then all work again.
func Registers(silence time.Duration) Fault {
	turn := 0
	return Fault{
		Name: "registers",
		Says: "While the registers are silent nothing passes and nothing is refused, the clock of the promise runs, and afterwards every case comes to its end.",
		Strike: func(ctx context.Context, s *Site) error {
			if err := pause(ctx, time.Second); err != nil {
				return err
			}
			faults := url.Values{}
			for i, p := range state.All {
				way := "down"
				if (i+turn)%2 == 0 {
					way = "stuck" // each question runs into its limit
				}
				faults.Set("fault-"+string(p), way)
			}
			turn++
			if err := s.demo(ctx, "/demo/registers", faults); err != nil {
				return err
			}
			if err := pause(ctx, silence); err != nil {
				return err
			}
			return s.demo(ctx, "/demo/heal", nil)
		},
		Prove: func(ctx context.Context, _ *Site, db *database.DB) error {
			n := 0
			err := db.Read(ctx, func(tx database.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE verb = 'register.silent'`).Scan(&n)
			})
			if err == nil && n == 0 {
				err = errors.New("no application met the silence")
			}
			return err
		},
	}
}

// demo does on every node what a form of the demo country does.
func (s *Site) demo(ctx context.Context, path string, form url.Values) error {
	for i, n := range s.Nodes {
		v := newVisitor(ctx, "http://"+n.Address, http.DefaultTransport)
		if to, err := v.post(path, form); err != nil {
			return fmt.Errorf("%s on node %d led to %q: %w", path, i+1, to, err)
		}
	}
	return nil
}
