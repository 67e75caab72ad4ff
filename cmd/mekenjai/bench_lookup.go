package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"mekenjai/internal/bench"
	"mekenjai/internal/database"
	"mekenjai/internal/fake/crowd"
)

type benchLookup struct {
	crowdFlags
	Database      string     `help:"A database that bench load has filled with the country of --persons, --dwellings and --entries." required:""`
	SmallDatabase string     `help:"An empty database for the small country. Default: a file that is removed afterwards." placeholder:"DATABASE"`
	Small         crowd.Size `help:"The small country." default:"persons=200000,dwellings=60000,entries=60000"`
	Each          int        `help:"How many look-ups of each kind." default:"2000"`
}

func (c *benchLookup) Run(ctx context.Context, stdout io.Writer) error {
	if c.Each < 1 {
		return errors.New("--each is 1 or more")
	}
	large, err := database.Open(ctx, c.Database, database.Options{})
	if err != nil {
		return err
	}
	defer large.Close()
	folder, err := os.MkdirTemp("", "mekenjai-lookup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if c.SmallDatabase == "" {
		c.SmallDatabase = filepath.Join(folder, "small.db")
	}
	small, _, err := fill(ctx, c.SmallDatabase, c.Small)
	if err != nil {
		return err
	}
	defer small.Close()
	comparison, err := bench.Compare(ctx, small, c.Small, large, c.size(), c.Each)
	if err != nil {
		return err
	}
	bench.PrintGoals(os.Stderr, comparison.Goals)
	return printJSON(stdout, comparison)
}
