package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"mekenjai"
	"mekenjai/internal/rules"
)

type rulesCalendar struct {
	Year int `help:"The year; this one when left out."`
}

func (c rulesCalendar) Run() error { return c.print(os.Stdout, time.Now()) }

func (c rulesCalendar) print(w io.Writer, now time.Time) error {
	year := c.Year
	if year == 0 {
		year = mekenjai.DateOf(now).Year
	}
	first, err := mekenjai.NewDate(year, 1, 1)
	if err != nil {
		return fmt.Errorf("there is no calendar of the year %d", year)
	}
	cal := rules.WorkingCalendar()
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	working := 0
	for d := first; d.Year == year; d = d.AddDays(1) {
		weekday := d.Start().Weekday()
		isWeekend := weekday == time.Saturday || weekday == time.Sunday
		switch works := cal.IsWorking(d); {
		case works && isWeekend:
			fmt.Fprintf(t, "%s\t%s\tworked\n", d, weekday)
		case !works && !isWeekend:
			fmt.Fprintf(t, "%s\t%s\toff\n", d, weekday)
		}
		if cal.IsWorking(d) {
			working++
		}
	}
	fmt.Fprintf(t, "%d\tworking days\t%d\n", year, working)
	if !cal.Knows(first, first) {
		fmt.Fprintln(t, "The acts that move days off in this year, and the day of Kurban Ait, are not entered: these are the days of the law alone.")
	}
	return t.Flush()
}
