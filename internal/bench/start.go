package bench

import (
	"context"
	"errors"
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
	s, err := launch(ctx, program, "/", func(address string) []string { return append(slices.Clone(args), "--listen="+address) })
	if err != nil {
		return err
	}
	r.FirstAnswer, r.AnsweredBytes = append(r.FirstAnswer, s.Started.Seconds()), s.Answered
	if r.CPU, err = cpuOf(s.PID); err != nil {
		return errors.Join(err, s.Stop())
	}
	if rest > 0 {
		if err := s.idle(ctx, rest); err != nil {
			return err
		}
		after, err := cpuOf(s.PID)
		if err != nil {
			return errors.Join(err, s.Stop())
		}
		r.IdleCPU = (after - r.CPU) / rest.Seconds() * 100
		r.Memory, _ = memoryOf(s.PID)
	}
	return s.Stop()
}
