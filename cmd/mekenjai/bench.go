package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"mekenjai/internal/bench"
	"mekenjai/internal/database"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/crowd"
)

type benchCommand struct {
	Load      benchLoad      `cmd:"" help:"Fill an empty database with a country made by formula."`
	Run       benchRun       `cmd:"" help:"Drive a running server with complete applications and print what was measured as JSON."`
	Start     benchStart     `cmd:"" help:"Start a node on an existing database and print how long its first answer takes and what it holds idle, as JSON."`
	Ratio     benchRatio     `cmd:"" help:"Measure the floor and a server over one fresh database, and hold one against the other."`
	Limit     benchLimit     `cmd:"" help:"Measure the floor: the rows of an application and the checks of its signatures, straight."`
	Addresses benchAddresses `cmd:"" help:"Make the open data of an address register of national size and import it."`
	Lookup    benchLookup    `cmd:"" help:"Measure look-ups in a large country against a small one, with the plans of their queries."`
}

// crowdFlags are the size of the country.
type crowdFlags struct {
	Persons   int `help:"Persons." default:"200000"`
	Dwellings int `help:"Dwellings." default:"60000"`
	Entries   int `help:"Temporary registrations that stand." default:"0"`
}

func (f crowdFlags) size() crowd.Size { return crowd.Size(f) }

type benchRun struct {
	crowdFlags
	URL          string        `name:"url" help:"The running server, started with --crowd of the same size." default:"http://localhost:8080"`
	Database     string        `help:"Start a server of this program over a loaded database and measure that, instead of --url."`
	Applications int           `help:"How many are prepared and sent." default:"1000"`
	First        int           `help:"Number of the first applicant: each applies once in a database."`
	Clients      int           `help:"How many applications are under way at once." default:"32"`
	Shape        string        `help:"full: as many applications at once as --clients; paced: --users who think; spike: --users, five times as many, as many as before." enum:"full,paced,spike" default:"full"`
	Users        int           `help:"Users at once of the shapes paced and spike. Default: 1176 and 55."`
	Think        time.Duration `help:"How long a user thinks before a step, on average. Default: 10s, in a spike 1s."`
	Lasting      time.Duration `help:"How long the shapes with users last." default:"60s"`
	Rate         float64       `help:"Applications a second to send, instead of as many as the clients can."`
	ServerPid    int           `help:"Process of the server, for its processor time and memory."`
	PostgresPid  int           `help:"Process of the PostgreSQL server (postmaster), for its processor time."`
}

func (c *benchRun) Run(ctx context.Context, stdout io.Writer) error {
	if err := c.size().Check(); err != nil {
		return err
	}
	if c.Applications < 1 || c.Clients < 1 || c.Rate < 0 || c.Users < 0 || c.Think < 0 || c.Lasting < 3*time.Second {
		return errors.New("--applications and --clients are 1 or more, --lasting at least 3s, nothing is below 0")
	}
	if c.Database != "" {
		program, err := os.Executable()
		if err != nil {
			return err
		}
		server, err := bench.Serve(ctx, program, c.Database, c.size().String())
		if err != nil {
			return err
		}
		defer server.Stop() // what was measured is printed already
		c.URL, c.ServerPid = server.URL, server.PID
	}
	report, err := c.measure(ctx, bench.Options{URL: c.URL, Crowd: c.size(), First: c.First, Applications: c.Applications, Clients: c.Clients,
		Rate: c.Rate, ServerPID: c.ServerPid, PostgresPID: c.PostgresPid, Seed: demo.Seed, Progress: os.Stderr})
	if err != nil {
		return err
	}
	bench.PrintGoals(os.Stderr, report.Goals)
	return printJSON(stdout, report)
}

func (c *benchRun) measure(ctx context.Context, o bench.Options) (*bench.Report, error) {
	if c.Shape == "full" {
		return bench.Run(ctx, o)
	}
	isSpike := c.Shape == "spike"
	users, think := 1176, 10*time.Second
	if isSpike {
		users, think = 55, time.Second
	}
	o.Users, o.Think, o.Lasting = cmp.Or(c.Users, users), bench.Duration(cmp.Or(c.Think, think)), bench.Duration(c.Lasting)
	o.Applications, o.Clients = 0, 0
	return bench.RunUsers(ctx, o, isSpike)
}

type benchLoad struct {
	crowdFlags
	Database string `help:"An empty database, a file or postgres://…." required:""`
}

// Run fills the database.
func (c *benchLoad) Run(ctx context.Context, stdout io.Writer) error {
	db, load, err := fill(ctx, c.Database, c.size())
	if err != nil {
		return err
	}
	return errors.Join(printJSON(stdout, load), db.Close())
}

// fill opens an empty database and loads the country of the size.
func fill(ctx context.Context, dsn string, size crowd.Size) (*database.DB, *bench.Load, error) {
	many, err := crowd.New(size, time.Now)
	if err != nil {
		return nil, nil, err
	}
	var s *bench.Specimen
	if size.Entries > 0 {
		if s, err = specimen(ctx); err != nil {
			return nil, nil, err
		}
	}
	db, err := openForMeasurements(ctx, dsn)
	if err != nil {
		return nil, nil, err
	}
	load, err := bench.Fill(ctx, db, many, s, os.Stderr)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, load, nil
}
