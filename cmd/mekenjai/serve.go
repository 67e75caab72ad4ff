package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"
)

type serveCommand struct {
	config
	NoWork bool `help:"Serve pages only and leave the jobs to other nodes (mekenjai work). PostgreSQL only." env:"MEKENJAI_NO_WORK"`
}

// Run serves until it is told to stop; running requests and jobs are let finish.
func (c *serveCommand) Run(ctx context.Context) error {
	if c.NoWork && !c.several() {
		return errors.New("--no-work needs PostgreSQL: an embedded database is served by one process, which does the jobs too")
	}
	return runNode(ctx, c.config, !c.NoWork, (*program).handler)
}

type workCommand struct{ config }

// Run does the jobs and the sweeps, and tells at --listen whether it is well.
func (c *workCommand) Run(ctx context.Context) error {
	if !c.several() {
		return errors.New("mekenjai work needs PostgreSQL: an embedded database is served by one process, mekenjai serve")
	}
	return runNode(ctx, c.config, true, func(p *program) http.Handler { return p.healthBeside(http.NotFoundHandler()) })
}

// runNode is the life of a node until ctx ends.
func runNode(ctx context.Context, c config, works bool, handler func(*program) http.Handler) error {
	frugal()
	p, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.join(ctx, works); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s (is it already running?): %w", c.Listen, err)
	}
	if err := p.serveMetrics(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	stop := func(context.Context) error { return nil }
	if works {
		if stop, err = p.work(ctx); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	p.tend(ctx)
	server := &http.Server{
		Handler:           handler(p),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
	p.greet()
	go debug.FreeOSMemory() // what only the start needed, as the import of an address register
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	gently, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return errors.Join(ignoreClosed(err), server.Shutdown(gently), stop(gently))
}

func (p *program) greet() {
	fmt.Fprintf(os.Stdout, "Mekenjai is at %s\n", p.config.URL)
	if p.config.demo() {
		fmt.Fprintf(os.Stdout, "The demo country and its people: %s/demo\n", p.config.URL)
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func isTLS(url string) bool { return strings.HasPrefix(url, "https://") }

type migrateCommand struct{ config }

// Run brings the schema up to date: open does it.
func (c *migrateCommand) Run(ctx context.Context) error {
	if c.NoMigrate {
		return errors.New("mekenjai migrate with --no-migrate would do nothing")
	}
	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "The schema is up to date.")
	return p.close()
}
