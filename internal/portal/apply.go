package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// A handler of the draft in the path, for the person whose it is.
type draftHandler func(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, d register.Draft) error

// ofDraft finds the draft; for anybody else it does not exist. Who comes back to
// one that was sent already, by the back button or from a second tab, is led to
// the application that it became.
func (p *Portal) ofDraft(serve draftHandler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := access.ActorFrom(r.Context())
		if err != nil {
			return err
		}
		d, err := p.Register.Draft(r.Context(), actor, r.PathValue("id"))
		if errors.Is(err, mekenjai.ErrNotFound) {
			if c, was := p.Register.Case(r.Context(), actor, r.PathValue("id")); was == nil {
				return web.Redirect(w, r, casePath(c.ID))
			}
		}
		if err != nil {
			return err
		}
		return serve(w, r, actor, d)
	}
}

func casePath(id string) string { return "/applications/" + url.PathEscape(id) }

// stepPath is the page of a question, or the page to check the answers.
func stepPath(id string, s mekenjai.DraftStep) string {
	return "/apply/" + url.PathEscape(id) + "/" + string(s)
}

// begin leads to the first question, offers to go on with what was begun, or
// tells what already stands in the way: an own application under way, or the key
// of an organisation.
func (p *Portal) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	actor, err := access.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if actor.BIN != "" {
		page := web.PageFor(r, translate(r, "portal.organisation.title")).WithBack("/")
		return web.Render(w, r, http.StatusForbidden, organisationPage(page))
	}
	history, _, err := p.Register.History(ctx, actor, "")
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(history, func(b register.Brief) bool { return !b.State.IsFinal() }); i >= 0 {
		return showInProgress(w, r, http.StatusOK, history[i].ID)
	}
	d, err := p.Register.Begin(ctx, actor)
	if err != nil {
		return err
	}
	if d.Draft.Same(mekenjai.Draft{}) {
		return web.Redirect(w, r, stepPath(d.ID, d.Next()))
	}
	page := web.PageFor(r, translate(r, "portal.continue.title")).WithBack("/")
	return web.Render(w, r, http.StatusOK, continuePage(page, d))
}

// showInProgress leads to the application that must end before the next.
func showInProgress(w http.ResponseWriter, r *http.Request, status int, id string) error {
	page := web.PageFor(r, translate(r, "portal.in_progress.title")).WithPath("/apply")
	return web.Render(w, r, status, inProgressPage(page, casePath(id)))
}

// discard throws the draft away and begins a new one. Twice is as good as once.
func (p *Portal) discard(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if err := p.Register.Discard(r.Context(), actor, r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/apply")
}
