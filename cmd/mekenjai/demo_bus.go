package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"mekenjai/eds"
	"mekenjai/eds/pki"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/pep"
	"mekenjai/internal/state"
	"mekenjai/internal/state/connect"
)

// registers are those of the demo country, however they are asked.
type registers struct {
	peers   state.Peers
	keeper  state.Keeper
	bus     *connect.Connection
	portal  *pep.Portal // the way to egov.kz; nil when there is no bus between
	egov    *bus.Egov   // egov.kz itself, when it is in this process
	faulty  bool        // the way to them has faults of its own, which the demo sets
	visible bool        // they are in this process, where the demo can change them
	close   func() error
}

// demoRegisters connects the demo country to its registers: within this process, over
// a bus on loopback, or over that of a bus file.
func demoRegisters(c config, land *country.Country, authority *pki.Authority, clock func() time.Time, within state.Peers, log *slog.Logger) (registers, error) {
	switch {
	case c.Bus != "":
		n, err := connectBus(c, &eds.Verifier{Anchors: authority.Anchors(), Revocation: authority}, clock, log)
		if err != nil {
			return registers{}, err
		}
		portal, err := n.Portal()
		if err != nil {
			return registers{}, err
		}
		return registers{peers: n.Peers(), keeper: n.Keeper(), bus: n, portal: portal, close: func() error { return nil }}, nil
	case c.inside():
		return registers{peers: within, visible: true, close: func() error { return nil }}, nil
	}
	return loopback(c, simulationOptions{land: land, authority: authority, algorithm: eds.GOST2015x512, clock: clock, log: log})
}

// loopback runs the simulators of the bus on a free port of this machine until close.
func loopback(c config, o simulationOptions) (registers, error) {
	var err error
	if o.journal, err = c.journal(); err != nil {
		return registers{}, err
	}
	simulated, err := newSimulation(o)
	if err != nil {
		return registers{}, err
	}
	doors, err := listenAt("127.0.0.1:0")
	if err != nil {
		return registers{}, err
	}
	n, err := simulated.connection("http://"+doors[0].Addr().String(), o)
	if err != nil {
		return registers{}, errors.Join(err, doors[0].Close())
	}
	portal, err := n.Portal()
	if err != nil {
		return registers{}, errors.Join(err, doors[0].Close())
	}
	simulated.Push(c.origin() + pep.Path)
	server := &http.Server{Handler: simulated.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)} // connections that a fault ends are no news
	go func() {
		if err := ignoreClosed(server.Serve(doors[0])); err != nil {
			o.log.Error("the simulated bus", "error", err)
		}
	}()
	return registers{peers: n.Peers(), keeper: n.Keeper(), bus: n, portal: portal, egov: &bus.Egov{Bus: simulated.Bus, Mapping: portal.Mapping}, faulty: true, visible: true,
		close: func() error { return errors.Join(server.Close(), simulated.Close()) }}, nil
}

// journal is the file of the demo's IS RP DRN, beside the database; "" keeps it in
// memory. What it knows of a database that is gone nobody needs.
func (c config) journal() (string, error) {
	if strings.Contains(c.Database, "://") {
		return "", nil
	}
	file := c.Database + ".entries"
	if _, err := os.Stat(c.Database); errors.Is(err, fs.ErrNotExist) {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("journal of a former demo: %w", err)
		}
	}
	return file, nil
}
