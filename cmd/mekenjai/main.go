// Command mekenjai is the whole service in one binary: the portal with its
// register (serve), its schema (migrate), its decision table (rules) and its
// self-examination (doctor). It is the only package that reads the environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Almaty on machines without a time zone table

	"github.com/alecthomas/kong"
)

type commands struct {
	Serve     serveCommand     `cmd:"" help:"Run the service: pages, register and jobs. Without flags: the demo country on an embedded database."`
	Work      workCommand      `cmd:"" help:"Run the jobs and the sweeps without pages, beside nodes that serve with --no-work. Its health is at --listen."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the schema of the database up to date and stop."`
	Doctor    doctorCommand    `cmd:"" help:"Print the configuration in force and check the database, the trust anchors and every state system."`
	Check     checkCommand     `cmd:"" help:"Examine a database: whether everything holds that must, and everything is there that people were told."`
	Reconcile reconcileCommand `cmd:"" help:"Compare the state's register of registrations with ours now: send again what of ours is missing there, put before an officer what differs. PostgreSQL only."`
	Eds       edsCommand       `cmd:"" help:"Verify, inspect and make Kazakh electronic signatures."`
	Rules     rulesCommand     `cmd:"" help:"Print the decision table, its parameters, or evaluate a facts file."`
	Bench     benchCommand     `cmd:"" help:"Measure: fill a database with a country by formula, drive a running server."`
	Staff     staffCommand     `cmd:"" help:"Appoint operators, officers and chiefs, and open their offices."`

	Addresses addressesCommand `cmd:"" help:"Our copy of the state's address register, in which people search."`

	Move    moveCommand    `cmd:"" help:"Carry an embedded database into an empty PostgreSQL database, checked row by row."`
	Backup  backupCommand  `cmd:"" help:"Copy an embedded database while it is served, and check the copy."`
	Sizes   sizesCommand   `cmd:"" help:"Print what each table and its indexes occupy, as JSON."`
	Restore restoreCommand `cmd:"" help:"Check a backup of an embedded database and put it in place."`

	Simulate simulateCommand `cmd:"" help:"Run the state bus with every register behind it, simulated: for another terminal, another machine, another implementation."`

	PaperSecret paperSecretCommand `cmd:"" help:"Print a new secret for the file of --paper-secret."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := parser(ctx, os.Stdout)
	parsed, err := p.Parse(os.Args[1:])
	p.FatalIfErrorf(err)
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "mekenjai:", err)
		os.Exit(codeOf(err))
	}
}

// parser reads the command line. What commands print for other programs goes to stdout.
func parser(ctx context.Context, stdout io.Writer) *kong.Kong {
	return kong.Must(new(commands),
		kong.Name("mekenjai"),
		kong.Description("Temporary registration of the population at the place of stay."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)))
}

// exitCode lets a command choose its exit code.
type exitCode struct {
	code int
	err  error
}

func (e *exitCode) Error() string { return e.err.Error() }
func (e *exitCode) Unwrap() error { return e.err }

// codeOf is the exit code that an error ends the program with.
func codeOf(err error) int {
	var chosen *exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &chosen):
		return chosen.code
	}
	return 1
}
