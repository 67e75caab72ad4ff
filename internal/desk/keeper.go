package desk

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/register"
	"mekenjai/internal/state"
	"mekenjai/internal/web"
)

// What stands between the state's register of registrations and ours, where that is
// a system of its own: deeds that it refused or does not answer, and differences.

func (d *Desk) keeperRoutes() map[string]func(http.ResponseWriter, *http.Request) error {
	return map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /desk/keeper":                      d.keeper,
		"POST /desk/keeper/compare":             d.compareNow,
		"GET /desk/cases/{number}/mend/{deed}":  d.askMending,
		"POST /desk/cases/{number}/mend/{deed}": d.mend,
	}
}

// keeperView is the board in the words of one reader.
type keeperView struct {
	register.Board
	Lang       locale.Lang
	MayCompare bool
}

// keeper shows the board of the officer's territory.
func (d *Desk) keeper(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if !d.Register.HasKeeper() {
		return mekenjai.ErrNotFound
	}
	board, err := d.Register.Board(r.Context(), actor)
	if err != nil {
		return err
	}
	v := keeperView{Board: board, Lang: lang(r.Context()), MayCompare: actor.Permitted(mekenjai.DoReconcile, mekenjai.Matter{}) == nil}
	return web.Render(w, r, http.StatusOK, keeperPage(page(r, translate(r, "desk.keeper.title")), v))
}

// compareNow begins a comparison of the two registers.
func (d *Desk) compareNow(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if err := d.Register.AskReconciliation(r.Context(), actor); err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/keeper")
}

// state is how it stands in a few lines.
func (v keeperView) state() []web.Row {
	l := v.Lang
	waiting := l.T("desk.keeper.none_waits")
	if v.Waiting > 0 {
		waiting = l.T("desk.keeper.waiting_since", "n", v.Waiting, "time", v.age(v.Oldest))
	}
	rows := []web.Row{{Key: l.T("desk.keeper.waiting"), Value: waiting}}
	last := v.Last
	if last == nil {
		return append(rows, web.Row{Key: l.T("desk.keeper.compared"), Value: l.T("desk.keeper.never")})
	}
	text := l.T("desk.keeper.run."+string(last.State), "at", stamp(l, cmp.Or(last.Ended, last.Begun))) + "\n" +
		l.T("desk.keeper.run.numbers", "compared", last.Compared, "sent", last.Sent, "differences", last.Differences)
	if last.Attempts > 0 {
		text += "\n" + l.T("desk.keeper.run.silent", "n", last.Attempts)
	}
	return append(rows, web.Row{Key: l.T("desk.keeper.compared"), Value: text})
}

// age is since when something lies there.
func (v keeperView) age(since time.Time) string {
	return keeperAge(v.Lang, v.Now.Sub(since))
}

// keeperAge is a span in minutes while that says enough: an entry waits for seconds.
func keeperAge(l locale.Lang, span time.Duration) string {
	if span < 2*time.Hour {
		return l.N("desk.minutes", max(int(span.Minutes()), 0))
	}
	return age(l, int(span.Hours()))
}

func (v keeperView) refused() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.keeper.refusals"), Head: []string{l.T("desk.queue.number"), l.T("desk.keeper.deed"), l.T("desk.keeper.code"), l.T("desk.keeper.age")}}
	for _, x := range v.Refused {
		g.Rows = append(g.Rows, []templ.Component{web.Link(x.Case, casePath(x.Case)), web.Text(l.T("desk.keeper.kind." + x.Kind)), web.Text(x.Code), web.Text(v.age(x.Since))})
	}
	return g
}

func (v keeperView) unanswered() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.keeper.silences"), Head: []string{l.T("desk.keeper.deed"), l.T("desk.keeper.attempts"), l.T("desk.keeper.age"), l.T("desk.keeper.trouble")}}
	for _, x := range v.Unanswered {
		g.Rows = append(g.Rows, []templ.Component{web.Text(l.T("desk.keeper.kind." + x.Kind)), web.Text(count(x.Attempts)), web.Text(v.age(x.Since)), web.Text(l.T("desk.keeper.trouble." + x.Code))})
	}
	return g
}

func (v keeperView) differences() web.Grid {
	l := v.Lang
	g := web.Grid{Plain: true, Caption: l.T("desk.keeper.differences"), Head: []string{l.T("desk.queue.number"), l.T("desk.keeper.difference"), l.T("desk.keeper.age")}}
	for _, x := range v.Differences {
		g.Rows = append(g.Rows, []templ.Component{web.Link(x.Case, casePath(x.Case)), web.Text(l.T("desk.keeper.differs." + x.Kind)), web.Text(v.age(x.Since))})
	}
	return g
}

// letterRows are a refused deed with what was said of it.
func (v caseView) letterRows() []web.Row {
	l, x := v.Lang, v.Letter
	rows := []web.Row{{Key: l.T("desk.keeper.deed"), Value: l.T("desk.keeper.kind." + string(x.Kind))},
		{Key: l.T("desk.keeper.code"), Value: x.Code},
		{Key: l.T("desk.keeper.answered"), Value: stamp(l, x.Answered)}}
	if x.Reason != "" {
		rows = append(rows, web.Row{Key: l.T("desk.keeper.reason"), Value: l.T("life.end." + string(x.Reason))})
	}
	if x.Entry == nil {
		return rows
	}
	rows = append(rows, web.Row{Key: l.T("desk.keeper.said"), Value: x.Said})
	return append(rows, keptRows(l, *x.Entry)...)
}

// keptRows are an entry as the state's register is told of it or keeps it.
func keptRows(l locale.Lang, e state.Entry) []web.Row {
	return []web.Row{
		{Key: l.T("desk.keeper.entry"), Value: e.Number},
		{Key: l.T("desk.case.person"), Value: e.Name.String() + "\n" + string(e.Person)},
		{Key: l.T("desk.case.address"), Value: e.Dwelling.Address.In(string(l)) + "\n" + l.T("desk.fact.arc", "arc", string(e.Dwelling.ARC))},
		{Key: l.T("account.address.period"), Value: l.DayShort(e.Period.From) + " – " + l.DayShort(e.Period.To)},
	}
}

// both are the two readings of an entry side by side.
func (v caseView) both() web.Grid {
	l, x := v.Lang, v.Difference
	g := web.Grid{Plain: true, Caption: l.T("desk.keeper.both"), Head: []string{l.T("desk.keeper.field"), l.T("desk.keeper.ours"), l.T("desk.keeper.theirs")}}
	ours, theirs := wholeRows(l, x.Ours), wholeRows(l, x.Theirs)
	for i := range max(len(ours), len(theirs)) {
		key, a, b := "", "—", "—"
		if i < len(ours) {
			key, a = ours[i].Key, ours[i].Value
		}
		if i < len(theirs) {
			key, b = theirs[i].Key, theirs[i].Value
		}
		cell := web.Lines(b)
		if a != b && len(ours) > 0 && len(theirs) > 0 {
			cell = differing(b)
		}
		g.Rows = append(g.Rows, []templ.Component{web.Text(key), web.Lines(a), cell})
	}
	return g
}

// wholeRows are an entry with when it was fixed and ended; none for no entry.
func wholeRows(l locale.Lang, k *state.Kept) []web.Row {
	if k == nil {
		return nil
	}
	ended := "—"
	if !k.EndedAt.IsZero() {
		ended = stamp(l, k.EndedAt)
		if key := "life.end." + string(k.Reason); l.Has(key) {
			ended += "\n" + l.T(key)
		}
	}
	return append(keptRows(l, k.Entry), web.Row{Key: l.T("account.address.fixed"), Value: stamp(l, k.FixedAt)}, web.Row{Key: l.T("account.address.ended"), Value: ended})
}

// mendings are what an officer may do now, in the order of the page.
func (v caseView) mendings() []string {
	if v.Masked || v.State != register.CaseTaken || !v.may(mekenjai.DoMend) {
		return nil
	}
	switch {
	case v.Kind == register.CaseDeed:
		return []string{"resend", "give_up"}
	case v.Kind == register.CaseDifference && v.Difference.MaySendOurs():
		return []string{"send_ours", "accept"}
	case v.Kind == register.CaseDifference:
		return []string{"accept"}
	}
	return nil
}

// mendingVerb is the verb behind a deed of the page.
func (d *Desk) mendingVerb(deed string) func(ctx context.Context, actor mekenjai.Actor, number, reason string) error {
	switch deed {
	case "resend":
		return d.Register.Resend
	case "give_up":
		return d.Register.GiveUp
	case "send_ours":
		return d.Register.SendOurs
	case "accept":
		return d.Register.Accept
	}
	return nil
}

// askMending asks for the reasons.
func (d *Desk) askMending(w http.ResponseWriter, r *http.Request) error {
	return d.showMending(w, r, nil)
}

func (d *Desk) showMending(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	deed := r.PathValue("deed")
	if d.mendingVerb(deed) == nil {
		return mekenjai.ErrNotFound
	}
	return d.asked(w, r, "desk.keeper.do."+deed, mekenjai.DoMend, f, func(p web.Page, v caseView) error {
		return web.Render(w, r, f.Status(), mendPage(p, v, deed))
	})
}

// mend does it. Somebody who was faster is no error of the officer's.
func (d *Desk) mend(w http.ResponseWriter, r *http.Request) error {
	actor, f, err := acting(r)
	if err != nil {
		return err
	}
	verb := d.mendingVerb(r.PathValue("deed"))
	if verb == nil {
		return mekenjai.ErrNotFound
	}
	err = verb(r.Context(), actor, r.PathValue("number"), f.Value("reason"))
	switch {
	case f.Take(err):
		return d.showMending(w, r, f)
	case errors.Is(err, mekenjai.ErrConflict):
		return d.caseWith(w, r, http.StatusConflict, func(v *caseView) { v.Told = "conflict" })
	case err != nil:
		return err
	}
	return web.Redirect(w, r, casePath(r.PathValue("number")))
}
