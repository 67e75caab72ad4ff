package rules

import (
	"testing"

	"mekenjai"
)

func TestWorkingDaysOfTheYears(t *testing.T) {
	cal := WorkingCalendar()
	off := map[int][]string{
		2025: {"01-01", "01-02", "01-03", "01-07", "03-10", "03-21", "03-24", "03-25", "05-01", "05-07", "05-09", "06-06", "07-07", "09-01", "10-27", "12-16"},
		2026: {"01-01", "01-02", "01-07", "03-09", "03-23", "03-24", "03-25", "05-01", "05-07", "05-11", "05-27", "07-06", "10-26", "12-16"},
		2027: {"01-01", "01-04", "01-07", "03-08", "03-15", "03-22", "03-23", "03-24", "05-03", "05-07", "05-10", "07-06", "10-25", "12-16"},
	}
	for year, want := range off {
		var got []string
		for d := (mekenjai.Date{Year: year, Month: 1, Day: 1}); d.Year == year; d = d.AddDays(1) {
			w := int(d.Start().Weekday())
			if works := cal.IsWorking(d); !works && w != 0 && w != 6 {
				got = append(got, d.String()[5:])
			} else if works && (w == 0 || w == 6) && d != day("2025-01-05") {
				t.Errorf("%s is worked", d)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d: %v, want %v", year, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%d: %v, want %v", year, got, want)
				break
			}
		}
	}
	if !cal.IsWorking(day("2025-01-05")) || cal.IsWorking(day("2025-01-03")) {
		t.Error("3 January 2025 was not moved to the 5th")
	}
	if !cal.IsWorking(day("2026-08-31")) || cal.IsWorking(day("2025-09-01")) {
		t.Error("Constitution Day left August in 2026")
	}
}

func TestWorkingDaysAreCountedFromTheNextDay(t *testing.T) {
	cal := WorkingCalendar()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-23", 0, "2026-11-23"},
		{"2026-11-23", 3, "2026-11-26"},  // Monday to Thursday
		{"2026-11-20", 1, "2026-11-23"},  // over a weekend
		{"2026-11-21", 1, "2026-11-23"},  // from a Saturday
		{"2026-11-24", 20, "2026-12-23"}, // over Independence Day
		{"2026-12-30", 3, "2027-01-06"},  // 31.12, then 1, 2 and 4 January are off
		{"2026-03-06", 1, "2026-03-10"},  // 8 March on a Sunday
		{"2026-03-20", 1, "2026-03-26"},  // Nauryz on a Saturday and a Sunday
		{"2025-01-02", 1, "2025-01-05"},  // a Sunday that was worked
		{"2026-05-26", 1, "2026-05-28"},  // Kurban Ait
	} {
		if got := cal.AddWorkingDays(day(c.from), c.n); got != day(c.want) {
			t.Errorf("%d working days after %s: %s, want %s", c.n, c.from, got, c.want)
		}
	}
}

func TestCalendarSaysOfWhichYearsItKnowsTheActs(t *testing.T) {
	cal := WorkingCalendar()
	if !cal.Knows(day("2025-12-01"), day("2026-02-01")) {
		t.Error("2025 and 2026 are not known")
	}
	if cal.Knows(day("2026-12-20"), day("2027-01-20")) || cal.Knows(day("2030-01-01"), day("2030-01-01")) {
		t.Error("years are known whose acts are not out")
	}
	// The law alone still gives an answer.
	if got := cal.AddWorkingDays(day("2029-12-14"), 1); got != day("2029-12-18") { // 16 December a Sunday
		t.Errorf("%s", got)
	}
}

func TestComplaintTermsAreThoseOfTheCode(t *testing.T) {
	p := parameters(t)
	if got := p.ComplaintUntil(day("2026-11-30"), true); got != day("2027-02-28") {
		t.Error(got)
	}
	if got := p.ComplaintUntil(day("2026-11-30"), false); got != day("2027-05-30") {
		t.Error(got)
	}
	if got := p.ForwardUntil(day("2026-11-24")); got != day("2026-11-27") {
		t.Error(got)
	}
	if got := p.AnswerUntil(day("2026-11-24")); got != day("2026-12-23") {
		t.Error(got)
	}
}
