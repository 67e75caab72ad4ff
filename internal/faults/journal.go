package faults

import (
	"encoding/json"
	"os"
	"sync"
	"time"

	"mekenjai/internal/check"
)

// journal is the file of what people were told.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	lines []check.Line
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	return &journal{file: file}, err
}

// tell writes one acknowledgement; it returns when it cannot be lost any more.
func (j *journal) tell(l check.Line) error {
	l.At = time.Now().UTC()
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(raw, '\n')); err != nil {
		return err
	}
	j.lines = append(j.lines, l)
	return j.file.Sync()
}

// counts are how often each deed was acknowledged.
func (j *journal) counts() map[check.Deed]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := map[check.Deed]int{}
	for _, l := range j.lines {
		n[l.Deed]++
	}
	return n
}

func (j *journal) close() error { return j.file.Close() }
