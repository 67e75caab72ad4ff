package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// How many answers to a text, and how many things below a place, a page shows.
const (
	mostFound  = 10
	mostListed = 30
)

// search is the state of the dwelling page. It lives in the address of the page
// alone: the search works by links and GET forms, without scripts.
type search struct {
	Text   string               // what was typed
	Node   address.Node         // below which is searched
	Path   []address.Suggestion // the way down to the node
	Items  []address.Suggestion
	Next   string // where the next page of a list begins
	Chosen *mekenjai.Dwelling
	Wrong  *mekenjai.FieldError // why the code names no dwelling
	Listed bool                 // Items are the children of Node, not the answers to Text
}

// search does what the address of the page asks for: shows a dwelling to
// confirm, answers the text, or lists what is below a place.
func (p *Portal) search(r *http.Request, q question, f *web.Form) (search, error) {
	asked := r.URL.Query()
	s := search{Text: cut(strings.TrimSpace(asked.Get("q")), 200), Node: address.Node(asked.Get("in"))}
	if !f.OK() { // a refused choice stays in the box
		s.Text = cut(f.Value("arc"), 200)
		return s, nil
	}
	if typed := asked.Get("arc"); typed != "" {
		return s.choose(r, p, typed)
	}
	if s.Text == "" && s.Node == "" && q.Draft.ARC != "" && !asked.Has("q") {
		return s.choose(r, p, string(q.Draft.ARC))
	}
	return s.list(r, p)
}

func (s search) choose(r *http.Request, p *Portal, typed string) (search, error) {
	d, err := p.Addresses.Choose(r.Context(), "q", typed)
	if errors.As(err, &s.Wrong) {
		return s, nil
	}
	s.Chosen = &d
	return s, err
}

// list answers the text below the node, or lists its children when there is no
// text. Of a whole code that is no dwelling it says why.
func (s search) list(r *http.Request, p *Portal) (_ search, err error) {
	ctx := r.Context()
	if s.Node != "" {
		page, err := p.Addresses.Browse(ctx, s.Node, string(locale.From(ctx)), r.URL.Query().Get("after"), mostListed)
		if err != nil {
			return s, err
		}
		s.Path, s.Items, s.Next, s.Listed = page.Path, page.Items, page.Next, true
	}
	if s.Text == "" {
		return s, nil
	}
	s.Next, s.Listed = "", false
	if s.Items, err = p.Addresses.SearchWithin(ctx, s.Node, s.Text, mostFound); err != nil || len(s.Items) > 0 {
		return s, err
	}
	if _, err := mekenjai.ParseARC(s.Text); err == nil {
		return s.choose(r, p, s.Text)
	}
	return s, nil
}

// takeDwelling puts what was wrong with the hidden code beside the box, where
// the reader can do something about it.
func takeDwelling(f *web.Form, err error) bool {
	var wrong mekenjai.FieldErrors
	if !errors.As(err, &wrong) {
		return false
	}
	for _, e := range wrong {
		f.Fail("q", e.Key, locale.Pairs(e.Args)...)
	}
	return true
}

// href is the dwelling page with one thing more in its address.
func (q question) href(name, value string) string {
	v := url.Values{name: {value}}
	if name == "after" {
		v.Set("in", string(q.Search.Node))
	}
	if q.Change {
		v.Set("change", "1")
	}
	return stepPath(q.Draft.ID, q.Step) + "?" + v.Encode()
}

// choices are the places found, each leading to the next thing to choose or to
// the dwelling to confirm.
func (q question) choices(l locale.Lang) []web.Choice {
	list := make([]web.Choice, 0, len(q.Search.Items))
	for _, s := range q.Search.Items {
		text := s.Text
		if q.Search.Listed {
			text = s.Label
		}
		c := web.Choice{Text: text.In(string(l)), Href: q.href("arc", string(s.ARC))}
		if l == locale.EN {
			c.Lang = locale.RU
		}
		switch {
		case s.Selectable || !s.Open && s.ARC != "":
		case s.NeedsUnit:
			c.Hint, c.Href = l.T("portal.dwelling.needs_unit"), q.href("in", string(s.Node))
		default:
			c.Href = q.href("in", string(s.Node))
			if s.Kind == mekenjai.KindStreet {
				c.Hint = l.T("portal.dwelling.open_street")
			}
		}
		list = append(list, c)
	}
	return list
}

// cut keeps at most n letters.
func cut(s string, n int) string {
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n])
	}
	return s
}
