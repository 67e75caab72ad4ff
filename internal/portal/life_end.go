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

// askEnd says what follows from ending an entry. The person signs on the next
// page; an owner first gives his reason.
func (p *Portal) askEnd(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView) error {
	return p.showEnd(w, r, actor, v, nil)
}

func (p *Portal) showEnd(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView, f *web.Form) error {
	if v.Own {
		if v.State == mekenjai.EntryEnded {
			return web.Redirect(w, r, entryPath(v.Number))
		}
		return p.showOwnEnd(w, r, actor, v, f)
	}
	if !v.MayRequest() {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	t, err := p.terms()
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "life.remove.title")).WithForm(f).WithBack(entryPath(v.Number)).WithPath(entryPath(v.Number) + "/end")
	return web.Render(w, r, f.Status(), removePage(page, f, v, t))
}

// showOwnEnd shows the text that ends the person's own entry.
func (p *Portal) showOwnEnd(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView, f *web.Form) error {
	t, err := p.Register.PrepareOwnEnd(r.Context(), actor, v.Number)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "life.own_end.title")).WithForm(f).WithBack(entryPath(v.Number)).WithPath(entryPath(v.Number) + "/end")
	mobile := p.byMobile(r.Context(), mobileOwnEnd, t.ID, entryPath(v.Number)+"/end", entryPath(v.Number)+"?said=ended")
	return web.Render(w, r, f.Status(), ownEndPage(page, f, v, t, mobile))
}

// prepareEnd takes an owner's reason and leads to the text that he signs.
func (p *Portal) prepareEnd(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	t, err := p.Register.PrepareEndRequest(r.Context(), actor, []string{number}, f.Value("reason"))
	var offline *register.CannotConfirm
	switch {
	case err == nil:
		return web.Redirect(w, r, signPath(entryPath(number), t))
	case errors.As(err, &offline):
		page := web.PageFor(r, translate(r, "life.offline.title")).WithBack(entryPath(number))
		return web.Render(w, r, http.StatusConflict, offlinePage(page))
	case errors.Is(err, mekenjai.ErrConflict):
		return web.Redirect(w, r, entryPath(number)+"?said=late")
	case f.Take(err):
		v, err := p.entry(r, actor)
		if err != nil {
			return err
		}
		return p.showEnd(w, r, actor, v, f)
	}
	return err
}

// signPath is the page on which a prepared text is signed.
func signPath(here string, t register.SignedText) string {
	return here + "/end/sign?" + url.Values{"text": {t.ID}}.Encode()
}

// askEndSignature shows an owner the text of his request.
func (p *Portal) askEndSignature(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView) error {
	return p.showEndSignature(w, r, actor, v, r.URL.Query().Get("text"), nil)
}

func (p *Portal) showEndSignature(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView, text string, f *web.Form) error {
	t, err := p.Register.TextToSign(r.Context(), actor, text, mekenjai.EndRequestPurpose)
	if errors.Is(err, mekenjai.ErrNotFound) || err == nil && !t.Signed.IsZero() {
		return web.Redirect(w, r, entryPath(v.Number)) // signed already, or replaced by another tab
	}
	if err != nil {
		return err
	}
	here := entryPath(v.Number)
	page := web.PageFor(r, translate(r, "life.remove.sign.title")).WithForm(f).WithBack(here + "/end").WithPath(signPath(here, t))
	mobile := p.byMobile(r.Context(), mobileEndRequest, t.ID, signPath(here, t), here+"?said=asked")
	return web.Render(w, r, f.Status(), removeSignPage(page, f, here+"/end/sign", t, mobile))
}

// endByKey takes a signature: the person's own end, or an owner's request.
func (p *Portal) endByKey(w http.ResponseWriter, r *http.Request) error {
	own := r.URL.Query().Get("own") != ""
	done, finish := "asked", p.Register.RequestEnd
	if own {
		done, finish = "ended", p.Register.EndOwn
	}
	return p.entryForm(w, r, done, func(actor mekenjai.Actor, f *web.Form) error {
		return finish(r.Context(), actor, f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	}, func(actor mekenjai.Actor, v entryView, f *web.Form) error {
		if own {
			return p.showOwnEnd(w, r, actor, v, f)
		}
		return p.showEndSignature(w, r, actor, v, f.Value("text"), f)
	})
}

// sendEndCode sends a code that signs exactly the text of the person's own end.
func (p *Portal) sendEndCode(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	t, err := p.Register.PrepareOwnEnd(r.Context(), actor, number)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, entryPath(number)+"?said=late")
	}
	if err != nil {
		return err
	}
	if _, err := p.Access.BeginSigningCode(r.Context(), actor, t.ID, t.Text); err != nil {
		return showHeld(w, r, err, entryPath(number)+"/end")
	}
	return web.Redirect(w, r, entryPath(number)+"/end/code?sent=1")
}

// askEndCode offers to send a code, and asks for it once it was sent.
func (p *Portal) askEndCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView) error {
	return p.showEndCode(w, r, actor, v, nil)
}

func (p *Portal) showEndCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, v entryView, f *web.Form) error {
	if !v.Own {
		return mekenjai.ErrNotFound
	}
	t, err := p.Register.PrepareOwnEnd(r.Context(), actor, v.Number)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, entryPath(v.Number)+"?said=late")
	}
	if err != nil {
		return err
	}
	here := entryPath(v.Number) + "/end"
	sent := f != nil || r.URL.Query().Get("sent") != ""
	page := web.PageFor(r, translate(r, "portal.signing_code.title")).WithForm(f).WithBack(here).WithPath(here + "/code")
	return web.Render(w, r, f.Status(), endCodePage(page, f, here, t, sent, p.codeTerms()))
}

// endByCode takes the digits that were sent for the text.
func (p *Portal) endByCode(w http.ResponseWriter, r *http.Request) error {
	return p.entryForm(w, r, "ended", func(actor mekenjai.Actor, f *web.Form) error {
		id := f.Value("text")
		return p.Register.EndOwn(r.Context(), actor, id, register.Signature{Code: p.Access.SigningCode(actor, id, f.Value("code"))})
	}, func(actor mekenjai.Actor, v entryView, f *web.Form) error { return p.showEndCode(w, r, actor, v, f) })
}
