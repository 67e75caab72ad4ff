package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"mekenjai/internal/check"
	"mekenjai/internal/database"
)

type checkCommand struct {
	Database string `help:"A file, or postgres://…" default:"var/mekenjai.db" env:"MEKENJAI_DATABASE"`
	Told     string `help:"Journal of what people were told, as the fault program writes it." placeholder:"FILE"`
}

// Run examines and changes nothing: not even the schema, which must be this
// program's.
func (c *checkCommand) Run(ctx context.Context, out io.Writer) error {
	if !strings.Contains(c.Database, "://") {
		if _, err := os.Stat(c.Database); err != nil {
			return fmt.Errorf("there is no database to examine: %w", err)
		}
	}
	lines, err := c.journal()
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, c.Database, database.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer db.Close()
	found, err := check.Database(ctx, db, time.Now())
	if err != nil {
		return fmt.Errorf("%w (is it a database of this version? mekenjai migrate brings an older one up to date)", err)
	}
	told, err := check.Told(ctx, db, lines)
	if err != nil {
		return err
	}
	found = append(found, told...)
	for _, f := range found {
		fmt.Fprintln(out, f)
	}
	if len(found) > 0 {
		return &exitCode{1, fmt.Errorf("%d of the rules do not hold", len(found))}
	}
	fmt.Fprintf(out, "Everything holds: %d rules, and %d things that people were told.\n", len(check.Rules()), len(lines))
	return nil
}

func (c *checkCommand) journal() ([]check.Line, error) {
	if c.Told == "" {
		return nil, nil
	}
	f, err := os.Open(c.Told)
	if err != nil {
		return nil, fmt.Errorf("--told: %w", err)
	}
	lines, err := check.ReadJournal(f)
	return lines, errors.Join(err, f.Close())
}
