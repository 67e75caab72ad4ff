package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/address/opendata"
	"mekenjai/internal/database"
	"mekenjai/internal/schema"
)

type addressesCommand struct {
	Fetch  addressesFetch  `cmd:"" help:"Fetch the open data from its portal into a folder, page by page. Broken off, it goes on where it was."`
	Import addressesImport `cmd:"" help:"Take the files of the register's open data over into our searchable copy, beside the nodes that serve. Broken off, it goes on where it was."`
}

type addressesImport struct {
	Database  string `help:"A file, or postgres://…; nobody may serve a file meanwhile." default:"var/mekenjai.db" env:"MEKENJAI_DATABASE"`
	NoMigrate bool   `help:"Leave the schema as it is." env:"MEKENJAI_NO_MIGRATE"`
	Folder    string `arg:"" help:"The folder: s_ats, s_geonims, s_grounds_new, s_buildings, s_pb and their dictionaries, .json or .jsonl, or packed (.gz); of an increment the changed rows alone." type:"existingdir"`
}

// imported is what an import prints.
type imported struct {
	address.Report
	Bytes      int64   `json:"bytes_of_files"`
	Seconds    float64 `json:"seconds"`
	Rate       float64 `json:"rows_per_second"` // without those that were skipped
	PeakMemory float64 `json:"peak_memory_mib"`
}

// Run tells on stderr how far it is, and prints the account as JSON.
func (c *addressesImport) Run(ctx context.Context, stdout io.Writer) error {
	folder, err := opendata.Open(c.Folder)
	if err != nil {
		return err
	}
	if err := (config{Database: c.Database}).makeFolder(); err != nil {
		return err
	}
	db, err := database.Open(ctx, c.Database, database.Options{})
	if err != nil {
		return err
	}
	bring := db.Migrate
	if c.NoMigrate {
		bring = db.CheckSchema
	}
	if err := bring(ctx, schema.FS); err != nil {
		return errors.Join(err, db.Close())
	}
	done, err := importAddresses(ctx, db, folder)
	if err != nil {
		return errors.Join(fmt.Errorf("%w\nWhat was taken over stays; run it again with the same files, and it goes on there", err), db.Close())
	}
	return errors.Join(printJSON(stdout, done), db.Close())
}

// lackOfAddresses tells of our copy of the address register, and how old it is.
func lackOfAddresses(ctx context.Context, p *program, line func(string, string, ...any)) (missing []string, err error) {
	state, err := address.StateOf(ctx, p.db)
	switch {
	case err != nil:
		return nil, err
	case state.Empty:
		line("addresses", "MISSING: our copy of the address register is empty, so nobody can choose a dwelling: mekenjai addresses import")
		return []string{"addresses"}, nil
	case state.Imported.IsZero():
		line("addresses", "there, from no files of the open data")
	default:
		line("addresses", "there, last import ended %s", state.Imported.In(mekenjai.Almaty).Format("2006-01-02 15:04"))
	}
	if state.Broken {
		line("addresses", "an import is under way or broke off: run it again with the same files")
	}
	return nil, nil
}

// manyRows is from how many changes on the planner has to look at the tables anew at
// once, and not when the engine finds the time.
const manyRows = 100_000

func importAddresses(ctx context.Context, db *database.DB, folder *opendata.Folder) (imported, error) {
	start, said := time.Now(), time.Now()
	report, err := address.Import(ctx, db, folder.Source(), address.Options{Source: folder.Identity(), Progress: func(r address.Report) {
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			fmt.Fprintf(os.Stderr, "%d places, %d plots, %d buildings, %d rooms read; %d rows written\n",
				r.Places.Read, r.Plots.Read, r.Buildings.Read, r.Rooms.Read, r.Written())
		}
	}})
	if err != nil {
		return imported{}, err
	}
	if report.Written() > manyRows {
		if err := db.Analyze(ctx); err != nil {
			return imported{}, fmt.Errorf("analyze: %w", err)
		}
	}
	i := imported{Report: report, Bytes: folder.Size(), Seconds: time.Since(start).Seconds(), PeakMemory: peakMemory()}
	skipped := report.Plots.Skipped + report.Buildings.Skipped + report.Rooms.Skipped
	i.Rate = rate(int64(report.Rows()-skipped), i.Seconds)
	return i, nil
}
