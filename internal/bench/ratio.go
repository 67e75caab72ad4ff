package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"mekenjai/internal/database"
)

// Ratio is a server held against the floor, in one run over one database.
type Ratio struct {
	Limit *Limit  `json:"limit"`
	Full  *Report `json:"full"` // as fast as it goes
	Half  *Report `json:"half"` // at half of that rate
	Start float64 `json:"start_to_first_answer_seconds"`
	Goals []Goal  `json:"goals"`
}

// Goal is one line of the table of goals.
type Goal struct {
	What    string  `json:"what"`
	Goal    float64 `json:"goal"`
	AtLeast bool    `json:"at_least,omitempty"` // else at most
	Reached float64 `json:"reached"`
	IsMet   bool    `json:"met"`
}

func atMost(what string, goal, reached float64) Goal {
	return Goal{What: what, Goal: goal, Reached: reached, IsMet: reached <= goal}
}

func atLeast(what string, goal, reached float64) Goal {
	return Goal{What: what, Goal: goal, AtLeast: true, Reached: reached, IsMet: reached >= goal}
}

// PrintGoals writes the table for people.
func PrintGoals(w io.Writer, goals []Goal) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer out.Flush()
	for _, g := range goals {
		sign, met := "≤", "met"
		if g.AtLeast {
			sign = "≥"
		}
		if !g.IsMet {
			met = "NOT met"
		}
		fmt.Fprintf(out, "%s\t%s %g\t%.3g\t%s\n", g.What, sign, g.Goal, g.Reached, met)
	}
}

// MeasureRatio measures the floor, then a server of the program over the same
// database, in which the dwellings of the crowd are loaded. The applications are
// those of o, and half as many at half the rate.
func MeasureRatio(ctx context.Context, db *database.DB, program, dsn string, s *Specimen, l LimitOptions, o Options) (*Ratio, error) {
	var r Ratio
	var err error
	if r.Limit, err = MeasureLimit(ctx, db, s, l); err != nil {
		return nil, err
	}
	server, err := Serve(ctx, program, dsn, o.Crowd.String())
	if err != nil {
		return nil, err
	}
	r.Start = server.Started.Seconds()
	o.URL, o.ServerPID = server.URL, server.PID
	err = r.run(ctx, o)
	return &r, errors.Join(err, server.Stop())
}

func (r *Ratio) run(ctx context.Context, o Options) (err error) {
	if r.Full, err = Run(ctx, o); err != nil {
		return err
	}
	half := o
	half.First, half.Applications, half.Rate = o.First+o.Applications, max(1, o.Applications/2), r.Full.PerSecond/2
	if half.Rate == 0 {
		return fmt.Errorf("no application became an entry: %v", r.Full.ErrorKinds)
	}
	if r.Half, err = Run(ctx, half); err != nil {
		return err
	}
	floor := r.Limit.Grouped
	r.Goals = []Goal{
		atMost("server CPU per complete application / floor's, evidence among the server's alone", 3, r.Full.CPU.SumPerApplication/floor.CPU),
		atMost("the same, the gathering of evidence in both", 3, r.Full.CPU.SumPerApplication/(floor.CPU+r.Limit.Evidence)),
		atLeast("complete applications a second / floor's, commits grouped", 0.25, r.Full.PerSecond/floor.PerSecond),
		atLeast("complete applications a second / floor's, one by one", 0.25, r.Full.PerSecond/r.Limit.OneByOne.PerSecond),
		atMost("last signature to entry at half the rate, p99 in seconds", 1, r.Half.SignatureToEntry.P99/1000),
		atMost("memory of the server under load, MiB", 300, max(r.Full.Memory.Peak, r.Half.Memory.Peak)),
		atMost("start to first answer, seconds", 0.5, r.Start),
		atMost("errors", 0, float64(r.Full.Errors+r.Half.Errors)),
	}
	return nil
}
