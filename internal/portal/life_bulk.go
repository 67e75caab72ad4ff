package portal

import (
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

func dwellingPath(arc mekenjai.ARC) string { return "/account/property/" + url.PathEscape(string(arc)) }

// residents lists who is registered in one dwelling, where an institution chooses
// many at once.
func (p *Portal) residents(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	return p.showResidents(w, r, actor, nil)
}

func (p *Portal) showResidents(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form) error {
	arc, err := mekenjai.ParseARC(r.PathValue("arc"))
	if err != nil {
		return mekenjai.ErrNotFound
	}
	after := r.URL.Query().Get("after")
	d, more, err := p.Register.ResidentsOf(r.Context(), actor, arc, after)
	if err != nil {
		return err
	}
	t, err := p.terms()
	if err != nil {
		return err
	}
	next := ""
	if more {
		next = dwellingPath(arc) + "?" + url.Values{"after": {d.Residents[len(d.Residents)-1].Entry}}.Encode()
	}
	page := web.PageFor(r, translate(r, "life.residents.title")).WithForm(f).WithBack("/account/property").WithPath(dwellingPath(arc))
	return web.Render(w, r, f.Status(), residentsPage(page, f, d, t, next))
}

// chooseResidents freezes the request for the chosen ones.
func (p *Portal) chooseResidents(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	t, err := p.Register.PrepareEndRequest(r.Context(), actor, f.Values("entry"), f.Value("reason"))
	var offline *register.CannotConfirm
	var runs *register.EndingRuns
	switch here := "/account/property/" + url.PathEscape(r.PathValue("arc")); {
	case err == nil:
		return web.Redirect(w, r, signPath(here, t))
	case errors.As(err, &offline):
		page := web.PageFor(r, translate(r, "life.offline.title")).WithBack(here)
		return web.Render(w, r, http.StatusConflict, offlinePage(page))
	case errors.As(err, &runs):
		f.Fail("entry", "life.error.runs", "entry", runs.Entry)
	case errors.Is(err, mekenjai.ErrConflict):
		f.Fail("entry", "life.error.changed")
	case f.Take(err):
	default:
		return err
	}
	return p.showResidents(w, r, actor, f)
}

// askBulkSignature shows the list that is signed.
func (p *Portal) askBulkSignature(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	return p.showBulkSignature(w, r, actor, r.URL.Query().Get("text"), nil)
}

func (p *Portal) showBulkSignature(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, text string, f *web.Form) error {
	here := "/account/property/" + url.PathEscape(r.PathValue("arc"))
	t, err := p.Register.TextToSign(r.Context(), actor, text, mekenjai.EndRequestPurpose)
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && !t.Signed.IsZero() {
		return web.Redirect(w, r, here)
	}
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "life.remove.sign.title")).WithForm(f).WithBack(here).WithPath(signPath(here, t))
	mobile := p.byMobile(r.Context(), mobileEndRequest, t.ID, signPath(here, t), here)
	return web.Render(w, r, f.Status(), removeSignPage(page, f, here+"/end/sign", t, mobile))
}

// endMany takes one signature over the list.
func (p *Portal) endMany(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	here := "/account/property/" + url.PathEscape(r.PathValue("arc"))
	err = p.Register.RequestEnd(r.Context(), actor, f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil, errors.Is(err, mekenjai.ErrStale), errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, here)
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return p.showBulkSignature(w, r, actor, f.Value("text"), f)
	case errors.Is(err, mekenjai.ErrConflict):
		f.Fail("entry", "life.error.changed")
		return p.showResidents(w, r, actor, f)
	}
	return err
}

// residentTasks are who is registered in a dwelling, each with its page.
func residentTasks(l locale.Lang, list []register.Resident) []web.Task {
	var tasks []web.Task
	for _, x := range list {
		t := web.Task{Title: x.Name.String(), Href: entryPath(x.Entry), Hint: l.DayFrom(x.Period.From) + " " + l.DayUntil(x.Period.To) +
			" · " + l.T("account.case.entry", "entry", x.Entry)}
		t.Status, t.Colour = residentStatus(l, x)
		t.Tagged = t.Colour != ""
		tasks = append(tasks, t)
	}
	return tasks
}

// residentStatus is what calls for a look; an ordinary entry is plain text.
func residentStatus(l locale.Lang, x register.Resident) (string, web.Colour) {
	switch {
	case x.Disputed:
		return l.T("life.standing.disputed"), web.Red
	case x.Request == mekenjai.EndingObjected:
		return l.T("life.resident.objected"), web.Yellow
	case x.Request != "":
		return l.T("life.resident.asked"), web.Yellow
	}
	return l.T("life.standing.valid"), ""
}

// removable are those who may still be chosen.
func removable(l locale.Lang, list []register.Resident) []web.Option {
	var options []web.Option
	for _, x := range list {
		if x.Request == "" && !x.Own {
			options = append(options, web.Option{Value: x.Entry, Label: x.Name.String(), Hint: l.DayUntil(x.Period.To)})
		}
	}
	return options
}
