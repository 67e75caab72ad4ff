package desk

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// askDecision asks for the ruling, its ground and its reasons.
func (d *Desk) askDecision(w http.ResponseWriter, r *http.Request) error {
	return d.showDecide(w, r, nil)
}

func (d *Desk) showDecide(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	return d.asked(w, r, "desk.decide.title", mekenjai.DoDecide, f, func(p web.Page, v caseView) error {
		if !v.mayDecide() {
			return web.Redirect(w, r, casePath(v.Number))
		}
		return web.Render(w, r, f.Status(), decidePage(p, v))
	})
}

// prepareDecision freezes the text and leads to the page on which it is signed.
func (d *Desk) prepareDecision(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	text, err := d.Register.PrepareDecision(r.Context(), actor, number, register.DecisionInput{
		Ruling: mekenjai.Ruling(f.Value("ruling")), Ground: f.Value("ground"), Reason: f.Value("text")})
	if f.Take(err) {
		return d.showDecide(w, r, f)
	}
	if errors.Is(err, mekenjai.ErrConflict) {
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(number)+"/sign/"+text.ID)
}

// showDecision shows the exact text that is signed.
func (d *Desk) showDecision(w http.ResponseWriter, r *http.Request) error {
	return d.showSignDecision(w, r, nil)
}

func (d *Desk) showSignDecision(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	text, err := d.Register.TextToSign(r.Context(), actor, r.PathValue("text"), mekenjai.DecisionPurpose)
	if err != nil {
		return err
	}
	if !text.Signed.IsZero() {
		return web.Redirect(w, r, casePath(number))
	}
	p := page(r, translate(r, "desk.sign.title")).WithBack(casePath(number) + "/decide").WithForm(f).WithPath(casePath(number) + "/sign/" + text.ID)
	return web.Render(w, r, f.Status(), signPage(p, f, signing{Text: text.Text, Action: casePath(number) + "/sign/" + text.ID,
		Button: translate(r, "desk.sign.button"), Waiting: !text.Waiting.IsZero()}))
}

// signing is a text that waits for the officer's signature.
type signing struct {
	Text    []byte
	Action  string
	Button  string
	Waiting bool // a signature was given and cannot be judged yet
}

// signDecision takes the signature and does what was signed.
func (d *Desk) signDecision(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	err = d.Register.Decide(r.Context(), actor, r.PathValue("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	switch {
	case err == nil:
		return web.Redirect(w, r, casePath(number))
	case errors.As(err, &wrong) && wrong.Wait:
		return web.Redirect(w, r, casePath(number)+"/sign/"+r.PathValue("text"))
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
		return d.showSignDecision(w, r, f)
	case errors.Is(err, mekenjai.ErrStale), errors.Is(err, mekenjai.ErrConflict):
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "stale" })
	}
	return err
}

// rulings are the choices of the form, each with what follows from it.
func rulings(l locale.Lang) []web.Option {
	var list []web.Option
	for _, r := range mekenjai.Rulings {
		list = append(list, web.Option{Value: string(r), Label: l.T("desk.ruling." + string(r)), Hint: l.T("desk.ruling_hint." + string(r))})
	}
	return list
}

// grounds are the grounds of refusal with their norms.
func grounds(l locale.Lang) []web.Option {
	var list []web.Option
	for _, g := range mekenjai.Grounds {
		list = append(list, web.Option{Value: g.Code, Label: g.Name.In(string(l)) + " — " + g.Norm.In(string(l))})
	}
	return list
}
