package office

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// part is a part of the screen of an intake. What was wrong is shown in the part
// in which it was typed.
type part string

// The parts in their order, which is also that of the access keys.
const (
	partAnswers    part = "answers"
	partPeople     part = "people"
	partPapers     part = "papers"
	partSignatures part = "signatures"
	partChecklist  part = "checklist"
)

// screen is the whole screen of an intake.
type screen struct {
	register.Intake
	List    register.Checklist
	Own     bool
	Answers *web.Form
	People  *web.Form
	Papers  *web.Form
	Places  []web.Option // addresses that the words may mean
	Begin   part         // where the work goes on: it takes the focus
}

// mayEdit says whether anything can still be changed, by this operator.
func (s screen) mayEdit() bool { return s.Own && s.State == register.IntakeOpen }

// screenOf reads an intake with its checklist.
func (o *Office) screenOf(r *http.Request, actor mekenjai.Actor, id string, fresh bool) (s screen, err error) {
	if s.Intake, err = o.Register.Intake(r.Context(), actor, id); err != nil {
		return s, err
	}
	s.Own = s.Operator == actor.IIN
	if s.State == register.IntakeOpen {
		if s.List, err = o.Register.Checklist(r.Context(), actor, id, fresh); err != nil {
			return s, err
		}
		if s.Intake, err = o.Register.Intake(r.Context(), actor, id); err != nil {
			return s, err
		}
	}
	s.Answers = formOf(s.Intake, s.List.People)
	s.People, s.Papers = web.NewForm(nil), web.NewForm(nil)
	s.Begin = next(s)
	return s, nil
}

// next is the part in which the work goes on.
func next(s screen) part {
	for _, n := range s.List.People {
		if n.Applicant && !n.Present {
			if len(s.List.Missing) > 0 {
				return partAnswers
			}
			return partPeople
		}
	}
	switch {
	case len(s.List.Missing) > 0:
		return partAnswers
	case !s.List.Ready:
		return partSignatures
	}
	return partChecklist
}

func (o *Office) show(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	s, err := o.screenOf(r, actor, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	switch at := part(r.URL.Query().Get("at")); at {
	case partAnswers, partPeople, partPapers, partSignatures, partChecklist:
		s.Begin = at
	}
	return o.render(w, r, s, nil, http.StatusOK)
}

// render shows the screen; f is the form in which something is wrong.
func (o *Office) render(w http.ResponseWriter, r *http.Request, s screen, f *web.Form, status int) error {
	title := translate(r, "office.intake.title", "number", s.Number)
	page := web.PageFor(r, title).WithForm(f).WithPath(intakePath(s.ID)).WithBack(home).AsDense()
	if s.State != register.IntakeOpen {
		return web.Render(w, r, status, closedPage(page, s))
	}
	return web.Render(w, r, status, intakePage(page, s))
}

// to leads back to the screen, to the part in which the work goes on.
func to(w http.ResponseWriter, r *http.Request, id string, at part) error {
	path := intakePath(id)
	if at != "" {
		path += "?at=" + string(at) + "#" + string(at)
	}
	return web.Redirect(w, r, path)
}

// fill takes the whole first part.
func (o *Office) fill(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	s, err := o.screenOf(r, actor, id, false)
	if err != nil {
		return err
	}
	arc, places, err := o.place(r, f, "arc")
	if err != nil {
		return err
	}
	s.Answers, s.Places, s.Begin = f, places, partAnswers
	if len(places) > 0 || !f.OK() {
		return o.render(w, r, s, f, http.StatusUnprocessableEntity)
	}
	f.Set("arc", arc)
	_, err = o.Register.FillIntake(r.Context(), actor, id, inputOf(f, s.List.People, id))
	if err != nil {
		return o.refused(w, r, s, f, err)
	}
	return to(w, r, id, "")
}

// refused shows why a deed was not done, with everything that was typed. What is
// no fault of the page goes on.
func (o *Office) refused(w http.ResponseWriter, r *http.Request, s screen, f *web.Form, err error) error {
	status := http.StatusUnprocessableEntity
	switch {
	case f.Take(err):
	case errors.Is(err, mekenjai.ErrUnavailable):
		status = http.StatusServiceUnavailable
		f.Fail(string(s.Begin), "office.error.silent")
	default:
		return err
	}
	return o.render(w, r, s, f, status)
}

// askAgain asks the registers anew.
func (o *Office) askAgain(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if _, err := o.Register.Checklist(r.Context(), actor, r.PathValue("id"), true); err != nil {
		return err
	}
	return to(w, r, r.PathValue("id"), partChecklist)
}

// take puts an intake of a colleague who has gone into one's own hands.
func (o *Office) take(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if err := o.Register.TakeIntake(r.Context(), actor, r.PathValue("id")); err != nil {
		return err
	}
	return to(w, r, r.PathValue("id"), "")
}

func (o *Office) confirmDrop(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	in, err := o.Register.Intake(r.Context(), actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "office.drop.title", "number", in.Number)).WithBack(intakePath(in.ID)).AsDense()
	return web.Render(w, r, http.StatusOK, dropPage(page, in))
}

// drop closes an intake whose person has left.
func (o *Office) drop(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if err := o.Register.DropIntake(r.Context(), actor, r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, home)
}

// identify records that somebody was compared with his document.
func (o *Office) identify(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err = o.Register.Identify(r.Context(), actor, id, register.IdentityInput{
		IIN: f.Value("iin"), Document: f.Value("document"), Number: f.Value("number"), ByCard: f.Has("by_card", "yes")})
	if err == nil {
		return to(w, r, id, "")
	}
	s, errRead := o.screenOf(r, actor, id, false)
	if errRead != nil {
		return errRead
	}
	s.People, s.Begin = f, partPeople
	return o.refused(w, r, s, f, err)
}

// unidentify takes a presence back that was recorded by mistake.
func (o *Office) unidentify(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	id := r.PathValue("id")
	in, err := o.Register.Intake(r.Context(), actor, id)
	if err != nil {
		return err
	}
	for _, p := range in.Present {
		if personTag(id, p.IIN) == r.PathValue("n") {
			if err := o.Register.Unidentify(r.Context(), actor, id, p.IIN); err != nil {
				return err
			}
			return to(w, r, id, partPeople)
		}
	}
	return mekenjai.ErrStale
}

// personTag names a person at the counter on the page without the number.
func personTag(id string, iin mekenjai.IIN) string {
	return tag(id, register.Needed{Holder: mekenjai.RightHolder{Party: mekenjai.PartyID(iin)}})
}

// revoke takes a consent back before the acceptance.
func (o *Office) revoke(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	if err := o.Register.RevokeAtCounter(r.Context(), actor, r.PathValue("id"), r.PathValue("c")); err != nil {
		return err
	}
	return to(w, r, r.PathValue("id"), partSignatures)
}
