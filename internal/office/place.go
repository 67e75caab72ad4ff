package office

import (
	"net/http"
	"strings"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/web"
)

// mostPlaces that an address may mean are offered.
const mostPlaces = 8

// below marks a choice that is a building or street: what is in it is asked next.
const below = "in:"

// place is the code that an operator typed or chose, or the places that his words
// may mean. All of it goes by the form itself: no script is needed. Nothing found
// is a fault of the field.
func (o *Office) place(r *http.Request, f *web.Form, field string) (arc string, places []web.Option, err error) {
	ctx := r.Context()
	typed, chosen := f.Value(field), f.Value("place")
	node, isBelow := strings.CutPrefix(chosen, below)
	switch {
	case isBelow:
		page, err := o.Addresses.Browse(ctx, address.Node(node), string(lang(ctx)), "", 30)
		if err != nil {
			return "", nil, err
		}
		return "", o.offer(r, page.Items, true), nil
	case chosen != "":
		f.Set(field, chosen)
		return chosen, nil, nil
	case typed == "":
		f.Fail(field, "portal.error.arc_empty")
		return "", nil, nil
	}
	if _, err := mekenjai.ParseARC(typed); err == nil {
		return typed, nil, nil
	}
	found, err := o.Addresses.SearchWithin(ctx, "", typed, mostPlaces)
	if err != nil {
		return "", nil, err
	}
	if len(found) == 0 {
		f.Fail(field, "office.error.no_place")
	}
	return "", o.offer(r, found, false), nil
}

// offer makes choices of places; listed are the parts of one place.
func (o *Office) offer(r *http.Request, found []address.Suggestion, listed bool) (places []web.Option) {
	l := lang(r.Context())
	for _, s := range found {
		text := s.Text
		if listed {
			text = s.Label
		}
		p := web.Option{Value: string(s.ARC), Label: text.In(string(l))}
		if !s.Selectable && (s.NeedsUnit || s.Open) {
			p.Value, p.Hint = below+string(s.Node), l.T("office.place.below")
		}
		if p.Value != "" {
			places = append(places, p)
		}
	}
	return places
}
