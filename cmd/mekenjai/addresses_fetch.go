package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"mekenjai/internal/address/opendata"
)

type addressesFetch struct {
	Portal       string            `help:"The open-data portal." default:"https://data.egov.kz" placeholder:"URL"`
	KeyFile      string            `help:"File with the key of the portal's API." required:"" placeholder:"FILE"`
	TableVersion string            `help:"Version of the tables, as the portal names it." default:"data"`
	VersionOf    map[string]string `help:"That of single tables, such as s_pb=v3." placeholder:"TABLE=VERSION"`
	Since        string            `help:"Only rows that changed on this day or after it, such as 2026-01-31: an increment. Take a day before the last fetch." placeholder:"DAY"`
	Pause        time.Duration     `help:"Between two questions." default:"2s"`
	Folder       string            `arg:"" help:"Where the pages are put; those that are there are kept."`
}

// Run fetches, and tells on stderr how far it is.
func (c *addressesFetch) Run(ctx context.Context) error {
	f, err := c.fetch()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Folder, 0o755); err != nil {
		return err
	}
	if err := f.Into(ctx, c.Folder); err != nil {
		return fmt.Errorf("%w\nThe pages that came stay in %s; run it again, and it goes on there", err, c.Folder)
	}
	return nil
}

func (c *addressesFetch) fetch() (opendata.Fetch, error) {
	if err := checkPortal(c.Portal); err != nil {
		return opendata.Fetch{}, err
	}
	if c.Since != "" {
		if _, err := time.Parse(time.DateOnly, c.Since); err != nil {
			return opendata.Fetch{}, fmt.Errorf("--since %q is not a day such as 2026-01-31", c.Since)
		}
	}
	key, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return opendata.Fetch{}, fmt.Errorf("--key-file: %w", err)
	}
	if key = bytes.TrimSpace(key); len(key) == 0 {
		return opendata.Fetch{}, errors.New("--key-file is empty")
	}
	f := opendata.Fetch{URL: c.Portal, Key: string(key), Version: c.TableVersion, Versions: map[opendata.Table]string{}, Since: c.Since, Pause: c.Pause,
		HTTP:     &http.Client{Timeout: 5 * time.Minute},
		Progress: func(t opendata.Table, rows int) { fmt.Fprintf(os.Stderr, "%s: %d rows\n", t, rows) }}
	for table, version := range c.VersionOf {
		f.Versions[opendata.Table(table)] = version
	}
	return f, nil
}

// checkPortal lets the key travel in the clear nowhere but within this machine.
func checkPortal(portal string) error {
	u, err := url.Parse(portal)
	if err == nil && u.Host != "" {
		ip := net.ParseIP(u.Hostname())
		if u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback() {
			return nil
		}
	}
	return fmt.Errorf("--portal %q is no address with https, such as https://data.egov.kz", portal)
}
