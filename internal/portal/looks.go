package portal

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/locale"
	"mekenjai/internal/papers"
	"mekenjai/internal/register"
	"mekenjai/internal/web"
)

// looks shows the person who of the staff looked at his data, from where, when and
// why.
func (p *Portal) looks(w http.ResponseWriter, r *http.Request) error {
	actor, err := ownAccount(w, r)
	if err != nil || actor.BIN != "" {
		return err
	}
	list, next, err := p.Register.Looks(r.Context(), actor, r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	older := ""
	if next != "" {
		older = "/account/looks?" + url.Values{"before": {next}}.Encode()
	}
	page := web.PageFor(r, translate(r, "account.looks.title")).WithBack("/account")
	return web.Render(w, r, http.StatusOK, looksPage(page, list, older))
}

// lookRows are one look: who it was by his office, what he saw and why.
func lookRows(l locale.Lang, x register.Look) []web.Row {
	return []web.Row{{Key: l.T("account.looks.who"), Value: l.T("account.looks.role."+string(x.Role)) + "\n" + x.Office.In(string(l))},
		{Key: l.T("account.looks.what"), Value: l.T("account.looks.of." + x.What)},
		{Key: l.T("account.looks.why"), Value: l.T("account.looks.reason." + string(x.Reason))}}
}

// Uploads says which requests bring a paper along.
func Uploads(r *http.Request) bool {
	ofCase := strings.HasPrefix(r.URL.Path, "/applications/") || strings.HasPrefix(r.URL.Path, "/complaints/")
	return ofCase && strings.HasSuffix(r.URL.Path, "/paper")
}

// mostPaper is how large a paper may be, with room for the rest of its form.
const mostPaper = 10 << 20

// bringPaper takes the paper that an officer asked for. What is wrong with a file is
// said on the page of the case.
func (p *Portal) bringPaper(w http.ResponseWriter, r *http.Request) error {
	actor, err := access.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	f, file, err := web.ParseUpload(r, "scan", mostPaper)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	scan, err := papers.Accept(bytes.NewReader(file.Bytes), "scan", papers.Limits{Bytes: mostPaper})
	if err == nil {
		err = p.Register.BringPaper(r.Context(), actor, id, scan)
	}
	switch {
	case f.Take(err):
		return p.showCaseWith(w, r, f)
	case errors.Is(err, mekenjai.ErrConflict): // it came already, or is asked for no more: the case says how it stands
	case err != nil:
		return err
	}
	return web.Redirect(w, r, casePath(id))
}
