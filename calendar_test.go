package mekenjai

import (
	"testing"

	"pgregory.net/rapid"
)

func someCalendar() Calendar {
	return Calendar{
		Holidays: []YearlyDay{{Month: 1, Day: 1}, {Month: 1, Day: 2}, {Month: 5, Day: 1}, {Month: 8, Day: 30, Until: Date{2026, 6, 30}}, {Month: 3, Day: 15, From: Date{2027, 1, 1}}},
		Rest:     []YearlyDay{{Month: 1, Day: 7}},
		Dates:    []Date{{2027, 5, 16}},
		Moved:    []MovedDay{{Off: Date{2026, 4, 30}, Work: Date{2026, 4, 25}}},
		Settled:  []int{2026},
	}
}

func TestAHolidayOnAWeekendIsMadeUpFor(t *testing.T) {
	c := someCalendar()
	for d, works := range map[Date]bool{
		{2028, 1, 3}: false, {2028, 1, 4}: false, {2028, 1, 5}: true, // 1 January 2028 a Saturday, 2 a Sunday: 3 and 4
		{2027, 1, 4}: false, {2027, 5, 3}: false, {2027, 5, 4}: true,
		{2027, 5, 17}: true,                       // a day of rest is not made up for
		{2026, 4, 30}: false, {2026, 4, 25}: true, // moved by an act
		{2026, 8, 31}: true, {2025, 9, 1}: false, // a holiday that was abolished
		{2026, 3, 16}: true, {2027, 3, 15}: false, // one that began
	} {
		if c.IsWorking(d) != works {
			t.Errorf("%s: worked %v", d, !works)
		}
	}
}

func TestAddWorkingDaysIsMonotonousAndEndsOnAWorkingDay(t *testing.T) {
	c := someCalendar()
	rapid.Check(t, func(t *rapid.T) {
		d := Date{2025, 1, 1}.AddDays(rapid.IntRange(0, 1200).Draw(t, "day"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		end := c.AddWorkingDays(d, n)
		if !c.IsWorking(end) || !end.After(d) || c.AddWorkingDays(d, n+1).Compare(end) <= 0 || c.AddWorkingDays(d.AddDays(1), n).Before(end) {
			t.Fatalf("%d working days after %s: %s", n, d, end)
		}
		count := 0
		for x := d.AddDays(1); !x.After(end); x = x.AddDays(1) {
			if c.IsWorking(x) {
				count++
			}
		}
		if count != n {
			t.Fatalf("%s to %s: %d working days, not %d", d, end, count, n)
		}
	})
}
