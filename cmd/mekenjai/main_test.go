package main

import (
	"os"
	"testing"
)

// asProgram makes the test binary the program itself.
const asProgram = "MEKENJAI_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}
