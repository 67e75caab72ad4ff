package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"mekenjai/internal/address/opendata"
	"mekenjai/internal/bench"
	"mekenjai/internal/fake/gazetteer"
)

type benchAddresses struct {
	Database string `help:"An empty database, a file or postgres://…." required:""`
	Folder   string `help:"Where the files are made, or were before. Default: they are thrown away." placeholder:"DIR"`
	Streets  int    `help:"Streets of each of the seven towns. The default is a whole country: 150,000 streets, 3 million buildings, 6 million rooms." default:"21500"`
	Villages int    `help:"Villages without streets." default:"6000"`
	Dirty    int    `help:"Every how many-th row is spoilt." default:"500"`
}

// Run makes the open data of an invented country and imports it as a real one is.
func (c *benchAddresses) Run(ctx context.Context, stdout io.Writer) error {
	if c.Streets < 10 || c.Streets > 90_000 || c.Villages < 0 || c.Dirty < 0 {
		return errors.New("--streets is between 10 and 90000, --villages and --dirty are not below 0")
	}
	folder, thrown, err := c.files()
	if err != nil {
		return err
	}
	defer thrown()
	db, err := openForMeasurements(ctx, c.Database)
	if err != nil {
		return err
	}
	done, err := importAddresses(ctx, db, folder)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(printJSON(stdout, struct {
		Engine string `json:"engine"`
		imported
		Machine bench.Machine `json:"machine"`
	}{db.Engine(), done, bench.ThisMachine()}), db.Close())
}

// files are those of the folder, made if it has none.
func (c *benchAddresses) files() (folder *opendata.Folder, thrown func(), err error) {
	dir, thrown := c.Folder, func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "mekenjai-addresses-"); err != nil {
			return nil, nil, err
		}
		thrown = func() { os.RemoveAll(dir) }
	} else if err = os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "*.gz")); len(made) == 0 {
		start := time.Now()
		plan := gazetteer.Plan{Streets: c.Streets, Houses: 20, Flats: 8, Villages: c.Villages}
		if err := (gazetteer.OpenData{Plan: plan, Dirty: c.Dirty}).Write(dir); err != nil {
			thrown()
			return nil, nil, err
		}
		fmt.Fprintf(os.Stderr, "files made in %s\n", time.Since(start).Round(time.Second))
	}
	if folder, err = opendata.Open(dir); err != nil {
		thrown()
	}
	return folder, thrown, err
}
