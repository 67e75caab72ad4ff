package mekenjai

import (
	"errors"
	"strconv"
	"strings"
)

// ErrMonths says that a length of stay is not a whole number of months the
// service allows.
var ErrMonths = errors.New("not a whole number of months from 1 to 12")

// Months is a length of stay as the form asks for it: 1 to 12 whole months
// (rule R18).
type Months int

// ParseMonths accepts plain digits only: "1.5", "+3", "0" and "13" are refused.
func ParseMonths(s string) (Months, error) {
	s = strings.TrimSpace(s)
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 12 || strconv.Itoa(n) != s {
		return 0, ErrMonths
	}
	return Months(n), nil
}

// Period is a stretch of calendar days, both ends included.
type Period struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// NewPeriod begins on from and lasts n months (rule R20). The day on which the
// months are completed still counts when inclusive, else the day before is last.
func NewPeriod(from Date, n Months, inclusive bool) Period {
	to := from.AddMonths(int(n))
	if !inclusive {
		to = to.AddDays(-1)
	}
	return Period{from, to}
}

// Contains says whether d is a day of the period.
func (p Period) Contains(d Date) bool { return !d.Before(p.From) && !d.After(p.To) }
