package portal

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"mekenjai"
	"mekenjai/internal/access"
	"mekenjai/internal/web"
)

// entry is a sign-in as its forms carry it along: where it leads, and the
// consent that it is for, if it is for one.
type entry struct{ Next, For string }

// entryOf reads what a form or an address carries. Only a path of this site is
// kept: nobody is led elsewhere through our address.
func entryOf(get func(string) string) entry {
	return entry{Next: web.SafeNext(cmp.Or(get("next"), "/account")), For: get("for")}
}

// query is the entry as parameters of an address.
func (e entry) query() url.Values {
	q := url.Values{"next": {e.Next}}
	if e.For != "" {
		q.Set("for", e.For)
	}
	return q
}

// path is where the sign-in begins.
func (e entry) path() string {
	if e.For != "" {
		return "/c/" + url.PathEscape(e.For) + "/sign-in"
	}
	return "/sign-in?" + e.query().Encode()
}

// signIn asks who the reader is, unless that is known.
func (p *Portal) signIn(w http.ResponseWriter, r *http.Request) error {
	e := entryOf(r.URL.Query().Get)
	if id, ok := strings.CutPrefix(e.Next, "/c/"); ok { // a consent asks for a proof of its own
		id, _, _ = strings.Cut(id, "?")
		id, _, _ = strings.Cut(id, "/")
		return web.Redirect(w, r, entry{For: id}.path())
	}
	if _, err := access.ActorFrom(r.Context()); err == nil {
		return web.Redirect(w, r, e.Next)
	}
	return p.showSignIn(w, r, e, nil, keptSignature{})
}

// signInForConsent asks anew, whoever is signed in: the link may have been
// opened on the applicant's own machine. The page is the same for every id, so
// it tells nobody which consents exist.
func (p *Portal) signInForConsent(w http.ResponseWriter, r *http.Request) error {
	return p.showSignIn(w, r, entry{For: r.PathValue("id")}, nil, keptSignature{})
}

// keptSignature is one over the challenge that could not be judged yet, and why: the
// reader tries it again with one button and does not sign anew.
type keptSignature struct{ challenge, why string }

// showSignIn shows the page with a text of its own to sign: a challenge serves
// once, so a page that comes back with an error has a new one.
func (p *Portal) showSignIn(w http.ResponseWriter, r *http.Request, e entry, f *web.Form, kept keptSignature) error {
	challenge, err := p.Access.BeginEDS(r.Context(), p.Access.Visit(w, r), e.For, p.Access.Client(r))
	if err != nil {
		return err
	}
	title := translate(r, "portal.sign_in.title")
	if e.For != "" {
		title = translate(r, "portal.sign_in.consent.title")
	}
	page := web.PageFor(r, title).WithForm(f).WithPath(e.path())
	return web.Render(w, r, f.Status(), signInPage(page, f, e, challenge, kept, p.Mobile != nil))
}

// signInByKey takes the signature over the challenge.
func (p *Portal) signInByKey(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ParseForm(r)
	if err != nil {
		return err
	}
	e := entryOf(f.Value)
	in, err := p.Access.FinishEDS(r.Context(), p.Access.Visit(w, r), f.Value("challenge"), []byte(f.Value("signature")), p.Access.Client(r))
	var wrong *mekenjai.SignatureError
	switch {
	case errors.As(err, &wrong):
		why := access.SignatureMessage(lang(r.Context()), wrong)
		if wrong.Wait {
			return p.showSignIn(w, r, e, nil, keptSignature{f.Value("challenge"), why})
		}
		f.FailText("signature", why)
		return p.showSignIn(w, r, e, f, keptSignature{})
	case errors.Is(err, mekenjai.ErrStale):
		f.Fail("signature", "portal.sign_in.stale")
		return p.showSignIn(w, r, e, f, keptSignature{})
	case err != nil:
		return err
	}
	return p.enter(w, r, e, in)
}

// enter begins the session. For which consent it is fresh the challenge or the
// code knows, not the form.
func (p *Portal) enter(w http.ResponseWriter, r *http.Request, e entry, in access.SignedIn) error {
	p.Access.Keep(w, in)
	if in.For != "" {
		return web.Redirect(w, r, "/c/"+in.For)
	}
	if e.Next == accountPath {
		return web.Redirect(w, r, landing(in.Actor))
	}
	return web.Redirect(w, r, e.Next)
}

const accountPath = "/account"

// landing is where somebody's work begins: a citizen's in the personal account, a
// member of staff's at the counter or the desk.
func landing(a mekenjai.Actor) string {
	switch a.Duty.Role {
	case mekenjai.Operator:
		return "/office/"
	case mekenjai.Officer, mekenjai.Chief:
		return "/desk/"
	}
	return accountPath
}
