package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

type serveCommand struct{ config }

// Run serves until it is told to stop; running requests and jobs are let finish.
func (c *serveCommand) Run(ctx context.Context) error {
	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	defer p.close()
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s (is it already running?): %w", c.Listen, err)
	}
	stop, err := p.work(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler:           p.handler(),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
	}
	fmt.Fprintf(os.Stdout, "Mekenjai is at %s\n", c.URL)
	if c.demo() {
		fmt.Fprintf(os.Stdout, "The demo country and its people: %s/demo\n", c.URL)
	}
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
	p, err := open(ctx, c.config)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "The schema is up to date.")
	return p.close()
}
