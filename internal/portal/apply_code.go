package portal

import (
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

func signingCodePath(id string) string { return "/apply/" + url.PathEscape(id) + "/code" }

// sendSigningCode sends a code that signs exactly the text of this draft.
func (p *Portal) sendSigningCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, d register.Draft) error {
	d, err := p.Register.Prepare(r.Context(), actor, d.ID)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, stepPath(d.ID, d.Next()))
	}
	if err != nil {
		return err
	}
	if _, err := p.Access.BeginSigningCode(r.Context(), actor, d.ID, d.Statement); err != nil {
		return showHeld(w, r, err, stepPath(d.ID, mekenjai.StepCheck))
	}
	return web.Redirect(w, r, signingCodePath(d.ID)+"?sent=1")
}

// askSigningCode offers to send a code, and asks for it once it was sent.
func (p *Portal) askSigningCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, d register.Draft) error {
	return p.showSigningCode(w, r, actor, d.ID, nil, http.StatusOK)
}

func (p *Portal) showSigningCode(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, id string, f *web.Form, status int) error {
	d, err := p.Register.Prepare(r.Context(), actor, id)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, stepPath(id, d.Next()))
	}
	if err != nil {
		return err
	}
	sent := f != nil || r.URL.Query().Get("sent") != ""
	path := signingCodePath(id)
	if sent {
		path += "?sent=1"
	}
	page := web.PageFor(r, translate(r, "portal.signing_code.title")).WithForm(f).WithPath(path).
		WithBack(stepPath(id, mekenjai.StepCheck))
	return web.Render(w, r, status, signingCodePage(page, f, d, sent, p.codeTerms()))
}
