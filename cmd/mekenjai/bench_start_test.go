package main

import (
	"encoding/json"
	"strings"
	"testing"

	"mekenjai/internal/bench"
)

func TestTheStartOfANodeIsMeasured(t *testing.T) {
	t.Parallel()
	code, out, complaint := runProgram(t, "bench", "start", "--times=1", "--idle=1s", "--", "--database=x.db")
	var report bench.StartReport
	if err := json.Unmarshal([]byte(out), &report); code != 0 || err != nil {
		t.Fatalf("it ends with %d, %v: %s", code, err, complaint)
	}
	if len(report.FirstAnswer) != 1 || report.Median <= 0 || report.CPU <= 0 || report.Memory < 5 || report.AnsweredBytes < 1000 {
		t.Errorf("measured %+v", report)
	}
	code, _, complaint = runProgram(t, "bench", "start", "--times=1", "--", "--database=mysql://x")
	if code == 0 || !strings.Contains(complaint, "ended before it answered") {
		t.Errorf("a program that does not start: %d %s", code, complaint)
	}
}
