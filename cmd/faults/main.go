// Command faults makes things go wrong while people use the service and proves
// that nothing they were told is lost or there twice. See docs/faults.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // Almaty on machines without a time zone table

	"github.com/alecthomas/kong"

	"mekenjai/internal/bench"
	"mekenjai/internal/faults"
)

type commands struct {
	Short shortCommand `cmd:"" help:"Every fault some times: what the tests run."`
	Long  longCommand  `cmd:"" help:"Every fault many times."`
}

type common struct {
	Program string   `help:"The program under test." default:"bin/mekenjai" type:"existingfile"`
	Cluster string   `help:"The script that runs several database servers." default:"deploy/cluster" type:"existingfile"`
	Only    []string `help:"Only these faults."`
	JSON    string   `name:"json" help:"Also write the results here." placeholder:"FILE"`
	Seed    uint64   `help:"Of the random moments." default:"1"`
}

type shortCommand struct{ common }

func (c *shortCommand) Run(ctx context.Context) error { return c.run(ctx, faults.Short()) }

type longCommand struct {
	common
	Kills     int `help:"How often a node is killed, over the engines." default:"1000"`
	Failovers int `help:"How often the primary is killed, straight and behind a pooler." default:"20"`
}

func (c *longCommand) Run(ctx context.Context) error {
	return c.run(ctx, faults.Long(c.Kills, c.Failovers))
}

// errBroken is the end of a run in which a guarantee did not hold.
var errBroken = errors.New("a guarantee does not hold")

func (c *common) run(ctx context.Context, plan faults.Plan) error {
	report, err := plan.Only(c.Only).Run(ctx, faults.Run{Program: c.Program, Cluster: c.Cluster, Seed: c.Seed, Say: os.Stderr})
	if err != nil {
		return err
	}
	m := bench.ThisMachine()
	m.Command = told(os.Args)
	raw, err := json.MarshalIndent(record{m, report}, "", "  ")
	if err != nil {
		return err
	}
	raw = append(raw, '\n')
	if c.JSON != "" {
		if err := os.WriteFile(c.JSON, raw, 0o644); err != nil {
			return err
		}
	}
	os.Stdout.Write(raw)
	if report.Broken() {
		return errBroken
	}
	return nil
}

// record is a report with where and with what it was made.
type record struct {
	Machine bench.Machine `json:"machine"`
	faults.Report
}

// told is the command as a report names it: without where things are on this
// machine.
func told(args []string) []string {
	list := []string{"faults"}
	for _, a := range args[1:] {
		if !strings.HasPrefix(a, "--program=") && !strings.HasPrefix(a, "--json=") && !strings.HasPrefix(a, "--cluster=") {
			list = append(list, a)
		}
	}
	return list
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(new(commands), kong.Name("faults"), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Description("Breaks nodes, databases, networks, clocks and registers under load, and proves that nothing is lost or doubled."))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}
