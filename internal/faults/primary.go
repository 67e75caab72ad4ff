package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mekenjai/internal/database"
)

// Primary ends the machine of the primary, or its PostgreSQL alone, under a
// cluster that replicates synchronously: a standby takes over, and the killed one
// comes back as a standby before the next strike. pooled puts PgBouncer between
// the nodes and the servers.
func Primary(pooled bool) Fault {
	f := Fault{
		Name: "primary",
		Says: "A primary that is killed at any moment is replaced, and nothing is lost or doubled.",
	}
	if pooled {
		f.Name = "primary-pooled"
		f.Says = "So it is with PgBouncer between the nodes and the servers."
	}
	var c cluster
	f.Prepare = func(ctx context.Context, s *Site) (err error) {
		if c, err = startCluster(ctx, s); err != nil {
			return err
		}
		values, err := c.values(ctx)
		s.DSN = values["DATABASE"]
		if pooled {
			s.Via = values["POOLED"]
			s.Flags = append(s.Flags, "--listen-database="+s.DSN)
		}
		return err
	}
	f.Strike = func(ctx context.Context, s *Site) error {
		if err := pause(ctx, time.Duration(200+s.Random.IntN(3000))*time.Millisecond); err != nil {
			return err
		}
		return c.fail(ctx, s)
	}
	return f
}

// cluster is what deploy/cluster runs in a folder.
type cluster struct{ script, folder string }

func startCluster(ctx context.Context, s *Site) (cluster, error) {
	c := cluster{script: s.cluster, folder: filepath.Join(s.Dir, "cluster")}
	if s.Engine != database.Postgres {
		return c, errors.New("only PostgreSQL has a primary")
	}
	// The servers' user goes through it.
	if err := os.Chmod(s.Dir, 0o711); err != nil {
		return c, err
	}
	s.Undo(func() error {
		_, err := c.run(context.WithoutCancel(ctx), "down")
		return err
	})
	_, err := c.run(ctx, "up", "databases")
	return c, err
}

// run gives a command to the script. Patroni's times are short, so that many
// strikes fit into an hour.
func (c cluster) run(ctx context.Context, command string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.script, append([]string{command, c.folder}, args...)...)
	cmd.Env = append(cmd.Environ(), "MEKENJAI_CLUSTER_TTL=7", "MEKENJAI_CLUSTER_LOOP_WAIT=1", "MEKENJAI_CLUSTER_RETRY_TIMEOUT=3")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", c.script, command, err, strings.TrimSpace(errs.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

func (c cluster) values(ctx context.Context) (map[string]string, error) {
	text, err := c.run(ctx, "values")
	values := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = value
	}
	return values, err
}

// fail kills the primary and waits until another is there, the killed one follows
// it, and the nodes have found it.
func (c cluster) fail(ctx context.Context, s *Site) error {
	before, err := c.run(ctx, "primary")
	if err != nil {
		return err
	}
	victim := before
	if s.Random.IntN(3) == 0 {
		victim += "-server" // Patroni lives and sees it
	}
	if _, err := c.run(ctx, "kill", victim); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); ; {
		if now, err := c.run(ctx, "primary"); err == nil && now != before {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no standby took over from %s within a minute", victim)
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	if _, err := c.run(ctx, "up", "databases"); err != nil {
		return err
	}
	for _, n := range s.Nodes {
		if err := n.Await(ctx); err != nil {
			return err
		}
	}
	return nil
}
