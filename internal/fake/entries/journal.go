package entries

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mekenjai/internal/state"
)

// journal is the file of the outcomes, one a line, in the order in which they came
// about. A line is on the disk before anybody is told of it.
type journal struct {
	file *os.File
	size int64 // of the whole lines
}

type line struct {
	At       time.Time  `json:"at"`
	Deed     state.Deed `json:"deed"`
	Rejected *refusal   `json:"rejected,omitempty"`
}

// openJournal opens the file for this process alone and gives every outcome of it to
// replay. A last line that was cut off by a crash was told to nobody and goes.
func openJournal(name string, replay func(outcome) error) (*journal, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, fmt.Errorf("journal of the simulated register: %w", err)
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal of the simulated register: %w", err)
	}
	j := &journal{file: file}
	if err := j.read(replay); err != nil {
		return nil, errors.Join(fmt.Errorf("journal of the simulated register %s: %w", name, err), file.Close())
	}
	return j, nil
}

func (j *journal) read(replay func(outcome) error) error {
	// Two processes that append to one journal would each know half of it.
	if err := syscall.Flock(int(j.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("it is in use: %w", err)
	}
	for r, n := bufio.NewReader(j.file), 1; ; n++ {
		raw, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var l line
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := replay(outcome{l.Deed, l.At, l.Rejected}); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		j.size += int64(len(raw))
	}
	return j.cut()
}

// cut takes away what follows the whole lines.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

// replay takes an outcome of the journal.
func (r *Register) replay(o outcome) error {
	d := o.deed
	if _, twice := r.outcomes[d.ID]; twice || d.ID == "" {
		return fmt.Errorf("the deed %q stands there twice, or has no ID", d.ID)
	}
	if o.rejected == nil && d.Kind != state.DeedEnter && r.entries[d.Entry.Number] == nil {
		return fmt.Errorf("the deed %s is about an entry that was never made", d.ID)
	}
	r.take(o)
	return nil
}

func (j *journal) write(o outcome) error {
	raw, err := json.Marshal(line{o.at, o.deed, o.rejected})
	if err != nil {
		return err
	}
	raw = append(raw, '\n')
	if _, err = j.file.Write(raw); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.cut()) // half a line would spoil the next
	}
	j.size += int64(len(raw))
	return nil
}

// Close lets go of the file.
func (j *journal) Close() error { return j.file.Close() }
