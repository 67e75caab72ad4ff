package portal

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// ofCase finds the application in the path; for anybody but its applicant it
// does not exist.
func (p *Portal) ofCase(r *http.Request) (mekenjai.Actor, register.Case, error) {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return actor, register.Case{}, err
	}
	c, err := p.Register.Case(r.Context(), actor, r.PathValue("id"))
	return actor, c, err
}

// showCase tells the applicant where the application stands, who must act, and
// what he can do himself. The page renews itself while the case is under way.
func (p *Portal) showCase(w http.ResponseWriter, r *http.Request) error {
	return p.showCaseWith(w, r, nil)
}

// showCaseWith shows the case with what was wrong with a paper that was sent.
func (p *Portal) showCaseWith(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	_, c, err := p.ofCase(r)
	if err != nil {
		return err
	}
	v := caseView{Case: c, Lang: lang(r.Context()), Form: f}
	page := web.PageFor(r, v.title()).WithBack("/account").WithForm(f).WithPath(casePath(c.ID))
	return web.Render(w, r, f.Status(), casePage(page, v))
}

// confirmWithdraw says what follows before anything is done. An application that
// has ended meanwhile is shown as it is.
func (p *Portal) confirmWithdraw(w http.ResponseWriter, r *http.Request) error {
	_, c, err := p.ofCase(r)
	if err != nil {
		return err
	}
	if !c.MayWithdraw() {
		return web.Redirect(w, r, casePath(c.ID))
	}
	page := web.PageFor(r, translate(r, "account.withdraw.title")).WithBack(casePath(c.ID))
	return web.Render(w, r, http.StatusOK, withdrawPage(page, c))
}

// withdraw ends the application. When the decision was faster the case shows it.
func (p *Portal) withdraw(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.Register.Withdraw(r.Context(), actor, id); err != nil && !errors.Is(err, mekenjai.ErrConflict) {
		return err
	}
	return web.Redirect(w, r, casePath(id))
}
