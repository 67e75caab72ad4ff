package office

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// ending is the page on which the operator signs how an intake ends.
type ending struct {
	register.Intake
	Text   register.SignedText
	Accept bool
}

func (e ending) path() string {
	if e.Accept {
		return intakePath(e.ID) + "/accept"
	}
	return intakePath(e.ID) + "/refuse"
}

func (o *Office) askAcceptance(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.showEnding(w, r, actor, true, nil)
}

func (o *Office) askRefusal(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.showEnding(w, r, actor, false, nil)
}

// showEnding freezes what the operator signs and shows it. What stands against it
// the checklist says.
func (o *Office) showEnding(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, accept bool, f *web.Form) error {
	e := ending{Accept: accept}
	prepare, title := o.Register.PrepareTurnAway, "office.refuse.title"
	if accept {
		prepare, title = o.Register.PrepareAcceptance, "office.accept.title"
	}
	var err error
	e.Text, err = prepare(r.Context(), actor, r.PathValue("id"))
	if errors.Is(err, mekenjai.ErrConflict) {
		return to(w, r, r.PathValue("id"), partChecklist)
	}
	if err != nil {
		return err
	}
	if e.Intake, err = o.Register.Intake(r.Context(), actor, r.PathValue("id")); err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, title, "number", e.Number)).WithForm(f).WithPath(e.path()).
		WithBack(intakePath(e.ID)).AsDense()
	return web.Render(w, r, f.Status(), endingPage(page, f, e))
}

// accept takes the operator's signature and makes the application.
func (o *Office) accept(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.end(w, r, actor, true, func(text string, sig register.Signature) error {
		_, err := o.Register.AcceptIntake(r.Context(), actor, text, sig)
		return err
	})
}

// refuse takes the operator's signature under the act of refusal to accept.
func (o *Office) refuse(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.end(w, r, actor, false, func(text string, sig register.Signature) error {
		_, err := o.Register.TurnAway(r.Context(), actor, text, sig)
		return err
	})
}

func (o *Office) end(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, accept bool, deed func(string, register.Signature) error) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = deed(f.Value("text"), register.Signature{CMS: []byte(f.Value("signature"))})
	var wrong *mekenjai.SignatureError
	var notReady *register.NotReady
	switch {
	case err == nil:
		return to(w, r, r.PathValue("id"), "")
	case errors.As(err, &notReady):
		return to(w, r, r.PathValue("id"), partChecklist)
	case errors.As(err, &wrong):
		f.FailText("signature", access.SignatureMessage(lang(r.Context()), wrong))
	case errors.Is(err, mekenjai.ErrStale):
		f.Fail("signature", "office.error.stale")
	default:
		return err
	}
	return o.showEnding(w, r, actor, accept, f)
}
