package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"mekenjai"
	"mekenjai/internal/access"
)

// staffCommand appoints who works at counters and desks. It is for the
// administrator of an installation, on its own machine: there is no page for it,
// so that no stolen session can make an officer.
type staffCommand struct {
	Office  officeCommand  `cmd:"" help:"Open an office, or rename one and move its territory."`
	Appoint appointCommand `cmd:"" help:"Give somebody a role in an office. He signs in with the key of the office's organisation."`
	Dismiss dismissCommand `cmd:"" help:"End an appointment. It works with the next request of a session."`
	List    listCommand    `cmd:"" help:"Print the appointments of an office, ended ones among them."`
	Permits permitsCommand `cmd:"" help:"Print the table of what staff may do: deed, roles, territory, in whose hands the matter must be."`
}

type officeCommand struct {
	config
	ID        string `arg:"" help:"Short and stable, such as almaty-1."`
	Kind      string `enum:"counter,desk" required:"" help:"counter (State Corporation) or desk (migration police)."`
	BIN       string `name:"bin" required:"" help:"BIN of the organisation."`
	Territory string `help:"First digits of the KATO codes that it serves; left out: the whole country."`
	NameKK    string `name:"name-kk" required:"" help:"Name in Kazakh."`
	NameRU    string `name:"name-ru" required:"" help:"Name in Russian."`
}

func (c *officeCommand) Run(ctx context.Context) error {
	bin, err := mekenjai.ParseBIN(c.BIN)
	if err != nil {
		return fmt.Errorf("--bin %q: %w", c.BIN, err)
	}
	for _, r := range c.Territory {
		if r < '0' || r > '9' || len(c.Territory) > 9 {
			return fmt.Errorf("--territory %q is not the beginning of a KATO code, at most nine digits", c.Territory)
		}
	}
	return withAccess(ctx, c.config, func(a *access.Access) error {
		return a.OpenOffice(ctx, mekenjai.ServiceOffice{ID: c.ID, Kind: mekenjai.OfficeKind(c.Kind), BIN: bin,
			Territory: c.Territory, Name: mekenjai.Text{KK: c.NameKK, RU: c.NameRU}})
	})
}

type appointCommand struct {
	config
	IIN    string `name:"iin" required:"" help:"IIN of the person."`
	Role   string `enum:"operator,officer,chief,auditor" required:"" help:"operator, officer, chief or auditor."`
	Office string `required:"" help:"Id of the office."`
}

func (c *appointCommand) Run(ctx context.Context) error {
	iin, err := mekenjai.ParseIIN(c.IIN)
	if err != nil {
		return fmt.Errorf("--iin: %w", err)
	}
	return withAccess(ctx, c.config, func(a *access.Access) error {
		o, err := a.Office(ctx, c.Office)
		if errors.Is(err, mekenjai.ErrNotFound) {
			return fmt.Errorf("there is no office %q: open it with mekenjai staff office", c.Office)
		}
		if err != nil {
			return err
		}
		err = a.Appoint(ctx, access.Appointment{IIN: iin, BIN: o.BIN, Role: mekenjai.Role(c.Role), Office: o.ID})
		switch {
		case errors.Is(err, mekenjai.ErrConflict):
			return errors.New("this person has another appointment with the same organisation: dismiss it first")
		case errors.Is(err, mekenjai.ErrForbidden):
			return fmt.Errorf("an office of the kind %s has no %s", o.Kind, c.Role)
		}
		return err
	})
}

type dismissCommand struct {
	config
	IIN    string `name:"iin" required:"" help:"IIN of the person."`
	Office string `required:"" help:"Id of the office."`
}

func (c *dismissCommand) Run(ctx context.Context) error {
	iin, err := mekenjai.ParseIIN(c.IIN)
	if err != nil {
		return fmt.Errorf("--iin: %w", err)
	}
	return withAccess(ctx, c.config, func(a *access.Access) error {
		o, err := a.Office(ctx, c.Office)
		if err == nil {
			err = a.Dismiss(ctx, iin, o.BIN)
		}
		if errors.Is(err, mekenjai.ErrNotFound) {
			return fmt.Errorf("this person has no appointment at the office %q", c.Office)
		}
		return err
	})
}

type listCommand struct {
	config
	Office string `arg:"" help:"Id of the office."`
}

func (c *listCommand) Run(ctx context.Context, stdout io.Writer) error {
	return withAccess(ctx, c.config, func(a *access.Access) error {
		list, err := a.Staff(ctx, c.Office)
		if errors.Is(err, mekenjai.ErrNotFound) {
			return fmt.Errorf("there is no office %q", c.Office)
		}
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "IIN\tROLE\tFROM\tUNTIL")
		for _, s := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.IIN, s.Role, mekenjai.DateOf(s.Appointed), until(s))
		}
		return t.Flush()
	})
}

type permitsCommand struct {
	JSON bool `help:"As JSON."`
}

func (c *permitsCommand) Run(stdout io.Writer) error {
	if c.JSON {
		return printJSON(stdout, mekenjai.Permits)
	}
	t := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "DEED\tROLES\tTERRITORY\tHANDS")
	for _, p := range mekenjai.Permits {
		territory := "any"
		if p.Territory {
			territory = "own"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Deed, words(p.Roles), territory, p.Hold)
	}
	return t.Flush()
}

func until(s access.Appointment) string {
	if s.Dismissed.IsZero() {
		return ""
	}
	return mekenjai.DateOf(s.Dismissed).String()
}

// withAccess opens an installation for one deed.
func withAccess(ctx context.Context, c config, deed func(*access.Access) error) error {
	p, err := open(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(deed(p.access), p.close())
}
