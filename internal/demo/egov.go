package demo

import (
	"mime"
	"net/http"

	"mekenjai"
	"mekenjai/internal/fake/bus"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/locale"
	"mekenjai/internal/state/mapped"
	"mekenjai/internal/web"
)

// egovPath is egov.kz in the demo country.
const egovPath = "/demo/egov"

// ordersShown bounds the page.
const ordersShown = 10

func (f face) egov(w http.ResponseWriter, r *http.Request) error {
	return f.showEgov(w, r, web.NewForm(map[string]string{"months": "6"}), false)
}

func (f face) showEgov(w http.ResponseWriter, r *http.Request, form *web.Form, failed bool) error {
	var list []bus.Ordered
	if f.Egov != nil {
		var err error
		if list, err = f.Egov.Orders(ordersShown); err != nil {
			return err
		}
	}
	p := f.page(r, "demo.egov.title").WithPath(egovPath).WithForm(form)
	return web.Render(w, r, form.Status(), egovPage(p, f, form, list, failed, deed(r)))
}

// order places the order of a story, with everything that its applicant would say.
func (f face) order(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	if f.Egov == nil {
		return mekenjai.ErrNotFound
	}
	s, known := f.storyNamed(form.Value("story"))
	if !known {
		form.Fail("story", "demo.egov.who.error")
		return f.showEgov(w, r, form, false)
	}
	owns := "no"
	if s.IsOwner {
		owns = "yes"
	}
	err = f.Egov.Order(r.Context(), mapped.PortalOrder{Person: s.Applicant, Language: string(locale.From(r.Context())), Months: form.Value("months"), IsOwner: owns,
		ARC: string(s.ARC), Owner: string(s.Owner), Purpose: string(mekenjai.PurposeWork), Arrival: mekenjai.DateOf(f.Clock.Now())})
	if err != nil { // the bus keeps it until the service takes it
		return f.showEgov(w, r, form, true)
	}
	return done(w, r, form, egovPath, "order")
}

// egovFile is a paper that egov.kz fetched from the store of files.
func (f face) egovFile(w http.ResponseWriter, r *http.Request) error {
	if f.Egov == nil {
		return mekenjai.ErrNotFound
	}
	name, content, err := f.Egov.Paper(r.PathValue("id"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(content) // who hangs up has no use for it
	return nil
}

func (f face) storyNamed(id string) (country.Story, bool) {
	for _, s := range f.Country.Stories() {
		if s.ID == id {
			return s, true
		}
	}
	return country.Story{}, false
}

// applicants are the stories by who applies in them.
func (f face) applicants(l locale.Lang) []web.Option {
	list := []web.Option{{}}
	for _, s := range f.Country.Stories() {
		list = append(list, web.Option{Value: s.ID, Label: f.Country.Name(mekenjai.PartyID(s.Applicant)) + ": " + l.T(s.Title())})
	}
	return list
}

// heardAt is a key of the page's live part: it changes with each word.
func heardAt(list []bus.Ordered) (key string) {
	for _, o := range list {
		key += o.Thread[:min(8, len(o.Thread))] + string(rune('a'+len(o.Words)))
	}
	return key
}
