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

// The pages of an entry after it was made, for the person and for the owners: one
// address, /e/ and the number that stands on the certificate and in text messages.

func entryPath(number string) string { return "/e/" + url.PathEscape(number) }

func (p *Portal) lifeRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /e/{number}":             p.ofEntry(p.showEntry),
		"POST /e/{number}/extend":     p.extend,
		"GET /e/{number}/end":         p.ofEntry(p.askEnd),
		"POST /e/{number}/end":        p.prepareEnd,
		"GET /e/{number}/end/sign":    p.ofEntry(p.askEndSignature),
		"POST /e/{number}/end/sign":   p.endByKey,
		"GET /e/{number}/end/code":    p.ofEntry(p.askEndCode),
		"POST /e/{number}/end/code":   p.sendEndCode,
		"POST /e/{number}/end/finish": p.endByCode,
		"GET /e/{number}/object":      p.ofEntry(p.askObjection),
		"POST /e/{number}/object":     p.object,
		"GET /e/{number}/dispute":     p.ofEntry(p.confirmDispute),
		"POST /e/{number}/dispute":    p.dispute,
		"GET /e/{number}/confirm":     p.ofEntry(p.askConfirmation),
		"POST /e/{number}/confirm":    p.confirmEnd,
		"GET /e/{number}/decline":     p.ofEntry(p.askRefusal),
		"POST /e/{number}/decline":    p.declineEnd,
		"GET /e/{number}/withdraw":    p.ofEntry(p.confirmWithdrawEnd),
		"POST /e/{number}/withdraw":   p.withdrawEnd,

		"GET /account/property/{arc}":           p.residents,
		"POST /account/property/{arc}":          p.chooseResidents,
		"GET /account/property/{arc}/end/sign":  p.askBulkSignature,
		"POST /account/property/{arc}/end/sign": p.endMany,
	}
}

// entryHandler serves a page of an entry that the reader may see.
type entryHandler func(http.ResponseWriter, *http.Request, mekenjai.Actor, entryView) error

// ofEntry opens the entry in the path; to whom it does not concern it does not exist.
func (p *Portal) ofEntry(serve entryHandler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := access.ActorFrom(r.Context())
		if err != nil {
			return err
		}
		v, err := p.entry(r, actor)
		var gone *register.NoOwnerAnyMore
		if errors.As(err, &gone) {
			page := web.PageFor(r, translate(r, "life.gone.title")).WithBack("/account/property")
			return web.Render(w, r, http.StatusForbidden, goneOwnerPage(page))
		}
		if err != nil {
			return err
		}
		return serve(w, r, actor, v)
	}
}

func (p *Portal) entry(r *http.Request, actor mekenjai.Actor) (entryView, error) {
	page, err := p.Register.EntryPage(r.Context(), actor, r.PathValue("number"))
	return entryView{EntryPage: page, Lang: lang(r.Context()), Party: actor.Party(), Said: r.URL.Query().Get("said")}, err
}

// showEntry shows how the entry stands and what can be done.
func (p *Portal) showEntry(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor, v entryView) error {
	back := "/account/property"
	if v.Own {
		back = "/account/address"
	}
	page := web.PageFor(r, v.title()).WithBack(back).WithPath(entryPath(v.Number))
	return web.Render(w, r, http.StatusOK, entryPage(page, v))
}

// entryForm is the common path of the forms of an entry: what the reader typed
// comes back with what is wrong with it; what came too late changes nothing, and
// the entry itself says how it stands.
func (p *Portal) entryForm(w http.ResponseWriter, r *http.Request, done string, verb func(mekenjai.Actor, *web.Form) error,
	again func(mekenjai.Actor, entryView, *web.Form) error) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = verb(actor, f)
	here := entryPath(r.PathValue("number"))
	var wrong *mekenjai.SignatureError
	var offline *register.CannotConfirm
	switch {
	case err == nil:
		return web.Redirect(w, r, here+"?said="+done)
	case errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, here+"?said=waiting") // it is kept, and judged when that can be done
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	case errors.As(err, &offline):
		page := web.PageFor(r, translate(r, "life.offline.title")).WithBack(here)
		return web.Render(w, r, http.StatusConflict, offlinePage(page))
	case f.Take(err):
	case errors.Is(err, mekenjai.ErrConflict), errors.Is(err, mekenjai.ErrStale):
		return web.Redirect(w, r, here+"?said=late")
	default:
		return err
	}
	v, err := p.entry(r, actor)
	if err != nil {
		return err
	}
	return again(actor, v, f)
}
