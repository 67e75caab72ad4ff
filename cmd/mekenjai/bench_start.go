package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"mekenjai/internal/bench"
)

type benchStart struct {
	Serve []string      `arg:"" optional:"" passthrough:"" help:"After --, flags of mekenjai serve, such as --database=postgres://…; the database is filled by a start that is not measured."`
	Times int           `help:"How often it is started." default:"5"`
	Idle  time.Duration `help:"How long the last one is let idle before its memory is read." default:"20s"`
}

// Run measures this very program.
func (c *benchStart) Run(ctx context.Context, stdout io.Writer) error {
	if c.Times < 1 || c.Idle < time.Second {
		return errors.New("--times is 1 or more, --idle a second or more")
	}
	if len(c.Serve) > 0 && c.Serve[0] == "--" {
		c.Serve = c.Serve[1:]
	}
	for _, flag := range c.Serve {
		if strings.HasPrefix(flag, "--listen=") || flag == "--listen" {
			return errors.New("--listen is chosen by mekenjai bench start")
		}
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	args := append([]string{"serve", "--log-level=error"}, c.Serve...)
	if _, err := bench.Start(ctx, program, args, 1, 0); err != nil {
		return err
	}
	report, err := bench.Start(ctx, program, args, c.Times, c.Idle)
	if err != nil {
		return err
	}
	return printJSON(stdout, report)
}
