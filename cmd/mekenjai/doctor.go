package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"mekenjai"
	"mekenjai/internal/rules"
	"mekenjai/internal/state"
)

type doctorCommand struct{ config }

// Run prints what is in force and asks everybody who must answer. Its exit code
// is 1 when something that the service needs is missing.
func (c *doctorCommand) Run(ctx context.Context) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	defer out.Flush()
	line := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	line("environment", "%s", c.Environment)
	line("address", "%s, listening on %s", c.URL, c.Listen)
	line("time", "%s in Almaty", time.Now().In(mekenjai.Almaty).Format("2006-01-02 15:04:05 -07:00"))

	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	defer p.close()
	start := time.Now()
	if err := p.db.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	line("database", "%s, answers in %s", p.db.Engine(), round(time.Since(start)))
	for _, certificate := range p.world.verifier.Anchors.Certificates() {
		line("trusts", "%s, until %s", certificate.Subject.CommonName, certificate.X509.NotAfter.Format(time.DateOnly))
	}
	missing := c.lackOf(p, line)
	parameters, err := rules.ParametersAt(mekenjai.DateOf(p.world.clock()))
	if err != nil {
		return err
	}
	line("rules", "%d rows; consent within %d minutes; period of %d to %d months; norm of the capital %g m² from %s",
		len(rules.Table()), parameters.ConsentMinutes, parameters.MonthsMin, parameters.MonthsMax, parameters.NormArea, parameters.NormStart)
	missing = append(missing, lackOfSMS(ctx, p, line)...)
	missing = append(missing, lackOfPortal(ctx, p, line)...)
	lack, err := lackOfAddresses(ctx, p, line)
	if err != nil {
		return err
	}
	missing = append(missing, lack...)
	for _, h := range append(p.world.peers.Check(ctx), keeperHealth(ctx, p.world.keeper)...) {
		if h.Err == nil {
			line("register "+string(h.Peer), "answers in %s", round(h.Latency))
			continue
		}
		line("register "+string(h.Peer), "SILENT: %v", cause(h.Err))
		missing = append(missing, "register "+string(h.Peer))
	}
	if len(missing) > 0 {
		out.Flush()
		return fmt.Errorf("%d things that the service needs are missing; applications will wait for them", len(missing))
	}
	return nil
}

// lackOf tells what beside the registers is not there.
func (c *doctorCommand) lackOf(p *program, line func(string, string, ...any)) (missing []string) {
	if p.world.verifier.Revocation == nil {
		line("revocation", "MISSING: no source is configured, so no signature can be called good")
		missing = append(missing, "revocation")
	} else {
		line("revocation", "asked of the authority")
	}
	if p.world.timestamp == nil {
		line("timestamps", "none: evidence of signatures is kept without them")
	} else {
		line("timestamps", "asked of the authority")
	}
	if p.world.seal == nil {
		line("seal", "none: acts of refusal stay unsealed")
	} else {
		line("seal", "%s", ownerOf(p.world.seal, p.world.clock()))
	}
	if b := p.world.bus; b != nil {
		line("bus", "%s, asked by %s", b.URL(), ownerOf(b.Key(), p.world.clock()))
	}
	line("eGov Mobile", "%s", mobileLine(p.world.mobile))
	if c.demo() {
		line("demo country", "%s/demo, NCALayer emulator at %s", c.URL, p.world.ncalayer)
	}
	return missing
}

// keeperHealth asks IS RP DRN where it keeps the entries itself.
func keeperHealth(ctx context.Context, k state.Keeper) []state.Health {
	if k.IsZero() {
		return nil
	}
	limited, cancel := context.WithTimeoutCause(ctx, state.Entries.Limit(), state.ErrSlow)
	defer cancel()
	start := time.Now()
	err := k.Ping(limited)
	return []state.Health{{Peer: state.Entries, Latency: time.Since(start), Err: err}}
}

func cause(err error) error {
	var silence *state.Silence
	if errors.As(err, &silence) {
		return silence.Cause
	}
	return err
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
