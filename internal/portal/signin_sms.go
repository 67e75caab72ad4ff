package portal

import (
	"errors"
	"net/http"

	"mekenjai"
	"mekenjai/internal/web"
)

// codePage is the address of the page that asks for a code that was sent. The
// number of the person is not in it.
func (e entry) codePage(id string, again bool) string {
	q := e.query()
	q.Set("id", id)
	if again {
		q.Set("again", "1")
	}
	return "/sign-in/code?" + q.Encode()
}

// sendCode asks for a code to be sent. The answer is the same whether or not the
// person exists and has a phone.
func (p *Portal) sendCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	e := entryOf(f.Value)
	iin, err := mekenjai.ParseIIN(f.Value("iin"))
	switch {
	case f.Value("iin") == "":
		f.Fail("iin", "portal.error.iin_empty")
	case err != nil:
		f.Fail("iin", "portal.error.iin")
	}
	if !f.OK() {
		return p.showSignIn(w, r, e, f, keptSignature{})
	}
	code, err := p.Access.BeginSMS(r.Context(), p.Access.Visit(w, r), iin, e.For, p.Access.Client(r))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, e.codePage(code.ID, false))
}

// resendCode sends another one to the same phone.
func (p *Portal) resendCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	e := entryOf(f.Value)
	code, err := p.Access.ResendSMS(r.Context(), p.Access.Visit(w, r), f.Value("id"), p.Access.Client(r))
	if errors.Is(err, mekenjai.ErrStale) {
		return web.Redirect(w, r, e.path())
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, e.codePage(code.ID, true))
}

// askCode asks for the digits.
func (p *Portal) askCode(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	e := entryOf(q.Get)
	if q.Get("id") == "" {
		return web.Redirect(w, r, e.path())
	}
	f := web.NewForm(map[string]string{"id": q.Get("id"), "again": q.Get("again")})
	return p.showCode(w, r, e, f)
}

func (p *Portal) showCode(w http.ResponseWriter, r *http.Request, e entry, f *web.Form) error {
	page := web.PageFor(r, translate(r, "portal.code.title")).WithForm(f).WithBack(e.path()).
		WithPath(e.codePage(f.Value("id"), f.Value("again") != ""))
	return web.Render(w, r, f.Status(), codePage(page, f, e, p.codeTerms()))
}

// signInByCode takes the digits.
func (p *Portal) signInByCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	e := entryOf(f.Value)
	in, err := p.Access.FinishSMS(r.Context(), p.Access.Visit(w, r), f.Value("id"), f.Value("code"), p.Access.Client(r))
	if f.Take(err) {
		return p.showCode(w, r, e, f)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, e, in)
}
