package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"mekenjai/internal/database"
)

type sizesCommand struct {
	Database string `help:"A file, or postgres://…" default:"var/mekenjai.db" env:"MEKENJAI_DATABASE"`
}

// Run prints the sizes. A file that is not there is not made.
func (c *sizesCommand) Run(ctx context.Context, stdout io.Writer) error {
	if !strings.Contains(c.Database, "://") {
		if _, err := os.Stat(c.Database); err != nil {
			return err
		}
	}
	db, err := database.Open(ctx, c.Database, database.Options{})
	if err != nil {
		return err
	}
	sizes, err := db.Sizes(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return printJSON(stdout, sizes)
}
