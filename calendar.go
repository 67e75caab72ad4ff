package mekenjai

import (
	"slices"
	"time"
)

// Calendar tells the working days of Kazakhstan for the five-day week (Labour
// Code arts 84, 85; Law on Holidays of 13.12.2001 No 267-II). Its contents are
// data with sources, because holidays come and go and the government moves days
// off from year to year; the rules that follow from the law are here.
type Calendar struct {
	Holidays []YearlyDay // a day off that falls on a weekend is made up for by the next working day
	Rest     []YearlyDay // days of rest that are not made up for: Orthodox Christmas
	Dates    []Date      // the same, on other days each year: the first day of Kurban Ait
	Moved    []MovedDay  // days off that an act moved
	Settled  []int       // years of which the moved days and Kurban Ait are known
}

// YearlyDay comes back every year from From on, until Until if there is one.
type YearlyDay struct {
	Month       time.Month
	Day         int
	From, Until Date
}

// MovedDay is a working day that became a day off, and the weekend day on which
// is worked instead; either may be no date.
type MovedDay struct{ Off, Work Date }

// On is the day in the year, no date when it is not kept then.
func (y YearlyDay) On(year int) Date {
	d := Date{year, y.Month, y.Day}
	if d.Before(y.From) || !y.Until.IsZero() && d.After(y.Until) {
		return Date{}
	}
	return d
}

// IsWorking says whether the day d is worked.
func (c Calendar) IsWorking(d Date) bool {
	for _, m := range c.Moved {
		switch d {
		case m.Off:
			return false
		case m.Work:
			return true
		}
	}
	return c.isPlain(d) && !slices.Contains(c.madeUp(d.Year), d)
}

// AddWorkingDays is the n-th working day after d: the day of the event does not
// count (Civil Code art. 173; Administrative Procedural-Process Code art. 28).
// With n of 0 it is d itself, worked or not.
func (c Calendar) AddWorkingDays(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.IsWorking(d) {
			n--
		}
	}
	return d
}

// Knows says whether every day from the first to the last is known from acts. Of
// other years only the rules of the law are applied: days that the government
// will move, and Kurban Ait, may still change the result.
func (c Calendar) Knows(first, last Date) bool {
	for year := first.Year; year <= last.Year; year++ {
		if !slices.Contains(c.Settled, year) {
			return false
		}
	}
	return true
}

// isPlain says whether the day is neither weekend nor kept.
func (c Calendar) isPlain(d Date) bool {
	keeps := func(y YearlyDay) bool { return y.On(d.Year) == d }
	return !isWeekend(d) && !slices.ContainsFunc(c.Holidays, keeps) && !slices.ContainsFunc(c.Rest, keeps) && !slices.Contains(c.Dates, d)
}

// madeUp are the working days of the year that become days off because a holiday
// fell on a weekend: one for each, the next working day after it.
func (c Calendar) madeUp(year int) []Date {
	var lost, out []Date
	for _, y := range c.Holidays {
		if d := y.On(year); !d.IsZero() && isWeekend(d) {
			lost = append(lost, d)
		}
	}
	slices.SortFunc(lost, Date.Compare)
	for _, d := range lost {
		next := d.AddDays(1)
		for !c.isPlain(next) || slices.Contains(out, next) {
			next = next.AddDays(1)
		}
		out = append(out, next)
	}
	return out
}

func isWeekend(d Date) bool {
	w := d.Start().Weekday()
	return w == time.Saturday || w == time.Sunday
}
