package portal

import (
	"strings"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// answers are the questions of the draft with what was answered; change is where
// an answer is changed, nil for a list that only shows them.
func answers(l locale.Lang, d register.Draft, change func(mekenjai.DraftStep) string) []web.Row {
	var rows []web.Row
	for _, s := range d.Steps() {
		row := web.Row{Key: l.T("portal.answer." + string(s)), Value: answer(l, d, s)}
		if s == mekenjai.StepDwelling && d.ARC != "" {
			row.Content = addressOf(d.Dwelling)
		}
		if change != nil {
			row.Change = change(s)
		}
		rows = append(rows, row)
	}
	return rows
}

// answered leaves out the questions that are still open.
func answered(l locale.Lang, d register.Draft) []web.Row {
	var rows []web.Row
	for i, row := range answers(l, d, nil) {
		if d.Answered(d.Steps()[i]) {
			rows = append(rows, row)
		}
	}
	return rows
}

// answer is one answer in words, "" when there is none.
func answer(l locale.Lang, d register.Draft, s mekenjai.DraftStep) string {
	if !d.Answered(s) {
		return ""
	}
	switch s {
	case mekenjai.StepRegistrant:
		return l.T("portal.registrant.self")
	case mekenjai.StepMonths:
		return l.Months(int(d.Months))
	case mekenjai.StepOwnership:
		if *d.IsOwner {
			return l.T("portal.ownership.yes")
		}
		return l.T("portal.ownership.no")
	case mekenjai.StepOwner:
		return grouped(string(d.Owner))
	case mekenjai.StepPurpose:
		return l.T("portal.purpose." + string(d.Purpose))
	case mekenjai.StepArrival:
		return l.Day(d.Arrival)
	}
	return ""
}

// grouped parts a long number by fours, as people read and dictate it.
func grouped(number string) string {
	var b strings.Builder
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			b.WriteRune('\u00a0')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// purposes are the choices of the purpose of arrival.
func purposes(l locale.Lang) []web.Option {
	var options []web.Option
	for _, p := range mekenjai.Purposes {
		options = append(options, web.Option{Value: string(p), Label: l.T("portal.purpose." + string(p))})
	}
	return options
}
