package portal

import (
	"errors"
	"net/http"
	"net/url"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/notify"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// Nav are the sections of the portal for who is signed in.
func Nav() []web.NavItem { return []web.NavItem{{Key: "common.account", Href: "/account"}} }

// latestNotices is how many notices the first page of the account shows.
const latestNotices = 5

// desk is the first page of the personal account: what waits for the reader
// first, then what waits for others.
type desk struct {
	Actor    mekenjai.Actor
	Open     []register.Request // for the reader's consent
	Answered []register.Request
	Draft    *register.Draft
	UnderWay []register.Brief
	Notices  []register.Notice
	MaySign  bool // an organisation's key lets its owner answer for it
}

// isOrganisation says whose account it is: what concerns the person himself is
// not shown to who came with an organisation's key.
func (d desk) isOrganisation() bool { return d.Actor.BIN != "" }

// mayApply says whether nothing of the person's own is begun or under way.
func (d desk) mayApply() bool {
	return !d.isOrganisation() && d.Draft == nil && len(d.UnderWay) == 0
}

// sections are the other pages of the account. The service itself is among them
// when an open request has taken the first place.
func (d desk) sections(l locale.Lang) []web.Choice {
	var list []web.Choice
	add := func(name, href string) {
		list = append(list, web.Choice{Text: l.T("account." + name + ".title"), Hint: l.T("account." + name + ".hint"), Href: href})
	}
	if d.mayApply() && len(d.Open) > 0 {
		list = append(list, web.Choice{Text: l.T("account.apply"), Hint: l.T("common.service"), Href: "/apply"})
	}
	if !d.isOrganisation() {
		add("history", "/account/history")
		add("address", "/account/address")
	}
	if d.MaySign {
		add("property", "/account/property")
	}
	if !d.isOrganisation() {
		add("looks", "/account/looks")
	}
	add("sessions", "/account/sessions")
	return list
}

// account shows what waits for an answer and what is under way.
func (p *Portal) account(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	d := desk{Actor: actor, MaySign: actor.BIN == "" || actor.MaySign}
	if err := errors.Join(p.fillRequests(r, &d), p.fillOwn(r, &d)); err != nil {
		return err
	}
	if d.MaySign {
		if d.Notices, err = p.Register.Notices(r.Context(), actor); err != nil {
			return err
		}
	}
	d.Notices = d.Notices[:min(len(d.Notices), latestNotices)]
	page := web.PageFor(r, translate(r, "common.account"))
	return web.Render(w, r, http.StatusOK, accountPage(page, d))
}

// fillRequests parts the requests that may still be answered from the others.
func (p *Portal) fillRequests(r *http.Request, d *desk) error {
	if !d.MaySign {
		return nil
	}
	list, err := p.Register.Requests(r.Context(), d.Actor)
	for _, q := range list {
		if isOpen(q) {
			d.Open = append(d.Open, q)
		} else {
			d.Answered = append(d.Answered, q)
		}
	}
	return err
}

// fillOwn finds the person's own draft and the application under way.
func (p *Portal) fillOwn(r *http.Request, d *desk) error {
	if d.isOrganisation() {
		return nil
	}
	draft, begun, err := p.Register.OpenDraft(r.Context(), d.Actor)
	if err != nil {
		return err
	}
	if begun && !draft.Draft.Same(mekenjai.Draft{}) {
		d.Draft = &draft
	}
	history, _, err := p.Register.History(r.Context(), d.Actor, "")
	for _, b := range history {
		if !b.State.IsFinal() {
			d.UnderWay = append(d.UnderWay, b)
		}
	}
	return err
}

// history lists the person's applications, newest first.
func (p *Portal) history(w http.ResponseWriter, r *http.Request) error {
	actor, err := ownAccount(w, r)
	if err != nil || actor.BIN != "" {
		return err
	}
	before := r.URL.Query().Get("before")
	list, more, err := p.Register.History(r.Context(), actor, before)
	if err != nil {
		return err
	}
	older := ""
	if more {
		older = "/account/history?" + url.Values{"before": {list[len(list)-1].ID}}.Encode()
	}
	page := web.PageFor(r, translate(r, "account.history.title")).WithBack("/account")
	return web.Render(w, r, http.StatusOK, historyPage(page, list, older, before != ""))
}

// ownAccount is the person whose own affairs are asked for. Who came with an
// organisation's key is told to come with his own: the actor then has a BIN and
// the page is already sent.
func ownAccount(w http.ResponseWriter, r *http.Request) (mekenjai.Actor, error) {
	actor, err := access.ActorFrom(r.Context())
	if err != nil || actor.BIN == "" {
		return actor, err
	}
	page := web.PageFor(r, translate(r, "portal.organisation.title")).WithBack("/account")
	return actor, web.Render(w, r, http.StatusForbidden, personalPage(page))
}

// briefTask is an application as a line of a list.
func briefTask(l locale.Lang, b register.Brief) web.Task {
	t := web.Task{Title: b.Address.In(string(l)), Href: casePath(b.ID), Status: l.T("account.state." + string(b.State)),
		Hint: l.T("account.case.number", "number", b.Number) + " · " + l.DateTime(b.Submitted)}
	switch {
	case !b.State.IsFinal():
		t.Tagged, t.Colour = true, web.Yellow
	case b.State == mekenjai.Registered:
		t.Tagged, t.Colour = true, web.Green
	}
	return t
}

func briefTasks(l locale.Lang, list []register.Brief) []web.Task {
	var tasks []web.Task
	for _, b := range list {
		tasks = append(tasks, briefTask(l, b))
	}
	return tasks
}

// requestTasks are requests that need no answer any more.
func requestTasks(l locale.Lang, list []register.Request) []web.Task {
	var tasks []web.Task
	for _, q := range list {
		status := string(q.Answer)
		if q.Answer.IsOpen() {
			status = string(mekenjai.Lapsed)
		}
		tasks = append(tasks, web.Task{Title: q.Name.Short(), Href: consentPath(q.ID), Status: l.T("account.answer." + status),
			Hint: q.Dwelling.Address.In(string(l)) + " · " + l.DateTime(q.AskedAt)})
	}
	return tasks
}

// noticeHref is the page that a notice is about, "" when it has none for its
// reader.
func noticeHref(n register.Notice) string {
	switch {
	case n.Kind.IsOfEntry() && n.Args.Entry != "":
		return entryPath(n.Args.Entry)
	}
	switch n.Kind {
	case notify.ConsentAsked:
		return consentPath(n.Args.Consent)
	case notify.LeftMine:
		return "/account/property"
	case notify.EntryMoved, notify.EntryExpired:
		return "/account/address"
	case notify.ConsentLapsed, notify.ConsentEnded:
		return ""
	}
	if n.Kind.IsOfComplaint() {
		return complaintPath(n.Args.Number)
	}
	if n.Application == "" {
		return ""
	}
	return casePath(n.Application)
}
