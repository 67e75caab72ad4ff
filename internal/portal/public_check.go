package portal

import (
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// codeLetters is the length of the code on a certificate.
const codeLetters = 16

// askForCode is where somebody types the code from a paper.
func (p *Portal) askForCode(w http.ResponseWriter, r *http.Request) error {
	return p.showCodeForm(w, r, nil)
}

func (p *Portal) showCodeForm(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	page := web.PageFor(r, translate(r, "account.check.title")).WithForm(f).WithPath("/check")
	return web.Render(w, r, f.Status(), checkFormPage(page, f, p.host()))
}

// findCode leads from the typed code to its answer. That a text can be no code
// at all anybody may know: it says nothing of the codes that exist.
func (p *Portal) findCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	typed := f.Value("code")
	code := mekenjai.ParseCode(typed, codeLetters)
	switch {
	case typed == "":
		f.Fail("code", "account.check.empty")
	case code == "":
		f.Fail("code", "account.check.format", "n", codeLetters)
	default:
		return web.Redirect(w, r, "/check/"+url.PathEscape(code))
	}
	return p.showCodeForm(w, r, f)
}

// check answers anybody who holds a certificate: whether it is valid now, and
// just enough to compare the paper with. It is limited by address, and the same
// words answer every code that was never issued.
func (p *Portal) check(w http.ResponseWriter, r *http.Request) error {
	if err := p.Access.Allow(r.Context(), access.LimitCheck, p.Access.Client(r).Key()); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	c, err := p.Register.CheckCode(r.Context(), r.PathValue("code"))
	if errors.Is(err, mekenjai.ErrNotFound) {
		page := web.PageFor(r, translate(r, "account.check.unknown.title")).WithBack("/check")
		return web.Render(w, r, http.StatusNotFound, checkUnknownPage(page, p.host()))
	}
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "life.check.title."+checkTopic(c))).WithBack("/check")
	return web.Render(w, r, http.StatusOK, checkedPage(page, c, p.host()))
}

// checkTopic is under which name the catalogue tells how a paper stands.
func checkTopic(c register.Check) string {
	if c.Replaced && c.Standing == mekenjai.StandsValid {
		return "replaced"
	}
	return string(c.Standing)
}

// host is the one site that checks certificates. It is not what the request says:
// a page that stands between would say its own.
func (p *Portal) host() string {
	u, err := url.Parse(p.Register.BaseURL)
	if err != nil {
		return p.Register.BaseURL
	}
	return u.Host
}

// checkedRows are what the paper must say too.
func checkedRows(p web.Page, c register.Check) []web.Row {
	l := p.Lang
	rows := []web.Row{
		{Key: l.T("account.check.number"), Value: c.Number},
		{Key: l.T("account.check.name"), Value: c.Name},
		{Key: l.T("portal.answer.dwelling"), Content: bothTexts(c.Address)},
		{Key: l.T("account.address.period"), Value: l.DayFrom(c.Period.From) + " " + l.DayUntil(c.Period.To)},
	}
	switch c.Standing {
	case mekenjai.StandsEnded:
		rows = append(rows, web.Row{Key: l.T("life.check.last_day"), Value: l.Day(c.LastDay)})
	case mekenjai.StandsDisputed, mekenjai.StandsAnnulled:
		rows = append(rows, web.Row{Key: l.T("life.check.since." + string(c.Standing)), Value: l.Day(mekenjai.DateOf(c.Since))})
	}
	return append(rows, web.Row{Key: l.T("account.check.at"), Value: l.DateTime(c.At)})
}
