package portal

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/web"
)

// sessions lists the reader's sign-ins, so that he notices one that is not his.
func (p *Portal) sessions(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	list, err := p.Access.Sessions(r.Context(), actor)
	if err != nil {
		return err
	}
	remarks, err := p.Access.Remarks(r.Context(), actor)
	if err != nil {
		return err
	}
	held, err := p.Access.HeldUntil(r.Context(), actor.IIN)
	if err != nil {
		return err
	}
	page := web.PageFor(r, translate(r, "account.sessions.title")).WithBack("/account")
	return web.Render(w, r, http.StatusOK, sessionsPage(page, list, remarks, !held.IsZero(), r.URL.Query().Has("ended")))
}

// endSession signs another device out. One that has ended already is as good.
func (p *Portal) endSession(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	err = p.Access.EndSession(r.Context(), actor, f.Value("session"))
	if err != nil && !errors.Is(err, mekenjai.ErrNotFound) {
		return err
	}
	return web.Redirect(w, r, "/account/sessions?ended")
}

// endAllSessions signs the person out everywhere, here too.
func (p *Portal) endAllSessions(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if _, err := p.Access.SignOutEverywhere(r.Context(), actor); err != nil {
		return err
	}
	p.Access.Forget(w)
	return web.Redirect(w, r, "/")
}

// deviceName is what the browser said of itself.
func deviceName(l locale.Lang, s access.Session) string {
	switch {
	case s.Browser == "" && s.Platform == "":
		return l.T("account.sessions.unknown")
	case s.Browser == "" || s.Platform == "":
		return s.Browser + s.Platform
	}
	return l.T("account.sessions.device", "browser", s.Browser, "platform", s.Platform)
}

func sessionRows(l locale.Lang, s access.Session) []web.Row {
	var rows []web.Row
	if s.Current {
		rows = append(rows, web.Row{Key: l.T("account.address.state"), Content: web.Tag(web.Green, l.T("account.sessions.current"))})
	}
	rows = append(rows, []web.Row{
		{Key: l.T("account.sessions.method"), Value: l.T("certificate.method." + string(s.Method))},
		{Key: l.T("account.sessions.started"), Value: l.DateTime(s.Started)},
		{Key: l.T("account.sessions.seen"), Value: l.DateTime(s.Seen)},
		{Key: l.T("account.sessions.network"), Value: s.Network},
	}...)
	if s.BIN != "" {
		rows = append(rows, web.Row{Key: l.T("account.sessions.organisation"), Value: grouped(string(s.BIN))})
	}
	return rows
}
