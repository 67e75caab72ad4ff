package desk

import (
	"net/http"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// searchView is what was looked for and found.
type searchView struct {
	Lang  locale.Lang
	Form  *web.Form
	Done  bool
	Found []register.Found
}

// askSearch asks what is looked for, and why.
func (d *Desk) askSearch(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if err := actor.Permitted(mekenjai.DoSearch, mekenjai.Matter{}); err != nil {
		return err
	}
	return d.showSearch(w, r, searchView{})
}

func (d *Desk) showSearch(w http.ResponseWriter, r *http.Request, v searchView) error {
	v.Lang = lang(r.Context())
	return web.Render(w, r, v.Form.Status(), searchPage(page(r, translate(r, "desk.search.title")).WithForm(v.Form), v))
}

// search looks in the register. It is a POST: numbers of people have no place in an
// address. How often one may ask is counted for each officer.
func (d *Desk) search(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	if err := d.Access.Allow(r.Context(), access.LimitSearch, string(actor.IIN)); err != nil {
		return err
	}
	list, err := d.Register.Search(r.Context(), actor, register.SearchInput{Query: f.Value("q"), Reason: register.LookReason(f.Value("reason")), Note: f.Value("note")})
	if f.Take(err) {
		return d.showSearch(w, r, searchView{Form: f})
	}
	if err != nil {
		return err
	}
	return d.showSearch(w, r, searchView{Form: f, Done: true, Found: list})
}

func (v searchView) grid() web.Grid {
	l := v.Lang
	g := web.Grid{Caption: l.N("desk.search.found", len(v.Found)), Head: []string{l.T("desk.search.what"), l.T("desk.search.person"), l.T("desk.search.address"),
		l.T("desk.search.state"), l.T("desk.search.when"), l.T("desk.search.case")}}
	for _, f := range v.Found {
		state, when := l.T("account.state."+f.State), stamp(l, f.At)
		if f.Kind == "entry" {
			state, when = l.T("desk.entry."+f.State), l.DayShort(f.Period.From)+" – "+l.DayShort(f.Period.To)
		}
		number := web.Text("—")
		if f.Case != "" {
			number = web.Link(f.Case, casePath(f.Case))
		}
		what := web.Text(l.T("desk.found."+f.Kind) + " " + f.Number)
		if f.Kind == "entry" {
			what = web.Link(l.T("desk.found."+f.Kind)+" "+f.Number, entryPath(f.Number))
		}
		g.Rows = append(g.Rows, []templ.Component{what, web.Lines(f.Name.String() + "\n" + string(f.Person)),
			web.Text(f.Address.In(string(l))), web.Text(state), web.Text(when), number})
	}
	return g
}
