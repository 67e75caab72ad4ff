// Package desk is the face for officers of the migration police: queues, cases,
// decisions, search, protection. It translates a request into a verb and the result
// into a page. Who may do a thing the verbs decide by the table of permits; the
// pages only do not offer what would be refused.
package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// Desk serves the pages.
type Desk struct {
	Register *register.Register
	Access   *access.Access
}

// Handler routes the requests of the desk. It stands inside web.Site.Wrap and
// access.Middleware.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, routes := range []map[string]func(http.ResponseWriter, *http.Request) error{d.routes(), d.lifeRoutes(), d.complaintRoutes(), d.keeperRoutes()} {
		for pattern, handler := range routes {
			mux.Handle(pattern, web.Handler(handler))
		}
	}
	pages := web.Friendly(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(d.withUser(r.Context())))
	})
}

func (d *Desk) routes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /desk/{$}": d.queue,

		"GET /desk/cases/{number}":               d.showCase,
		"POST /desk/cases/{number}/take":         d.take,
		"POST /desk/cases/{number}/take-over":    d.takeOver,
		"POST /desk/cases/{number}/reveal":       d.reveal,
		"GET /desk/cases/{number}/return":        d.askReturn,
		"POST /desk/cases/{number}/return":       d.giveBack,
		"GET /desk/cases/{number}/paper":         d.askPaper,
		"POST /desk/cases/{number}/paper":        d.sendForPaper,
		"POST /desk/cases/{number}/stop-waiting": d.stopWaiting,
		"POST /desk/cases/{number}/verify":       d.verify,
		"GET /desk/cases/{number}/decide":        d.askDecision,
		"POST /desk/cases/{number}/decide":       d.prepareDecision,
		"GET /desk/cases/{number}/sign/{text}":   d.showDecision,
		"POST /desk/cases/{number}/sign/{text}":  d.signDecision,
		"GET /desk/papers/{id}":                  d.openPaper,

		"GET /desk/search":  d.askSearch,
		"POST /desk/search": d.search,

		"GET /desk/protection":                   d.protections,
		"GET /desk/protection/new":               d.askSealing,
		"POST /desk/protection/new":              d.prepareSealing,
		"GET /desk/protection/sign/{text}":       d.showProtectionText,
		"POST /desk/protection/sign/{text}":      d.signProtection,
		"GET /desk/protection/of/{number}":       d.showProtection,
		"POST /desk/protection/of/{number}/step": d.prepareProtection,
		"POST /desk/protection/of/{number}/no":   d.declineProtection,
		"POST /desk/protection/of/{number}/pass": d.passSeal,
	}
}

// sections of the desk for who is signed in.
var sections = []web.NavItem{{Key: "desk.nav.queue", Href: "/desk/"}, {Key: "desk.nav.search", Href: "/desk/search"},
	{Key: "desk.nav.protection", Href: "/desk/protection"}}

// withUser tells the shell who is signed in.
func (d *Desk) withUser(ctx context.Context) context.Context {
	actor, err := access.ActorFrom(ctx)
	if err != nil {
		return ctx
	}
	user := web.User{Name: actor.Name.Short(), SignOut: "/sign-out", Extend: "/session", Nav: sections}
	if d.Register.HasKeeper() {
		user.Nav = append(slices.Clone(sections), web.NavItem{Key: "desk.nav.keeper", Href: "/desk/keeper"})
	}
	if !actor.Duty.IsStaff() {
		user.Nav = nil
	}
	if current, ok := access.CurrentFrom(ctx); ok {
		user.Ends = current.Ends
	}
	return web.WithUser(ctx, user)
}

func lang(ctx context.Context) locale.Lang { return locale.From(ctx) }

func translate(r *http.Request, key string, args ...any) string {
	return locale.From(r.Context()).T(key, args...)
}

// page begins a page of the desk.
func page(r *http.Request, title string) web.Page { return web.PageFor(r, title).AsDense() }

func casePath(number string) string { return "/desk/cases/" + url.PathEscape(number) }

func protectionPath(number string) string { return "/desk/protection/of/" + url.PathEscape(number) }

// acting is who is asking, with the form that was sent.
func acting(r *http.Request) (mekenjai.Actor, *web.Form, error) {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return actor, nil, err
	}
	f, err := web.ParseForm(r)
	return actor, f, err
}

// onCase is acting on the case in the path.
func (d *Desk) onCase(r *http.Request) (actor mekenjai.Actor, f *web.Form, dossier register.Dossier, err error) {
	if actor, f, err = acting(r); err != nil {
		return actor, f, dossier, err
	}
	dossier, err = d.Register.Dossier(r.Context(), actor, r.PathValue("number"))
	return actor, f, dossier, err
}
