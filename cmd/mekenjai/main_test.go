package main

import (
	"os"
	"testing"
	"time"
)

const (
	// asProgram makes the test binary the program itself.
	asProgram = "MEKENJAI_TEST_AS_PROGRAM"

	// clockFile names a file that says by how much the machine's clock is off.
	clockFile = "MEKENJAI_TEST_CLOCK"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if file := os.Getenv(clockFile); file != "" {
			machineTime = func() time.Time {
				off, _ := os.ReadFile(file)
				d, _ := time.ParseDuration(string(off)) // while it is written: right
				return time.Now().Add(d)
			}
		}
		main()
		return
	}
	os.Exit(m.Run())
}
