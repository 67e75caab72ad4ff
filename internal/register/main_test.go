package register_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps the state machine short in the everyday run; -rapid.checks asks
// for more.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen {
		if err := flag.Set("rapid.checks", "25"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
