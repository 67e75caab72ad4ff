package portal

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// extend prefills an application for the same dwelling and leads to it. Answers
// for something else that lie unfinished are not thrown away unasked.
func (p *Portal) extend(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	id, err := p.Register.Extend(r.Context(), actor, number, f.Value("replace") == "yes")
	var way *register.DraftInTheWay
	var other *register.InProgress
	switch {
	case err == nil:
		return p.toDraft(w, r, actor, id)
	case errors.As(err, &way):
		page := web.PageFor(r, translate(r, "life.extend.draft.title")).WithBack(entryPath(number)).WithPath(entryPath(number))
		return web.Render(w, r, http.StatusConflict, draftInTheWayPage(page, number, way.ID))
	case errors.As(err, &other):
		return showInProgress(w, r, http.StatusConflict, other.ID)
	case errors.Is(err, mekenjai.ErrConflict):
		return web.Redirect(w, r, entryPath(number)+"?said=late")
	}
	return err
}

// toDraft leads to the first question that a prefilled draft still has, mostly to
// the page on which the answers are checked and signed.
func (p *Portal) toDraft(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, id string) error {
	d, err := p.Register.Draft(r.Context(), actor, id)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, stepPath(id, d.Next()))
}

// askObjection asks why the person should stay.
func (p *Portal) askObjection(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView) error {
	return p.showObjection(w, r, v, nil)
}

func (p *Portal) showObjection(w http.ResponseWriter, r *http.Request, v entryView, f *web.Form) error {
	if !v.Own || !v.isAsked() || !v.Request.MayObject(v.Now) {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	here := entryPath(v.Number)
	page := web.PageFor(r, translate(r, "life.object.title")).WithForm(f).WithBack(here).WithPath(here + "/object")
	return web.Render(w, r, f.Status(), objectPage(page, f, v))
}

func (p *Portal) object(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "objected", func(actor mekenjai.Actor, f *web.Form) error {
		return p.Register.Object(r.Context(), actor, r.PathValue("number"), f.Value("reason"))
	}, func(_ mekenjai.Actor, v entryView, f *web.Form) error { return p.showObjection(w, r, v, f) })
}

// confirmDispute says what the one button does before it is pressed.
func (p *Portal) confirmDispute(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor, v entryView) error {
	return p.showDispute(w, r, v, nil)
}

func (p *Portal) showDispute(w http.ResponseWriter, r *http.Request, v entryView, f *web.Form) error {
	if !v.MayDispute(v.Party) {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	here := entryPath(v.Number)
	page := web.PageFor(r, translate(r, "life.dispute.title."+v.side())).WithForm(f).WithBack(here).WithPath(here + "/dispute")
	return web.Render(w, r, f.Status(), disputePage(page, f, v))
}

func (p *Portal) dispute(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "disputed", func(actor mekenjai.Actor, f *web.Form) error {
		return p.Register.Dispute(r.Context(), actor, r.PathValue("number"), f.Value("reason"))
	}, func(_ mekenjai.Actor, v entryView, f *web.Form) error { return p.showDispute(w, r, v, f) })
}

// askConfirmation shows a co-owner the text by which he confirms.
func (p *Portal) askConfirmation(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView) error {
	return p.showConfirmation(w, r, actor, v, nil)
}

func (p *Portal) showConfirmation(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView, f *web.Form) error {
	here := entryPath(v.Number)
	t, err := p.Register.PrepareConfirmation(r.Context(), actor, v.Number)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, here+"?said=late")
	}
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "life.confirm.title")).WithForm(f).WithBack(here).WithPath(here + "/confirm")
	mobile := p.byMobile(r.Context(), mobileEndConfirmation, t.ID, here+"/confirm", here+"?said=confirmed")
	return web.Render(w, r, f.Status(), confirmPage(page, f, v, t, mobile))
}

func (p *Portal) confirmEnd(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "confirmed", func(actor mekenjai.Actor, f *web.Form) error {
		return p.Register.ConfirmEnd(r.Context(), actor, f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	}, func(actor mekenjai.Actor, v entryView, f *web.Form) error {
		return p.showConfirmation(w, r, actor, v, f)
	})
}

// askRefusal asks a co-owner why he does not confirm.
func (p *Portal) askRefusal(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor, v entryView) error {
	return p.showRefusal(w, r, v, nil)
}

func (p *Portal) showRefusal(w http.ResponseWriter, r *http.Request, v entryView, f *web.Form) error {
	here := entryPath(v.Number)
	if !v.isAsked() || !v.mayConfirm() {
		return web.Redirect(w, r, here+"?said=late")
	}
	page := web.PageFor(r, translate(r, "life.decline.title")).WithForm(f).WithBack(here).WithPath(here + "/decline")
	return web.Render(w, r, f.Status(), declineEndPage(page, f, v))
}

func (p *Portal) declineEnd(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "declined", func(actor mekenjai.Actor, f *web.Form) error {
		return p.Register.DeclineEnd(r.Context(), actor, r.PathValue("number"), f.Value("reason"))
	}, func(_ mekenjai.Actor, v entryView, f *web.Form) error { return p.showRefusal(w, r, v, f) })
}

// confirmWithdrawEnd asks once more before a request is taken back.
func (p *Portal) confirmWithdrawEnd(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor, v entryView) error {
	if !v.mayWithdraw() {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	page := web.PageFor(r, translate(r, "life.withdraw.title")).WithBack(entryPath(v.Number))
	return web.Render(w, r, http.StatusOK, withdrawEndPage(page, v))
}

func (p *Portal) withdrawEnd(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "withdrawn", func(actor mekenjai.Actor, _ *web.Form) error {
		return p.Register.WithdrawEnd(r.Context(), actor, r.PathValue("number"))
	}, func(mekenjai.Actor, entryView, *web.Form) error {
		return web.Redirect(w, r, entryPath(r.PathValue("number")))
	})
}
