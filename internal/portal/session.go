package portal

import (
	"context"
	"net/http"

	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

func lang(ctx context.Context) locale.Lang { return locale.From(ctx) }

// translate is a text of the catalogue in the language of the request.
func translate(r *http.Request, key string, args ...any) string {
	return locale.T(locale.From(r.Context()), key, args...)
}

// withUser tells the shell who is signed in. After a sign-in by SMS no register
// was asked for the name yet, so the number stands for it.
func withUser(ctx context.Context) context.Context {
	actor, err := access.ActorFrom(ctx)
	if err != nil {
		return ctx
	}
	name := actor.Name.Short()
	if name == "" {
		name = actor.Party().Masked()
	}
	user := web.User{Name: name, SignOut: "/sign-out", Extend: "/session"}
	if current, ok := access.CurrentFrom(ctx); ok {
		user.Ends = current.Ends
	}
	return web.WithUser(ctx, user)
}

// signOut ends the session. Who has none any more is signed out already.
func (p *Portal) signOut(w http.ResponseWriter, r *http.Request) error {
	if actor, err := access.ActorFrom(r.Context()); err == nil {
		if err := p.Access.SignOut(r.Context(), actor); err != nil {
			return err
		}
	}
	p.Access.Forget(w)
	return web.Redirect(w, r, "/")
}

// extendSession answers the "keep working" button of the time-out warning.
func (p *Portal) extendSession(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	ends, err := p.Access.Extend(r.Context(), actor)
	if err != nil {
		return err
	}
	return web.SessionExtended(w, ends)
}
