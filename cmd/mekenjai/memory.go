package main

import (
	"os"
	"runtime/debug"
)

// How the garbage collector is set unless GOGC and GOMEMLIMIT say otherwise. A
// serving process lives in some twenty megabytes: collecting at five times that
// spares a tenth of the processor under load, and the limit, which is of the Go
// heap alone, keeps the whole below 300 MiB.
const (
	heapGrowth = 400 // percent
	heapLimit  = 160 << 20
)

func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapLimit)
	}
}
