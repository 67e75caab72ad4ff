package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticks of the kernel's accounts in a second: USER_HZ is 100 on every platform
// that Linux has.
const ticks = 100

// cpuOf is the processor time that a process has used, in seconds.
func cpuOf(pid int) (float64, error) {
	own, _, _, err := accounts(pid)
	return own, err
}

// cpuOfOurs is that of this process, to the microsecond.
func cpuOfOurs() (float64, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds(), err
}

// cpuOfTree is the time of a process, of its children that live and of those it
// has buried: for PostgreSQL, whose postmaster has a child a connection.
func cpuOfTree(pid int) (float64, error) {
	own, buried, _, err := accounts(pid)
	if err != nil {
		return 0, err
	}
	sum := own + buried
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range all {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if own, buried, parent, err := accounts(child); err == nil && parent == pid {
			sum += own + buried
		}
	}
	return sum, err
}

// accounts reads /proc/PID/stat: own time, time of buried children, parent.
func accounts(pid int) (own, buried float64, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, fmt.Errorf("process %d: %w", pid, err)
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name in brackets may hold anything
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0, 0, 0, fmt.Errorf("process %d: its accounts cannot be read", pid)
	}
	at := func(i int) float64 { n, _ := strconv.ParseFloat(fields[i], 64); return n / ticks }
	parent, _ = strconv.Atoi(fields[1])
	return at(11) + at(12), at(13) + at(14), parent, nil
}

// memoryOf is the resident memory of a process and its highest ever, in MiB.
func memoryOf(pid int) (now, peak float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kib / 1024
		case "VmHWM":
			peak = kib / 1024
		}
	}
	return now, peak
}
