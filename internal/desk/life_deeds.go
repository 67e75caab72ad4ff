package desk

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// ofLife shows a page of the case in the path with what the case is about.
func (d *Desk) ofLife(w http.ResponseWriter, r *http.Request, f *web.Form, show func(web.Page, lifeView) error) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	dossier, err := d.Register.Dossier(r.Context(), actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	v, err := d.life(r, caseView{Dossier: dossier, Lang: lang(r.Context()), Actor: actor, Form: f})
	if err != nil {
		return err
	}
	return show(page(r, v.about()).WithBack(casePath(v.Number)).WithForm(f).WithPath(casePath(v.Number)), v)
}

// askResolution asks the officer for his decision of a dispute.
func (d *Desk) askResolution(w http.ResponseWriter, r *http.Request) error {
	return d.showResolution(w, r, nil)
}

func (d *Desk) showResolution(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.ofLife(w, r, f, func(p web.Page, v lifeView) error {
		if !v.mayResolve() {
			return web.Redirect(w, r, casePath(v.Number))
		}
		p.Title = v.Lang.T("life.desk.resolve.title")
		return web.Render(w, r, f.Status(), resolvePage(p, v))
	})
}

func (d *Desk) prepareResolution(w http.ResponseWriter, r *http.Request) error {
	actor, f, dossier, err := d.onCase(r)
	if err != nil {
		return err
	}
	res := mekenjai.Resolution(f.Value("resolution"))
	if res == "" {
		f.Fail("resolution", "life.error.resolution")
		return d.showResolution(w, r, f)
	}
	t, err := d.Register.PrepareResolution(r.Context(), actor, dossier.Subject, res, f.Value("finding"))
	return d.toSign(w, r, "resolve", f, t, err, func(f *web.Form) error { return d.showResolution(w, r, f) })
}

// prepareApproval freezes the second officer's confirmation.
func (d *Desk) prepareApproval(w http.ResponseWriter, r *http.Request) error {
	actor, f, dossier, err := d.onCase(r)
	if err != nil {
		return err
	}
	t, err := d.Register.PrepareEndApproval(r.Context(), actor, dossier.Subject)
	return d.toSign(w, r, "confirm", f, t, err, func(*web.Form) error { return web.Redirect(w, r, place(r)) })
}

// askRejection asks the second officer why he does not confirm.
func (d *Desk) askRejection(w http.ResponseWriter, r *http.Request) error {
	return d.showRejection(w, r, nil)
}

func (d *Desk) showRejection(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.ofLife(w, r, f, func(p web.Page, v lifeView) error {
		if !v.mayApprove() {
			return web.Redirect(w, r, casePath(v.Number))
		}
		p.Title = v.Lang.T("life.desk.reject.title")
		return web.Render(w, r, f.Status(), rejectPage(p, v))
	})
}

func (d *Desk) reject(w http.ResponseWriter, r *http.Request) error {
	actor, f, dossier, err := d.onCase(r)
	if err != nil {
		return err
	}
	err = d.Register.RejectEnd(r.Context(), actor, dossier.Subject, f.Value("finding"))
	if f.Take(err) {
		return d.showRejection(w, r, f)
	}
	if err != nil && !errors.Is(err, mekenjai.ErrConflict) {
		return err
	}
	return web.Redirect(w, r, casePath(dossier.Number))
}

// entryView is an entry as an officer of its territory sees it.
type entryView struct {
	register.EntryFile
	caseView
}

func (d *Desk) ofEntry(w http.ResponseWriter, r *http.Request, title string, f *web.Form, show func(web.Page, entryView) error) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	file, err := d.Register.EntryFile(r.Context(), actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := entryView{EntryFile: file, caseView: caseView{Lang: lang(r.Context()), Actor: actor, Form: f}}
	p := page(r, translate(r, title, "entry", file.Registration.Number)).WithForm(f).WithBack("/desk/search").WithPath(entryPath(file.Registration.Number))
	return show(p, v)
}

// mayPropose says whether the officer may propose its end or annulment.
func (v entryView) mayPropose() bool {
	return v.permitted(mekenjai.DoProposeAnnul) && v.EndReason != mekenjai.EndAnnulled
}

// mayCorrect says whether an error in it may be corrected.
func (v entryView) mayCorrect() bool {
	return v.permitted(mekenjai.DoCorrect) && v.Registration.State != mekenjai.EntryEnded
}

func (v entryView) permitted(deed mekenjai.Deed) bool {
	return v.Person != v.Actor.IIN && v.Actor.Permitted(deed, mekenjai.Matter{KATO: []string{v.Dwelling.KATO}, Holder: v.Actor.IIN}) == nil
}

func (d *Desk) showEntry(w http.ResponseWriter, r *http.Request) error {
	return d.ofEntry(w, r, "account.case.entry", nil, func(p web.Page, v entryView) error {
		return web.Render(w, r, http.StatusOK, deskEntryPage(p, v))
	})
}

// askProposal asks for the ground of an end against somebody's will.
func (d *Desk) askProposal(w http.ResponseWriter, r *http.Request) error {
	return d.showProposal(w, r, nil)
}

func (d *Desk) showProposal(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.ofEntry(w, r, "life.desk.propose.title", f, func(p web.Page, v entryView) error {
		if !v.mayPropose() {
			return web.Redirect(w, r, entryPath(v.Registration.Number))
		}
		return web.Render(w, r, f.Status(), proposePage(p.WithBack(entryPath(v.Registration.Number)), v))
	})
}

func (d *Desk) prepareProposal(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	kind := mekenjai.EndingKind(f.Value("kind"))
	if kind != mekenjai.EndingByCourt && kind != mekenjai.EndingAnnulment {
		f.Fail("kind", "life.error.kind")
		return d.showProposal(w, r, f)
	}
	t, err := d.Register.PrepareEndProposal(r.Context(), actor, r.PathValue("number"), kind, f.Value("paper"), f.Value("finding"))
	return d.toSign(w, r, "end", f, t, err, func(f *web.Form) error { return d.showProposal(w, r, f) })
}

// askCorrection asks what is wrong in an entry, and what proves it.
func (d *Desk) askCorrection(w http.ResponseWriter, r *http.Request) error {
	return d.showCorrection(w, r, nil)
}

func (d *Desk) showCorrection(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.ofEntry(w, r, "life.desk.correct.title", f, func(p web.Page, v entryView) error {
		if !v.mayCorrect() {
			return web.Redirect(w, r, entryPath(v.Registration.Number))
		}
		return web.Render(w, r, f.Status(), correctPage(p.WithBack(entryPath(v.Registration.Number)), v))
	})
}

func (d *Desk) prepareCorrection(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	c := register.Correction{Name: f.Has("what", "name"), Address: f.Has("what", "address"), Paper: f.Value("paper"), Ground: f.Value("finding")}
	if f.Value("to-day")+f.Value("to-month")+f.Value("to-year") != "" {
		to, ok := f.Date("to")
		if !ok {
			f.Fail("to", "portal.error.arrival_format")
			return d.showCorrection(w, r, f)
		}
		c.To = to
	}
	t, err := d.Register.PrepareCorrection(r.Context(), actor, r.PathValue("number"), c)
	return d.toSign(w, r, "correct", f, t, err, func(f *web.Form) error { return d.showCorrection(w, r, f) })
}
