package main

import (
	"context"
	"errors"
	"io"
	"os"

	"mekenjai/internal/bench"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/crowd"
)

type benchRatio struct {
	Database     string `help:"An empty database, a file or postgres://…, for this alone." required:""`
	Applications int    `help:"How many are sent as fast as it goes, and written in each way to measure the floor." default:"1000"`
	Clients      int    `help:"How many applications are under way at once." default:"32"`
	PostgresPid  int    `help:"Process of the PostgreSQL server (postmaster), for its processor time."`
}

// ratioCrowd is large enough that nobody meets anybody by chance.
func ratioCrowd(applications int) crowd.Size {
	return crowd.Size{Persons: 120_000 + 2*applications, Dwellings: 60_000}
}

func (c *benchRatio) Run(ctx context.Context, stdout io.Writer) error {
	if c.Applications < 1 || c.Applications > 10_000 || c.Clients < 1 {
		return errors.New("--applications is between 1 and 10000, --clients 1 or more")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := specimen(ctx)
	if err != nil {
		return err
	}
	size := ratioCrowd(c.Applications)
	db, _, err := fill(ctx, c.Database, size)
	if err != nil {
		return err
	}
	defer db.Close()
	ratio, err := bench.MeasureRatio(ctx, db, program, c.Database, s,
		bench.LimitOptions{Applications: c.Applications, Writers: 64, PostgresPID: c.PostgresPid, Seed: demo.Seed, Progress: os.Stderr},
		bench.Options{Crowd: size, Applications: c.Applications, Clients: c.Clients, PostgresPID: c.PostgresPid, Seed: demo.Seed, Progress: os.Stderr})
	if err != nil {
		return err
	}
	bench.PrintGoals(os.Stderr, ratio.Goals)
	return printJSON(stdout, ratio)
}
