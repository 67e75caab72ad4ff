package mekenjai

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Almaty is the legal time of Kazakhstan: UTC+5 for the whole country since
// 1 March 2024. Periods are counted in its calendar.
var Almaty = almaty()

func almaty() *time.Location {
	if l, err := time.LoadLocation("Asia/Almaty"); err == nil {
		if _, offset := time.Date(2026, 1, 1, 0, 0, 0, 0, l).Zone(); offset == 5*3600 {
			return l
		}
	}
	// A machine without, or with an outdated, time zone table.
	return time.FixedZone("+05", 5*3600)
}

// ErrDate says that a year, month and day are no date.
var ErrDate = errors.New("no such date")

// Date is a calendar date without a time. Its zero value is "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate refuses dates that do not exist, such as 31 April.
func NewDate(year, month, day int) (Date, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1800 || year > 9999 || t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return Date{}, ErrDate
	}
	return Date{year, t.Month(), day}, nil
}

// DateOf is the date in Almaty at the instant t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Almaty).Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, ErrDate
	}
	return NewDate(t.Year(), int(t.Month()), t.Day())
}

// IsZero says whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Compare is negative when d is before e, zero when equal, positive after.
func (d Date) Compare(e Date) int {
	switch {
	case d.Year != e.Year:
		return d.Year - e.Year
	case d.Month != e.Month:
		return int(d.Month) - int(e.Month)
	}
	return d.Day - e.Day
}

// Before and After compare dates.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays moves by n days.
func (d Date) AddDays(n int) Date {
	t := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC)
	return Date{t.Year(), t.Month(), t.Day()}
}

// AddMonths moves by n whole months; a day that the month lacks becomes its last
// one: 31 August and 6 months give 28 February.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// DaysSince counts the days from e to d.
func (d Date) DaysSince(e Date) int {
	return int(d.Start().Sub(e.Start()).Round(24*time.Hour) / (24 * time.Hour))
}

// YearsSince counts the completed years from e to d: an age. Who was born on
// 29 February completes a year on 1 March in common years.
func (d Date) YearsSince(e Date) int {
	years := d.Year - e.Year
	if d.Month < e.Month || d.Month == e.Month && d.Day < e.Day {
		years--
	}
	return years
}

// Start is the first instant of the day in Almaty.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Almaty)
}

// String is YYYY-MM-DD, "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText and UnmarshalText use YYYY-MM-DD; the empty text is no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD or the empty text.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// Value stores the date as its text, "" for no date.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stored.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("cannot read a date from %T", v)
}
