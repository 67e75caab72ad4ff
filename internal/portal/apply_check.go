package portal

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// check is the page on which the answers are checked and signed.
type check struct {
	Draft register.Draft
	Terms terms
	Late  bool
	Stale bool // the text changed since the reader saw it
	Sign  web.Sign
}

// checkAnswers shows the answers and the exact text to sign.
func (p *Portal) checkAnswers(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, d register.Draft) error {
	return p.showCheck(w, r, actor, d.ID, nil, http.StatusOK)
}

// showCheck freezes the text, if that was not done, and shows it. 409 says that
// the text is another one than the reader saw.
func (p *Portal) showCheck(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, id string, f *web.Form, status int) error {
	d, err := p.Register.Prepare(r.Context(), actor, id)
	if errors.Is(err, mekenjai.ErrConflict) {
		return web.Redirect(w, r, stepPath(id, d.Next()))
	}
	if err != nil {
		return err
	}
	t, err := p.terms()
	if err != nil {
		return err
	}
	c := check{Draft: d, Terms: t, Late: t.isLate(d.Arrival, p.today()), Stale: status == http.StatusConflict,
		Sign: web.Sign{Data: d.Statement, Action: "/apply/" + d.ID + "/sign", SMS: signingCodePath(d.ID),
			Mobile: p.byMobile(r.Context(), mobileApplication, d.ID, stepPath(id, mekenjai.StepCheck), casePath(d.ID))}}
	page := web.PageFor(r, translate(r, "portal.check.title")).WithForm(f).WithPath(stepPath(id, mekenjai.StepCheck)).
		WithBack(stepPath(id, d.Steps()[len(d.Steps())-1]))
	return web.Render(w, r, status, checkPage(page, f, c))
}

// submitByKey takes the signature over the text.
func (p *Portal) submitByKey(w http.ResponseWriter, r *http.Request) error {
	return p.submit(w, r, func(_ mekenjai.Actor, f *web.Form) register.Signature {
		return register.Signature{CMS: []byte(f.Value("signature"))}
	}, p.showCheck)
}

// submitByCode takes the digits that were sent for the text.
func (p *Portal) submitByCode(w http.ResponseWriter, r *http.Request) error {
	return p.submit(w, r, func(actor mekenjai.Actor, f *web.Form) register.Signature {
		return register.Signature{Code: p.Access.SigningCode(actor, r.PathValue("id"), f.Value("code"))}
	}, p.showSigningCode)
}

// submit sends the application and leads to it. What was not accepted is shown on
// the page that asked for the signature; nothing of the draft is lost.
func (p *Portal) submit(w http.ResponseWriter, r *http.Request, signature func(mekenjai.Actor, *web.Form) register.Signature,
	show func(http.ResponseWriter, *http.Request, mekenjai.Actor, string, *web.Form, int) error) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	a, err := p.Register.Submit(r.Context(), actor, id, signature(actor, f))
	var wrong *mekenjai.SignatureError
	var other *register.InProgress
	switch {
	case err == nil:
		return web.Redirect(w, r, casePath(a.ID))
	case errors.As(err, &other):
		return showInProgress(w, r, http.StatusConflict, other.ID)
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return show(w, r, actor, id, f, f.Status())
	case f.Take(err):
		return show(w, r, actor, id, f, f.Status())
	case errors.Is(err, mekenjai.ErrStale):
		return p.showCheck(w, r, actor, id, nil, http.StatusConflict)
	}
	return err
}
