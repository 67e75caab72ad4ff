package office

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"mekenjai"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// queue is the start page: whom to serve next.
type queue struct {
	Open, Closed []register.IntakeLine
	Places       []web.Option // addresses that the text may mean
	Key          string       // of the form: a second press opens no second intake
}

func (o *Office) start(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	return o.showStart(w, r, actor, web.NewForm(map[string]string{"key": uuid.NewString()}), nil, http.StatusOK)
}

func (o *Office) showStart(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor, f *web.Form, places []web.Option, status int) error {
	q := queue{Places: places, Key: f.Value("key")}
	var err error
	if q.Open, q.Closed, err = o.Register.Intakes(r.Context(), actor); err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "office.start.title")).WithForm(f).WithPath(home).AsDense()
	return web.Render(w, r, status, startPage(page, f, q))
}

// begin opens an intake for a person and a dwelling. Both are typed into the body
// of the form: a number of a person never stands in an address.
func (o *Office) begin(w http.ResponseWriter, r *http.Request, actor mekenjai.Actor) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	arc, places, err := o.place(r, f, "dwelling")
	if err != nil {
		return err
	}
	if _, wrong := mekenjai.ParseIIN(f.Value("registrant")); wrong != nil {
		f.Fail("registrant", "counter.error.iin_format")
	}
	if len(places) > 0 || !f.OK() {
		return o.showStart(w, r, actor, f, places, http.StatusUnprocessableEntity)
	}
	in, err := o.Register.BeginIntake(r.Context(), actor, f.Value("key"), mekenjai.IntakeInput{
		Registrant: f.Value("registrant"), ARC: arc, Language: string(lang(r.Context()))})
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		return web.Redirect(w, r, intakePath(in.ID))
	case errors.Is(err, mekenjai.ErrForbidden):
		status = http.StatusForbidden
		f.Fail("registrant", "office.error.territory")
	case errors.Is(err, mekenjai.ErrUnavailable):
		status = http.StatusServiceUnavailable
		f.Fail("registrant", "office.error.silent")
	case !takeAs(f, err, "arc", "dwelling"):
		return err
	}
	return o.showStart(w, r, actor, f, nil, status)
}

// takeAs puts the field errors of a verb on the page; one field has another name
// there.
func takeAs(f *web.Form, err error, field, name string) bool {
	var many mekenjai.FieldErrors
	var one *mekenjai.FieldError
	if errors.As(err, &one) {
		many = mekenjai.FieldErrors{one}
	} else if !errors.As(err, &many) {
		return false
	}
	renamed := make(mekenjai.FieldErrors, len(many))
	for i, e := range many {
		copied := *e
		if copied.Field == field {
			copied.Field = name
		}
		renamed[i] = &copied
	}
	return f.Take(renamed)
}

func intakePath(id string) string { return "/office/intakes/" + id }
