package desk

import (
	"errors"
	"net/http"
	"strconv"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// do runs a verb upon the case in the path and shows the case again. Somebody who
// was faster is no error of the officer's: the page says how it stands.
func (d *Desk) do(w http.ResponseWriter, r *http.Request, verb func(mekenjai.Actor, string, *web.Form) error) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	err = verb(actor, number, f)
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(number))
}

func (d *Desk) take(w http.ResponseWriter, r *http.Request) error {
	return d.do(w, r, func(a mekenjai.Actor, number string, _ *web.Form) error {
		return d.Register.Take(r.Context(), a, number)
	})
}

func (d *Desk) takeOver(w http.ResponseWriter, r *http.Request) error {
	return d.do(w, r, func(a mekenjai.Actor, number string, _ *web.Form) error {
		return d.Register.TakeOver(r.Context(), a, number)
	})
}

// stopWaiting goes on without the paper, or with one that was brought by hand.
func (d *Desk) stopWaiting(w http.ResponseWriter, r *http.Request) error {
	return d.do(w, r, func(a mekenjai.Actor, number string, f *web.Form) error {
		return d.Register.StopWaiting(r.Context(), a, number, f.Value("outcome") == "brought")
	})
}

// reveal opens the personal data with a reason.
func (d *Desk) reveal(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	err = d.Register.Reveal(r.Context(), actor, number, register.LookReason(f.Value("reason")), f.Value("note"))
	if f.Take(err) {
		return d.caseWith(w, r, f.Status(), func(v *caseView) { v.Form = f })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(number))
}

// verify verifies every signature of the case again and shows the verdicts.
func (d *Desk) verify(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	checks, err := d.Register.VerifySignatures(r.Context(), actor, r.PathValue("number"))
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return d.caseWith(w, r, http.StatusOK, func(v *caseView) { v.Checks, v.Told = checks, "verified" })
}

// asked shows a page with a form about the case in the path. The case is opened as
// on its own page, so that who may not see it sees no form either.
func (d *Desk) asked(w http.ResponseWriter, r *http.Request, title string, deed mekenjai.Deed, f *web.Form, show func(web.Page, caseView) error) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	dossier, err := d.Register.Dossier(r.Context(), actor, number)
	if err != nil {
		return err
	}
	v := caseView{Dossier: dossier, Lang: lang(r.Context()), Actor: actor, Form: f}
	if !v.may(deed) {
		return web.Redirect(w, r, casePath(number))
	}
	return show(page(r, translate(r, title, "number", number)).WithBack(casePath(number)).WithForm(f), v)
}

// askReturn asks why the case goes back to the queue.
func (d *Desk) askReturn(w http.ResponseWriter, r *http.Request) error {
	return d.showReturn(w, r, nil)
}

func (d *Desk) showReturn(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.asked(w, r, "desk.return.title", mekenjai.DoReturn, f, func(p web.Page, v caseView) error {
		return web.Render(w, r, f.Status(), returnPage(p, v))
	})
}

func (d *Desk) giveBack(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	err = d.Register.GiveBack(r.Context(), actor, r.PathValue("number"), f.Value("reason"))
	if f.Take(err) {
		return d.showReturn(w, r, f)
	}
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/")
}

// askPaper asks which paper the applicant is to bring, and until when.
func (d *Desk) askPaper(w http.ResponseWriter, r *http.Request) error {
	return d.showAskPaper(w, r, nil)
}

func (d *Desk) showAskPaper(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.asked(w, r, "desk.paper.title", mekenjai.DoAskPaper, f, func(p web.Page, v caseView) error {
		return web.Render(w, r, f.Status(), paperPage(p, v))
	})
}

func (d *Desk) sendForPaper(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(f.Value("days")) // 0 is none of the choices
	number := r.PathValue("number")
	err = d.Register.AskPaper(r.Context(), actor, number, mekenjai.PaperKind(f.Value("kind")), f.Value("note"), days)
	if f.Take(err) {
		return d.showAskPaper(w, r, f)
	}
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(number))
}

// openPaper gives a scan to who has the case in hand and has opened it.
func (d *Desk) openPaper(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	p, content, err := d.Register.OpenPaper(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Disposition", `attachment; filename="`+string(p.Kind)+`-`+p.ID[:8]+extension[p.Type]+`"`)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(content) // an error of the connection has nobody left to be shown to
	return nil
}

// extension of the types that are kept.
var extension = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
