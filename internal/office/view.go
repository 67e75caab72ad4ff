package office

import (
	"slices"
	"strings"

	"mekenjai"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/rules"
	"mekenjai/internal/web"
)

// scanTypes is what the file dialog offers first.
const scanTypes = "application/pdf,image/jpeg,image/png"

// shownPapers are the kinds that are shown at a counter; what is signed there has
// its own page.
var shownPapers = slices.DeleteFunc(slices.Clone(mekenjai.PaperKinds), func(k mekenjai.PaperKind) bool {
	return k == mekenjai.SignedApplication || k == mekenjai.WrittenConsent || k == mekenjai.PetitionPaper || k == mekenjai.EvidencePaper
})

// title is whom the intake is about.
func (s screen) title(l locale.Lang) string {
	if s.Name.IsZero() {
		return l.T("office.name.unknown")
	}
	return s.Name.String()
}

// address is the dwelling under its code.
func (s screen) address(l locale.Lang) string { return s.Dwelling.Address.In(string(l)) }

// isRare says whether a field that few need has something in it: then it is shown.
func (s screen) isRare() bool {
	for _, name := range []string{"returnee", "returnee_number", "returnee_date", "power_principal", "power_attorney", "power_number"} {
		if s.Answers.Value(name) != "" {
			return true
		}
	}
	return false
}

func kinds(l locale.Lang, list []mekenjai.PaperKind) (options []web.Option) {
	for _, k := range list {
		options = append(options, web.Option{Value: string(k), Label: l.T("office.paper." + string(k))})
	}
	return options
}

func filers(l locale.Lang) (options []web.Option) {
	for _, role := range mekenjai.CounterFilers {
		options = append(options, web.Option{Value: string(role), Label: l.T("office.filer." + string(role))})
	}
	return options
}

func languages() (options []web.Option) {
	for _, l := range locale.Langs {
		options = append(options, web.Option{Value: string(l), Label: l.Name()})
	}
	return options
}

func purposes(l locale.Lang) (options []web.Option) {
	for _, p := range mekenjai.Purposes {
		options = append(options, web.Option{Value: string(p), Label: l.T("portal.purpose." + string(p))})
	}
	return options
}

func documents(l locale.Lang) (options []web.Option) {
	for _, d := range mekenjai.DocumentKinds {
		options = append(options, web.Option{Value: string(d), Label: l.T("office.document." + string(d))})
	}
	return options
}

func returns(l locale.Lang) []web.Option {
	return append([]web.Option{{Value: "mark", Label: l.T("office.returnee.mark")}}, kinds(l, mekenjai.ReturnPapers)...)
}

// remoteOptions are the right-holders who may answer from elsewhere.
func (s screen) remoteOptions(l locale.Lang) (options []web.Option) {
	for _, n := range s.List.People {
		if !n.Applicant && !n.Protected && !n.Present && n.Person != "" && !n.Signed {
			options = append(options, web.Option{Value: tag(s.ID, n), Label: capacity(l, n) + ": " + n.Name})
		}
	}
	return options
}

// aboutOptions are the people whose papers may be shown.
func (s screen) aboutOptions() (options []web.Option) {
	for _, p := range s.Present {
		options = append(options, web.Option{Value: personTag(s.ID, p.IIN), Label: p.Name.Short()})
	}
	return options
}

// capacity is in what right somebody signs.
func capacity(l locale.Lang, n register.Needed) string {
	if n.Applicant {
		return l.T("account.right.applicant")
	}
	return l.T("account.right." + string(n.Holder.Right))
}

func presence(l locale.Lang, n register.Needed) string {
	switch {
	case n.Protected:
		return l.T("office.here.protected")
	case n.Present:
		return l.T("office.here.yes")
	}
	return l.T("office.here.no")
}

// maySign says whether the page of signing is of use: every answer is there, and
// somebody is at the counter who can sign.
func (s screen) maySign(n register.Needed) bool {
	if len(s.List.Missing) > 0 {
		return false
	}
	if n.Applicant {
		return n.Present
	}
	return n.Present || len(s.Present) > 0 && (n.Protected || n.Holder.Party.IsOrganisation() || len(s.Powers) > 0)
}

// consentOf is the id of a consent given at the counter, "" when there is none.
func (s screen) consentOf(n register.Needed) string {
	for _, c := range s.Consents {
		if !n.Applicant && c.Holder.Party == n.Holder.Party {
			return c.ID
		}
	}
	return ""
}

// keySpeaker is who signs with a key for somebody who cannot himself: the applicant
// when he is at the counter, else the first who is.
func (s signature) keySpeaker() string {
	options := s.speakers()
	if len(options) == 0 {
		return ""
	}
	for _, o := range options {
		if o.Value == personTag(s.ID, s.Who.Person) {
			return o.Value
		}
	}
	return options[0].Value
}

// checks is the checklist in the words of the reader: first what stands against,
// then what is missing, then what is good to know.
func checks(l locale.Lang, s screen) (list []web.Check) {
	add := func(state web.CheckState, findings []rules.Finding) {
		for _, f := range findings {
			list = append(list, web.Check{State: state, Text: l.T(f.Key(), f.Pairs()...), Note: f.Rule + " · " + l.T("rules."+f.Rule+".norm")})
		}
	}
	add(web.Bad, s.List.Against)
	for _, m := range s.List.Missing {
		list = append(list, web.Check{State: web.ToDo, Text: l.T("office.missing." + string(m)), Href: "#" + string(m)})
	}
	for _, n := range s.List.People {
		switch {
		case n.Signed || n.Remote:
		case n.Applicant && !n.Present:
			list = append(list, web.Check{State: web.ToDo, Text: l.T("office.missing.identify", "name", n.Name), Href: "#iin"})
		default:
			list = append(list, web.Check{State: web.ToDo, Text: l.T("office.missing.signature", "capacity", capacity(l, n), "name", n.Name), Href: "#signatures"})
		}
	}
	add(web.ToDo, s.List.ToDo)
	for _, f := range s.List.Silent {
		list = append(list, web.Check{Text: l.T(f.Key(), f.Pairs()...)})
	}
	if s.List.Contradiction {
		list = append(list, web.Check{State: web.Neutral, Text: l.T("office.contradiction")})
	}
	for _, f := range s.List.Notes {
		if f.Outcome != rules.OK {
			list = append(list, web.Check{Text: l.T(f.Key(), f.Pairs()...), Note: f.Rule + " · " + l.T("rules."+f.Rule+".norm")})
		}
	}
	if s.List.Ready {
		list = append(list, web.Check{State: web.Good, Text: l.T("office.ready")})
	}
	return list
}

// answerRows are the answers to be read.
func answerRows(l locale.Lang, s screen) []web.Row {
	files := l.T("office.filer.self")
	if s.FilerRole != "" {
		files = l.T("office.filer."+string(s.FilerRole)) + ": " + s.FilerName.String()
	}
	rows := []web.Row{
		{Key: l.T("office.column.person"), Value: s.title(l)},
		{Key: l.T("office.field.filer_role"), Value: files},
		{Key: l.T("office.field.dwelling"), Value: strings.TrimSpace(s.address(l))},
	}
	if s.Months != 0 {
		rows = append(rows, web.Row{Key: l.T("office.field.period"), Value: l.Months(int(s.Months))})
	}
	if s.Purpose != "" {
		rows = append(rows, web.Row{Key: l.T("office.field.purpose"), Value: l.T("portal.purpose." + string(s.Purpose))})
	}
	return rows
}
