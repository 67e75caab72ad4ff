package portal

import (
	"net/http"
	"slices"
	"strconv"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// question is one page of the form.
type question struct {
	Draft  register.Draft
	Step   mekenjai.DraftStep
	Change bool // came from Check answers and goes back there
	Terms  terms
	Today  mekenjai.Date
	Search search // of the dwelling page
}

// action is the address of the page, to which its form is posted.
func (q question) action() string {
	if q.Change {
		return stepPath(q.Draft.ID, q.Step) + "?change=1"
	}
	return stepPath(q.Draft.ID, q.Step)
}

// back is the page before: Check answers, the question before, the service page.
func (q question) back() string {
	if q.Change {
		return stepPath(q.Draft.ID, mekenjai.StepCheck)
	}
	if i := slices.Index(q.Draft.Steps(), q.Step); i > 0 {
		return stepPath(q.Draft.ID, q.Draft.Steps()[i-1])
	}
	return "/"
}

// after is where an answer leads: a changed one back to Check answers, unless it
// opened another question; else to the next page, so that nobody meets a
// question twice or misses one.
func (q question) after(d register.Draft) string {
	steps := append(d.Steps(), mekenjai.StepCheck)
	next := steps[min(slices.Index(steps, q.Step)+1, len(steps)-1)]
	if q.Change {
		next = d.Next()
	}
	if q.Change && next != mekenjai.StepCheck {
		return stepPath(d.ID, next) + "?change=1"
	}
	return stepPath(d.ID, next)
}

// ask finds the question of the path; ok is false when it is none, or one that
// cannot be asked yet.
func (p *Portal) ask(r *http.Request, d register.Draft) (q question, ok bool) {
	q = question{Draft: d, Step: mekenjai.DraftStep(r.PathValue("step")), Change: r.URL.Query().Get("change") != "",
		Today: p.today()}
	steps := append(d.Steps(), mekenjai.StepCheck)
	at := slices.Index(steps, q.Step)
	return q, at >= 0 && q.Step != mekenjai.StepCheck && at <= slices.Index(steps, d.Next())
}

// question shows one question with the answer that was given before.
func (p *Portal) question(w http.ResponseWriter, r *http.Request, _ mekenjai.Actor, d register.Draft) error {
	q, ok := p.ask(r, d)
	if !ok {
		return web.Redirect(w, r, stepPath(d.ID, d.Next()))
	}
	return p.showQuestion(w, r, q, saved(d))
}

func (p *Portal) showQuestion(w http.ResponseWriter, r *http.Request, q question, f *web.Form) (err error) {
	if q.Terms, err = p.terms(); err != nil {
		return err
	}
	title := "portal.question." + string(q.Step)
	if q.Step == mekenjai.StepDwelling {
		if q.Search, err = p.search(r, q, f); err != nil {
			return err
		}
		if q.Search.Chosen != nil {
			title = "portal.dwelling.confirm.title"
		}
	}
	page := web.PageFor(r, translate(r, title)).WithForm(f).WithBack(q.back())
	if r.Method == http.MethodPost {
		page = page.WithPath(q.action())
	}
	return web.Render(w, r, f.Status(), questionPage(page, f, q))
}

// answer saves one answer and goes on; what cannot be used comes back with its
// message.
func (p *Portal) answer(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, d register.Draft) error {
	q, ok := p.ask(r, d)
	if !ok {
		return mekenjai.ErrNotFound
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = p.Register.Answer(r.Context(), actor, d.ID, q.Step, input(f))
	take := f.Take
	if q.Step == mekenjai.StepDwelling {
		take = func(err error) bool { return takeDwelling(f, err) }
	}
	if take(err) {
		return p.showQuestion(w, r, q, f)
	}
	if err != nil {
		return err
	}
	if d, err = p.Register.Draft(r.Context(), actor, d.ID); err != nil {
		return err
	}
	return web.Redirect(w, r, q.after(d))
}

// input hands over what was typed, untouched.
func input(f *web.Form) mekenjai.Input {
	return mekenjai.Input{Registrant: f.Value("registrant"), Months: f.Value("months"), IsOwner: f.Value("is_owner"),
		ARC: f.Value("arc"), Owner: f.Value("owner"), Purpose: f.Value("purpose"),
		Day: f.Value("arrival-day"), Month: f.Value("arrival-month"), Year: f.Value("arrival-year")}
}

// saved fills the inputs with the answers of the draft.
func saved(d register.Draft) *web.Form {
	f := web.NewForm(map[string]string{"registrant": d.Registrant, "owner": string(d.Owner), "purpose": string(d.Purpose),
		"arc": string(d.ARC)})
	if d.Months != 0 {
		f.Set("months", strconv.Itoa(int(d.Months)))
	}
	if d.IsOwner != nil {
		f.Set("is_owner", map[bool]string{true: "yes", false: "no"}[*d.IsOwner])
	}
	f.SetDate("arrival", d.Arrival)
	return f
}

// isLate says whether the person came longer ago than the law gives for filing:
// a reason to be told of a fine, none to be refused (rule R17).
func (t terms) isLate(arrival, today mekenjai.Date) bool {
	return !arrival.IsZero() && today.DaysSince(arrival) > t.LateDays
}
