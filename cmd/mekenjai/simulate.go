package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/demo"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/telemetry"
)

type simulateCommand struct {
	Listen    string `help:"Address of the simulated bus." default:"127.0.0.1:8190"`
	Control   string `help:"Address at which faults are set and the country is changed; whoever reaches it may." default:"127.0.0.1:8191"`
	Data      string `help:"Folder in which the simulated IS RP DRN keeps its journal." default:"var/simulated" placeholder:"DIR"`
	Write     string `help:"Also write a bus configuration for a customer, with its keys and certificates, into this folder: serve --bus DIR/bus.json." placeholder:"DIR"`
	Schedule  string `help:"Faults in their time: a JSON array of {\"at\": \"30s\", \"for\": \"1m\", \"peer\": \"persons\", \"fault\": \"down\"}." placeholder:"FILE" type:"existingfile"`
	Algorithm string `help:"Keys of the bus, the registers and the customer: gost or rsa." enum:"gost,rsa" default:"gost"`
}

// Run simulates until it is told to stop.
func (c *simulateCommand) Run(ctx context.Context, stdout io.Writer) error {
	steps, err := c.schedule()
	if err != nil {
		return err
	}
	authority, err := pki.New(demo.Seed, time.Now())
	if err != nil {
		return err
	}
	simulated, err := newSimulation(simulationOptions{
		land: country.New(nil), authority: authority, algorithm: algorithms[c.Algorithm], clock: time.Now,
		journal: filepath.Join(c.Data, "entries.jsonl"), log: telemetry.TextLogger(os.Stderr, slog.LevelWarn), follows: true, vouches: true,
	})
	if err != nil {
		return err
	}
	defer simulated.Close()
	if _, err := simulated.entries.List("", 1); err != nil { // in use by another, or spoilt: not a surprise of the first deed
		return err
	}
	doors, err := listenAt(c.Listen, c.Control)
	if err != nil {
		return err
	}
	address := "http://" + doors[0].Addr().String()
	if c.Write != "" {
		if err := writeCustomer(c.Write, address, simulated); err != nil {
			return errors.Join(err, doors[0].Close(), doors[1].Close())
		}
		fmt.Fprintf(stdout, "A customer's configuration: %s\n", filepath.Join(c.Write, "bus.json"))
	}
	fmt.Fprintf(stdout, "The simulated bus is at %s, its control at http://%s\n", address, doors[1].Addr())
	go simulated.Follow(ctx, steps)
	return serveAll(ctx, []door{{doors[0], simulated.Handler()}, {doors[1], simulated.Control()}})
}

var algorithms = map[string]eds.Algorithm{"gost": eds.GOST2015x512, "rsa": eds.RSASHA256}

func (c *simulateCommand) schedule() ([]bus.Step, error) {
	if c.Schedule == "" {
		return nil, nil
	}
	f, err := os.Open(c.Schedule)
	if err != nil {
		return nil, fmt.Errorf("--schedule: %w", err)
	}
	defer f.Close()
	return bus.ReadSchedule(f)
}

func listenAt(addresses ...string) (list []net.Listener, err error) {
	for _, a := range addresses {
		l, err := net.Listen("tcp", a)
		if err != nil {
			for _, open := range list {
				err = errors.Join(err, open.Close())
			}
			return nil, fmt.Errorf("cannot listen on %s: %w", a, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// door is an address with what answers there.
type door struct {
	net.Listener
	handler http.Handler
}

// serveAll answers at every door until ctx ends or one fails.
func serveAll(ctx context.Context, doors []door) error {
	ended := make(chan error, len(doors))
	var servers []*http.Server
	for _, d := range doors {
		s := &http.Server{Handler: d.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
		servers = append(servers, s)
		go func() { ended <- s.Serve(d.Listener) }()
	}
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	err = ignoreClosed(err)
	for _, s := range servers {
		err = errors.Join(err, s.Close()) // who waits for a slow answer need not be waited for
	}
	return err
}
