package rules

import (
	"math"

	"mekenjai"
)

// periodRules: from when, until when.
var periodRules = []Rule{
	{ID: "R18", Group: GroupPeriod, Norm: "Service standard: whole months, from 1 to 12 (NITEC)", Tag: "V2", Parameters: params("months_min", "months_max"),
		Reads: reads(FromApplication), Answers: may(Refuse, "PERIOD"), judge: judgeMonths},
	{ID: "R19", Group: GroupPeriod, Norm: "Administrative Code, art. 492, note", Tag: "V", Parameters: params("not_obliged_months"),
		Reads: reads(FromApplication), Answers: may(Warn, "NOT_OBLIGED"), judge: judgeShortStay},
	{ID: "R20", Group: GroupPeriod, Norm: "Service page: registration starts from the date of its fixing in the information system", Tag: "V", Parameters: params("inclusive_end"),
		Reads: reads(FromClock, FromApplication, FromRegister), Answers: may(OK, "PERIOD"), judge: judgePeriod},
	{ID: "R21", Group: GroupPeriod, Norm: "Law on Housing Relations, arts 24(5), 27", Tag: "V", Parameters: params("lease_end"),
		Reads: reads(FromProperty), Answers: may(Warn, "RIGHT_ENDS_SOONER", OK, "PERIOD_CAPPED"), private: true, judge: judgeRightEnds},
	{ID: "R22", Group: GroupPeriod, Norm: "Rules of registration of the population, order of 14.09.2024; service standard: up to 12 months", Tag: "I",
		Parameters: params("extension_days", "extension_total_months"),
		Reads:      reads(FromApplication, FromRegister), Answers: may(OK, "EXTENSION_ALLOWED", Refuse, "EXTENSION_EARLY", "EXTENSION_TOTAL"), judge: judgeExtension},
}

// months is the length asked for when the service allows it.
func (h *hearing) months() (int, bool) {
	n, ok := h.Application.Months.Whole()
	return n, ok && n >= h.p.MonthsMin && n <= h.p.MonthsMax
}

func judgeMonths(h *hearing) {
	if _, ok := h.months(); !ok {
		h.say(Refuse, "PERIOD", "min", h.p.MonthsMin, "max", h.p.MonthsMax)
	}
}

func judgeShortStay(h *hearing) {
	if n, ok := h.months(); ok && n <= h.p.NotObligedMonths {
		h.say(Warn, "NOT_OBLIGED", "months", h.p.NotObligedMonths)
	}
}

// judgePeriod: the entry begins on the day on which it is made, never earlier;
// an extension on the day after the old end, so that there is no gap.
func judgePeriod(h *hearing) {
	n, ok := h.months()
	if !ok {
		return
	}
	from := h.today
	if h.extends {
		from = h.currentEntry().To.AddDays(1)
	}
	period := mekenjai.NewPeriod(from, mekenjai.Months(n), h.p.InclusiveEnd)
	h.period = &period
	h.say(OK, "PERIOD", "from", period.From, "to", period.To)
}

// judgeRightEnds: whoever a tenant takes in leaves when the tenancy ends.
func judgeRightEnds(h *hearing) {
	if h.period == nil || h.property == nil || h.givesConsent() != byTenant {
		return
	}
	end := h.property.tenancyEnd()
	if end.IsZero() || !end.Before(h.period.To) {
		return
	}
	if h.p.LeaseEnd == ReadCap && !end.Before(h.period.From) {
		h.period.To = end
		h.say(OK, "PERIOD_CAPPED", "end", end)
		return
	}
	h.say(Warn, "RIGHT_ENDS_SOONER", "end", end)
}

func (p Property) tenancyEnd() mekenjai.Date {
	if p.StateHousing != nil {
		return p.StateHousing.Until
	}
	return p.Lease.Until
}

// judgeExtension: within the window before the end, and no longer in all than a
// year. Consent is asked anew, as for any other application.
func judgeExtension(h *hearing) {
	n, ok := h.months()
	if !h.extends || !ok {
		return
	}
	e := h.currentEntry()
	opens := e.To.AddDays(-h.p.ExtensionDays)
	switch {
	case h.filedOn.Before(opens):
		h.say(Refuse, "EXTENSION_EARLY", "opens", opens, "until", e.To)
	case wholeMonths(e.stay(), e.To)+n > h.p.ExtensionTotalMonths:
		h.say(Refuse, "EXTENSION_TOTAL", "max", h.p.ExtensionTotalMonths)
	default:
		h.say(OK, "EXTENSION_ALLOWED")
	}
}

// Extension is from which day the extension of a stay may be filed, and for how
// many months at most (R22); 0 when the stay is as long as it may be.
func (p Parameters) Extension(stay mekenjai.Period) (opens mekenjai.Date, months int) {
	return stay.To.AddDays(-p.ExtensionDays), max(0, p.ExtensionTotalMonths-wholeMonths(stay.From, stay.To))
}

// wholeMonths counts the months of a stay. Every extension may add a day to the
// calendar (the day on which the months are completed is included, and the next
// entry begins after it), so some odd days make no month.
func wholeMonths(from, to mekenjai.Date) int {
	const oddDays = 3
	n := 0
	for !from.AddMonths(n + 1).After(to.AddDays(1)) {
		n++
	}
	if to.DaysSince(from.AddMonths(n)) > oddDays {
		n++
	}
	return n
}

// perPerson is how many people an area holds: whole ones. Both numbers are
// counted in square centimetres, for 4.5 / 1.5 is not 3 in binary fractions.
func perPerson(area, each float64) int {
	return int(math.Round(area*1e4)) / int(math.Round(each*1e4))
}
