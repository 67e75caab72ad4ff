package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"time"
)

// StartReport is how long a node takes to its first answer, and what it holds
// when nobody asks it anything.
type StartReport struct {
	Machine       Machine   `json:"machine"`
	FirstAnswer   []float64 `json:"first_answer_s"`   // of each start, from the fork on
	Median        float64   `json:"first_answer_p50"` // seconds
	CPU           float64   `json:"cpu_s"`            // of the last start, up to its answer
	IdleSeconds   float64   `json:"idle_s"`           // after which the memory was read
	Memory        float64   `json:"idle_memory_mib"`  // resident, of the last start
	IdleCPU       float64   `json:"idle_cpu_percent"` // of one core, meanwhile
	AnsweredBytes int64     `json:"answered_bytes"`
}

// Start starts a program several times with arguments, to which the address to
// listen on is added, and asks it for its first page.
func Start(ctx context.Context, program string, args []string, times int, idle time.Duration) (r StartReport, err error) {
	r.Machine, r.IdleSeconds = ThisMachine(), idle.Seconds()
	for n := range times {
		rest := time.Duration(0)
		if n == times-1 {
			rest = idle
		}
		if err := r.once(ctx, program, args, rest); err != nil {
			return r, err
		}
	}
	sorted := slices.Sorted(slices.Values(r.FirstAnswer))
	r.Median = sorted[len(sorted)/2]
	return r, nil
}

func (r *StartReport) once(ctx context.Context, program string, args []string, rest time.Duration) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	listener.Close()
	cmd := exec.CommandContext(ctx, program, append(slices.Clone(args), "--listen="+address)...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := r.firstAnswer(ctx, "http://"+address+"/", ended); err != nil {
		return err
	}
	r.FirstAnswer = append(r.FirstAnswer, time.Since(began).Seconds())
	if r.CPU, err = cpuOf(cmd.Process.Pid); err != nil {
		return err
	}
	select {
	case err := <-ended:
		return fmt.Errorf("the program ended while it idled: %w", err)
	case <-time.After(rest):
	}
	if rest > 0 {
		after, err := cpuOf(cmd.Process.Pid)
		if err != nil {
			return err
		}
		r.IdleCPU = (after - r.CPU) / rest.Seconds() * 100
		r.Memory, _ = memoryOf(cmd.Process.Pid)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return <-ended
}

// firstAnswer asks until there is one.
func (r *StartReport) firstAnswer(ctx context.Context, url string, ended <-chan error) error {
	for {
		if answer, err := http.Get(url); err == nil {
			defer answer.Body.Close()
			if r.AnsweredBytes, err = io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
				return fmt.Errorf("the first answer has the status %d: %w", answer.StatusCode, err)
			}
			return nil
		}
		select {
		case err := <-ended:
			return fmt.Errorf("the program ended before it answered: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}
