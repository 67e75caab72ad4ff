package database

import (
	"time"

	"golang.org/x/sys/unix"
)

// Passed is the time since the machine was started. It goes on while the machine
// sleeps.
func Passed() (time.Duration, bool) {
	var t unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
	return time.Duration(t.Nano()), err == nil
}
