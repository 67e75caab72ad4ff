package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A customer that was given a folder by the simulators reaches every register with it.
func TestCustomerOfTheSimulatorsReachesEveryRegister(t *testing.T) {
	dir := t.TempDir()
	customer := filepath.Join(dir, "customer")
	late := filepath.Join(dir, "schedule.json")
	if err := os.WriteFile(late, []byte(`[{"at": "1h", "for": "1m", "peer": "persons", "fault": "down"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"simulate", "--listen=127.0.0.1:0", "--control=127.0.0.1:0", "--data=" + filepath.Join(dir, "data")}
	simulators := asCommand(t, append(args, "--write="+customer, "--schedule="+late)...)
	out, err := simulators.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := simulators.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { // before the test's context ends, which kills
		if err := simulators.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := simulators.Wait(); err != nil {
			t.Errorf("the simulators end with %v", err)
		}
	}()
	said := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "its control at") {
				said <- lines.Text()
			}
		}
	}()
	select {
	case <-said:
	case <-time.After(20 * time.Second):
		t.Fatal("the simulators do not come up")
	}
	code, report, complaint := runProgram(t, "doctor", "--bus="+filepath.Join(customer, "bus.json"))
	if code != 0 || strings.Contains(report, "SILENT") || strings.Count(report, "answers in") < 12 || !strings.Contains(report, "MEKENJAI_TEMPORARY_REGISTRATION, fetched every 2s") {
		t.Errorf("doctor: code %d, %s%s", code, report, complaint)
	}
	if code, _, complaint := runProgram(t, args...); code != 1 || !strings.Contains(complaint, "in use") {
		t.Errorf("two simulators of one journal: code %d, %s", code, complaint)
	}
	if code, _, complaint := runProgram(t, append(args, "--schedule="+filepath.Join(customer, "bus.json"))...); code != 1 || !strings.Contains(complaint, "schedule of faults") {
		t.Errorf("no schedule: code %d, %s", code, complaint)
	}
}
