package locale

import (
	"fmt"
	"math"
	"strings"
	"time"

	"mekenjai"
)

// month is the name of a month in the cases that dates need.
type month struct{ plain, until, from, on string }

// Kazakh puts the case ending on the month, by the harmony of its vowels.
var kazakhMonths = [12]month{
	{"қаңтар", "қаңтарға", "қаңтардан", "қаңтарда"},
	{"ақпан", "ақпанға", "ақпаннан", "ақпанда"},
	{"наурыз", "наурызға", "наурыздан", "наурызда"},
	{"сәуір", "сәуірге", "сәуірден", "сәуірде"},
	{"мамыр", "мамырға", "мамырдан", "мамырда"},
	{"маусым", "маусымға", "маусымнан", "маусымда"},
	{"шілде", "шілдеге", "шілдеден", "шілдеде"},
	{"тамыз", "тамызға", "тамыздан", "тамызда"},
	{"қыркүйек", "қыркүйекке", "қыркүйектен", "қыркүйекте"},
	{"қазан", "қазанға", "қазаннан", "қазанда"},
	{"қараша", "қарашаға", "қарашадан", "қарашада"},
	{"желтоқсан", "желтоқсанға", "желтоқсаннан", "желтоқсанда"},
}

var russianMonths = [12]string{"января", "февраля", "марта", "апреля", "мая", "июня",
	"июля", "августа", "сентября", "октября", "ноября", "декабря"}

func kazakhDate(d mekenjai.Date, name string) string {
	return fmt.Sprintf("%d жылғы %d %s", d.Year, d.Day, name)
}

// Day writes a date in full: «2026 жылғы 22 қараша», «22 ноября 2026 г.»,
// "22 November 2026". No date is the empty text.
func (l Lang) Day(d mekenjai.Date) string {
	switch {
	case d.IsZero():
		return ""
	case l == RU:
		return fmt.Sprintf("%d %s %d\u00a0г.", d.Day, russianMonths[d.Month-1], d.Year)
	case l == EN:
		return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
	}
	return kazakhDate(d, kazakhMonths[d.Month-1].plain)
}

// DayUntil writes a date as the end of a period: «2026 жылғы 22 қарашаға дейін»,
// «до 22 ноября 2026 г.», "until 22 November 2026".
func (l Lang) DayUntil(d mekenjai.Date) string {
	switch {
	case d.IsZero():
		return ""
	case l == RU:
		return "до " + l.Day(d)
	case l == EN:
		return "until " + l.Day(d)
	}
	return kazakhDate(d, kazakhMonths[d.Month-1].until) + " дейін"
}

// DayFrom writes a date as the beginning of a period: «2026 жылғы 22 қарашадан
// бастап», «с 22 ноября 2026 г.», "from 22 November 2026".
func (l Lang) DayFrom(d mekenjai.Date) string {
	switch {
	case d.IsZero():
		return ""
	case l == RU:
		return "с " + l.Day(d)
	case l == EN:
		return "from " + l.Day(d)
	}
	return kazakhDate(d, kazakhMonths[d.Month-1].from) + " бастап"
}

// DayOn writes a date as the time of a deed: «2026 жылғы 22 қарашада», «22
// ноября 2026 г.», "on 22 November 2026".
func (l Lang) DayOn(d mekenjai.Date) string {
	switch {
	case d.IsZero():
		return ""
	case l == RU:
		return l.Day(d)
	case l == EN:
		return "on " + l.Day(d)
	}
	return kazakhDate(d, kazakhMonths[d.Month-1].on)
}

// DayShort writes a date for tables: 22.11.2026, in English 22 Nov 2026.
func (l Lang) DayShort(d mekenjai.Date) string {
	switch {
	case d.IsZero():
		return ""
	case l == EN:
		return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year)
	}
	return fmt.Sprintf("%02d.%02d.%d", d.Day, d.Month, d.Year)
}

// day is the date of an instant in Almaty; the zero time is no date.
func day(t time.Time) mekenjai.Date {
	if t.IsZero() {
		return mekenjai.Date{}
	}
	return mekenjai.DateOf(t)
}

// Date is Day of an instant in Almaty.
func (l Lang) Date(t time.Time) string { return l.Day(day(t)) }

// DateUntil is DayUntil of an instant in Almaty.
func (l Lang) DateUntil(t time.Time) string { return l.DayUntil(day(t)) }

// DateFrom is DayFrom of an instant in Almaty.
func (l Lang) DateFrom(t time.Time) string { return l.DayFrom(day(t)) }

// DateOn is DayOn of an instant in Almaty.
func (l Lang) DateOn(t time.Time) string { return l.DayOn(day(t)) }

// DateShort is DayShort of an instant in Almaty.
func (l Lang) DateShort(t time.Time) string { return l.DayShort(day(t)) }

// Time is the time of day in Almaty: 18:05.
func (l Lang) Time(t time.Time) string { return t.In(mekenjai.Almaty).Format("15:04") }

// DateTime is the date and the time of day in Almaty.
func (l Lang) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.Date(t) + ", " + l.Time(t)
}

// Minutes writes a length of time in whole minutes, rounded up; from an hour on
// in hours and minutes. Nothing is never less than zero.
func (l Lang) Minutes(d time.Duration) string {
	n := max(0, int(math.Ceil(d.Minutes())))
	hours, minutes := n/60, n%60
	switch {
	case hours == 0:
		return l.N("common.unit.minutes", minutes)
	case minutes == 0:
		return l.N("common.unit.hours", hours)
	}
	return l.N("common.unit.hours", hours) + " " + l.N("common.unit.minutes", minutes)
}

// Months writes a number of months.
func (l Lang) Months(n int) string { return l.N("common.unit.months", n) }

// Number writes a whole number with its thousands apart: 12 345 with a no-break
// space, in English 12,345.
func (l Lang) Number(n int) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	separator := "\u00a0"
	if l == EN {
		separator = ","
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), separator)
}

// List joins items as a sentence does: A, B and C.
func (l Lang) List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " " + l.T("common.and") + " " + items[last]
}
