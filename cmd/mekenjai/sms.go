package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"mekenjai/internal/database"
	"mekenjai/internal/kannel"
)

// smsOptions are those of Kannel, without its password.
func (c config) smsOptions() kannel.Options {
	return kannel.Options{Routes: c.SMSURL, User: c.SMSUser, From: c.SMSFrom, Reports: c.SMSReports}
}

// checkSMS refuses a way to Kannel that cannot be meant.
func (c config) checkSMS() error {
	if len(c.SMSURL) == 0 {
		if c.SMSUser != "" || c.SMSPasswordFile != "" || c.SMSFrom != "" || c.SMSReports != "" {
			return errors.New("--sms-user, --sms-password-file, --sms-from and --sms-reports belong to --sms-url: without it no text messages are sent through Kannel")
		}
		return nil
	}
	if c.SMSUser == "" || c.SMSPasswordFile == "" || c.SMSFrom == "" {
		return errors.New("--sms-url needs --sms-user, --sms-password-file and --sms-from")
	}
	o := c.smsOptions()
	o.Password = "read later"
	if err := o.Check(); err != nil {
		return fmt.Errorf("text messages (--sms-…): %w", err)
	}
	return nil
}

// kannel connects the gateway of text messages.
func (c config) kannel(db *database.DB, secret []byte, log *slog.Logger) (*kannel.Centre, error) {
	password, err := os.ReadFile(c.SMSPasswordFile)
	if err != nil {
		return nil, fmt.Errorf("--sms-password-file: %w", err)
	}
	o := c.smsOptions()
	o.Password, o.Secret, o.Log = string(bytes.TrimSpace(password)), secret, log
	centre, err := kannel.New(db, o)
	if err != nil {
		return nil, fmt.Errorf("--sms-password-file: %w", err)
	}
	return centre, nil
}

// lackOfSMS tells of each route of text messages whether it would take one.
func lackOfSMS(ctx context.Context, p *program, line func(string, string, ...any)) (missing []string) {
	switch {
	case p.world.sms == nil && p.config.demo():
		return nil // the telephones of the demo page
	case p.world.sms == nil:
		line("text messages", "MISSING: no --sms-url is configured, so no code and no notice goes out")
		return []string{"text messages"}
	}
	for _, h := range p.world.sms.Ask(ctx) {
		if h.Err == nil {
			line("text messages by "+h.Route, "answers in %s", round(h.Latency))
			continue
		}
		line("text messages by "+h.Route, "FAILS: %v", h.Err)
		missing = append(missing, "route "+h.Route)
	}
	if p.config.SMSReports == "" {
		line("reports of delivery", "none: --sms-reports is not set")
	}
	if list, err := p.world.sms.Tallies(ctx); err == nil && len(list) > 0 {
		var said []string
		for _, t := range list {
			said = append(said, fmt.Sprintf("%d %s by %s", t.Count, t.State, t.Route))
		}
		line("messages of a day", "%s", strings.Join(said, ", "))
	}
	return missing
}

// readSMS gives the readings of routes and messages.
func (p *program) readSMS(ctx context.Context, give func(name string, value float64, label ...string)) {
	for _, r := range p.world.sms.Routes() {
		give("mekenjai_sms_routes_open", one(r.Resting), r.Route)
	}
	if list, err := p.world.sms.Tallies(ctx); err == nil {
		by := map[kannel.State]int64{}
		for _, t := range list {
			by[t.State] += t.Count
		}
		for _, s := range []kannel.State{kannel.Handed, kannel.Accepted, kannel.Delivered, kannel.Failed} {
			give("mekenjai_sms_messages_count", float64(by[s]), string(s))
		}
	}
}
