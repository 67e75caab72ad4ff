package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/web"

	"github.com/a-h/templ"
)

// queueView is a queue in the words of one reader.
type queueView struct {
	register.Queue
	Filter register.QueueFilter
	Lang   locale.Lang
	Office string
	First  bool
}

// queue shows the cases of the officer's territory.
func (d *Desk) queue(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := register.QueueFilter{Shelf: register.Shelf(q.Get("shelf")), Kind: register.CaseKind(q.Get("kind")), After: q.Get("after")}
	if !slices.Contains(register.Shelves, f.Shelf) {
		f.Shelf = register.ShelfOpen
	}
	list, err := d.Register.Queue(r.Context(), actor, f)
	if err != nil {
		return err
	}
	office, err := d.Access.Office(r.Context(), actor.Duty.Office)
	if err != nil {
		return err
	}
	l := lang(r.Context())
	v := queueView{Queue: list, Filter: f, Lang: l, Office: office.Name.In(string(l)), First: f.After == ""}
	return web.Render(w, r, http.StatusOK, queuePage(page(r, translate(r, "desk.queue.title")), v))
}

// shelves are the queues with their counts; the one that is shown has no link.
func (v queueView) shelves() []web.Tab {
	var list []web.Tab
	for _, s := range register.Shelves {
		list = append(list, web.Tab{Text: v.Lang.T("desk.shelf." + string(s)), Count: v.Counts[s], Href: v.href(s, ""), Now: s == v.Filter.Shelf})
	}
	return list
}

func (v queueView) href(s register.Shelf, after string) string {
	q := url.Values{"shelf": {string(s)}}
	if after != "" {
		q.Set("after", after)
	}
	if v.Filter.Kind != "" {
		q.Set("kind", string(v.Filter.Kind))
	}
	return "/desk/?" + q.Encode()
}

// grid is the queue as a table.
func (v queueView) grid() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.shelf." + string(v.Filter.Shelf)), Head: []string{l.T("desk.queue.number"), l.T("desk.queue.about"),
		l.T("desk.queue.place"), l.T("desk.queue.opened"), l.T("desk.queue.due"), l.T("desk.queue.state")}}
	for _, c := range v.Lines {
		g.Rows = append(g.Rows, []templ.Component{web.Link(c.Number, casePath(c.Number)), web.Text(v.about(c)), web.Text(c.Place.In(string(l))),
			web.Text(stamp(l, c.Opened)), dueCell(v, c), stateCell(v, c)})
	}
	return g
}

// about is what the case is for, in a few words.
func (v queueView) about(c register.QueueLine) string {
	text := v.Lang.T("desk.kind." + string(c.Kind))
	if key := "desk.reason." + c.Reason; c.Reason != "" && v.Lang.Has(key) {
		text += ": " + v.Lang.T(key)
	}
	return text
}

// age is how long ago or from now, in the largest unit that says enough.
func age(l locale.Lang, hours int) string {
	if hours >= 48 {
		return l.N("desk.days", hours/24)
	}
	return l.N("desk.hours", max(hours, 0))
}

// due says how long there is, or since when the case is overdue.
func (v queueView) due(c register.QueueLine) string {
	if !c.Stopped.IsZero() {
		return v.Lang.T("desk.queue.stands")
	}
	left := c.Due.Sub(v.Now)
	if left < 0 {
		return v.Lang.T("desk.queue.overdue", "time", age(v.Lang, int(-left.Hours())))
	}
	return v.Lang.T("desk.queue.left", "time", age(v.Lang, int(left.Hours())))
}

func count(n int) string { return strconv.Itoa(n) }
