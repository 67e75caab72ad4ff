package mekenjai

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestADayThatTheMonthLacksBecomesItsLast(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2026-08-31", 6, "2027-02-28"}, {"2027-08-31", 6, "2028-02-29"}, {"2026-01-31", 1, "2026-02-28"},
		{"2026-11-22", 12, "2027-11-22"}, {"2026-12-15", 1, "2027-01-15"}, {"2024-02-29", 12, "2025-02-28"}} {
		if got := date(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestTheDayBeginsInAlmaty(t *testing.T) {
	before := time.Date(2026, 11, 21, 18, 59, 59, 0, time.UTC)
	if got := DateOf(before).String(); got != "2026-11-21" {
		t.Error(got)
	}
	if got := DateOf(before.Add(time.Second)).String(); got != "2026-11-22" {
		t.Error(got)
	}
}

func TestAgeIsOfCompletedYears(t *testing.T) {
	born := date("2010-11-23")
	for day, want := range map[string]int{"2026-11-22": 15, "2026-11-23": 16, "2026-11-24": 16} {
		if got := date(day).YearsSince(born); got != want {
			t.Errorf("on %s: %d", day, got)
		}
	}
	if got := date("2026-02-28").YearsSince(date("2012-02-29")); got != 13 {
		t.Errorf("born on 29 February: %d on 28 February", got)
	}
}

func TestThereIsNoSuchDate(t *testing.T) {
	for _, s := range []string{"2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "", "2026-1-1", "0001-01-01"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q is %v", s, d)
		}
	}
}

func TestMonthsAreWholeAndFromOneToTwelve(t *testing.T) {
	for _, s := range []string{"0", "13", "1.5", "-1", "+3", "", "six", "1e1", "06", "1 2"} {
		if n, err := ParseMonths(s); err == nil {
			t.Errorf("%q is %d", s, n)
		}
	}
	if n, err := ParseMonths(" 12 "); err != nil || n != 12 {
		t.Error(n, err)
	}
}

func TestPeriodLastsItsMonths(t *testing.T) {
	p := NewPeriod(date("2026-11-22"), 6, true)
	if p.To.String() != "2027-05-22" || !p.Contains(p.From) || !p.Contains(p.To) || p.Contains(p.To.AddDays(1)) {
		t.Errorf("%v", p)
	}
	if p = NewPeriod(date("2026-11-22"), 6, false); p.To.String() != "2027-05-21" {
		t.Errorf("%v", p)
	}
}

func TestDatesSurviveTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{2000, 1, 1}.AddDays(rapid.IntRange(-70000, 70000).Draw(t, "days"))
		if got := date(d.String()); got != d {
			t.Fatalf("%v became %v", d, got)
		}
		n := rapid.IntRange(-500, 500).Draw(t, "n")
		if d.AddDays(n).DaysSince(d) != n {
			t.Fatalf("%v and %d days: %d", d, n, d.AddDays(n).DaysSince(d))
		}
		m := rapid.IntRange(1, 12).Draw(t, "months")
		if later := d.AddMonths(m); later.Day > d.Day || later.DaysSince(d) < 28*m || later.DaysSince(d) > 31*m {
			t.Fatalf("%v and %d months: %v", d, m, later)
		}
	})
}
