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

func consentPath(id string) string { return "/c/" + url.PathEscape(id) }

// consenter is who is asking. Who has not signed in for this very request is led
// to its own sign-in, whoever else is signed in on this computer; the same for
// every number, so that it tells nothing about which requests exist.
func consenter(w http.ResponseWriter, r *http.Request) (actor mekenjai.Actor, led bool, err error) {
	actor, err = access.ActorFrom(r.Context())
	if errors.Is(err, mekenjai.ErrSignIn) || err == nil && actor.FreshFor != r.PathValue("id") {
		return actor, true, askAnew(w, r)
	}
	return actor, false, err
}

// askAnew leads to the proof of identity for the request in the path: the link
// may have been opened in the applicant's own session.
func askAnew(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, consentPath(r.PathValue("id"))+"/sign-in")
}

// ofRequest opens the request in the path for its right-holder, and serves it.
func (p *Portal) ofRequest(w http.ResponseWriter, r *http.Request, serve func(register.Request) error) error {
	actor, led, err := consenter(w, r)
	if led || err != nil {
		return err
	}
	q, err := p.Register.Request(r.Context(), actor, r.PathValue("id"))
	if errors.Is(err, mekenjai.ErrSignIn) {
		return askAnew(w, r)
	}
	if err != nil {
		return err
	}
	return serve(q)
}

// showRequest asks for the answer, or shows what was answered.
func (p *Portal) showRequest(w http.ResponseWriter, r *http.Request) error {
	return p.showConsent(w, r, nil, http.StatusOK)
}

// showConsent shows the request as it stands. 409 says that an answer came too
// late; a form with faults brings back a signature that was not accepted.
func (p *Portal) showConsent(w http.ResponseWriter, r *http.Request, f *web.Form, status int) error {
	return p.ofRequest(w, r, func(q register.Request) error {
		v := consentView{Request: q, Lang: lang(r.Context()), Late: status == http.StatusConflict,
			Mobile: p.byMobile(r.Context(), mobileConsent, q.ID, consentPath(q.ID), consentPath(q.ID))}
		page := web.PageFor(r, v.title()).WithForm(f).WithPath(consentPath(q.ID))
		if v.isOpen() {
			return web.Render(w, r, status, consentPage(page, f, v))
		}
		return web.Render(w, r, status, answeredPage(page.WithBack("/account"), v))
	})
}

// respond gives an answer and shows what was recorded. An answer that came too
// late, or after another one, changes nothing: the page says how it stands. The
// second of two clicks is as good as the first.
func (p *Portal) respond(w http.ResponseWriter, r *http.Request, wanted mekenjai.Answer,
	verb func(mekenjai.Actor, string, *web.Form) error, again func(*web.Form) error) error {
	actor, led, err := consenter(w, r)
	if led || err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	err = verb(actor, id, f)
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil:
		return web.Redirect(w, r, consentPath(id))
	case errors.Is(err, mekenjai.ErrSignIn):
		return askAnew(w, r)
	case errors.Is(err, mekenjai.ErrConflict):
		if q, err := p.Register.Request(r.Context(), actor, id); err == nil && q.Answer == wanted {
			return web.Redirect(w, r, consentPath(id))
		}
		return p.showConsent(w, r, nil, http.StatusConflict)
	case errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, consentPath(id)) // it is kept, and judged when that can be done
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return again(f)
	case f.Take(err):
		return again(f)
	}
	return err
}

// agree takes the right-holder's own signature over the frozen text.
func (p *Portal) agree(w http.ResponseWriter, r *http.Request) error {
	return p.respond(w, r, mekenjai.Agreed, func(actor mekenjai.Actor, id string, f *web.Form) error {
		return p.Register.Agree(r.Context(), actor, id, []byte(f.Value("signature")))
	}, func(f *web.Form) error { return p.showConsent(w, r, f, f.Status()) })
}

// askReason asks why, and says what an owner owes to who lives with him.
func (p *Portal) askReason(w http.ResponseWriter, r *http.Request) error {
	return p.showReason(w, r, nil)
}

func (p *Portal) showReason(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return p.ofOpenRequest(w, r, "account.decline.title", func(page web.Page, q register.Request) error {
		return web.Render(w, r, f.Status(), declinePage(page.WithForm(f), f, q))
	})
}

func (p *Portal) decline(w http.ResponseWriter, r *http.Request) error {
	return p.respond(w, r, mekenjai.Declined, func(actor mekenjai.Actor, id string, f *web.Form) error {
		return p.Register.Decline(r.Context(), actor, id, f.Value("reason"))
	}, func(f *web.Form) error { return p.showReason(w, r, f) })
}

// confirmDisown says what follows from "I am not the owner".
func (p *Portal) confirmDisown(w http.ResponseWriter, r *http.Request) error {
	return p.ofOpenRequest(w, r, "account.disown.title", func(page web.Page, q register.Request) error {
		return web.Render(w, r, http.StatusOK, disownPage(page, q))
	})
}

func (p *Portal) disown(w http.ResponseWriter, r *http.Request) error {
	return p.respond(w, r, mekenjai.NotMine, func(actor mekenjai.Actor, id string, _ *web.Form) error {
		return p.Register.Disown(r.Context(), actor, id)
	}, nil)
}

// confirmTakeBack says what follows from taking a consent back.
func (p *Portal) confirmTakeBack(w http.ResponseWriter, r *http.Request) error {
	return p.ofRequest(w, r, func(q register.Request) error {
		if !q.MayWithdraw {
			return web.Redirect(w, r, consentPath(q.ID))
		}
		page := web.PageFor(r, translate(r, "account.take_back.title")).WithBack(consentPath(q.ID))
		return web.Render(w, r, http.StatusOK, takeBackPage(page, q))
	})
}

func (p *Portal) takeBack(w http.ResponseWriter, r *http.Request) error {
	return p.respond(w, r, mekenjai.Withdrawn, func(actor mekenjai.Actor, id string, _ *web.Form) error {
		return p.Register.TakeBack(r.Context(), actor, id)
	}, nil)
}

// ofOpenRequest serves a page that only a request without an answer has; for
// another one the request itself says how it stands.
func (p *Portal) ofOpenRequest(w http.ResponseWriter, r *http.Request, title string, serve func(web.Page, register.Request) error) error {
	return p.ofRequest(w, r, func(q register.Request) error {
		if !isOpen(q) {
			return web.Redirect(w, r, consentPath(q.ID))
		}
		page := web.PageFor(r, translate(r, title)).WithBack(consentPath(q.ID))
		return serve(page, q)
	})
}
