package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mekenjai/internal/bench"
	"mekenjai/internal/database"
	"mekenjai/internal/demo"
	"mekenjai/internal/schema"
)

type benchLimit struct {
	Database     string `help:"A file, or postgres://…: of measurements, rows of nobody are written to it." required:""`
	Applications int    `help:"How many are written in each way." default:"1000"`
	Writers      int    `help:"How many write at once, where commits are grouped." default:"64"`
	PostgresPid  int    `help:"Process of the PostgreSQL server (postmaster), for its processor time."`
}

func (c *benchLimit) Run(ctx context.Context, stdout io.Writer) error {
	if c.Applications < 1 || c.Applications > 10_000 || c.Writers < 1 {
		return errors.New("--applications is between 1 and 10000, --writers 1 or more")
	}
	s, err := specimen(ctx)
	if err != nil {
		return err
	}
	db, err := openForMeasurements(ctx, c.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	limit, err := bench.MeasureLimit(ctx, db, s, bench.LimitOptions{Applications: c.Applications, Writers: c.Writers,
		PostgresPID: c.PostgresPid, Seed: demo.Seed, Progress: os.Stderr})
	if err != nil {
		return err
	}
	return printJSON(stdout, limit)
}

// specimen lets this very program make one application complete.
func specimen(ctx context.Context) (*bench.Specimen, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "mekenjai-specimen-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return bench.TakeSpecimen(ctx, program, filepath.Join(folder, "specimen.db"), demo.Seed)
}

// openForMeasurements opens a database and brings its schema up to date.
func openForMeasurements(ctx context.Context, dsn string) (*database.DB, error) {
	if err := (config{Database: dsn}).makeFolder(); err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, schema.FS); err != nil {
		return nil, fmt.Errorf("the database of a measurement: %w", errors.Join(err, db.Close()))
	}
	return db, nil
}
