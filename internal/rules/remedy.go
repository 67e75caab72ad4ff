package rules

import (
	"sync"

	"mekenjai"
)

// WorkingCalendar is the calendar of the parameter file.
var WorkingCalendar = sync.OnceValue(func() mekenjai.Calendar {
	b, err := embedded()
	if err != nil {
		panic(err) // a test reads the file before anybody else does
	}
	return b.Calendar.calendar()
})

// ComplaintUntil is the last day on which a refusal may be complained of by who
// learned of it on the day known (Administrative Procedural-Process Code,
// art. 92): longer when the act did not say how.
func (p Parameters) ComplaintUntil(known mekenjai.Date, remediesStated bool) mekenjai.Date {
	if !remediesStated {
		return known.AddMonths(p.ComplaintMonthsUnstated)
	}
	return known.AddMonths(p.ComplaintMonths)
}

// ForwardUntil is the last day on which the body that decided forwards a
// complaint of the day received to the higher body, or cures its decision
// (art. 92).
func (p Parameters) ForwardUntil(received mekenjai.Date) mekenjai.Date {
	return WorkingCalendar().AddWorkingDays(received, p.ComplaintForwardDays)
}

// AnswerUntil is the last day on which a complaint is decided; after it silence
// is a refusal and the way to the court is open (arts 99, 100).
func (p Parameters) AnswerUntil(received mekenjai.Date) mekenjai.Date {
	return WorkingCalendar().AddWorkingDays(received, p.ComplaintAnswerDays)
}

// GrievanceUntil is the last day on which a complaint of the day received against
// an owner is answered (art. 76).
func (p Parameters) GrievanceUntil(received mekenjai.Date) mekenjai.Date {
	return WorkingCalendar().AddWorkingDays(received, p.GrievanceDays)
}

// calendarFile is the calendar as the parameter file writes it: each line with
// its source.
type calendarFile struct {
	Holidays []yearly `json:"holidays"`
	Rest     []yearly `json:"rest"`
	Dates    []struct {
		Day    mekenjai.Date `json:"day"`
		Name   string        `json:"name"`
		Tag    string        `json:"tag"`
		Source string        `json:"source"`
	} `json:"dates"`
	Moved []struct {
		Off    mekenjai.Date `json:"off"`
		Work   mekenjai.Date `json:"work,omitzero"`
		Tag    string        `json:"tag"`
		Source string        `json:"source"`
	} `json:"moved"`
	Settled []struct {
		Year   int    `json:"year"`
		Tag    string `json:"tag"`
		Source string `json:"source"`
	} `json:"settled"`
}

type yearly struct {
	Day    string        `json:"day"` // MM-DD
	Name   string        `json:"name"`
	From   mekenjai.Date `json:"from"`
	Until  mekenjai.Date `json:"until,omitzero"`
	Tag    string        `json:"tag"`
	Source string        `json:"source"`
}

func (f calendarFile) calendar() mekenjai.Calendar {
	var c mekenjai.Calendar
	for _, y := range f.Holidays {
		c.Holidays = append(c.Holidays, y.yearly())
	}
	for _, y := range f.Rest {
		c.Rest = append(c.Rest, y.yearly())
	}
	for _, d := range f.Dates {
		c.Dates = append(c.Dates, d.Day)
	}
	for _, m := range f.Moved {
		c.Moved = append(c.Moved, mekenjai.MovedDay{Off: m.Off, Work: m.Work})
	}
	for _, s := range f.Settled {
		c.Settled = append(c.Settled, s.Year)
	}
	return c
}

func (y yearly) yearly() mekenjai.YearlyDay {
	d, _ := mekenjai.ParseDate("2000-" + y.Day) // check has read it
	return mekenjai.YearlyDay{Month: d.Month, Day: d.Day, From: y.From, Until: y.Until}
}
