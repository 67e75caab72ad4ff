package main

import (
	"log/slog"
	"time"

	"mekenjai/internal/database"
)

// machineTime is the clock of this machine. A test sets it as an accident would.
var machineTime = time.Now

// steadyClock is the clock of this process: the machine's without its jumps.
func steadyClock(log *slog.Logger) *database.Clock {
	return database.NewClock(func() time.Time { return machineTime() }, database.Passed, func(ahead time.Duration) {
		log.Warn("the clock of this machine jumped, and is followed slowly so that no deadline passes by it; if the new time is right, start this node again",
			"ahead", ahead.Round(time.Second).String())
	})
}
