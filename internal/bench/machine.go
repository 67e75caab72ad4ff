package bench

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Machine describes where and with what something was measured.
type Machine struct {
	Cores   int       `json:"cores"`
	CPU     string    `json:"cpu"`
	Memory  string    `json:"memory"`
	Kernel  string    `json:"kernel"`
	Go      string    `json:"go"`
	Commit  string    `json:"commit,omitempty"`
	At      time.Time `json:"at"`
	Command []string  `json:"command"`
}

// ThisMachine reads it.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), CPU: field("/proc/cpuinfo", "model name"), Memory: field("/proc/meminfo", "MemTotal"),
		Go: runtime.Version(), At: time.Now().UTC().Truncate(time.Second), Command: append([]string{"mekenjai"}, os.Args[1:]...)}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				m.Commit = s.Value
			}
			if s.Key == "vcs.modified" && s.Value == "true" {
				m.Commit += " with changes"
			}
		}
	}
	if m.Commit == "" { // built without it: that of the folder in which it runs
		if out, err := exec.Command("git", "rev-parse", "HEAD").Output(); err == nil {
			m.Commit = strings.TrimSpace(string(out))
		}
	}
	return m
}

// field is the first value of a name in a file of the kernel.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
