package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/schema"
)

type moveCommand struct {
	From string `help:"The SQLite file; nobody may serve it meanwhile." required:"" placeholder:"FILE"`
	To   string `help:"The empty PostgreSQL database, named directly and not through PgBouncer." required:"" placeholder:"postgres://…" env:"MEKENJAI_MOVE_TO"`
}

// Run carries the database, tells on stderr how far it is, and prints at the end
// what stands in the target, as JSON.
func (c *moveCommand) Run(ctx context.Context, stdout io.Writer) error {
	said := time.Now()
	report, err := database.Move(ctx, c.From, c.To, database.MoveOptions{
		Migrations: schema.FS,
		Progress: func(table string, rows int64) {
			if time.Since(said) > time.Second {
				said = time.Now()
				fmt.Fprintf(os.Stderr, "%s: %d rows\n", table, rows)
			}
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The secrets are not in the database: start the program with the files of --paper-secret and --secret-file that it had before "+
		"(the demo's for papers is %s.papers), or no scan can be read any more.\n", c.From)
	return printJSON(stdout, struct {
		database.MoveReport
		CopiedPerSecond  float64 `json:"rows_copied_per_second"`
		CheckedPerSecond float64 `json:"rows_checked_per_second"`
		PeakMemory       float64 `json:"peak_memory_mib"`
	}{report, rate(report.Copied, report.CopySeconds), rate(report.Rows, report.ReadSeconds), peakMemory()})
}

func rate(n int64, seconds float64) float64 {
	if seconds == 0 {
		return 0
	}
	return float64(n) / seconds
}

// peakMemory is the most memory that this process had, in MiB.
func peakMemory() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return float64(used.Maxrss) / 1024
}
