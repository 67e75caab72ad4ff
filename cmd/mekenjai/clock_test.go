package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mekenjai/internal/database"
	"mekenjai/internal/faults"
)

// The fault of the clock needs a clock that can be set, which the program itself
// does not have: this binary is the program.
func TestAClockThatJumpsUnderPeoplesHandsLosesAndLapsesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("people go through the service for some ten seconds: not in short runs, and not under the race detector")
	}
	file := filepath.Join(t.TempDir(), "clock")
	set := func(off time.Duration) error { return os.WriteFile(file, []byte(off.String()), 0o600) }
	plan := faults.Plan{Patience: time.Minute, Settle: 5 * time.Second, Scenarios: []faults.Scenario{
		{Fault: faults.Clock(set), Engine: database.SQLite, Nodes: 1, Strikes: 1},
	}}
	report, err := plan.Run(t.Context(), faults.Run{Program: os.Args[0], Env: []string{asProgram + "=1", clockFile + "=" + file}, Say: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if report.Broken() {
		t.Errorf("%v", report.Results[0])
	}
}
